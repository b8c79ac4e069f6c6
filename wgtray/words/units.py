"""How are times, shares and amounts written? As people read them, in the spoken language."""

import time
from typing import Final

from wgtray.language import count, decimal, say

BYTES: Final = ("B", "kB", "MB", "GB", "TB")
THOUSAND: Final = 1000.0
JUST_NOW_S: Final = 10
MINUTE_S: Final = 60
HOUR_S: Final = 3600
DAY_S: Final = 86_400


def latency(rtt_ms: float | None) -> str:
    """A round-trip time as people read it: whole milliseconds, from 10 s on whole seconds."""
    if rtt_ms is None:
        return say("not measured yet")
    if rtt_ms < 0.5:
        return say("under 1 ms")
    return f"{rtt_ms:.0f} ms" if rtt_ms < 9_999.5 else f"{rtt_ms / 1000:.0f} s"


def share(part: float | None) -> str:
    """0 to 1 as whole percents."""
    return "–" if part is None else say("{percent}%", percent=f"{part * 100:.0f}")


def amount(total_bytes: float) -> str:
    """Bytes with the unit that makes them short: ``340 kB``, ``2.1 MB``."""
    value, unit = total_bytes, 0
    while value >= THOUSAND and unit < len(BYTES) - 1:
        value, unit = value / THOUSAND, unit + 1
    return f"{decimal(value, 0 if unit == 0 or value >= 10 else 1)} {BYTES[unit]}"


def rate(bytes_per_s: float | None) -> str:
    """``2.1 MB/s``."""
    return "–" if bytes_per_s is None else f"{amount(bytes_per_s)}/s"


def duration(seconds: float) -> str:
    """``40 seconds``, ``5 minutes``, ``2 hours``, ``3 days``: the largest unit that has at least one."""
    whole = max(0, int(seconds))
    if whole < MINUTE_S:
        return count(whole, "{count} second", "{count} seconds")
    if whole < HOUR_S:
        return count(whole // MINUTE_S, "{count} minute", "{count} minutes")
    if whole < DAY_S:
        return count(whole // HOUR_S, "{count} hour", "{count} hours")
    return count(whole // DAY_S, "{count} day", "{count} days")


def ago(seconds: float | None) -> str:
    """``just now``, ``12 s ago``, ``5 min ago``."""
    if seconds is None:
        return "–"
    if seconds < JUST_NOW_S:
        return say("just now")
    if seconds < MINUTE_S:
        return say("{number} s ago", number=int(seconds))
    if seconds < HOUR_S:
        return say("{number} min ago", number=int(seconds // MINUTE_S))
    if seconds < DAY_S:
        return say("{number} h ago", number=int(seconds // HOUR_S))
    return count(int(seconds // DAY_S), "{count} day ago", "{count} days ago")


def clock(unix_s: float) -> str:
    """Local time of day."""
    return time.strftime("%H:%M", time.localtime(unix_s))


def date(unix_s: float) -> str:
    """Local date, in numbers."""
    return time.strftime(say("%Y-%m-%d"), time.localtime(unix_s))


def day(unix_s: float, now: float) -> str:
    """``Today``, ``Yesterday``, or the date."""
    gone = _days(now) - _days(unix_s)
    if gone == 0:
        return say("Today")
    return say("Yesterday") if gone == 1 else date(unix_s)


def since(unix_s: float, now: float) -> str:
    """``since 09:12`` today, with the date on other days."""
    when = clock(unix_s) if _days(unix_s) == _days(now) else f"{date(unix_s)} {clock(unix_s)}"
    return say("since {when}", when=when)


def _days(unix_s: float) -> int:
    """Local calendar days since 1970."""
    local = time.localtime(unix_s)
    return int((unix_s + local.tm_gmtoff) // DAY_S)
