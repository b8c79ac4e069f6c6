"""What of requests is written down? Every refusal, and everything that may lower what is protected: who, what, by whom.

A line each in the service's log, where a security engineer looks after the fact; never what a request carried.
"""

import logging
from typing import Final

from wgtray.core.problems import NotAllowed, WgtrayError
from wgtray.helper.items import Asked
from wgtray.helper.rights import RIGHTS, action

log = logging.getLogger("wgtray")

NOTED: Final = frozenset(kind for kind, row in RIGHTS.items() if row.permission is not None)
"""What a company can keep to itself is worth a line when it is done."""


def done(asked: Asked) -> None:
    """It was carried out."""
    if type(asked.request) in NOTED:
        by = "" if asked.granted is None else f", which an administrator allowed ({asked.granted})"
        log.info("audit: user %d: %s%s", asked.caller.uid, action(asked.request), by)


def refused(asked: Asked, error: WgtrayError) -> None:
    """It was not, because this user may not."""
    if isinstance(error, NotAllowed):
        log.warning("audit: refused %s to user %d: %s", action(asked.request), asked.caller.uid, error.code)
