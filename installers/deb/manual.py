"""What do the manual pages say? What the programs themselves say with ``--help``, and nothing else."""

import re
import subprocess
import sys
from collections.abc import Iterable

from wgtray.cli.app import VERBS

FAILED = "the command line gave no help"

TITLES = {
    "wgtray": "reach a company's WireGuard nodes from the tray or the command line",
    "wgtray-helper": "the privileged service of wgtray",
    "wgtray-node": "tell routers which clients use this WireGuard node",
}
SEE_ALSO = {
    "wgtray": "wgtray-helper(8), wg(8)",
    "wgtray-helper": "wgtray(1), wg(8), wg-quick(8), systemd.service(5)",
    "wgtray-node": "wg(8), nft(8), bird(8)",
}


def page(program: str, version: str, date: str) -> str:
    """The page of one program in roff."""
    module, section, verbs = {
        "wgtray": ("wgtray", 1, tuple(VERBS)),
        "wgtray-helper": ("wgtray.helper.app", 8, ("run", "cleanup", "provision", "purge")),
        "wgtray-node": ("wgtray.node.app", 8, ("follow",)),
    }[program]
    lines = [
        f'.TH {program.upper()} {section} "{date}" "wgtray {version}" "wgtray"',
        ".SH NAME",
        f"{_escaped(program)} \\- {_escaped(TITLES[program])}",
        ".SH DESCRIPTION",
        *_verbatim(_help(module)),
        ".SH VERBS",
    ]
    for verb in verbs:
        lines += [f".SS {program} {verb}", *_verbatim(_help(module, verb))]
    lines += [".SH SEE ALSO", _escaped(SEE_ALSO[program])]
    return "\n".join(lines) + "\n"


def _help(module: str, *words: str) -> list[str]:
    # -P: as an installed program, without what lies in the current directory; a fixed width, whoever's terminal this is
    environment = {"PATH": "/usr/bin:/bin", "COLUMNS": "100", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-m", module, *words, "--help"], check=True, capture_output=True, text=True, env=environment
    )
    if "usage:" not in done.stdout:
        raise RuntimeError(f"{FAILED}: {module} {' '.join(words)}")
    return done.stdout.rstrip().splitlines()


def _verbatim(lines: Iterable[str]) -> list[str]:
    return [".nf", *map(_escaped, lines), ".fi"]


def _escaped(line: str) -> str:
    """roff(7): no backslash, no dash that is typeset, no line that looks like a request."""
    plain = line.replace("\\", "\\e").replace("-", "\\-")
    plain = re.sub(r"[^\x00-\x7f]", lambda found: f"\\[u{ord(found[0]):04X}]", plain)
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain
