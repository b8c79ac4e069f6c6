"""A Windows computer that lives in memory behind ``winapi.Windows`` and writes down what is done to it."""

import functools
import ipaddress
import uuid
from collections.abc import Callable, Collection, Sequence

import msgspec

from wgtray.core.fields import Address, Interface, Prefix, family
from wgtray.core.host import Fate
from wgtray.core.passage import Packet
from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.windows.carried import SYSTEM_ROOT
from wgtray.platforms.windows.dns import POLICY
from wgtray.platforms.windows.filters import NUMBERS
from wgtray.platforms.windows.firewall import SYSTEM_ONLY
from wgtray.platforms.windows.tunnel import VERSION
from wgtray.platforms.windows.winapi import (
    Condition,
    Filter,
    Link,
    OnLink,
    Policy,
    Registry,
    RouteRow,
    SeenWall,
    Service,
)

ETHERNET = Link(luid=6, index=12, alias="Ethernet", up=True, guid="{e}")
WIREGUARD = r"C:\Program Files\WireGuard\wireguard.exe"
ON_LINK = ("192.168.1.0/24", "192.168.77.0/24", "224.0.0.0/4", "255.255.255.255/32", "fd77::/64", "ff00::/8")
ANNA = "S-1-5-21-1-2-3-1001"


