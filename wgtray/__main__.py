"""Which process is this: the tray, or a verb of the command line? Only that one is imported."""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``wgtray`` with these arguments (default: the process's own) and return its exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        if _is_for_tray(given):
            return _tray(given)
        from wgtray.cli.app import main as command_line

        return command_line(given)
    except KeyboardInterrupt:  # also while still importing
        return 130


def _is_for_tray(argv: list[str]) -> bool:
    """Nothing, or only the tray's options; whatever else it is, the command line knows it or says what is wrong."""
    match argv:
        case []:
            return True
        case ["--hidden", *rest] | ["--socket", _, *rest]:
            return _is_for_tray(rest)
        case [word, *rest]:
            return word.startswith("--socket=") and _is_for_tray(rest)
    return False


def _tray(argv: list[str]) -> int:
    try:
        from wgtray.gui.start import main as tray
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith(("PySide6", "shiboken6")):
            raise
        from wgtray import words

        sys.stderr.write(f"{words.NO_QT}\n")
        return 1
    return int(tray(argv))


if __name__ == "__main__":
    sys.exit(main())
