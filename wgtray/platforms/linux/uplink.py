"""Is there a way to the internet at all? A default route of either family that is not ours."""

from pathlib import Path

_REJECT = 0x200  # linux/route.h: RTF_REJECT
_EVERYTHING_V6 = f"{'0' * 32} 00 "
_V4, _V6 = "/proc/thread-self/net/route", "/proc/thread-self/net/ipv6_route"


def has_default_route(ours: str | None) -> bool:
    """Whether this network namespace has one that does not lead into ``ours``; True when the kernel cannot be asked.

    For IPv6 the kernel shows all tables, our thousands of routes among them: it is asked last.
    """
    try:
        four = Path(_V4).read_text()
    except OSError:
        return True
    if default_in_v4(four):
        return True
    try:
        six = Path(_V6).read_text()
    except OSError:  # a kernel without IPv6
        return False
    return default_in_v6(six, ours)


def default_in_v4(table: str) -> bool:
    """Reads /proc/net/route, the main table: destination, flags and mask are columns 2, 4 and 8, in hexadecimal."""
    rows = [line.split() for line in table.splitlines()[1:]]
    return any(row[1] == row[7] == "00000000" and not int(row[3], 16) & _REJECT for row in rows if len(row) > 7)


def default_in_v6(table: str, ours: str | None) -> bool:
    """Reads /proc/net/ipv6_route: destination, its length, flags and interface are columns 1, 2, 9 and 10."""
    rows = [line.split() for line in table.splitlines() if line.startswith(_EVERYTHING_V6)]
    return any(not int(row[8], 16) & _REJECT and row[9] not in ("lo", ours) for row in rows if len(row) > 9)
