"""How should the machine look now, and does it? Computed once for all states that ask for the same."""

from wgtray.core.desired import desired, grounds, is_unknown, with_learned
from wgtray.core.host import NOTHING, HostState
from wgtray.core.machine import State


class Goal:
    """Remembers the last answers: with thousands of networks each costs milliseconds, and it is asked every turn."""

    def __init__(self) -> None:
        self.grounds: tuple[object, ...] = ()
        """Of the last state asked about (``desired.grounds``)."""
        self.is_unknown = False
        """Whether the machine has to stay as it is (``desired.is_unknown``)."""
        self._wanted: HostState = NOTHING
        self._agreed: tuple[HostState, HostState] = (NOTHING, NOTHING)

    def of(self, state: State) -> HostState:
        """``desired`` of this state; the same object while nothing that it depends on changed."""
        known, self.is_unknown = grounds(state), is_unknown(state.facts)
        if known != self.grounds:
            self.grounds, self._wanted = known, desired(state)
        self._wanted = with_learned(self._wanted, state.facts.learned)
        return self._wanted

    def is_met(self, wanted: HostState, observed: HostState) -> bool:
        """Whether the machine was last seen as wanted."""
        if self._agreed[0] is wanted and self._agreed[1] is observed:
            return True
        if not wanted.same(observed):
            return False
        self._agreed = (wanted, observed)
        return True
