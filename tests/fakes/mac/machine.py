"""The Mac itself: interfaces, one routing table, and who answers which command.

It takes the place of ``ThisMac`` (``wgtray/platforms/macos/machine.py``).

``netstat -rn`` is printed as on macOS 11.3 and later (``old_columns``: before; apple.stackexchange.com/questions/336888
and donbulinux.hatenablog.jp/entry/2021/07/29/175022 show both), ``ifconfig -a`` as in its manual page.
``broken`` makes tools fail, ``stuck`` makes them hang until the backend gives up on them.
"""

import asyncio
import ipaddress
import itertools
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from pathlib import Path

import msgspec

from tests.fakes.mac import grammar
from tests.fakes.mac.pf import Pf
from tests.fakes.mac.store import Services, Store
from tests.fakes.mac.wireguard import WireGuard
from wgtray.core.fields import Address
from wgtray.core.problems import Problem
from wgtray.platforms.api import CommandFailed, Counters
from wgtray.platforms.command import TIMEOUT_S

GATEWAYS = {4: "192.168.77.1", 6: "fe80::1%en0"}

# netstat's own order of letters (network_cmds, netstat.tproj/route.c: bits)
_LETTERS = "UGHRDMmdCXLS12WcYBb3Iirg"


class Link(msgspec.Struct):
    flags: str
    mtu: int
    addresses: list[str] = []
    status: str = ""


class Row(msgspec.Struct):
    """One route; ``flags`` in any order."""

    gateway: str
    flags: str
    netif: str


