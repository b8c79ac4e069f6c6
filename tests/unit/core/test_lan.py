"""What counts as a LAN, and what only claims to be one (T41)."""

import msgspec
import pytest

from tests.unit.core import worlds
from wgtray.core.fields import Prefix
from wgtray.core.lan import ON_EVERY_LINK, allowed
from wgtray.core.profile import Failover, Policy

HOME, SIX = Prefix("192.168.77.0/24"), Prefix("fd77::/64")


def lans(*on_link: str, **changes: object) -> set[Prefix]:
    return set(allowed(map(Prefix, on_link), worlds.profile(**changes))) - set(ON_EVERY_LINK)


@pytest.mark.parametrize("subnet", ["192.168.77.0/24", "172.16.0.0/12", "169.254.0.0/16", "fd77::/64", "fe80::/64"])
def test_private_subnets_are_lans(subnet: str) -> None:
    assert lans(subnet) == {subnet}


@pytest.mark.parametrize(
    "subnet",
    [
        *("198.51.100.0/24", "0.0.0.0/1", "128.0.0.0/1", "0.0.0.0/0", "100.64.0.0/10", "2001:db8::/32", "::/0"),
        *("192.168.0.0/15", "10.0.0.0/7", "fd00::/8"),  # wider than what is private, than a LAN may be
        *("192.168.77.0/31", "192.168.77.1/32"),  # the two ends of some other tunnel
        *("10.20.7.0/24", "10.20.0.0/16", "10.0.0.0/8", "fd20::/64"),  # over, in or around a network of the company
        *("10.66.0.0/24", "10.66.255.0/30", "fd66::/64"),  # our own addresses in the tunnel, the nodes' inner ones
    ],
)
def test_what_only_claims_to_be_a_lan_is_none(subnet: str) -> None:
    assert lans(subnet) == set()


def test_the_companys_servers_and_the_check_are_protected_too() -> None:
    named = {"dns": worlds.NAMED.dns, "split": worlds.LONE_SPLIT}
    assert lans("10.20.0.0/24", **named) == set()
    assert lans("10.50.0.0/24", failover=Failover(check="tcp://10.50.0.9:443")) == set()


def test_neighbours_are_found_on_a_lan_of_that_family_alone() -> None:
    found = allowed([HOME], worlds.profile())
    assert found == {HOME, *(prefix for prefix in ON_EVERY_LINK if ":" not in prefix)}
    assert Prefix("ff02::/16") in allowed([SIX], worlds.profile())
    assert allowed([Prefix("198.51.100.0/24")], worlds.profile()) == frozenset()


def test_a_company_can_forbid_it() -> None:
    assert allowed([HOME], msgspec.structs.replace(worlds.profile(), policy=Policy(allow_lan=False))) == frozenset()
