"""What can be done here? ``build`` makes the MSI, ``python`` runs the Windows Python (README.md)."""

import argparse
import sys
import tempfile
from pathlib import Path

from installers.msi.compiler import Unavailable
from installers.msi.freeze import OWN_CODE, ROOT, freeze
from installers.msi.package import package
from installers.msi.python import windows_python
from installers.msi.sign import sign
from installers.msi.wine import Failed, Wine, windows_path
from wgtray import __version__

WORK = ROOT / "build" / "msi"


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m installers.msi")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    build = verbs.add_parser("build", help="freeze the programs and make the MSI")
    build.add_argument("--version", default=__version__, help="the package's (default: the program's, %(default)s)")
    build.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR", help="default: dist/")
    build.set_defaults(do=_build)
    python = verbs.add_parser("python", help="run the Windows Python once, in an installation of its own")
    python.add_argument("argument", nargs=argparse.REMAINDER)
    python.set_defaults(do=_python)
    asked = parser.parse_args()
    try:
        return int(asked.do(asked))
    except (Unavailable, Failed) as error:
        print(error, file=sys.stderr)
        return 1


def _build(asked: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="wgtray-msi-") as folder, Wine(Path(folder) / "wine") as wine:
        programs = freeze(wine, windows_python(), asked.version, WORK)
    signed = sign(programs / name for name in OWN_CODE)
    target = asked.out / f"wgtray-{asked.version}.msi"
    package(programs, WORK / "wgtray.ico", asked.version, target, WORK)
    sign([target])
    print(f"{target} ({target.stat().st_size / 1e6:.1f} MB{'' if signed else ', not signed'})")
    return 0


def _python(asked: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="wgtray-msi-") as folder, Wine(Path(folder) / "wine") as wine:
        program = windows_path(windows_python() / "python.exe")
        done = wine.run([program, *asked.argument], check=False, cwd=Path.cwd(), timeout_s=3600)
    print(done.stdout, end="")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
