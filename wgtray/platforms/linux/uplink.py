"""Is there a way to the internet at all? A default route in the main table, of either family."""

from pathlib import Path

_REJECT = 0x200  # linux/route.h: RTF_REJECT
_V4, _V6 = "/proc/thread-self/net/route", "/proc/thread-self/net/ipv6_route"


def has_default_route() -> bool:
    """Whether this network namespace has one; True when the kernel cannot be asked."""
    try:
        four = Path(_V4).read_text()
    except OSError:
        return True
    try:
        six = Path(_V6).read_text()
    except OSError:  # a kernel without IPv6
        six = ""
    return default_in_v4(four) or default_in_v6(six)


def default_in_v4(table: str) -> bool:
    """Reads /proc/net/route: destination, flags and mask are columns 2, 4 and 8, in hexadecimal."""
    rows = [line.split() for line in table.splitlines()[1:]]
    return any(row[1] == row[7] == "00000000" and not int(row[3], 16) & _REJECT for row in rows if len(row) > 7)


def default_in_v6(table: str) -> bool:
    """Reads /proc/net/ipv6_route: destination, its length, flags and interface are columns 1, 2, 9 and 10."""
    rows = [line.split() for line in table.splitlines()]
    return any(
        row[0] == "0" * 32 and row[1] == "00" and not int(row[8], 16) & _REJECT and row[9] != "lo"
        for row in rows
        if len(row) > 9
    )
