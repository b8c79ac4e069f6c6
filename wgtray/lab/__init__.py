"""How does one get real WireGuard nodes without a real internet? `with Lab.up() as lab:`, as root, on Linux.

spec      what a lab consists of, and every address in it
topology  the same as text for `ip`, `nft` and sysctl; the drawing of the network is its docstring
profile   the same as a wgtray profile and as a wg-quick .conf
netns     how one enters a namespace; place says where commands can be run
relay     the internet's delay, loss and silence (a process); schedule decides when a packet leaves it
services  the echo and who-am-I servers (a process)
wireguard the nodes' WireGuard; node says what can happen to a node
running   `Lab`, as its owner holds it; processes starts what belongs to it
record    which labs there are, and whose
make      `make("fra", "silent")`: the words that change a running lab, from any process
janitor   leaves nothing behind (a process)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wgtray.lab.node import Node
    from wgtray.lab.place import Client, Place
    from wgtray.lab.running import Lab
    from wgtray.lab.situations import WORDS, make
    from wgtray.lab.spec import DEFAULT_NODES, LabError, NodeSpec

__all__ = ["DEFAULT_NODES", "WORDS", "Client", "Lab", "LabError", "Node", "NodeSpec", "Place", "make"]

_HOME = {
    "Client": "place",
    "DEFAULT_NODES": "spec",
    "Lab": "running",
    "LabError": "spec",
    "Node": "node",
    "NodeSpec": "spec",
    "Place": "place",
    "WORDS": "situations",
    "make": "situations",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Load a public name on first use: the lab's own processes start faster without the rest."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
