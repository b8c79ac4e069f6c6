"""What reads bytes that others wrote, and what may it answer? Anything else that it raises is a defect.

A target takes bytes and returns, or raises one of its own refusals. ``seeds`` are things it understands: what is tried
grows from them. What a long run finds goes into the seeds.
"""

import contextlib
import functools
import json
from collections.abc import Callable

import msgspec

from tests.unit.core import worlds
from tests.unit.helper.test_dnswire import answer, query, question
from tests.unit.platforms.test_tunnel import DUMP
from wgtray.core import document
from wgtray.core.conf import read_conf, render_conf
from wgtray.core.findings import Unreadable
from wgtray.core.toml_text import render_toml
from wgtray.helper import dnswire
from wgtray.helper.dnswire import Malformed
from wgtray.ipc import codec, messages
from wgtray.ipc.messages import Answer, Call, Refused
from wgtray.platforms import uapi
from wgtray.platforms.api import CommandFailed
from wgtray.platforms.linux import (
    appways,
    cgroups,
    flows,
    genetlink,
    learned,
    netfilter,
    netlink,
    orders,
    packets,
    resolv_conf,
    resolved,
    routes,
    tunnel,
    uplink,
    wall,
)


class Target(msgspec.Struct, frozen=True):
    """One reader."""

    read: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...]

    def tried(self, content: bytes) -> bool:
        """Whether it was understood; raises what is a defect."""
        try:
            self.read(content)
        except self.refusals:
            return False
        return True


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    """Tools' output, as ``platforms.command`` decodes it."""
    return lambda content: read(content.decode(errors="replace"))


def _frames(content: bytes) -> None:
    frames = codec.Frames()
    for start in range(0, len(content), 7):
        for frame in frames.feed(content[start : start + 7]):
            codec.decode_call(frame)


def _profile(content: bytes) -> None:
    """What is read can be written and read again, and means the same."""
    profile, _ = document.read(content, "fuzz.toml")
    again, _ = document.read(render_toml(profile), "again.toml")
    assert again == profile


def _conf(content: bytes) -> None:
    """The same of a wg-quick file; what is written has one [Interface] and nothing that is executed."""
    profile, _ = read_conf(content, "fuzz.conf")
    try:
        text = render_conf(profile)
    except ValueError:
        return  # TOML says more than a conf can
    words = [line.partition("=")[0].strip().lower() for line in text.splitlines()]
    assert words.count("[interface]") == 1
    assert not {"preup", "postup", "predown", "postdown", "saveconfig", "table"} & set(words)


def _query(content: bytes) -> None:
    found = dnswire.parse_query(content)
    dnswire.render_reply(found)
    dnswire.render_answer(found, [], 60, found.limit)


def _answer(content: bytes) -> None:
    asked = question()
    with contextlib.suppress(Malformed):
        dnswire.without_additional(content, asked)
    dnswire.parse_addresses(content, asked)


def _state(content: bytes) -> None:
    from wgtray.core import secret
    from wgtray.core.events import Target as Wish
    from wgtray.helper.store import Import, Pause

    for kind in (Import, Pause):
        with contextlib.suppress(ValueError, RecursionError):
            msgspec.json.decode(content, type=kind, dec_hook=secret.dec_hook)
    msgspec.json.decode(content, type=Wish)


def _netlink(content: bytes) -> None:
    for _, part in netlink.messages(content):
        list(netlink.attributes(part))
    for parse in (genetlink.parse_family, netfilter.parse_generation):
        with contextlib.suppress(OSError, ValueError):
            parse(content)


def _nft(content: bytes) -> None:
    listed = wall.understood([content.decode(errors="replace")])
    wall._count(listed)  # what is done with a listing
    wall._print(listed)
    wall._elements(listed)


def _json(*values: object) -> tuple[bytes, ...]:
    return tuple(json.dumps(value).encode() for value in values)


_HALF = bytes.fromhex("086f0c6f" + "0c" * 15 + "ffffff01000000000000196f6f6f")
"""Found by a long run: an attribute that ends before its number does."""
_NO_ERROR = bytes.fromhex("180000000200ffff000001000a003800000000800000000001ffffff0200ffff")
"""The same: an error of a number that none has."""

