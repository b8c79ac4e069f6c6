"""Does our table's keeper notice what others do to it? With a kernel of dictionaries."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import pytest

from tests.unit.platforms.nftables import Ruleset
from wgtray.core.fields import Address, Prefix
from wgtray.core.firewall import ALTERED, Aim, Firewall
from wgtray.core.host import Route
from wgtray.platforms.linux import netfilter, wall

FIREWALL = Firewall(closed=frozenset({Aim(Prefix("10.20.0.0/16"))}), closes_learned=True)
ONE, TWO = Address("198.51.100.80"), Address("2001:db8::80")


class Kernel:
    """Our table as ``nft -j list`` would tell it, and the number of its generation."""

    def __init__(self) -> None:
        self.number = 5
        self.table: Ruleset | None = None
        self.handle = 0
        self.listed = 0

    async def run(self, argv: list[str], stdin: str | None = None) -> str:
        if stdin is not None:
            self.table, self.number = Ruleset(stdin), self.number + 1
            return ""
        assert self.table is not None
        if argv[4] == "arp":
            return json.dumps({"nftables": [{"rule": {"chain": "answering", "expr": rule}} for rule in self.table.arp]})
        self.listed, self.handle = self.listed + 1, self.handle + 1
        items: list[dict[str, Any]] = [{"metainfo": {"version": "1"}}]
        items += [{"set": {"name": name, "elem": sorted(one)}} for name, one in self.table.sets.items()]
        items += [
            {"rule": {"chain": name, "expr": rule, "handle": self.handle}}
            for name, chain in self.table.chains.items()
            for rule in chain.rules
        ]
        return json.dumps({"nftables": items})

    def commit(self, messages: list[bytes]) -> None:
        self.number += 1

    def render(self, _: str, gained: Iterable[Address], lost: Iterable[Address], sets: dict[int, str]) -> list[bytes]:
        assert self.table is not None
        for number, name in sets.items():
            self.table.sets[name] |= {one for one in gained if (":" in one) == (number == 6)}
            self.table.sets[name] -= set(lost)
        return []

    def remove(self, *_: str) -> None:
        self.table, self.number = None, self.number + 1


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    """What the wall talks to."""
    made = Kernel()
    monkeypatch.setattr(wall, "run", made.run)
    for name, put in (
        ("generation", lambda: made.number),
        ("has_table", lambda *_: made.table is not None),
        ("delete_table", made.remove),
        ("render_elements", made.render),
        ("commit", made.commit),
    ):
        monkeypatch.setattr(netfilter, name, put)
    return made


def observed(keeper: wall.Wall, interface: str = "wgtray0") -> Firewall | None:
    return asyncio.run(keeper.observe(interface))


def put(keeper: wall.Wall, firewall: Firewall | None, learned: Iterable[Address] = ()) -> None:
    asyncio.run(keeper.put(firewall, learned, "wgtray0"))


def test_what_was_loaded_is_observed_and_listed_once(kernel: Kernel) -> None:
    keeper = wall.Wall()
    assert observed(keeper) is None
    put(keeper, FIREWALL)
    assert observed(keeper) == FIREWALL
    assert kernel.listed == 0, "its number says that nobody came in between"
    assert [observed(keeper), observed(keeper)] == [FIREWALL, FIREWALL]
    assert kernel.listed == 1
    put(keeper, None)
    assert observed(keeper) is None


def test_a_table_of_an_earlier_helper_is_made_again(kernel: Kernel) -> None:
    put(wall.Wall(), FIREWALL)
    assert observed(wall.Wall()) == ALTERED


def test_a_flushed_table_and_a_rule_more_or_less_are_noticed(kernel: Kernel) -> None:
    keeper = wall.Wall()
    put(keeper, FIREWALL)
    assert observed(keeper) == FIREWALL
    kernel.remove()
    assert observed(keeper) is None
    put(keeper, FIREWALL)
    assert kernel.table is not None
    kernel.table.chains["sending"].rules.insert(0, "accept")
    kernel.number += 1
    assert observed(keeper) == ALTERED, "before it was ever listed"
    put(keeper, FIREWALL)
    assert [observed(keeper), observed(keeper)] == [FIREWALL, FIREWALL]
    kernel.table.chains["sending"].rules.pop()
    kernel.number += 1
    assert not keeper.is_as_seen()
    assert observed(keeper) == ALTERED


def test_other_peoples_tables_are_no_news_once_looked_at(kernel: Kernel) -> None:
    keeper = wall.Wall()
    put(keeper, FIREWALL)
    assert [observed(keeper), observed(keeper)] == [FIREWALL, FIREWALL]
    kernel.number += 3
    assert not keeper.is_as_seen()
    assert observed(keeper) == FIREWALL
    assert keeper.is_as_seen()


def test_learned_addresses_go_in_and_out_and_are_ours(kernel: Kernel) -> None:
    keeper = wall.Wall()
    put(keeper, FIREWALL, [ONE])
    assert [observed(keeper), observed(keeper)] == [FIREWALL, FIREWALL]
    keeper.learn([ONE, TWO], [])
    keeper.learn([], [ONE])
    assert kernel.table is not None
    assert [kernel.table.sets[name] for name in ("learned4", "learned6")] == [set(), {TWO}]
    assert keeper.is_as_seen()
    assert observed(keeper) == FIREWALL
    kernel.table.sets["learned6"].clear()
    kernel.number += 1
    assert observed(keeper) == ALTERED


def test_another_name_of_our_link_needs_the_table_anew(kernel: Kernel) -> None:
    keeper = wall.Wall()
    put(keeper, FIREWALL, [TWO])
    assert observed(keeper, "wgtray1") == ALTERED
    asyncio.run(keeper.rename("wgtray1"))
    assert observed(keeper, "wgtray1") == FIREWALL
    assert kernel.table is not None
    assert kernel.table.sets["learned6"] == {TWO}


def test_marked_packets_have_their_way_into_the_tunnel_and_a_hold_below_it() -> None:
    ports = frozenset({Aim(Prefix("198.51.100.7/32"), "tcp", (443,))})
    everything = (Prefix("0.0.0.0/0"), Prefix("::/0"))
    assert wall.forced_routes(FIREWALL, None) == frozenset()
    assert wall.forced_routes(Firewall(forced=ports), None) == frozenset()
    assert wall.forced_routes(Firewall(forced=ports, closed=ports), None) == {Route(one, "held") for one in everything}
