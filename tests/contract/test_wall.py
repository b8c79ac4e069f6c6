"""Our table in a real kernel: what we render loads, and what others do to it is noticed."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.contract.own_namespace import OwnNamespace
from tests.unit.platforms.test_firewall import HOSTS, OURS
from wgtray.core.fields import Address, Prefix
from wgtray.core.firewall import ALTERED, Aim, Firewall
from wgtray.platforms.linux import firewall as rules
from wgtray.platforms.linux import netfilter, watch
from wgtray.platforms.linux.wall import Wall

pytestmark = pytest.mark.network

FIREWALLS = list({host.firewall: host for host in HOSTS.values()}.values())
FIREWALL = max((host.firewall for host in FIREWALLS if host.firewall is not None), key=lambda one: len(one.closed))
MANY = [Address(f"198.51.{i // 250}.{i % 250}") for i in range(5000)] + [
    Address(f"2001:db8::{i:x}") for i in range(1, 5001)
]

LOADS = 30

_FLOOD = """
import contextlib, select, socket, sys
sock, passed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), 0
print("flooding", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    for _ in range(100):
        with contextlib.suppress(OSError):
            passed += sock.sendto(b"x", ("10.20.0.10", 7))
print(passed)
"""
"""Says how many the kernel let out: one that the firewall stops is an error at once."""


@pytest.fixture(autouse=True)
def own_namespace() -> Iterator[None]:
    """Nothing of this is the machine's."""
    with OwnNamespace():
        yield


def nft(*words: str) -> str:
    return subprocess.run(["nft", *words], check=True, capture_output=True, text=True).stdout


def put(wall: Wall, firewall: Firewall | None, *learned: Address) -> None:
    asyncio.run(wall.put(firewall, learned, OURS))


def passed(script: str, loads: int) -> int:
    """How many packets to the company get out while this is loaded so often in the place of itself."""

    def load() -> None:
        subprocess.run(["nft", "-f", "-"], input=script, check=True, text=True)

    load()
    flood = subprocess.Popen([sys.executable, "-c", _FLOOD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert flood.stdout is not None
        assert flood.stdout.readline() == "flooding\n"
        for _ in range(loads):
            load()
        return int(flood.communicate("enough")[0])
    finally:
        flood.kill()
        flood.wait()


def observed(wall: Wall) -> Firewall | None:
    return asyncio.run(wall.observe(OURS))


def test_nft_takes_what_we_render_for_every_machine_and_has_as_many_rules() -> None:
    for host in FIREWALLS:
        assert host.firewall is not None
        script = rules.render(host.firewall, host.learned, OURS)
        subprocess.run(["nft", "-f", "-"], input=script, check=True, text=True)
        listed = nft("-a", "list", "ruleset")
        chains = sum(line.startswith("\tchain ") for line in listed.splitlines())
        sets = sum(line.startswith("\tset ") for line in listed.splitlines())
        handles = listed.count("# handle ") - chains - sets - len(rules.FAMILIES)
        assert handles == rules.count_rules(script)


@pytest.mark.parametrize("networks", [2, 3000])
def test_nothing_gets_out_while_a_table_takes_the_place_of_another(networks: int) -> None:
    for words in (
        "link add cable type veth peer name end",
        "link set cable up",
        "link set end up",
        "address add 192.0.2.2/24 dev cable",
        "neighbour add 192.0.2.1 lladdr 02:00:00:00:00:01 dev cable",
        "route add default via 192.0.2.1",
    ):
        subprocess.run(["ip", *words.split()], check=True)
    closed = [f"10.{20 + number // 100}.{number % 100 * 2}.0/24" for number in range(networks)]
    firewall = Firewall(closed=frozenset(Aim(Prefix(net)) for net in closed))
    script = rules.render(firewall, (), OURS)
    trusting = "".join(line for line in script.splitlines(keepends=True) if "@shown" not in line)
    assert trusting != script
    assert passed("", 1) > 0
    if not any(passed(trusting, LOADS // 4) for _ in range(6)):
        pytest.skip("this kernel shows rules and the networks in their sets at once")
    assert passed(script, LOADS) == 0


def test_what_others_do_to_it_is_noticed_and_what_they_do_elsewhere_is_not() -> None:
    wall = Wall()
    for ruin, seen in (
        (("flush", "ruleset"), None),
        (("delete", "table", "inet", rules.TABLE), ALTERED),
        (("insert", "rule", "inet", rules.TABLE, "sending", "accept"), ALTERED),
        (("flush", "chain", "inet", rules.TABLE, "closed"), ALTERED),
        (("delete", "table", "arp", rules.TABLE), ALTERED),
        (("add", "element", "inet", rules.TABLE, "learned4", "{ 192.0.2.1 }"), ALTERED),
    ):
        put(wall, FIREWALL)
        assert [observed(wall), observed(wall)] == [FIREWALL, FIREWALL]
        nft("add", "table", "inet", "theirs")
        assert observed(wall) == FIREWALL
        nft(*ruin)
        assert observed(wall) == seen, ruin


def test_ten_thousand_learned_addresses_go_in_and_out_one_by_one_and_together() -> None:
    wall = Wall()
    put(wall, FIREWALL)
    assert [observed(wall), observed(wall)] == [FIREWALL, FIREWALL]
    wall.learn(MANY, ())
    assert observed(wall) == FIREWALL
    listed = nft("-j", "list", "set", "inet", rules.TABLE, "learned6")
    assert listed.count("2001:db8:") == 5000
    began = time.perf_counter()
    wall.learn([Address("192.0.2.9")], ())
    print(f"one more among ten thousand: {(time.perf_counter() - began) * 1000:.2f} ms")
    wall.learn((), MANY)
    assert observed(wall) == FIREWALL
    assert "198.51." not in nft("list", "table", "inet", rules.TABLE).split("set learned4")[1].split("}")[0]
    put(wall, FIREWALL, *MANY)
    assert [observed(wall), observed(wall)] == [FIREWALL, FIREWALL]
    put(wall, None)
    assert not netfilter.has_table("inet", rules.TABLE)
    assert observed(wall) is None


def test_a_change_to_our_table_wakes_us_and_our_own_does_not() -> None:
    async def scene() -> None:
        wall = Wall()
        changes = watch.changes(lambda: (), wall.is_as_seen)
        await wall.put(FIREWALL, (), OURS)
        await wall.observe(OURS)
        waiting = asyncio.ensure_future(anext(changes))
        await asyncio.sleep(0)
        await wall.put(FIREWALL, (), OURS)
        wall.learn([Address("192.0.2.9")], ())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), 0.3)
        await asyncio.to_thread(nft, "add", "table", "inet", "theirs")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), 0.3)
        await (await asyncio.create_subprocess_exec("nft", "flush", "ruleset")).wait()
        await asyncio.wait_for(waiting, 2)

    asyncio.run(scene())
