"""What does the owner of a running lab hold?

`with Lab.up() as lab:` builds everything and leaves nothing: what is up belongs to this process and dies
with it.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from wgtray.lab import janitor, netns, processes, profile, topology, wireguard
from wgtray.lab.node import Node
from wgtray.lab.place import Client, Place
from wgtray.lab.record import Owner, claim
from wgtray.lab.spec import (
    COMPANY_HOST,
    COMPANY_NETWORKS,
    DEFAULT_NODES,
    PUBLIC_HOST,
    ClientLayout,
    Layout,
    NodeLayout,
    NodeSpec,
)

_END_TIMEOUT_S = 20.0
_WORKERS = 8


class Lab:
    """A running lab: `wan`, `corp`, `pub`, its `clients` and `nodes` are places to run commands in."""

    def __init__(self, layout: Layout) -> None:
        """Nothing is there yet; use `Lab.up`."""
        self.layout = layout
        self.id = layout.lab_id
        self.runtime_dir = layout.runtime_dir
        self.wan = Place(layout.wan)
        self.corp = Place(layout.corp)
        self.pub = Place(layout.pub)
        self.company_host = COMPANY_HOST
        self.public_host = PUBLIC_HOST
        self.nodes = [Node.of(layout, node.name) for node in layout.nodes]
        self.clients: list[Client] = []
        self.up_s = 0.0
        self._node_keys: list[str] = []
        self._own: list[processes.Process] = []
        self._janitor: processes.Process | None = None

    @classmethod
    def up(cls, nodes: Sequence[NodeSpec] = DEFAULT_NODES, clients: int = 1) -> Self:
        """Sweep, then build a lab, ready to use; LabError says what this machine lacks."""
        began_s = time.monotonic()
        layout = Layout(secrets.token_hex(3), tuple(nodes), clients)
        netns.require()
        janitor.sweep()
        lab = cls(layout)
        try:
            lab._build()
        except BaseException:
            lab.down()
            raise
        lab.up_s = time.monotonic() - began_s
        return lab

    def down(self) -> None:
        """Remove everything. Safe to repeat."""
        if self._janitor is not None:
            processes.tell(self._janitor, "down\n")
            processes.finish(self._janitor, _END_TIMEOUT_S)
            self._janitor = None
            janitor.remove(self.id)  # finds nothing, unless the janitor was killed
        for process in self._own:
            processes.finish(process, _END_TIMEOUT_S)
        self._own.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    @staticmethod
    def sweep() -> list[str]:
        """Remove the labs whose owner is gone; returns their ids."""
        return janitor.sweep()

    @property
    def client(self) -> Client:
        """The first client, for those who need only one."""
        return self.clients[0]

    def node(self, name: str) -> Node:
        return Node.of(self.layout, name)

    def profile_toml(
        self,
        client: int = 0,
        *,
        with_private_key: bool = True,
        networks: Sequence[object] = COMPANY_NETWORKS,
        sections: Mapping[str, Mapping[str, object]] | None = None,
        extra: str = "",
    ) -> str:
        """This client's wgtray profile; see `profile.profile_toml`."""
        return profile.profile_toml(
            self.layout,
            self.layout.clients[client],
            self._node_keys,
            private_key=self.clients[client].private_key if with_private_key else None,
            networks=networks,
            sections=sections,
            extra=extra,
        )

    def conf_text(self, client: int = 0, *, with_private_key: bool = True) -> str:
        """This client's wg-quick file."""
        private_key = self.clients[client].private_key if with_private_key else None
        return profile.conf_text(self.layout, self.layout.clients[client], self._node_keys, private_key=private_key)

    def _build(self) -> None:
        layout = self.layout
        owner = Owner.me()
        self._janitor = processes.start("janitor", self.id, str(owner.pid), str(owner.started))
        claim(layout)
        netns.ip(None, topology.namespaces(layout))
        with ThreadPoolExecutor(_WORKERS) as pool:
            keys = [pool.submit(wireguard.make_keys) for _ in (*layout.nodes, *layout.clients)]
            for name, values in topology.sysctls(layout).items():
                netns.write_sysctls(name, values)
            netns.ip(None, topology.cables(layout))
            list(pool.map(lambda item: netns.ip(*item), topology.inside(layout).items()))
            services = [
                self._start(layout.corp, "services", *COMPANY_HOST),
                self._start(layout.pub, "services", *PUBLIC_HOST),
                self._start(layout.wan, "relay", text=_relay_settings(layout)),
            ]
            self._give_keys([job.result() for job in keys])
            list(pool.map(self._start_node, layout.nodes))
        for process, log in services:
            processes.wait_ready(process, log)

    def _start(self, place: str, module: str, *arguments: str, text: str = "") -> tuple[processes.Process, Path]:
        log = self.runtime_dir / f"{place}.log"
        process = processes.start(module, *arguments, netns_name=place, log=log)
        self._own.append(process)
        processes.tell(process, text)
        return process, log

    def _give_keys(self, keys: list[wireguard.KeyPair]) -> None:
        layout = self.layout
        node_keys, client_keys = keys[: len(layout.nodes)], keys[len(layout.nodes) :]
        self._node_keys = [pair.public for pair in node_keys]
        self.clients = [_client(at, pair) for at, pair in zip(layout.clients, client_keys, strict=True)]
        for node, pair in zip(layout.nodes, node_keys, strict=True):
            wireguard.write_conf(layout, node, pair, [client.public for client in client_keys])

    def _start_node(self, node: NodeLayout) -> None:
        netns.run(netns.enter(node.netns, ["nft", "-f", "-"]), text=topology.NODE_FIREWALL)
        wireguard.start(self.layout, node)


def _client(at: ClientLayout, keys: wireguard.KeyPair) -> Client:
    return Client(at.netns, at.name, at.lan, at.gateway, at.tunnel, keys.public, keys.private)


def _relay_settings(layout: Layout) -> str:
    """The one line the relay reads."""
    nodes = [
        {
            "name": node.name,
            "tun": node.tun,
            "addresses": node.public,
            "shape": {
                "delay_ms": node.spec.delay_ms,
                "jitter_ms": node.spec.jitter_ms,
                "loss": node.spec.loss,
            },
        }
        for node in layout.nodes
    ]
    return json.dumps({"socket": str(layout.relay_socket), "nodes": nodes}) + "\n"
