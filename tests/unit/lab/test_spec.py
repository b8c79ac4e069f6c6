"""Are names and addresses unique where they must be, and nonsense refused?"""

from __future__ import annotations

import pytest

from wgtray.lab.spec import LabError, Layout, NodeSpec

LARGE = Layout("abcdef", tuple(NodeSpec(f"n{number}") for number in range(20)), 5)


def test_interface_names_fit_the_kernel() -> None:
    for node in LARGE.nodes:
        assert all(len(name) <= 15 for name in (node.interface, node.tun, node.uplink))


def test_nothing_is_there_twice() -> None:
    nodes, clients = LARGE.nodes, LARGE.clients
    for values in (
        LARGE.namespaces,
        [node.interface for node in nodes],
        [address for node in nodes for address in (*node.public, *node.probe)],
        [address for client in clients for address in (*client.lan, *client.gateway, *client.tunnel)],
        [client.mac for client in clients],
    ):
        assert len(set(values)) == len(values)


def test_two_labs_share_no_name_that_the_machine_knows() -> None:
    other = Layout("123456")
    assert not set(Layout("abcdef").namespaces) & set(other.namespaces)
    assert not {node.interface for node in Layout("abcdef").nodes} & {node.interface for node in other.nodes}


def test_the_addresses_are_the_ones_in_the_handbook() -> None:
    layout = Layout("abcdef", client_count=2)
    assert [node.endpoint for node in layout.nodes] == [f"203.0.113.{n}:51820" for n in (11, 12, 13)]
    assert [node.probe[0] for node in layout.nodes] == ["10.66.255.1", "10.66.255.2", "10.66.255.3"]
    assert [client.lan[0] for client in layout.clients] == ["192.168.77.2", "192.168.78.2"]
    assert [client.tunnel[0] for client in layout.clients] == ["10.66.0.10", "10.66.0.11"]
    assert [client.name for client in layout.clients] == ["client", "client2"]


@pytest.mark.parametrize("name", ["", "Fra", "a b", "auto", "wan", "corp", "client2", "../x", "n" * 21])
def test_a_name_that_would_break_something_is_refused(name: str) -> None:
    with pytest.raises(LabError):
        NodeSpec(name)


@pytest.mark.parametrize("numbers", [{"delay_ms": -1}, {"jitter_ms": -1}, {"loss": 1.1}])
def test_an_internet_that_cannot_be_is_refused(numbers: dict[str, float]) -> None:
    with pytest.raises(LabError, match="fra"):
        NodeSpec("fra", **numbers)  # type: ignore[arg-type]


@pytest.mark.parametrize(("specs", "clients"), [((), 1), ((NodeSpec("a"), NodeSpec("a")), 1), ((NodeSpec("a"),), 0)])
def test_a_lab_that_cannot_be_is_refused(specs: tuple[NodeSpec, ...], clients: int) -> None:
    with pytest.raises(LabError):
        Layout("abcdef", specs, clients)


def test_an_unknown_node_is_answered_with_the_known_ones() -> None:
    with pytest.raises(LabError, match=r"'par'.*fra, ams, sin"):
        Layout("abcdef").node("par")
