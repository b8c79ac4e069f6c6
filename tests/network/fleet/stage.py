"""A company in network namespaces: nodes that run what a fleet renders, services behind them, users before them.

    user 1 ─┐                                    ┌─ eth0 NODE 1 eth1 ─┐
    user 2 ─┼── br0 in net (198.51.100.7: public) ┼─ eth0 NODE 2 eth1 ─┼── br1 in corp (services on lo)
    user 3 ─┘                                    └─ eth0 NODE 3 eth1 ─┘

Every port of the services answers (echo; 8080 says who asks). Answers go back to the node that the connection's last
packet came from, as a company's Linux router does it that marks connections; nothing is translated on the way.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from wgtray.fleet.document import FLEET_FILE, Reading, read, read_fleet
from wgtray.fleet.model import Fleet, Node, User
from wgtray.fleet.render import files_of
from wgtray.fleet.users import added, user_text
from wgtray.lab import netns, processes, wireguard
from wgtray.lab.place import Place
from wgtray.lab.wireguard import KeyPair

PUBLIC = ("198.51.100.7", "2001:db8:7::7")
GATEWAY = ("203.0.113.1", "2001:db8:113::1")
SERVICES = ("10.20.0.10", "10.20.0.53", "10.20.7.7", "10.30.0.10", "fd20::10", "fd20::53", "fd20::77")
CORP = ("10.20.255.254", "fd20:0:0:255::fe")
_QUIET = [
    ("net/ipv6/conf/default/accept_dad", "0"),
    ("net/ipv6/conf/all/accept_dad", "0"),
    ("net/ipv4/conf/all/rp_filter", "0"),
    ("net/ipv4/conf/default/rp_filter", "0"),
    ("net/ipv4/ping_group_range", "0 2147483647"),
]
_FORWARD = [("net/ipv4/ip_forward", "1"), ("net/ipv6/conf/all/forwarding", "1")]


class Stage:
    """Namespaces, cables, keys and a fleet on disk; ``with Stage.up(text, users) as stage``."""

    def __init__(self, text: str, users: Mapping[str, Sequence[str]], later: Sequence[str] = ()) -> None:
        self.id = secrets.token_hex(2)
        self.place = Path(tempfile.mkdtemp(prefix="wgtray-fleet-", dir="/run"))  # keepalived trusts no script in /tmp
        self.net, self.corp = Place(f"wgf-{self.id}-net"), Place(f"wgf-{self.id}-corp")
        self._own: list[processes.Process] = []
        self.keys: dict[str, KeyPair] = {}
        plain, _ = read_fleet(text, FLEET_FILE)
        self._write(text, plain, users)
        self.reading = read(self.place)
        self.homes: dict[str, Path] = {node.name: self.place / "homes" / node.name for node in plain.nodes}
        self.nodes: dict[str, Place] = {node.name: Place(f"wgf-{self.id}-{node.name}") for node in plain.nodes}
        self.users = {name: Place(f"wgf-{self.id}-u-{name}") for name in (*users, *later)}

    @classmethod
    @contextmanager
    def up(cls, text: str, users: Mapping[str, Sequence[str]], later: Sequence[str] = ()) -> Iterator[Self]:
        """``users`` are in the fleet, in these groups; who comes ``later`` has a machine and asks to be let in."""
        netns.require()
        stage = cls(text, users, later)
        try:
            stage._build()
            yield stage
        finally:
            stage.down()

    @property
    def fleet(self) -> Fleet:
        return self.reading.fleet

    def user(self, name: str) -> User:
        return next(user for user in self.reading.users if user.name == name)

    def outside(self, name: str) -> tuple[str, str]:
        """A node's or user's own addresses on the internet."""
        names = list(self.nodes)
        number = 11 + names.index(name) if name in names else 101 + list(self.users).index(name)
        return f"203.0.113.{number}", f"2001:db8:113::{number}"

    def render(self) -> Reading:
        """Read the fleet again and write its files to ``rendered``."""
        self.reading = read(self.place)
        for path, text in files_of(self.reading.fleet, self.reading.users).items():
            target = self.place / "rendered" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        return self.reading

    def apply(self, *names: str) -> None:
        """What the playbook does, without Ansible: copy the rendered files and run the script there."""
        for name in names or self.nodes:
            home = self.homes[name]
            home.mkdir(parents=True, exist_ok=True)
            for folder in ("common", f"nodes/{name}"):
                shutil.copytree(self.place / "rendered" / folder, home, dirs_exist_ok=True)
            site = next(node.site for node in self.fleet.nodes if node.name == name)
            key = home / "private.key"
            if not key.exists():
                key.touch(mode=0o600)
                key.write_text(self.keys[site].private + "\n")
            self.run_apply(name)

    def run_apply(self, name: str) -> None:
        # wireguard-go stays in the background and would hold a pipe open.
        command = netns.enter(self.nodes[name].netns, ["sh", str(self.homes[name] / "apply.sh")])
        with (self.place / f"{name}.log").open("wb") as log:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=60, check=False)
        assert done.returncode == 0, (self.place / f"{name}.log").read_text()

    def connect(self, name: str, node: str, *, endpoint: str | None = None) -> str:
        """Bring up plain WireGuard for a user through one node, for everything; returns the interface."""
        user, place = self.user(name), self.users[name]
        link = f"f{self.id}u{list(self.users).index(name)}"
        at = next(each for each in self.fleet.nodes if each.name == node)
        where = endpoint or f"{self.outside(node)[0]}:{self.fleet.site(at.site).port}"
        if not Path(f"/var/run/wireguard/{link}.sock").exists():
            subprocess.run(
                netns.enter(place.netns, ["wireguard-go", link]),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
                timeout=20,
            )
        conf = f"[Interface]\nPrivateKey = {self.keys[name].private}\n[Peer]\nPublicKey = {self.keys[at.site].public}\n"
        conf += f"AllowedIPs = 0.0.0.0/0, ::/0\nEndpoint = {where}\nPersistentKeepalive = 5\n"
        place.run(["wg", "setconf", link, "/dev/stdin"], input=conf)
        lines = [f"link set {link} mtu 1420 up"]
        lines += [f"address replace {each} dev {link}{' nodad' if ':' in each else ''}" for each in user.addresses]
        nets = ("10.0.0.0/8", PUBLIC[0], "fd00::/8", PUBLIC[1])
        lines += [f"{'-6 ' if ':' in net else ''}route replace {net} dev {link}" for net in nets]
        netns.ip(place.netns, "\n".join(lines))
        return link

    def down(self) -> None:
        names = [
            self.net.netns,
            self.corp.netns,
            *(place.netns for place in (*self.nodes.values(), *self.users.values())),
        ]
        for pid in netns.processes(names):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self._own:
            processes.finish(process, 5)
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)
        for path in Path("/var/run/wireguard").glob(f"f{self.id}*.sock"):
            path.unlink(missing_ok=True)
        shutil.rmtree(self.place, ignore_errors=True)

    def _write(self, text: str, plain: Fleet, users: Mapping[str, Sequence[str]]) -> None:
        """The fleet with keys and interfaces of its own, and the users."""
        for site in plain.sites:
            self.keys[site.name] = wireguard.make_keys()
            text = text.replace(
                f'name = "{site.name}"', f'name = "{site.name}"\npublic_key = "{self.keys[site.name].public}"', 1
            )
        for number, node in enumerate(plain.nodes):
            text = text.replace(f'name = "{node.name}"', f'name = "{node.name}"\ntunnel = "f{self.id}n{number}"', 1)
        (self.place / FLEET_FILE).write_text(text)
        (self.place / "users").mkdir()
        made: list[User] = []
        for name, groups in users.items():
            self.keys[name] = wireguard.make_keys()
            made.append(added(plain, made, name, self.keys[name].public, groups))
            (self.place / "users" / f"{name}.toml").write_text(user_text(made[-1]))

    def _build(self) -> None:
        places = {
            "net": self.net,
            "corp": self.corp,
            **self.nodes,
            **{f"u-{name}": at for name, at in self.users.items()},
        }
        netns.ip(None, "\n".join(f"netns add {place.netns}" for place in places.values()))
        for name, place in places.items():
            netns.write_sysctls(place.netns, [*_QUIET, *(_FORWARD if name in ("net", "corp") else [])])
        netns.ip(self.net.netns, "link add br0 type bridge")
        netns.ip(self.corp.netns, "link add br1 type bridge")
        cables = []
        for number, place in enumerate(self.nodes.values()):
            cables.append(f"link add eth0 netns {place.netns} type veth peer name n{number} netns {self.net.netns}")
            mac = _mac(number)
            cables.append(
                f"link add eth1 address {mac} netns {place.netns} type veth peer name n{number} netns {self.corp.netns}"
            )
        for number, place in enumerate(self.users.values()):
            cables.append(f"link add eth0 netns {place.netns} type veth peer name u{number} netns {self.net.netns}")
        netns.ip(None, "\n".join(cables))
        netns.ip(self.net.netns, _text(self._net()))
        netns.ip(self.corp.netns, _text(self._corp()))
        netns.run(netns.enter(self.corp.netns, ["nft", "-f", "-"]), text=self._corp_rules())
        for name, place in self.nodes.items():
            netns.ip(place.netns, _text(self._node(name)))
        for name, place in self.users.items():
            netns.ip(place.netns, _text(self._user(name)))
        for place, addresses in ((self.corp, (*SERVICES, *CORP)), (self.net, PUBLIC)):
            log = self.place / f"{place.netns}.log"
            process = processes.start("services", *addresses, netns_name=place.netns, log=log)
            self._own.append(process)
            processes.wait_ready(process, log)

    def _net(self) -> Iterator[str]:
        yield from ("link set lo up", "link set br0 up")
        ports = [f"n{number}" for number in range(len(self.nodes))] + [
            f"u{number}" for number in range(len(self.users))
        ]
        for port in ports:
            yield f"link set {port} master br0 up"
        yield from _addresses("br0", GATEWAY, (24, 64))
        yield from _addresses("lo", PUBLIC, (32, 128))

    def _corp(self) -> Iterator[str]:
        yield from ("link set lo up", "link set br1 up")
        for number in range(len(self.nodes)):
            yield f"link set n{number} master br1 up"
        yield from _addresses("br1", CORP, (24, 64))
        for address in SERVICES:
            yield from _addresses("lo", (address,), (128 if ":" in address else 32,))
        for six, net, via in zip(
            ("", "-6 "), ("10.66.0.0/16", "fd66::/64"), self.inside(next(iter(self.nodes))), strict=True
        ):
            yield f"{six}route add {net} via {via}"  # of what carries no mark, and of a packet until it has one
        for number, name in enumerate(self.nodes):
            for six, net, via in zip(("", "-6 "), ("10.66.0.0/16", "fd66::/64"), self.inside(name), strict=True):
                yield f"{six}route add {net} via {via} table {101 + number}"
                yield f"{six}rule add fwmark {1 + number} lookup {101 + number}"

    def _corp_rules(self) -> str:
        marks = ", ".join(f"{_mac(number)} : {1 + number}" for number in range(len(self.nodes)))
        return f"""table inet corp {{
          chain in {{ type filter hook prerouting priority mangle; ct mark set ether saddr map {{ {marks} }}; }}
          chain out {{ type route hook output priority mangle; meta mark set ct mark; }}
          chain every_port {{ type nat hook prerouting priority dstnat;
            iifname "br1" tcp dport != {{ 7, 8080, 5201-5210 }} redirect to :7
            iifname "br1" udp dport != {{ 7, 5201-5210 }} redirect to :7
          }}
        }}\n"""

    def _node(self, name: str) -> Iterator[str]:
        yield from ("link set lo up", "link set eth0 up", "link set eth1 up")
        yield from _addresses("eth0", self.outside(name), (24, 64))
        yield from _addresses("eth1", self.inside(name), (24, 64))
        for six, gateway in zip(("", "-6 "), GATEWAY, strict=True):
            yield f"{six}route add default via {gateway}"
        for net in ("10.20.0.0/16", "10.30.0.0/16"):
            yield f"route add {net} via {CORP[0]}"
        yield f"-6 route add fd20::/64 via {CORP[1]}"

    def _user(self, name: str) -> Iterator[str]:
        yield from ("link set lo up", "link set eth0 up")
        yield from _addresses("eth0", self.outside(name), (24, 64))
        for six, gateway in zip(("", "-6 "), GATEWAY, strict=True):
            yield f"{six}route add default via {gateway}"

    def inside(self, name: str) -> tuple[str, str]:
        """A node's own addresses towards the company."""
        number = 11 + list(self.nodes).index(name)
        return f"10.20.255.{number}", f"fd20:0:0:255::{number}"

    def playbook(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Apply with Ansible: each node is a namespace that a wrapper around python3 enters."""
        wrappers = self.place / "python"
        wrappers.mkdir(exist_ok=True)
        hosts: dict[str, dict[str, str]] = {}
        for name, place in self.nodes.items():
            wrapper = wrappers / name
            wrapper.write_text(f'#!/bin/sh\nexec nsenter --net=/run/netns/{place.netns} /usr/bin/python3 "$@"\n')
            wrapper.chmod(0o755)
            hosts[name] = {"ansible_python_interpreter": str(wrapper), "home": str(self.homes[name])}
        homes = {name: each.pop("home") for name, each in hosts.items()}
        overlay = {"all": {"hosts": {name: {**each, "ansible_connection": "local"} for name, each in hosts.items()}}}
        (self.place / "overlay.json").write_text(json.dumps(overlay))
        variables = {
            "packages": False,
            "units": False,
            "home": "{{ homes[inventory_hostname] }}",
            "homes": homes,
            "vault_keys": {site.name: self.keys[site.name].private for site in self.fleet.sites},
        }
        secret = self.place / "vault.json"
        secret.touch(mode=0o600)
        secret.write_text(json.dumps(variables))
        for home in self.homes.values():
            home.parent.mkdir(parents=True, exist_ok=True)
        rendered = self.place / "rendered"
        argv = ["/usr/bin/ansible-playbook", "-i", "inventory.json", "-i", str(self.place / "overlay.json")]
        argv += ["-e", f"@{secret}", "playbook.yml", *options]
        environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(self.place),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "0",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
        }
        return subprocess.run(
            argv, cwd=rendered, env=environment, capture_output=True, text=True, timeout=400, check=False
        )


def node_of(fleet: Fleet, name: str) -> Node:
    return next(node for node in fleet.nodes if node.name == name)


def _mac(number: int) -> str:
    return f"02:20:00:00:01:{number:02x}"


def _addresses(device: str, addresses: Sequence[str], lengths: Sequence[int]) -> Iterator[str]:
    for address, length in zip(addresses, lengths, strict=True):
        yield f"address add {address}/{length} dev {device}" + (" nodad" if ":" in address else "")


def _text(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"
