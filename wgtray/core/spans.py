"""Is an address in one of these networks? Answered in the same time for ten networks and for ten thousand."""

import bisect
import ipaddress

import msgspec

from wgtray.core.fields import Address


class Spans(msgspec.Struct, frozen=True):
    """Networks of one set, merged: first and last number of each span, in order, by family."""

    firsts: dict[int, tuple[int, ...]] = {}
    lasts: dict[int, tuple[int, ...]] = {}

    def __contains__(self, address: Address) -> bool:
        found = ipaddress.ip_address(address)
        firsts = self.firsts.get(found.version, ())
        at = bisect.bisect_right(firsts, int(found)) - 1
        return at >= 0 and int(found) <= self.lasts[found.version][at]


def spans(*prefixes: str) -> Spans:
    """The set of all addresses in these networks."""
    networks = [ipaddress.ip_network(prefix) for prefix in prefixes]
    four = ipaddress.collapse_addresses(net for net in networks if isinstance(net, ipaddress.IPv4Network))
    six = ipaddress.collapse_addresses(net for net in networks if isinstance(net, ipaddress.IPv6Network))
    merged = {4: [(int(net[0]), int(net[-1])) for net in four], 6: [(int(net[0]), int(net[-1])) for net in six]}
    return Spans(
        firsts={family: tuple(first for first, _ in ends) for family, ends in merged.items()},
        lasts={family: tuple(last for _, last in ends) for family, ends in merged.items()},
    )
