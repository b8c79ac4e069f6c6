"""Can this Windows route by program, and which programs go into the tunnel by that?

Newer ones have connection policies (``FwpmConnectionPolicyAdd0``): of effect only where an administrator has switched
them on (``netsh interface ipv4 set global routepolicies=enabled``), and reports differ whether then. So nothing is
believed that was not tried: a program of ours asks by which address it would send, without a policy and with one.

Where that works, a program with a rule is in the tunnel with its first packet, and not only once it was seen to run.
Nothing else stands on it: the filters of ``apps.py`` hold such a program, and everything goes into the tunnel while it
runs, whether it works or not. Policies end with the helper's process.
"""

import logging
from collections.abc import Iterable
from typing import Final

from wgtray.core.fields import Address, family
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.windows.firewall import SYSTEM_ONLY
from wgtray.platforms.windows.winapi import Family, Policy, Windows

FAR_AWAY: Final[dict[Family, Address]] = {4: Address("192.0.2.1"), 6: Address("2001:db8::1")}
"""RFC 5737, RFC 3849: in no network. Nothing is sent there, only the way is asked for."""

ASK: Final = "--source"
"""The probe's first word; the second is a destination. It prints its own address on the way there."""

PROBE_S: Final = 3.0

log = logging.getLogger("wgtray")


class Steering:
    """Policies of one computer; ``probe`` is the program of ours that asks, None where there is none to ask with."""

    def __init__(self, windows: Windows, probe: str | None) -> None:
        self._windows = windows
        self._probe = probe
        self._tried: tuple[int, frozenset[Family]] | None = None
        """For the interface of that LUID, the families in which it works."""
        self._put: frozenset[Policy] = frozenset()

    async def put(self, programs: Iterable[tuple[str, str]], luid: int | None, own: Iterable[Address]) -> None:
        """Send these programs (path, for whom) into the tunnel where that works; never fails."""
        programs, own = sorted(programs), frozenset(own)
        wanted: frozenset[Policy] = frozenset()
        try:
            if programs and luid is not None:
                works = await self._works(luid, own)
                wanted = frozenset(Policy(path, user, luid, number) for path, user in programs for number in works)
            if wanted != self._put:
                self._windows.put_policies(wanted)
                self._put = wanted
        except (OSError, CommandFailed) as error:
            log.info("programs are not routed by policy: %s", error)

    async def _works(self, luid: int, own: frozenset[Address]) -> frozenset[Family]:
        """Tried once for each interface, as soon as that tells anything. Raises OSError, CommandFailed."""
        if self._tried is not None and self._tried[0] == luid:
            return self._tried[1]
        told = {number: await self._tell(luid, number, own) for number in FAR_AWAY}
        works = frozenset(number for number, obeyed in told.items() if obeyed)
        if None not in told.values():
            self._tried = (luid, works)
            log.info("connection policies work for IPv%s", " and IPv".join(map(str, sorted(works))) or " none")
        return works

    async def _tell(self, luid: int, number: Family, own: frozenset[Address]) -> bool | None:
        """None: it goes into the tunnel anyway, so that nothing is told by it."""
        mine = {address for address in own if family(address) == number}
        if self._probe is None or not mine:
            return False
        if await self._source(self._probe, number) in mine:
            return None
        self._windows.put_policies([Policy(self._probe, SYSTEM_ONLY, luid, number)])
        try:
            return await self._source(self._probe, number) in mine
        finally:
            self._windows.put_policies(self._put)

    async def _source(self, probe: str, number: Family) -> Address | None:
        try:
            return Address((await self._windows.run(probe, (ASK, FAR_AWAY[number]), PROBE_S)).strip())
        except CommandFailed:
            return None  # no way there
