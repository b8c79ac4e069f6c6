"""How does a Mac come to ask our forwarder for names, and whom would it ask without us?

=================  ============================================================  =====================================
asked of us        how it is told                                                when we are gone
=================  ============================================================  =====================================
a few domains      keys of ours in the dynamic store: resolvers for them alone   gone with a restart of the machine,
                                                                                 or taken out by the next helper
all names          such a key for all, and the servers of the active network     given back by the next helper, from a
                   services (for programs that read those)                       journal on the disk
=================  ============================================================  =====================================

The store is chosen before ``/etc/resolver`` because nothing of it is ever on the disk: a Mac that loses its power has
no file that sends names to somebody who is not there. What networksetup changes does survive, hence the journal; until
a helper is back nobody answers, which is what lockdown promises, and launchd starts it again at once.
"""

import logging
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import msgspec

from wgtray.core.fields import Address, Domain
from wgtray.core.host import Dns
from wgtray.core.names import FORWARDER, Server
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.macos import scutil, services
from wgtray.platforms.macos.machine import Machine
from wgtray.platforms.macos.services import Journal, Names

log = logging.getLogger("wgtray")


class Answers(msgspec.Struct, frozen=True):
    """What was read of the system's resolver."""

    keys: tuple[str, ...]
    dns: Dns | None
    former: tuple[Server, ...]


class SystemResolver:
    """The resolver of this Mac."""

    def __init__(self, machine: Machine, state_dir: Path) -> None:
        self._machine = machine
        self._journal = Journal(state_dir)
        self._is_sure = False  # that no service asks us without a journal of it

    async def observe(self, active: Collection[str], asked: Dns | None) -> Answers:
        """Which names are asked of us; ``active``: devices that have a network. Raises CommandFailed."""
        listed = await self._scutil(scutil.render_list())
        keys = scutil.parse_list(listed)
        primary = str(next(iter(scutil.parse_shows(listed)), {}).get("PrimaryService", ""))
        theirs = [f"{kind}:/Network/Service/{primary}/DNS" for kind in ("Setup", "State")] if primary else []
        shown = scutil.parse_shows(await self._scutil(scutil.render_show([*keys, *theirs]))) if keys or theirs else []
        mine = shown[: len(keys)]
        domains: set[Domain] = set()
        for key in mine:
            if key.get("ServerAddresses") == [FORWARDER]:
                domains.update(map(Domain, key.get("SupplementalMatchDomains", ())))
        everything = Domain("") in domains
        journal = await self._before()
        if everything or journal:
            everything = await self._carries(active, asked) and everything
        found = Dns(frozenset(domains - {Domain("")}), everything) if keys or journal else None
        said = [key.get("ServerAddresses", []) for key in shown[len(keys) :]]
        return Answers(tuple(keys), found, _former(journal, [one for one in said if FORWARDER not in one]))

    async def put(self, active: Collection[str], dns: Dns | None) -> None:
        """Let exactly these names be asked of us; None: as it was. Raises CommandFailed, OSError."""
        keys = scutil.parse_list(await self._scutil(scutil.render_list()))
        if dns is None:
            await self.restore()
            return
        if not dns.everything:
            await self._give_back()
        groups = scutil.batches(dns.domains)
        await self._scutil(scutil.render_set(FORWARDER, groups, everything=dns.everything, present=keys))
        if dns.everything:
            await self._take(active)
        await self._forget_answers()

    async def restore(self) -> bool:
        """Nothing of ours any more; whether there was something. Raises CommandFailed, OSError."""
        keys = scutil.parse_list(await self._scutil(scutil.render_list()))
        await self._before()
        gave = await self._give_back()
        if keys:
            await self._scutil(scutil.render_set(FORWARDER, [], everything=False, present=keys))
        if keys or gave:
            await self._forget_answers()
        return bool(keys) or gave

    async def _take(self, active: Collection[str]) -> None:
        before = dict(self._journal.read())
        for service in await services.order(self._machine):
            if service.device not in active:
                continue
            now = await services.names(self._machine, service.name)
            if now.servers != (FORWARDER,):
                before[service.name] = now
                self._journal.write(before)
                await self._machine.run(services.render_servers(service.name, [FORWARDER]))
            elif service.name not in before:
                before[service.name] = Names(search=now.search)  # a journal that was lost: its network knows better
                self._journal.write(before)

    async def _give_back(self) -> bool:
        """Each service what it had, unless somebody else changed it since."""
        before = dict(self._journal.read())
        if not before:
            return False
        present = {service.name for service in await services.order(self._machine, every=True)}
        for name, had in list(before.items()):
            if name in present:
                now = await services.names(self._machine, name)
                if now.servers == (FORWARDER,):
                    await self._machine.run(services.render_servers(name, had.servers))
                    if now.search != had.search:
                        await self._machine.run(services.render_search(name, had.search))
            del before[name]
            self._journal.write(before)
        return True

    async def _before(self) -> Mapping[str, Names]:
        """The journal. Where it was lost it is made anew: of a service that asks us, its network knows better."""
        if not self._is_sure and not self._journal.read():
            setups = scutil.parse_list(await self._scutil(scutil.render_list_of_setups()))
            told = scutil.parse_shows(await self._scutil(scutil.render_show(setups))) if setups else []
            if any(FORWARDER in setup.get("ServerAddresses", ()) for setup in told):
                every = [one.name for one in await services.order(self._machine, every=True)]
                found = {name: await services.names(self._machine, name) for name in every}
                lost = {name: now.search for name, now in found.items() if now.servers == (FORWARDER,)}
                self._journal.write({name: Names(search=search) for name, search in lost.items()})
        self._is_sure = True
        return self._journal.read()

    async def _carries(self, active: Collection[str], asked: Dns | None) -> bool:
        """Whether every active service asks us; with none it is as it was ``asked``."""
        mine = [service for service in await services.order(self._machine) if service.device in active]
        if not mine:
            return asked is None or asked.everything
        return all([(await services.names(self._machine, one.name)).servers == (FORWARDER,) for one in mine])

    async def _forget_answers(self) -> None:
        """Done as well as it can be: an old answer ends by itself, and what was put in place stands."""
        for command in (["dscacheutil", "-flushcache"], ["killall", "-HUP", "mDNSResponder"]):
            try:
                await self._machine.run(command)
            except CommandFailed as error:
                log.warning("old answers to names may be given for a while: %s", error)

    async def _scutil(self, script: str) -> str:
        return await self._machine.run(["scutil"], script)


def _former(journal: Mapping[str, Names], said: Iterable[scutil.Value]) -> tuple[Server, ...]:
    """Whom this Mac asks without us: what its services were told, else what the network said."""
    told = [server for names in journal.values() for server in names.servers]
    lists = [servers for servers in (told, *said) if isinstance(servers, list) and servers]
    split = [server.partition("%") for server in dict.fromkeys(next(iter(lists), []))]
    return tuple(Server(Address(address), zone) for address, _, zone in split if address != FORWARDER)