class FakeWindows:
    """``done`` is what was done; ``after`` is called after each thing that is; ``broken`` names what fails."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.after: Callable[[], None] = lambda: None
        self.broken: set[str] = set()
        self.registry: dict[str, Registry] = {
            VERSION: {"ProgramFilesDir": r"C:\Program Files"},
            SYSTEM_ROOT: {"SystemRoot": r"C:\Windows"},
        }
        self.files: dict[str, bytes] = {WIREGUARD: b"", WIREGUARD.replace("wireguard.exe", "wg.exe"): b""}
        self.services: dict[str, Service] = {}
        self.adapters: dict[str, Link] = {}
        self.confs: dict[str, str] = {}
        self.rows: set[RouteRow] = {
            RouteRow(ETHERNET.luid, Prefix("0.0.0.0/0"), Address("192.168.1.1"), 25, ours=False),
            *(RouteRow(ETHERNET.luid, Prefix(prefix), None, 256, ours=False) for prefix in ON_LINK),
            RouteRow(ETHERNET.luid, Prefix("::/0"), Address("fe80::1"), 25, ours=False),
        }
        self.filters: dict[uuid.UUID, Filter] = {}
        self.early: dict[uuid.UUID, Filter] = {}
        """Of effect at a start until the filtering engine runs."""
        self.engine_runs = True
        self.text: bytes | None = None
        self.next_luid = 100
        self.watchers: list[Callable[[], None]] = []
        self.used: set[Address] = set()
        self.policies: set[Policy] = set()
        self.obeys: set[int] = set()
        """The families in which policies are of effect."""
        self.msiexec = 0
        """How Windows Installer ends."""

    def note(self, line: str, kind: str = "") -> None:
        if kind in self.broken:
            raise OSError(5, f"{kind} is broken")
        self.done.append(line)

    def did(self) -> None:
        self.after()

    def link(self, alias: str) -> Link | None:
        return self.adapters.get(alias)

    def links(self) -> Sequence[Link]:
        return [ETHERNET, *self.adapters.values()]

    def addresses(self) -> Sequence[OnLink]:
        mine = [
            OnLink(link.luid, Interface(address))
            for name, link in self.adapters.items()
            for address in _values(self.confs[name], "Address")
        ]
        return [OnLink(ETHERNET.luid, Interface("192.168.1.7/24")), *mine]

    def mtu(self, luid: int) -> int | None:
        name = next(name for name, link in self.adapters.items() if link.luid == luid)
        return int(next(iter(_values(self.confs[name], "MTU")), 1420))

    def routes(self) -> Sequence[RouteRow]:
        return sorted(self.rows)

    def add_route(self, row: RouteRow) -> None:
        self.note(f"route + {row.prefix}", "route")
        self.rows.add(row)
        self.did()

    def delete_route(self, row: RouteRow) -> None:
        self.note(f"route - {row.prefix}", "route")
        self.rows = {one for one in self.rows if (one.luid, one.prefix) != (row.luid, row.prefix)}
        self.did()

    def name_servers(self) -> Sequence[tuple[int, Address]]:
        return [(ETHERNET.luid, Address("192.168.1.1"))]

    def wall(self) -> SeenWall | None:
        if self.text is None and not self.filters:
            return None
        return SeenWall(self.text or b"", {key: one.name for key, one in self.filters.items()})

    def put_wall(self, text: bytes | None, gained: Collection[Filter], lost: Collection[uuid.UUID]) -> None:
        self.note(f"wall +{len(gained)} -{len(lost)}", "wall")
        for key in lost:
            self.filters.pop(key, None)
            self.early.pop(key, None)
        self.filters |= {one.key: one for one in gained if one.lasting != "boot"}
        self.early |= {one.key: one for one in gained if one.lasting == "boot"}
        self.text = text if text is not None else self.text
        self.did()

    def drop_wall(self) -> None:
        self.note("wall gone", "wall")
        self.filters, self.early, self.text = {}, {}, None
        self.did()

    def put_policies(self, policies: Collection[Policy]) -> None:
        self.note(f"policies {len(policies)}", "policies")
        self.policies = set(policies)

    def read_key(self, path: str) -> Registry | None:
        return self.registry.get(path)

    def subkeys(self, path: str) -> Sequence[str]:
        return [name.rpartition("\\")[2] for name in self.registry if name.rpartition("\\")[0] == path]

    def write_key(self, path: str, values: Registry) -> None:
        self.note(f"registry + {path.rpartition(chr(92))[2]}", "registry")
        self.registry[path] = values

    def delete_key(self, path: str) -> None:
        self.note(f"registry - {path.rpartition(chr(92))[2]}", "registry")
        self.registry.pop(path, None)

    def flush_names(self) -> None:
        self.note("names flushed")

    def service(self, name: str) -> Service | None:
        return self.services.get(name)

    def start_on_demand(self, name: str) -> None:
        self.services[name] = msgspec.structs.replace(self.services[name], starts_at_boot=False)

    async def run(self, program: str, arguments: Sequence[str], timeout_s: float = 10.0) -> str:
        self.note(f"{program.rpartition(chr(92))[2]} {arguments[0]}", arguments[0])
        match arguments:
            case ["/i", package, "/qn", "/norestart", "DO_NOT_LAUNCH=1"]:
                assert package in self.files
                if self.msiexec in (0, 3010):
                    self.files |= {WIREGUARD: b"", WIREGUARD.replace("wireguard.exe", "wg.exe"): b""}
                if self.msiexec:
                    problem = Problem("command-failed", {"command": "msiexec.exe", "detail": "no reason given"})
                    raise CommandFailed(problem, self.msiexec)
            case ["--source", destination]:
                return f"{self._source(program, Address(destination))}\r\n"
            case ["/installtunnelservice", file]:
                name = file.rpartition("\\")[2].removesuffix(".conf.dpapi")
                self.confs[name] = self.files[file].decode().removeprefix(f"sealed {name}\n")
                self.services[f"WireGuardTunnel${name}"] = Service(running=True, starts_at_boot=True)
                self.next_luid += 1
                self.adapters[name] = Link(self.next_luid, self.next_luid, name, up=True)
            case ["/uninstalltunnelservice", name]:
                self.crash(name)
                self.services.pop(f"WireGuardTunnel${name}", None)
            case ["show", name, "dump"]:
                return self._dump(name)
            case ["set", name, *words]:
                self._set(name, words)
            case _:
                raise CommandFailed(Problem("command-failed", {"command": program, "detail": "usage"}))
        self.did()
        return ""

    def sealed(self, plain: bytes, name: str) -> bytes:
        return f"sealed {name}\n".encode() + plain

    def write_private(self, path: str, content: bytes) -> None:
        self.note(f"file + {path.rpartition(chr(92))[2]}", "file")
        self.files[path] = content

    def signer(self, path: str) -> str | None:
        return self.files[path].decode().removeprefix("signed by ") or None

    def remove(self, path: str) -> None:
        self.files.pop(path, None)

    def exists(self, path: str) -> bool:
        return path in self.files

    def listed(self, folder: str) -> Sequence[str]:
        return [path.rpartition("\\")[2] for path in self.files if path.rpartition("\\")[0] == folder]

    def copy(self, source: str, target: str) -> None:
        self.note(f"file + {target.rpartition(chr(92))[2]}", "file")
        self.files[target] = self.files[source]

    def users(self) -> Sequence[str]:
        return [ANNA]

    def remotes(self) -> Collection[Address]:
        return self.used

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        self.watchers.append(changed)
        return lambda: self.watchers.remove(changed)

    def disturb(self) -> None:
        """A foreign tool did something, and Windows says so."""
        for changed in list(self.watchers):
            changed()

    def pass_packets(self, sent: int) -> None:
        """Applications send this many packets of 100 bytes each."""
        for name, link in self.adapters.items():
            more = msgspec.structs.replace(link, tx_packets=link.tx_packets + sent, tx_bytes=link.tx_bytes + 100 * sent)
            self.adapters[name] = more

    def crash(self, name: str) -> None:
        """The adapter goes, and with it its routes."""
        link = self.adapters.pop(name, None)
        if link is not None:
            self.rows = {row for row in self.rows if row.luid != link.luid}

    def reboot(self) -> None:
        """What Windows forgets; its filtering engine does not run yet."""
        for name in list(self.adapters):
            self.crash(name)
        self.filters, self.text = {key: one for key, one in self.filters.items() if one.lasting == "restart"}, None
        self.engine_runs = False

    def group_policy(self) -> None:
        """A company has name rules of its own."""
        self.registry[rf"{POLICY}\theirs"] = {"Name": (".other.example",)}

    def is_near(self, address: Address) -> bool:
        """Whether it is on a link of this computer, which is narrower than any way into a tunnel."""
        return any(_within(address, prefix) for prefix in ON_LINK)

    def fate(self, packet: Packet, program: str = r"C:\any.exe", user: str = ANNA) -> Fate:
        """Where a packet that this computer sends ends."""
        row = _best(self.rows, packet.address)
        mine = {link.luid for link in self.adapters.values()}
        luid = ETHERNET.luid if row is None or packet.bound else row.luid
        if packet.ours:
            luid = ETHERNET.luid
        return "held" if not self.passes(packet, luid, program, user) else "tunnel" if luid in mine else "clear"

    def passes(self, packet: Packet, luid: int, program: str, user: str, layer: str = "connect") -> bool:
        """What the filters say of a packet that leaves, or arrives, by that interface."""
        for sublayer in ("wall", "routes", "programs", "boot"):
            here = [
                one
                for one in (self.filters if self.engine_runs else self.early).values()
                if (one.sublayer, one.layer) == (sublayer, f"{layer}{family(packet.address)}")
            ]
            fits = [one for one in here if _fits(one, packet, luid, program, user)]
            if fits and max(fits, key=lambda one: one.weight).blocks:
                return False
        return True

    def _source(self, program: str, destination: Address) -> str:
        """The address by which a program would send there."""
        number = family(destination)
        obeyed = {one.luid for one in self.policies if (one.program, one.family) == (program, number)}
        row = _best(self.rows, destination)
        luid = next(iter(obeyed), None) if number in self.obeys and obeyed else None if row is None else row.luid
        mine = (one.address.partition("/")[0] for one in self.addresses() if one.luid == luid)
        return next((address for address in mine if family(Address(address)) == number), "")

    def _dump(self, name: str) -> str:
        conf = self.confs[name]
        key = next(iter(_values(conf, "PrivateKey")), "(none)")
        lines = [f"{key}\tPUBLIC\t51820\toff"]
        for peer in conf.split("[Peer]")[1:]:
            values = {word: ", ".join(_values(peer, word)) for word in _WORDS}
            allowed = values["AllowedIPs"].replace(", ", ",")
            lines.append(
                "\t".join(
                    (
                        values["PublicKey"],
                        values["PresharedKey"] or "(none)",
                        values["Endpoint"] or "(none)",
                        allowed or "(none)",
                        *("0", "0", "0"),
                        values["PersistentKeepalive"] or "off",
                    )
                )
            )
        return "\r\n".join(lines) + "\r\n"

    def _set(self, name: str, words: list[str]) -> None:
        """As wg does it: a prefix that one peer is given leaves the others."""
        head, *rest = self.confs[name].split("\n[Peer]\n")
        peers: dict[str, dict[str, str]] = {}
        for text in rest:
            values = {word: ", ".join(_values(text, word)) for word in _WORDS}
            peers[values["PublicKey"]] = values
        current = ""
        while words:
            word, value = words.pop(0), words.pop(0) if words and words[0] != "remove" else ""
            match word:
                case "peer":
                    current = value
                    if words[:1] == ["remove"]:
                        words.pop(0)
                        peers.pop(current, None)
                    else:
                        peers.setdefault(current, dict.fromkeys(_WORDS, "") | {"PublicKey": current})
                case "endpoint":
                    peers[current]["Endpoint"] = value
                case "persistent-keepalive":
                    peers[current]["PersistentKeepalive"] = "" if value == "0" else value
                case "preshared-key":
                    peers[current]["PresharedKey"] = self.files[value].decode().strip()
                case "allowed-ips":
                    mine = [prefix for prefix in value.split(",") if prefix]
                    for other in peers.values():
                        left = [one for one in other["AllowedIPs"].split(", ") if one and one not in mine]
                        other["AllowedIPs"] = ", ".join(left)
                    peers[current]["AllowedIPs"] = ", ".join(mine)
        texts = ("\n".join(f"{word} = {value}" for word, value in peer.items() if value) for peer in peers.values())
        self.confs[name] = "\n[Peer]\n".join([head, *texts])


_WORDS = ("PublicKey", "PresharedKey", "Endpoint", "AllowedIPs", "PersistentKeepalive")


def _values(conf: str, word: str) -> list[str]:
    found = (line.partition(" = ")[2] for line in conf.splitlines() if line.startswith(f"{word} = "))
    return [value for text in found for value in text.split(", ")]


def _best(rows: Collection[RouteRow], address: Address) -> RouteRow | None:
    fits = [row for row in rows if _within(address, row.prefix)]
    return max(fits, key=lambda row: (int(row.prefix.rpartition("/")[2]), -row.metric), default=None)


@functools.lru_cache(100_000)
def _within(address: str, prefix: str) -> bool:
    network, ip = ipaddress.ip_network(prefix), ipaddress.ip_address(address)
    return network.version == ip.version and ip in network


def _fits(one: Filter, packet: Packet, luid: int, program: str, user: str) -> bool:
    by_field: dict[str, list[Condition]] = {}
    for condition in one.conditions:
        by_field.setdefault(condition.field, []).append(condition)
    return all(any(_is(each, packet, luid, program, user) for each in several) for several in by_field.values())


def _is(condition: Condition, packet: Packet, luid: int, program: str, user: str) -> bool:
    match condition.field:
        case "remote" | "to":
            return _within(packet.address, str(condition.value))
        case "protocol":
            number = 58 if packet.proto == "icmp" and family(packet.address) == 6 else NUMBERS[packet.proto]
            return number == condition.value
        case "remote-port":
            return packet.port == condition.value
        case "program":
            return program.casefold() == str(condition.value).casefold()
        case "user":
            return user == "S-1-5-18" if condition.value == SYSTEM_ONLY else user in str(condition.value)
        case "interface" | "out-interface":
            return luid == condition.value
        case _:
            return False
