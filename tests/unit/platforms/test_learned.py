"""Which learned addresses a machine shows, by what ip says."""

import asyncio
import json
from collections.abc import Iterable

import pytest

from wgtray.core.fields import Address
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.linux import ipv6, learned
from wgtray.platforms.linux.routes import Into
from wgtray.platforms.linux.rtnetlink import BATCH, HostRoute

BANK, SIX = Address("198.51.100.7"), Address("2001:db8::7")
UP, NO_LINK, NO_SIX = Into("wgtray0"), Into(None), Into("wgtray0", six=False)


def hold(address: str, **changes: object) -> dict[str, object]:
    return {"type": "unreachable", "dst": address, "dev": "lo", "table": "22090", "metric": 9000, **changes}


def into(address: str, **changes: object) -> dict[str, object]:
    return {"dst": address, "dev": "wgtray0", "table": "22090", "metric": 50, **changes}


def shown(rows: Iterable[dict[str, object]], where: Into = UP) -> set[str]:
    return set(learned.parse(json.dumps(list(rows)), where).shown)


def test_an_address_is_learned_when_its_route_and_the_hold_below_are_there() -> None:
    assert shown([into(BANK), hold(BANK), into(SIX), hold(SIX)]) == {BANK, SIX}
    assert shown([]) == set()
    assert learned.parse("", UP).shown == frozenset()


def test_without_an_interface_the_hold_is_all() -> None:
    assert shown([hold(BANK)], NO_LINK) == {BANK}


def test_without_ipv6_on_the_link_a_hold_stands_in_the_place_of_the_route() -> None:
    assert shown([hold(SIX, metric=50), hold(SIX)], NO_SIX) == {SIX}


@pytest.mark.parametrize(
    "row",
    [
        into(BANK, dev="lan0"),
        into(BANK, gateway="192.168.77.1"),
        into(BANK, metric=60),
        into(BANK, table="main"),
        into("198.51.100.0/24"),
        hold(BANK, metric=1),
        hold(BANK, type="blackhole"),
    ],
)
def test_what_leads_elsewhere_is_astray_whatever_else_is_there(row: dict[str, object]) -> None:
    assert learned.ASTRAY in shown([into(SIX), hold(SIX), row])
    listing = learned.parse(json.dumps([into(SIX), hold(SIX), row]), UP)
    assert listing.found == {SIX}
    assert [stray.dst for stray in listing.strays] == [row["dst"]]


def test_half_of_a_pair_is_not_learned() -> None:
    assert shown([hold(BANK)]) == {learned.ASTRAY}
    assert shown([into(BANK)]) == {learned.ASTRAY}


def test_strays_are_removed_by_what_tells_them_apart() -> None:
    strays = learned.parse(json.dumps([into(BANK, dev="lan0"), hold(SIX, table="main", metric=5)]), UP).strays
    assert learned.render_removal(strays).splitlines() == [
        "route del 198.51.100.7 dev lan0 table 22090 proto 143 metric 50",
        "route del unreachable 2001:db8::7 table main proto 143 metric 5",
    ]


def test_output_that_nobody_knows_is_a_failure() -> None:
    with pytest.raises(CommandFailed):
        learned.parse('[{"metric": 1}]', UP)


class Told:
    """What the kernel was told, in batches."""

    def __init__(self) -> None:
        self.batches: list[list[HostRoute]] = []

    def put(self, routes: Iterable[HostRoute]) -> None:
        self.batches.append(list(routes))

    delete = put


@pytest.fixture
def kernel_with_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ipv6, "in_kernel", lambda: True)


@pytest.mark.usefixtures("kernel_with_ipv6")
def test_the_hold_is_laid_before_the_route() -> None:
    told = Told()
    asyncio.run(learned.put(told, [BANK], NO_LINK))  # type: ignore[arg-type]  # as much of a socket as is asked for
    assert [[(route.metric, route.device) for route in batch] for batch in told.batches] == [[(9000, None)]]
    told = Told()
    asyncio.run(learned.put(told, [BANK], Into("lo")))  # type: ignore[arg-type]  # as much of a socket as is asked for
    assert [[route.metric for route in batch] for batch in told.batches] == [[9000, 50]]


@pytest.mark.usefixtures("kernel_with_ipv6")
def test_many_are_told_in_batches() -> None:
    told = Told()
    asyncio.run(learned.remove(told, [Address(f"9.9.9.{at}") for at in range(40)]))  # type: ignore[arg-type]  # as much of a socket as is asked for
    assert [len(batch) for batch in told.batches] == [BATCH, BATCH, 80 - 2 * BATCH]


def test_without_ipv6_in_the_kernel_nothing_of_it_is_laid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ipv6, "in_kernel", lambda: False)
    told = Told()
    asyncio.run(learned.put(told, [SIX], NO_LINK))  # type: ignore[arg-type]  # as much of a socket as is asked for
    assert told.batches == []
