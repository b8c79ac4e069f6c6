"""How does a short text get into a camera? As a QR code, on the terminal or in a file."""

import io
import sys
from pathlib import Path
from typing import Final

from wgtray.cli import out
from wgtray.cli.trouble import Failed

FORMATS: Final = (".png", ".svg")

PIXELS: Final = 8
"""A module's side in a file: a phone reads it from a screen and from paper."""

_DARK_ON_LIGHT: Final = "\x1b[97;40m", "\x1b[0m"
"""The characters draw what is light; a terminal of any colours then shows it so."""


def show(text: str) -> None:
    """Print the code, two rows of it a line."""
    import segno  # nobody else needs it

    drawn = io.StringIO()
    segno.make_qr(text).terminal(out=drawn, compact=True)
    before, after = _DARK_ON_LIGHT if sys.stdout.isatty() else ("", "")
    for row in drawn.getvalue().splitlines():
        out.line(f"{before}{row}{after}")


def save(text: str, path: Path) -> None:
    """A picture of the code in a new file; raises Failed."""
    import segno

    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise Failed(f"{path} is no picture: let its name end in {' or '.join(FORMATS)}.")
    try:
        with path.open("xb") as file:
            segno.make_qr(text).save(file, kind=kind[1:], scale=PIXELS, dark="black", light="white")
    except OSError as error:
        raise Failed(f"{path} cannot be written ({error.strerror or type(error).__name__}): name another.") from None
