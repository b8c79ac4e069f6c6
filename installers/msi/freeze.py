"""How does the source become three Windows programs that need no Python? PyInstaller, run by a Windows Python."""

import shutil
from pathlib import Path
from typing import Final

from installers.msi.icon import make_icon
from installers.msi.wine import Wine, windows_path

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent.parent
PROGRAMS: Final = {
    "wgtray": "wgtray: command line",
    "wgtrayw": "wgtray",
    "wgtray-helper": "wgtray helper",
}
"""Each program with the description that Windows shows for it."""
OWN_CODE: Final = (*(f"{name}.exe" for name in PROGRAMS), "_internal/python3.dll")
"""What is compiled here and so carries no signature of others."""
FREEZE_S: Final = 1200.0
VERSION_RESOURCE: Final = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0, OS=0x40004, fileType=1, subtype=0),
  kids=[
    StringFileInfo([StringTable('040904B0', [
      StringStruct('CompanyName', 'wgtray'), StringStruct('FileDescription', {description!r}),
      StringStruct('FileVersion', {version!r}), StringStruct('InternalName', {name!r}),
      StringStruct('OriginalFilename', {name!r} + '.exe'), StringStruct('ProductName', 'wgtray'),
      StringStruct('ProductVersion', {version!r}), StringStruct('LegalCopyright', 'AGPL-3.0-or-later')])]),
    VarFileInfo([VarStruct('Translation', [0x0409, 1200])])
  ]
)
"""


def freeze(wine: Wine, python: Path, version: str, work: Path) -> Path:
    """The folder with the programs, made below ``work``; raises installers.msi.wine.Failed."""
    work.mkdir(parents=True, exist_ok=True)
    make_icon(ROOT / "resources" / "icons" / "wgtray.svg", work / "wgtray.ico")
    for name, description in PROGRAMS.items():
        text = VERSION_RESOURCE.format(numbers=numbers(version), version=version, name=name, description=description)
        (work / f"{name}.version").write_text(text)
    made = work / "programs"
    shutil.rmtree(made, ignore_errors=True)
    command = ["-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", windows_path(HERE / "wgtray.spec")]
    folders = ["--distpath", windows_path(made), "--workpath", windows_path(work / "pyinstaller")]
    wine.run(
        [windows_path(python / "python.exe"), *command, *folders],
        environment={"WGTRAY_MADE": windows_path(work), "PYTHONDONTWRITEBYTECODE": "1"},
        timeout_s=FREEZE_S,
        cwd=ROOT,
    )
    return made / "wgtray"


def numbers(version: str) -> tuple[int, int, int, int]:
    """A version as Windows counts: four numbers."""
    first, second, third = (int(part) for part in version.split("."))
    return (first, second, third, 0)
