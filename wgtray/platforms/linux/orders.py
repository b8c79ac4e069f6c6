"""What do the helper and its gate tell each other? One line of JSON each way, over a pair of sockets."""

import msgspec

from wgtray.core.apps import Programs, Rule


class Orders(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From the helper: these rules from now on. ``end``: none, everybody back where they came from, and then end."""

    number: int
    rules: tuple[Rule, ...] = ()
    end: bool = False


class Report(msgspec.Struct, frozen=True):
    """From the gate: the orders of that number are carried out, and this is how things are."""

    number: int
    programs: Programs


class Lines:
    """Bytes to lines."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that are whole by now."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        return whole


def encoded(message: Orders | Report) -> bytes:
    """One line."""
    return msgspec.json.encode(message) + b"\n"
