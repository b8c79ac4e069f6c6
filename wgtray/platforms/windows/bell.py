"""Who wants to hear what Windows tells the service: that it is to end, and that the computer woke up?"""

from collections.abc import Callable

Hearer = Callable[[], None]


class Bell:
    """Rung from any thread; a hearer only passes it on to its loop. Ringing once before anybody hears is not lost."""

    def __init__(self) -> None:
        self._hearers: list[Hearer] = []
        self.rung = 0
        """How often."""

    def hear(self, hearer: Hearer) -> Callable[[], None]:
        """Have it called each time; call what is returned to hear no more."""
        self._hearers.append(hearer)

        def deaf() -> None:
            if hearer in self._hearers:
                self._hearers.remove(hearer)

        return deaf

    def ring(self) -> None:
        """Tell everybody."""
        self.rung += 1
        for hearer in list(self._hearers):
            hearer()


ENDING = Bell()
"""The service manager, or whoever sits at the console, wants the helper to end."""

RESUMED = Bell()
"""The computer woke up."""
