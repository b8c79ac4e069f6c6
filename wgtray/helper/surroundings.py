"""Is there a network, is it another one than before, did the computer sleep? Noticed as events."""

import logging
import time

import msgspec

from wgtray.core.events import Online, OnLink, UplinkChanged
from wgtray.platforms.api import Backend, Uplink

log = logging.getLogger("wgtray")

SLEPT_S = 1.0
"""A jump of the sleeping clock that is no rounding."""


class Surroundings:
    """Remembers what it saw last."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._asleep_s = now() - time.monotonic()
        self._online = True
        self._uplink: Uplink | None = None
        self._resumes = 0
        self._on_link = OnLink(frozenset())

    def noticed(self, *, reported: bool) -> tuple[Online | UplinkChanged, ...]:
        """What is different; the network is looked at where the system reported a change, or after sleep."""
        awake, all_along = time.monotonic(), now()
        resumed = all_along - awake - self._asleep_s > SLEPT_S
        self._asleep_s = all_along - awake
        if not reported and not resumed:
            return ()
        seen, events = self._backend.uplink(), list[Online | UplinkChanged]()
        resumed = resumed or seen.resumes != self._resumes
        self._resumes = seen.resumes
        seen = msgspec.structs.replace(seen, resumes=0)  # having slept alone is no other network
        online = bool(seen.families)
        if resumed or online != self._online:
            log.info("network: %s%s", "there" if online else "gone", ", just resumed" if resumed else "")
            self._online = online
            events.append(Online(online, resumed))
        if online and seen != self._uplink:  # being back on the one before is no other network
            log.info("network: the way out is %s", seen.ways)
            self._uplink = seen
            events.append(UplinkChanged(seen.families))
        return tuple(events)

    def neighbours(self) -> OnLink | None:
        """Which subnets are on the links, where it is not those of the last time."""
        seen = OnLink(self._backend.on_link())
        if seen == self._on_link:
            return None
        log.info("network: on the links are %s", ", ".join(sorted(seen.subnets)) or "no subnets")
        self._on_link = seen
        return seen


def sleeping_clock(clocks: object = time) -> int | None:
    """The number of the clock that goes on while the computer sleeps, by name; None: the plain one is all there is.

    Linux has CLOCK_BOOTTIME. On macOS CLOCK_MONOTONIC is such (clock_gettime(3)), and ``time.monotonic`` is not.
    """
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC") if hasattr(clocks, "clock_gettime") else ():
        if (number := getattr(clocks, name, None)) is not None:
            return int(number)
    return None


def now() -> float:
    """Seconds that go on while the computer sleeps, where its system counts them."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


_CLOCK = sleeping_clock()
