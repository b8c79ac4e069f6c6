"""How are a verb's options read? argparse, with errors of one sentence and values checked as they come in."""

import argparse
import math
from typing import NoReturn

from wgtray.cli.trouble import Usage
from wgtray.core import fields


class Parser(argparse.ArgumentParser):
    """The parser of one verb; every verb takes ``--socket``."""

    def __init__(self, verb: str, description: str, examples: str = "") -> None:
        super().__init__(
            prog=f"wgtray {verb}",
            description=description,
            epilog=f"examples:\n{examples}" if examples else None,
            formatter_class=_formatter,
            allow_abbrev=False,
        )
        self.add_argument(
            "--socket", metavar="PATH", help="the service's socket (else $WGTRAY_SOCKET, else the default)"
        )

    def error(self, message: str) -> NoReturn:
        raise Usage(f"{self.prog}: {message.rstrip('.')}. See {self.prog} --help.")


def seconds(text: str) -> float:
    """A wait of 0 seconds to a day."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 86_400:
        raise argparse.ArgumentTypeError(f"{fields.shown(text)} is no number of seconds from 0 to 86400")
    return value


def address(text: str) -> fields.Interface:
    """One address of ours in the tunnel."""
    try:
        return fields.interface(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _formatter(prog: str) -> argparse.HelpFormatter:
    """A fixed width: asking the terminal loads modules that cost more than the whole verb."""
    return argparse.RawDescriptionHelpFormatter(prog, width=110)
