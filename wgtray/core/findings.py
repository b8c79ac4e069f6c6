"""What is wrong with a document, where, and what should be written instead?

A reader notes every finding and goes on, so that a person sees all mistakes at once. No finding repeats anything that
looks like a key, wherever in the document it stands.
"""

from typing import Literal

import msgspec

from wgtray.core import fields

Severity = Literal["error", "warning", "note"]


class Finding(msgspec.Struct, frozen=True):
    """One remark on a document; prints as a compiler does: ``acme.toml:12: node[1].endpoint: …``."""

    severity: Severity
    file: str
    line: int | None
    field: str
    text: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        kind = "" if self.severity == "error" else self.severity
        return ": ".join(part for part in (place, kind, self.field, self.text) if part)


class Unreadable(Exception):
    """A document that gives no profile; ``findings`` holds every reason and every remark, by line."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


class Notebook:
    """Collects the findings on one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._findings: dict[Finding, None] = {}  # a set that keeps the order

    def error(self, line: int | None, field: str, text: str) -> None:
        self.add("error", line, field, text)

    def warning(self, line: int | None, field: str, text: str) -> None:
        self.add("warning", line, field, text)

    def note(self, line: int | None, field: str, text: str) -> None:
        self.add("note", line, field, text)

    def add(self, severity: Severity, line: int | None, field: str, text: str) -> None:
        finding = Finding(severity, self.file, line, fields.without_keys(field), fields.without_keys(text))
        self._findings[finding] = None

    @property
    def refused(self) -> bool:
        """Whether there is an error."""
        return any(finding.severity == "error" for finding in self._findings)

    def findings(self) -> tuple[Finding, ...]:
        """By line; what has none comes first, as it is about the whole file."""
        return tuple(sorted(self._findings, key=lambda finding: finding.line or 0))

    def raise_if_refused(self) -> None:
        """Raises Unreadable with everything noted so far if there is an error."""
        if self.refused:
            raise Unreadable(self.findings())
