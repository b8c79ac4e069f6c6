"""What can go wrong, and how is it told apart?

Two kinds of trouble: an exception ends a request (``WgtrayError`` below), a ``Problem`` is a lasting condition that the
snapshot carries until it is over. Both are a code with arguments; the sentences live in ``wgtray/words.py``.

    WgtrayError            a request cannot be done; exit code 1
    ├── NotAllowed         this user may not ask for it; exit code 4
    └── HelperUnreachable  no helper answers on the socket; exit code 3
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

Severity = Literal["info", "warning", "error"]

SEVERITY: Mapping[str, Severity] = {
    # code: severity. Arguments are named in the sentence of words.py.
    "no-profile": "info",
    "no-key": "warning",
    "resolving": "info",
    "node-down": "info",
    "node-slow": "info",
    "node-cut-off": "warning",
    "node-narrow": "info",
    "mtu-too-large": "warning",
    "company-unreachable": "warning",
    "no-node-answers": "error",
    "offline": "error",
    "key-refused": "error",
    "captive-portal": "warning",
    "name-unresolved": "warning",
    "names-port-taken": "warning",
    "names-nobody": "warning",
    "unsupported": "warning",
    "update-refused": "warning",
    "update-unreachable": "info",
    "profile-out-of-date": "warning",
    "apps-blocked": "info",
    "apps-late": "warning",
    "app-restart": "warning",
    "app-is-shared": "warning",
    "app-is-tool": "warning",
    "app-shared-directory": "warning",
    "app-directory-large": "warning",
    "tool-missing": "error",
    "program-missing": "error",
    "command-failed": "error",
    "not-permitted": "error",
    "disk-full": "error",
    "state-unreadable": "error",
}
"""The catalogue: every code that a snapshot's ``problems`` may carry."""


class Problem(msgspec.Struct, frozen=True):
    """A lasting condition; equal problems are the same condition."""

    code: str
    args: dict[str, str | float] = {}

    @property
    def severity(self) -> Severity:
        return SEVERITY[self.code]

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted(self.args.items()))))


class WgtrayError(Exception):
    """A request that cannot be done, as a code with arguments (sentences: ``words.refusal``)."""

    exit_code = 1

    def __init__(self, code: str, **args: str | float) -> None:
        super().__init__(code)
        self.code = code
        self.args_by_name: dict[str, str | float] = args


class NotAllowed(WgtrayError):
    """The helper knows who asks, and that user may not."""

    exit_code = 4


class HelperUnreachable(WgtrayError):
    """Nothing, or something that is not the helper, answers on the socket."""

    exit_code = 3
