"""What does a line of the service's log look like? A record is a line, whoever's words are in it.

Tools, servers and DNS are quoted there. A line break or a control character of theirs is escaped, so that nobody writes
a line that looks like ours, and what Python says of an exception is indented.
"""

import logging


class OneLine(logging.Formatter):
    """``LEVEL message``, then the indented traceback where there is one."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        return escaped(super().formatMessage(record))

    def formatException(self, ei: object) -> str:
        text = super().formatException(ei)  # type: ignore[arg-type]  # whatever logging passes goes back to it
        return "\n".join(f"  {escaped(line)}" for line in text.splitlines())


def escaped(text: str) -> str:
    """The text on one line, as a terminal shows it and not as it acts on it."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
