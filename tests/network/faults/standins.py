"""How is every program that the helper runs made to fail, hang or lie? By stand-ins, which else pass the call on.

``directory/fault`` holds what happens to whom, two lines: how, and a shell pattern of the command with its arguments.
``directory/calls`` lists every call. wg-quick puts the directory that it is in before all others, so it is a copy among
stand-ins of its own, and what it runs is listed as ``inner``.
"""

import re
import shutil
from pathlib import Path
from typing import Literal

Way = Literal["fails", "hangs", "lies", "fails late"]
WAYS: tuple[Way, ...] = ("fails", "hangs", "lies", "fails late")
"""Says no; says nothing for ever; says yes in words that mean nothing and does nothing; does it and says no."""

TOOLS = ("ip", "nft", "wg", "wireguard-go")

_WORD = re.compile(r"-?[a-z-]+|-[0-9]|-")
_NAMES = re.compile(r"wgtray\d*|wgtray-link")

_STANDIN = """#!/bin/sh
call="{prefix}{name} $*"
echo "$call" >>{directory}/calls
if [ -f {directory}/fault ]; then
  {{ read -r how; read -r which; }} <{directory}/fault
  case "$call" in $which)
    case "$how" in
      fails) echo "injected" >&2; exit 1 ;;
      hangs) exec sleep 60 ;;
      lies) printf '\\377\\000[{{"rubbish": \\n'; exit 0 ;;
      "fails late") {real} "$@"; echo "injected" >&2; exit 1 ;;
    esac ;;
  esac
fi
exec {real} "$@"
"""


def build(directory: Path) -> None:
    """Make the stand-ins in ``directory/tools``, as ``faults.helper`` looks for them."""
    tools, inner = directory / "tools", directory / "inner"
    for place in (tools, inner):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
    for name in TOOLS:
        real = shutil.which(name) or name
        _write(tools / name, name, real, directory)
        _write(inner / name, name, real, directory, "inner ")
    quick = shutil.which("wg-quick") or "wg-quick"
    shutil.copy(quick, inner / "wg-quick")
    _write(tools / "wg-quick", "wg-quick", str(inner / "wg-quick"), directory)


def calls(directory: Path) -> list[str]:
    """All of them so far."""
    path = directory / "calls"
    return path.read_text().splitlines() if path.exists() else []


def kind(call: str) -> str:
    """The pattern of calls like this one: its first words, without names, paths and numbers."""
    words: list[str] = []
    for word in call.split():
        if not _WORD.fullmatch(word) or _NAMES.fullmatch(word) or len(words) == (5 if call.startswith("inner") else 4):
            break
        words.append(word)
    return " ".join(words) + "*"


def break_(directory: Path, how: Way, which: str) -> None:
    """From now on."""
    draft = directory / "fault.new"
    draft.write_text(f"{how}\n{which}\n")
    draft.rename(directory / "fault")


def mend(directory: Path) -> None:
    """From now on."""
    (directory / "fault").unlink(missing_ok=True)


def _write(path: Path, name: str, real: str, directory: Path, prefix: str = "") -> None:
    path.write_text(_STANDIN.format(name=name, real=real, directory=directory, prefix=prefix))
    path.chmod(0o755)
