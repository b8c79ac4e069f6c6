"""May this caller do it, as the administrator of this machine says? polkit is asked, and shows its own dialog.

By ``pkcheck``, which costs nothing until somebody asks and takes the dialog back when it is ended. The subject is the
process of the caller together with when it started and whose it was when it connected, all three as the kernel says:
a number alone, or an owner looked up later, could be another process by then (CVE-2013-4288, CVE-2023-4104).
"""

import re
from pathlib import Path

from wgtray.platforms.api import Administrative, Caller, CommandFailed, Word
from wgtray.platforms.command import run

ASK_TIMEOUT_S = 120.0
"""For somebody to come and type a password."""

ACTION = "org.wgtray."
"""Before each ``Administrative``: the ids in resources/linux/org.wgtray.policy."""

PROCESSES = Path("/proc")

_REFUSED, _DISMISSED = 1, 3
"""How pkcheck(1) ends when the answer is no; 2: nobody to ask, 126 and 127: it could not ask."""

_STARTED = 19
"""proc_pid_stat(5), field 22, counted from the one behind the name."""

_OWNER = re.compile(r"^Uid:\t(\d+)\t", re.MULTILINE)


class Polkit:
    """Asks polkit; one question per user at a time, so that nobody is buried under dialogs."""

    def __init__(self) -> None:
        self._asking: set[int] = set()

    async def ask(self, what: Administrative, caller: Caller) -> Word:
        """``Authority.ask``."""
        if caller.uid == 0:
            return "yes"
        if caller.uid in self._asking:
            return "busy"
        subject = _subject(caller)
        if subject is None:
            return "nobody"
        self._asking.add(caller.uid)
        try:
            await run(render(what, subject), timeout_s=ASK_TIMEOUT_S)
        except CommandFailed as error:
            return "no" if error.status in (_REFUSED, _DISMISSED) else "nobody"
        finally:
            self._asking.discard(caller.uid)
        return "yes"


def render(what: Administrative, subject: str) -> list[str]:
    """The question as a command."""
    return ["pkcheck", "--action-id", ACTION + what, "--process", subject, "--allow-user-interaction"]


def parse_started(stat: str) -> int:
    """When a process started, in the words of /proc/PID/stat; its name may hold blanks and brackets. ValueError."""
    fields = stat.rpartition(")")[2].split()
    if len(fields) <= _STARTED:
        raise ValueError("is no line of /proc/PID/stat")
    return int(fields[_STARTED])


def _subject(caller: Caller) -> str | None:
    """``pid,start,uid``; None when the process is gone, or has become somebody else's."""
    if caller.pid is None:
        return None
    place = PROCESSES / str(caller.pid)
    try:
        started = parse_started((place / "stat").read_text(errors="replace"))
        owner = _OWNER.search((place / "status").read_text(errors="replace"))
    except (OSError, ValueError):
        return None
    # Looked at last: what was read above is of that process if it is still there now.
    is_theirs = owner is not None and int(owner[1]) == caller.uid and not caller.has_gone()
    return f"{caller.pid},{started},{caller.uid}" if is_theirs else None
