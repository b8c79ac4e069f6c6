"""Which way does a host go now, and by which rule? ``wgtray route``."""

import ipaddress
import socket as sockets
from collections.abc import Sequence

import msgspec

from wgtray.cli import out
from wgtray.cli.call import Connection
from wgtray.cli.options import Parser
from wgtray.cli.trouble import DONE
from wgtray.core.problems import WgtrayError
from wgtray.desktop.places import socket_path
from wgtray.ipc.messages import ADDRESSES_LIMIT, WayView, WhichWay
from wgtray.words import route as words_route


class Document(msgspec.Struct, frozen=True):
    """What ``--json`` prints; the fields beside ``addresses`` are those of the first address."""

    host: str
    way: str
    rule: str
    node: str | None
    addresses: tuple[WayView, ...]


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Ask the system for the host's addresses, as any program does, and the helper for their ways."""
    args = _parser(verb).parse_args(argv)
    host = args.host.strip().removeprefix("[").removesuffix("]")
    with Connection(socket_path(args.socket or socket)) as connection:
        found = _addresses(host)
        ways = connection.ways(WhichWay(found, None if found == (host,) else host))
    if args.json:
        out.document(Document(host, ways[0].way, ways[0].rule, ways[0].node, ways))
        return DONE
    for way in ways:
        for line in words_route.lines(way):
            out.line(line)
    return DONE


def _addresses(host: str) -> tuple[str, ...]:
    """All that the system says; raises WgtrayError."""
    try:
        return (str(ipaddress.ip_address(host)),)
    except ValueError:
        pass
    try:
        found = sockets.getaddrinfo(host, None, type=sockets.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise WgtrayError("host-unknown", host=host[:255]) from None
    addresses = (str(place[0]).partition("%")[0] for *_, place in found)
    return tuple(dict.fromkeys(addresses))[:ADDRESSES_LIMIT]


def _parser(verb: str) -> Parser:
    parser = Parser(
        verb,
        "Say which way packets to a host go now - through the tunnel, past it, or nowhere - and which rule decides.\n"
        "A name is resolved as any program resolves it. Read from the system, not from what should be.",
        "  wgtray route intranet.corp.example\n  wgtray route 10.20.0.10\n  wgtray route --json 198.51.100.7",
    )
    parser.add_argument("host", metavar="HOST|ADDRESS", help="a name, or an IPv4 or IPv6 address")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser
