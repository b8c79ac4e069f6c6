"""Does the tray start at login? ``wgtray autostart``."""

from collections.abc import Sequence

from wgtray.cli import out
from wgtray.cli.options import Parser
from wgtray.cli.trouble import DONE, Failed
from wgtray.desktop import autostart


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Print the choice, or make it; needs no service."""
    wanted = _parser().parse_args(argv).choice
    if wanted is None:
        out.line("on" if autostart.is_on() else "off")
        return DONE
    try:
        autostart.choose(wanted == "on")
    except OSError as error:
        raise Failed(
            f"This could not be changed ({error.strerror or type(error).__name__}): look at {error.filename}."
        ) from None
    return DONE


def _parser() -> Parser:
    parser = Parser(
        "autostart",
        "Print whether the tray starts when you log in, or choose it. Your choice wins over the installation's.",
        "  wgtray autostart\n  wgtray autostart on",
    )
    parser.add_argument("choice", nargs="?", choices=("on", "off"), help="start it from now on, or not")
    return parser
