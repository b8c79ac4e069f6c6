"""What counts as in place on a machine that lacks IPv6, or a part of it."""

from pathlib import Path

import msgspec
import pytest

from tests.unit.core import worlds
from wgtray.core.desired import desired, held, with_learned
from wgtray.core.fields import family
from wgtray.core.host import NOTHING, HostState
from wgtray.platforms.linux import files, ipv6, tunnel

UP, HELD = desired(worlds.connected()), held(worlds.connected().facts)
LED = with_learned(UP, worlds.LEARNED)
assert UP.tunnel is not None
TUNNEL = UP.tunnel


def four(host: HostState) -> HostState:
    """All of a machine that has nothing of IPv6."""
    narrow = host.tunnel and msgspec.structs.replace(
        host.tunnel, addresses=frozenset(address for address in host.tunnel.addresses if family(address) == 4)
    )
    routes = frozenset(route for route in host.routes if family(route.prefix) == 4)
    learned = frozenset(address for address in host.learned if family(address) == 4)
    return msgspec.structs.replace(host, tunnel=narrow, routes=routes, steered=host.steered & {4}, learned=learned)


@pytest.mark.parametrize("goal", [UP, LED, HELD, NOTHING], ids=["up", "learned", "held", "nothing"])
def test_without_ipv6_in_the_kernel_what_was_asked_for_is_in_place(goal: HostState) -> None:
    addresses = goal.tunnel.addresses if goal.tunnel else frozenset()
    assert ipv6.laid_over(four(goal), goal, addresses, kernel=False, link=False) == goal


def test_a_route_into_a_tunnel_that_is_gone_is_gone_too() -> None:
    shown = ipv6.laid_over(HELD, UP, TUNNEL.addresses, kernel=False, link=False)
    assert shown == HELD


def test_without_ipv6_on_the_link_only_its_addresses_are_taken_as_given() -> None:
    shown = ipv6.laid_over(four(UP), UP, TUNNEL.addresses, kernel=True, link=False)
    assert shown == msgspec.structs.replace(four(UP), tunnel=TUNNEL)


def test_with_ipv6_what_was_found_is_what_there_is() -> None:
    assert ipv6.laid_over(four(UP), UP, TUNNEL.addresses, kernel=True, link=True) == four(UP)


def test_an_ipv4_address_is_never_taken_as_given() -> None:
    bare = msgspec.structs.replace(UP, tunnel=msgspec.structs.replace(TUNNEL, addresses=frozenset()))
    shown = ipv6.laid_over(bare, UP, TUNNEL.addresses, kernel=False, link=False).tunnel
    assert shown is not None
    assert shown.addresses == {"fd66::10/128"}


@pytest.mark.parametrize("six", [True, False])
def test_a_conf_remembers_the_addresses_that_it_leaves_out(tmp_path: Path, six: bool) -> None:
    text = tunnel.render_conf(TUNNEL, six)
    conf = tmp_path / "wgtray0.conf"
    files.write_private(conf, text)
    assert ("\nAddress = fd66::10/128" in text) is six
    assert files.addresses(conf) == TUNNEL.addresses
    assert files.addresses(conf / "nowhere") == frozenset()
