"""The helper as it is shipped, but that it can be told to die where a test says, and that its tools may be stand-ins.

``python -m tests.network.faults.helper DIRECTORY run …``: in DIRECTORY, ``steps`` and ``commands`` list what was done
and ``orders.Deadline`` says after which of them this process kills itself. Nothing of it is in the program itself.
"""

import os
import signal
import sys
from pathlib import Path

from wgtray.core.plan import Step
from wgtray.helper import app
from wgtray.platforms import command
from wgtray.platforms.linux.backend import LinuxBackend

HANG_S = 1.0
"""A tool that hangs is given up after this, instead of ten seconds: what then follows is the same."""


class Deadline:
    """How many more of one kind may be done: a number in a file, so that a test can set it while we run."""

    def __init__(self, directory: Path, kind: str) -> None:
        self._log, self._left = directory / kind, directory / f"{kind}.left"

    def passed(self, what: str) -> None:
        """Write it down; does not return when it was the last one."""
        with self._log.open("a") as log:
            log.write(f"{what}\n")
        try:
            left = int(self._left.read_text()) - 1
        except FileNotFoundError:
            return
        if not left:
            self._left.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        self._left.write_text(str(left))


def main() -> int:
    """As ``wgtray-helper``."""
    directory = Path(sys.argv[1])
    steps, commands = Deadline(directory, "steps"), Deadline(directory, "commands")
    if (standins := directory / "tools").is_dir():
        command.PLACES = (str(standins), *command.PLACES)  # type: ignore[assignment]  # one place more
    command.run.__defaults__ = ("", HANG_S)
    real_tool = command.tool

    def tool(name: str) -> str:
        commands.passed(name)
        return real_tool(name)

    command.tool = tool

    class Mortal(LinuxBackend):
        async def apply(self, step: Step) -> None:
            await super().apply(step)
            steps.passed(type(step).__name__)

    app.load = Mortal  # type: ignore[attr-defined]  # what it imports is not for others
    return app.main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