_RULES = [
    {"priority": 5220, "src": "all", "table": "22087"},
    {"priority": 5200, "fwmark": "0x57475254", "table": "main"},
]
_ROUTES = [
    {"type": "unreachable", "dst": "10.20.0.0/16", "dev": "lo", "table": "22087", "protocol": "142", "metric": 9000},
    {"dst": "default", "dev": "wgtray0", "table": "22087", "protocol": "142", "metric": 50, "flags": []},
]
_TABLE = {
    "nftables": [
        {"metainfo": {"version": "1.0.6"}},
        {"table": {"family": "inet", "name": "wgtray", "handle": 7}},
        {"set": {"family": "inet", "name": "learned4", "table": "wgtray", "handle": 3, "elem": ["192.0.2.1"]}},
        {"rule": {"family": "inet", "table": "wgtray", "chain": "sending", "handle": 9, "expr": [{"accept": None}]}},
    ]
}
_UAPI = (
    "private_key=" + "11" * 32 + "\nlisten_port=4242\nfwmark=1464291924\npublic_key=" + "22" * 32 + "\n"
    "preshared_key=" + "00" * 32 + "\nendpoint=203.0.113.11:51820\nlast_handshake_time_sec=7\nrx_bytes=1\n"
    "persistent_keepalive_interval=25\nallowed_ip=0.0.0.0/0\nerrno=0\n\n"
)

TARGETS: dict[str, Target] = {
    "frames": Target(
        _frames,
        (codec.BadFrame,),
        (
            codec.encode_call(Call(1, messages.Status())) + codec.encode_call(Call(2, messages.ChooseNode("fra"))),
            codec.encode_call(Call(3, messages.SetProfile(worlds.profile(), True))),
            codec.encode_call(Call(4, messages.WhichWay(("10.20.0.10",), "intranet"))),
        ),
    ),
    "answers": Target(
        codec.decode_answer, (codec.BadFrame,), (codec.encode_answer(Answer(1, Refused("busy", {}, "failed"))),)
    ),
    "profile": Target(_profile, (Unreadable,), (render_toml(worlds.profile()).encode(), b'schema = 1\nname = "A"\n')),
    "conf": Target(_conf, (Unreadable,), (render_conf(worlds.profile()).encode(),)),
    "queries": Target(
        _query,
        (Malformed,),
        tuple(b"\0\7" + one.to_wire()[2:] for one in (query(), query(use_edns=0, want_dnssec=True))),
    ),
    "replies": Target(
        _answer,
        (Malformed,),
        (b"\0\7" + answer(query(), "www.bank.example. 60 A 192.0.2.1")[2:],),
    ),
    "state": Target(
        _state,
        (msgspec.MsgspecError, UnicodeDecodeError, RecursionError),
        (b'{"connected":true,"chosen_mode":"full","node":null,"apps":[],"declined":[]}', b'{"began":1.0,"until":2.0}'),
    ),
    "netlink": Target(
        _netlink, (), (netlink.message(16, 1, netlink.text(2, "wireguard")), bytes(64), _HALF, _NO_ERROR)
    ),
    "uapi": Target(_text(uapi.parse_get), (ValueError,), (_UAPI.encode(),)),
    "wg": Target(_text(tunnel.parse_dump), (ValueError,), (DUMP.encode(),)),
    "links": Target(
        _text(tunnel.parse_addresses),
        (ValueError,),
        _json(
            [{"mtu": 1420, "flags": ["UP"], "addr_info": [{"local": "10.66.0.10", "prefixlen": 32, "scope": "global"}]}]
        ),
    ),
    "routes": Target(_text(lambda text: routes.parse_entries(text, 4)), (ValueError,), _json(_ROUTES)),
    "rules": Target(_text(routes.parse_rules), (ValueError,), _json(_RULES)),
    "learned": Target(
        _text(lambda text: learned.parse(text, routes.Into("wgtray0")).shown), (CommandFailed,), _json(_ROUTES)
    ),
    "nft": Target(_nft, (CommandFailed,), _json(_TABLE)),
    "resolvers": Target(
        _text(lambda text: (resolv_conf.parse_servers(text), appways.parse_resolvers(text))),
        (),
        (b"nameserver 192.0.2.53\nsearch corp.example\noptions edns0\n",),
    ),
    "resolved": Target(
        _text(lambda text: resolved.parse(text, text)),
        (),
        (b"Link 5 (wgtray0): 127.22.8.7\n", b"Link 5: ~corp.example\n"),
    ),
    "tables": Target(
        _text(lambda text: (list(flows.parse(text)), uplink.parse_v4(text), uplink.parse_v6(text))),
        (ValueError, LookupError),
        (
            b"Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t014DA8C0\t0003\t0\t0\t0\t00000000\n",
        ),
    ),
    "counters": Target(
        functools.partial(packets.parse_counters, name="wgtray0"),
        (ValueError, LookupError),
        (b"a\nb\nwgtray0: 1 2 0 0 0 0 0 0 3 4 0 0 0 0 0 0\n",),
    ),
    "mounts": Target(
        _text(cgroups.parse_mounts),
        (LookupError,),
        (b"29 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n",),
    ),
    "gate": Target(
        lambda content: [msgspec.json.decode(line, type=orders.Report) for line in orders.Lines().feed(content)],
        (ValueError, RecursionError),
        (b'{"number":1,"programs":{"capture":"none"}}\n',),
    ),
}
"""The kernel's own tables may be refused by LookupError too: nobody else writes there."""
