"""How do the programs become one MSI? wixl builds ``wgtray.wxs`` with a list of the libraries beside it."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from installers.msi.compiler import Unavailable

HERE: Final = Path(__file__).parent
OWN: Final = frozenset({"wgtray.exe", "wgtrayw.exe", "wgtray-helper.exe"})
"""Files with components of their own in ``wgtray.wxs``."""
CONDITIONS: Final = {
    "AutostartOn": 'AUTOSTART = "1" OR (NOT AUTOSTART AND NOT (AUTOSTART_BEFORE = "0"))',
    "AutostartOff": 'AUTOSTART = "0" OR (NOT AUTOSTART AND AUTOSTART_BEFORE = "0")',
}
"""Components that are installed only then; wixl knows no Condition of a component."""


def package(programs: Path, icon: Path, version: str, target: Path, work: Path) -> None:
    """Write the MSI ``target``; raises Unavailable where wixl is missing."""
    for tool in ("wixl", "wixl-heat", "msibuild"):
        if shutil.which(tool) is None:
            raise Unavailable(f"{tool} is not installed: apt-get install wixl msitools")
    libraries = work / "libraries.wxs"
    libraries.write_bytes(_listed(programs))
    # wixl refuses absolute paths in what it reads.
    values = {"Version": version, "Programs": ".", "Icon": os.path.relpath(icon, programs), "Win64": "yes"}
    defined = [word for name, value in values.items() for word in ("-D", f"{name}={value}")]
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            "wixl",
            "-a",
            "x64",
            *defined,
            "-o",
            str(target.absolute()),
            str(HERE / "wgtray.wxs"),
            str(libraries.absolute()),
        ],
        check=True,
        cwd=programs,
        stdout=subprocess.DEVNULL,  # one line about an unimplemented corner that nothing here uses
    )
    for component, condition in CONDITIONS.items():
        query = f"UPDATE `Component` SET `Condition` = '{condition}' WHERE `Component` = '{component}'"
        subprocess.run(["msibuild", str(target), "-q", query], check=True)


def _listed(programs: Path) -> bytes:
    """The WiX fragment ``Libraries``: every file of the folder but our own programs."""
    files = sorted(path.relative_to(programs) for path in programs.rglob("*") if path.is_file())
    names = "".join(f"{programs / name}\n" for name in files if str(name) not in OWN)
    group = ["--directory-ref", "ProgramFolder", "--component-group", "Libraries", "--var", "var.Programs", "--win64"]
    heat = ["wixl-heat", "--prefix", f"{programs}/", *group]
    return subprocess.run(heat, input=names.encode(), check=True, capture_output=True).stdout
