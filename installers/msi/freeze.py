"""How does the source become three Windows programs that need no Python? PyInstaller, run by a Windows Python."""

import hashlib
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
    """The folder with the programs, made below ``work`` unless they are there; raises installers.msi.wine.Failed."""
    work.mkdir(parents=True, exist_ok=True)
    made, mark, now = work / "programs", work / "made-from", _fingerprint(version)
    if mark.exists() and mark.read_text() == now:
        return made / "wgtray"
    mark.unlink(missing_ok=True)
    make_icon(ROOT / "resources" / "icons" / "wgtray.svg", work / "wgtray.ico")
    for name, description in PROGRAMS.items():
        text = VERSION_RESOURCE.format(numbers=numbers(version), version=version, name=name, description=description)
        (work / f"{name}.version").write_text(text)
    shutil.rmtree(made, ignore_errors=True)
    command = ["-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", windows_path(HERE / "wgtray.spec")]
    folders = ["--distpath", windows_path(made), "--workpath", windows_path(work / "pyinstaller")]
    wine.run(
        [windows_path(python / "python.exe"), *command, *folders],
        environment={"WGTRAY_MADE": windows_path(work), "PYTHONDONTWRITEBYTECODE": "1"},
        timeout_s=FREEZE_S,
        cwd=ROOT,
    )
    mark.write_text(now)
    return made / "wgtray"


def _fingerprint(version: str) -> str:
    """Of everything that goes in: the same source is not frozen twice."""
    digest = hashlib.sha256(version.encode())
    for folder in ("wgtray", "resources/icons", "resources/help", "resources/translations", "installers/msi"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def numbers(version: str) -> tuple[int, int, int, int]:
    """A version as Windows counts: four numbers."""
    first, second, third = (int(part) for part in version.split("."))
    return (first, second, third, 0)
