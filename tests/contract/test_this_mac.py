"""Do the tools of this very Mac take our words, and are their answers read as they are?

On a Mac, as root and with the package installed but its service out of the way, all of it is real: the workflow does
that. Everywhere else the model of a Mac takes its place, so that these tests are known to be right themselves.
"""

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.mac.machine import ModelMac
from tests.unit.core import worlds
from wgtray.core.desired import desired, held, with_learned
from wgtray.core.fields import Address, Domain
from wgtray.core.host import NOTHING, HostState
from wgtray.helper.reconcile import reconcile
from wgtray.platforms.macos import firewall, ifconfig, netstat, packets, peer, scutil, services, uplink
from wgtray.platforms.macos.backend import MacBackend
from wgtray.platforms.macos.machine import Machine, ThisMac

IS_MAC = sys.platform == "darwin"

pytestmark = pytest.mark.skipif(IS_MAC and os.geteuid() != 0, reason="only root may ask pf")

UP = desired(worlds.connected())
GOALS = {
    "split": UP,
    "full": desired(worlds.connected(worlds.FULL)),
    "named": with_learned(desired(worlds.connected(worlds.NAMED)), worlds.LEARNED),
    "locked": desired(worlds.connected(worlds.LOCKED)),
    "held": held(worlds.connected().facts),
}


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mac") as made:
        yield Path(made)


@pytest.fixture
def machine(folder: Path) -> Iterator[Machine]:
    if IS_MAC:
        yield ThisMac()
        return
    model = ModelMac(folder)
    yield model
    model.close()


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("there", [True, False], ids=["with a tunnel", "without"])
def test_pf_takes_our_rules(machine: Machine, goal: str, there: bool) -> None:
    wanted = GOALS[goal].firewall
    assert wanted is not None
    for number in (4, 6):
        own = {one for one in wanted.own if (":" in one) == (number == 6)}
        rules = firewall.render(wanted, worlds.LEARNED, "utun9" if there else None, own)
        asyncio.run(machine.run(["pfctl", "-n", "-a", firewall.ANCHOR, "-f", "-"], rules))


def test_the_network_is_read_as_it_is(machine: Machine) -> None:
    async def read() -> tuple[str, str]:
        return await machine.run(netstat.COMMANDS[4]), await machine.run(["ifconfig", "-a"])

    table, shown = asyncio.run(read())
    rows, links = netstat.parse(table, 4), ifconfig.parse(shown)
    assert "127.0.0.1/8" in links["lo0"].addresses
    assert {row.netif for row in rows} <= links.keys()
    [way] = uplink.defaults(rows, links, None).values()
    assert machine.index(way.netif) > 0
    assert uplink.on_link(rows, links, None)


def test_services_and_the_store_are_read_as_they_are(machine: Machine) -> None:
    async def read() -> tuple[list[services.Service], services.Names, list[dict[str, scutil.Value]]]:
        order = await services.order(machine)
        names = await services.names(machine, order[0].name)
        return order, names, scutil.parse_shows(await machine.run(["scutil"], scutil.render_list()))

    order, _, [primary] = asyncio.run(read())
    assert primary["PrimaryInterface"] in {service.device for service in order}


def test_a_key_of_ours_is_there_and_gone_again(machine: Machine) -> None:
    domains = [Domain("a.wgtray.invalid"), Domain("b.wgtray.invalid")]

    async def told() -> tuple[list[str], list[dict[str, scutil.Value]], list[str]]:
        await machine.run(["scutil"], scutil.render_set(Address("127.0.0.1"), [domains], everything=True, present=()))
        keys = scutil.parse_list(await machine.run(["scutil"], scutil.render_list()))
        shown = scutil.parse_shows(await machine.run(["scutil"], scutil.render_show(keys)))
        await machine.run(["scutil"], scutil.render_set(Address("127.0.0.1"), [], everything=False, present=keys))
        return keys, shown, scutil.parse_list(await machine.run(["scutil"], scutil.render_list()))

    keys, [some, everything], left = asyncio.run(told())
    assert keys == [scutil.SERVICE.format(number) for number in (0, 1)]
    assert (some["ServerAddresses"], some["SupplementalMatchDomains"]) == (["127.0.0.1"], domains)
    assert everything["SupplementalMatchDomains"] == [""]
    assert left == []


def test_a_life_in_split_mode_ends_as_it_began(machine: Machine, folder: Path) -> None:
    """Not in full mode: a Mac that somebody works on from afar would be lost to them."""

    async def lived() -> None:
        backend = MacBackend(folder, "wgtrayt", machine)
        before = await backend.observe()
        assert before == NOTHING
        for goal in (UP, GOALS["held"], UP, GOALS["named"], UP):
            assert (await reconcile(backend, await backend.observe(), goal)).problem is None
            assert goal.same(await backend.observe())
            assert _seen_anew(goal, await MacBackend(folder, "wgtrayt", machine).observe())
        assert backend.counters() is not None
        assert await backend.measure() is not None
        await backend.cleanup()
        assert await backend.observe() == before
        await backend.cleanup()

    asyncio.run(lived())


def _seen_anew(goal: HostState, seen: HostState) -> bool:
    """Whether a helper that was not there finds what was laid; the firewall it makes again."""
    laid = {route for route in goal.routes if route.to != "lan"}
    return seen.routes == laid and seen.dns == goal.dns and (seen.tunnel is None) == (goal.tunnel is None)


if IS_MAC:

    def test_the_kernel_says_who_connects_and_what_it_counted(folder: Path) -> None:
        with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
            listener.bind(str(folder / "s"))
            listener.listen()
            client.connect(str(folder / "s"))
            accepted, _ = listener.accept()
            with accepted:
                caller = peer.caller(accepted)
        assert caller is not None
        assert (caller.uid, caller.pid) == (os.geteuid(), os.getpid())
        assert "wheel" in caller.groups
        counted = packets.counters("lo0")
        assert counted is not None
        assert counted.rx_packets > 0
