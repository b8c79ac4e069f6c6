"""Which fleet is meant, and how does a command end that cannot read it?"""

from pathlib import Path

from wgtray.cli import out
from wgtray.cli.options import Parser
from wgtray.cli.trouble import Failed
from wgtray.core.findings import Unreadable
from wgtray.fleet import document
from wgtray.fleet.document import Reading


class FleetParser(Parser):
    """The parser of a fleet's verb; every one takes ``--dir``."""

    def __init__(self, verb: str, description: str, examples: str = "") -> None:
        super().__init__(f"fleet {verb}", description, examples)
        self.add_argument(
            "--dir",
            metavar="DIR",
            type=Path,
            default=Path(),
            help="where fleet.toml and users/ are (default: the current directory)",
        )


def read(place: Path) -> Reading:
    """The fleet; prints errors (not warnings) and raises Failed when there are some."""
    try:
        return document.read(place)
    except Unreadable as unreadable:
        for finding in unreadable.findings:
            if finding.severity == "error":
                out.complain(str(finding))
        raise Failed(f"Nothing was done: correct {place / document.FLEET_FILE} and the users first.") from None


def write(path: Path, text: str) -> None:
    """A whole file or none; raises Failed."""
    draft = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Failed(f"{path} cannot be written ({error.strerror or type(error).__name__}).") from None