class ModelMac:
    """A Mac on Wi-Fi with IPv4 and IPv6; ``said`` are all commands so far."""

    def __init__(self, folder: Path) -> None:
        self.runtime = folder / "wireguard"
        self.said: list[list[str]] = []
        self.broken: set[str] = set()
        self.stuck: set[str] = set()
        self.old_columns = False
        self.meddle: Callable[[list[str]], None] | None = None
        """Called with each command before it is carried out: what others do in that moment."""
        self.links = {
            "lo0": Link("UP,LOOPBACK,RUNNING,MULTICAST", 16384, ["127.0.0.1/8", "::1/128", "fe80::1/64"]),
            "en0": Link(
                "UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST",
                1500,
                ["192.168.77.50/24", "fe80::14ab:1/64", "2001:db8:77::50/64"],
                "active",
            ),
            "en5": Link("UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST", 1500, [], "inactive"),
        }
        self.table: dict[str, Row] = {
            "0.0.0.0/0": Row("192.168.77.1", "UGScg", "en0"),
            "127.0.0.0/8": Row("127.0.0.1", "UCS", "lo0"),
            "127.0.0.1/32": Row("127.0.0.1", "UH", "lo0"),
            "169.254.0.0/16": Row("link#6", "UCS", "en0"),
            "192.168.77.0/24": Row("link#6", "UCS", "en0"),
            "192.168.77.1/32": Row("8c:3b:ad:11:22:33", "UHLWIir", "en0"),
            "224.0.0.0/4": Row("link#6", "UmCS", "en0"),
            "::/0": Row("fe80::1%en0", "UGcg", "en0"),
            "::1/128": Row("::1", "UHL", "lo0"),
            "2001:db8:77::/64": Row("link#6", "UC", "en0"),
            "fe80::/64": Row("link#6", "UCI", "en0"),
        }
        self.pf = Pf()
        self.store = Store()
        self.services = Services()
        self.wireguards: dict[str, WireGuard] = {}
        self.count = Counters(0, 0, 0, 0)
        self._moved = asyncio.Event()
        self._changes: asyncio.Queue[None] = asyncio.Queue()
        self._numbers = itertools.count(4)

    async def run(self, argv: Sequence[str], stdin: str = "", environment: Mapping[str, str] | None = None) -> str:
        words = list(argv)
        tool = words[0].rpartition("/")[2]
        grammar.check(words, stdin)
        self.said.append(words)
        self._reap()
        if self.meddle is not None:
            self.meddle(words)
        if tool in self.stuck:
            raise _failed(tool, f"no end within {TIMEOUT_S:g} s")
        if tool in self.broken:
            raise _failed(tool, "Operation timed out")
        await asyncio.sleep(0)
        try:
            return await self._carried_out(tool, words[1:], stdin, environment or {})
        except grammar.Wrong as error:
            raise _failed(tool, str(error), status=1) from error

    async def heard(self, argv: Sequence[str]) -> str:
        return await self.run(argv) + self.pf.remarks

    def counters(self, interface: str) -> Counters | None:
        self._reap()
        return self.count if interface in self.links else None

    async def outgoing(self, interface: str, own: Collection[Address], probes: Collection[Address]) -> None:
        before = self.count.tx_packets
        while self.count.tx_packets == before:
            self._reap()
            if interface not in self.links:
                raise OSError("the interface went away")
            self._moved.clear()
            await self._moved.wait()

    async def changes(self) -> AsyncIterator[None]:
        while True:
            await self._changes.get()
            yield None

    def remotes(self) -> frozenset[Address]:
        return frozenset()

    def index(self, interface: str) -> int:
        self._reap()
        if interface not in self.links:
            raise OSError(6, "Device not configured")
        return list(self.links).index(interface) + 1

    def close(self) -> None:
        """No process goes on."""
        for process in self.wireguards.values():
            process.end()

    def pass_packet(self, size: int = 100) -> None:
        """A program sends one through the tunnel."""
        now = self.count
        self.count = Counters(now.rx_packets, now.tx_packets + 1, now.rx_bytes, now.tx_bytes + size)
        self._moved.set()

    def report(self) -> None:
        """The kernel says that something changed."""
        self._changes.put_nowait(None)

    def kill_wireguard(self) -> None:
        """Its process ends at once, and its interfaces with it."""
        for name in [name for name in self.links if name.startswith("utun")]:
            self.wireguards.pop(name).end()
            self._unlink(name)
        self.report()

    def join(self, gateway: str, subnet: str, address: str) -> None:
        """Another IPv4 network, which DHCP configures."""
        for prefix in [prefix for prefix, row in self.table.items() if row.netif == "en0" and ":" not in prefix]:
            if "1" not in self.table[prefix].flags:
                del self.table[prefix]
        self.links["en0"].addresses = [one for one in self.links["en0"].addresses if ":" in one] + [address]
        self.table[subnet] = Row("link#6", "UCS", "en0")
        self.table["0.0.0.0/0"] = Row(gateway, "UGScg", "en0")
        self.report()

    def go_offline(self) -> None:
        for prefix in ("0.0.0.0/0", "::/0"):
            self.table.pop(prefix, None)
        self.report()

    async def _carried_out(self, tool: str, words: list[str], stdin: str, environment: Mapping[str, str]) -> str:
        match tool:
            case "netstat":
                return self._netstat(six=words[-1] == "inet6")
            case "ifconfig":
                return self._shown() if words == ["-a"] else self._ifconfig(words)
            case "route":
                return self._route(words[2:])
            case "pfctl":
                return self.pf.pfctl(words, stdin)
            case "scutil":
                return self.store.scutil(stdin, self.services.setups())
            case "networksetup":
                return self.services.networksetup(words)
            case "wireguard-go":
                return await self._wireguard(environment)
        return ""

    async def _wireguard(self, environment: Mapping[str, str]) -> str:
        name = f"utun{next(self._numbers)}"
        process = WireGuard(self.runtime / f"{name}.sock")
        await process.listen()
        Path(environment["WG_TUN_NAME_FILE"]).write_text(f"{name}\n")
        self.wireguards[name] = process
        self.links[name] = Link("POINTOPOINT,MULTICAST", 1420, [f"fe80::14ab:{len(self.said)}/64"])
        self.count = Counters(0, 0, 0, 0)
        return ""

    def _reap(self) -> None:
        """wireguard-go ends when the file of its socket is removed, and takes interface and routes along."""
        for name, process in list(self.wireguards.items()):
            if not process.socket.exists():
                process.end()
                del self.wireguards[name]
                self._unlink(name)

    def _unlink(self, name: str) -> None:
        self.links.pop(name, None)
        self.table = {prefix: row for prefix, row in self.table.items() if row.netif != name}
        self._moved.set()

    def _ifconfig(self, words: list[str]) -> str:
        name, *rest = words
        if name not in self.links:
            raise grammar.Wrong(f"ifconfig: interface {name} does not exist")
        link = self.links[name]
        match rest:
            case ["up"]:
                link.flags = f"UP,{link.flags},RUNNING" if "UP" not in link.flags.split(",") else link.flags
            case ["mtu", size]:
                link.mtu = int(size)
            case ["inet", address, "-alias"]:
                link.addresses = [one for one in link.addresses if one.partition("/")[0] != address]
            case ["inet", address, "netmask", mask, "alias"]:
                link.addresses = [*link.addresses, f"{address}/{ipaddress.ip_network(f'0.0.0.0/{mask}').prefixlen}"]
            case ["inet" | "inet6", address, *_, "alias"]:
                link.addresses = [*link.addresses, address]
            case _:
                raise grammar.Wrong(f"the model's ifconfig does not know {rest}")
        return ""

    def _shown(self) -> str:
        lines: list[str] = []
        for name, link in self.links.items():
            lines.append(f"{name}: flags=8863<{link.flags}> mtu {link.mtu}")
            for one in map(ipaddress.ip_interface, link.addresses):
                if one.version == 4:
                    other = f" --> {one.ip}" if "POINTOPOINT" in link.flags else ""
                    lines.append(f"\tinet {one.ip}{other} netmask {int(one.netmask):#010x}")
                else:
                    zone = f"%{name}" if one.is_link_local else ""
                    lines.append(f"\tinet6 {one.ip}{zone} prefixlen {one.network.prefixlen}")
            lines += ["\tnd6 options=201<PERFORMNUD,DAD>", *([f"\tstatus: {link.status}"] if link.status else [])]
        return "".join(f"{line}\n" for line in lines)

    def _route(self, words: list[str]) -> str:
        verb, _, prefix, *rest = words
        if verb == "delete":
            if self.table.pop(prefix, None) is None:
                raise grammar.Wrong("route: writing to routing socket: not in table")
            return ""
        if prefix in self.table:
            raise grammar.Wrong("route: writing to routing socket: File exists")
        marks = "".join(word[-1] for word in rest if word.startswith("-proto"))
        if "-interface" in rest:
            netif = rest[rest.index("-interface") + 1]
            if netif not in self.links:
                raise grammar.Wrong(f"route: bad address: {netif}")
            self.table[prefix] = Row(netif, f"UCS{marks}", netif)
        elif "-reject" in rest or "-blackhole" in rest:
            gateway = next(word for word in rest if not word.startswith("-"))
            self.table[prefix] = Row(gateway, f"UGS{'R' if '-reject' in rest else 'B'}{marks}", "lo0")
        else:
            gateway = next(word for word in rest if not word.startswith("-"))
            self.table[prefix] = Row(gateway, f"UGSc{marks}", "en0")
        return ""

    def _netstat(self, *, six: bool) -> str:
        more = "        Refs      Use" if self.old_columns and not six else ""
        lines = ["Routing tables", "", "Internet6:" if six else "Internet:"]
        width = 40 if six else 19
        lines.append(f"{'Destination':{width}}{'Gateway':{width}}Flags        {more}   Netif Expire")
        for prefix, row in self.table.items():
            if (":" in prefix) == six:
                letters = "".join(sorted(row.flags, key=_LETTERS.index))
                counts = "            1        0" if more else ""
                zone = f"%{row.netif}" if prefix.startswith("fe80::/") else ""
                name = short(prefix, host="H" in row.flags).replace("/", f"{zone}/") if zone else ""
                shown = name or short(prefix, host="H" in row.flags)
                lines.append(f"{shown:{width}}{row.gateway:{width}}{letters:13}{counts}{row.netif:>8}")
        return "".join(f"{line}\n" for line in lines)


def short(prefix: str, *, host: bool) -> str:
    """A destination as netstat writes it: zero octets at the end are left out, and a length that the class says."""
    network = ipaddress.ip_network(prefix)
    if network.prefixlen == 0:
        return "default"
    if network.version == 6:
        return str(network.network_address) if network.prefixlen == 128 else str(network)
    if host:
        return str(network.network_address)
    octets = str(network.network_address).split(".")
    natural = 8 if int(octets[0]) < 128 else 16 if int(octets[0]) < 192 else 24
    kept = max(-(-network.prefixlen // 8), natural // 8 if network.prefixlen <= natural else 1)
    while any(octet != "0" for octet in octets[kept:]):
        kept += 1
    text = ".".join(octets[:kept])
    return text if network.prefixlen == natural else f"{text}/{network.prefixlen}"


def _failed(tool: str, detail: str, status: int | None = None) -> CommandFailed:
    return CommandFailed(Problem("command-failed", {"command": tool, "detail": detail}), status)
