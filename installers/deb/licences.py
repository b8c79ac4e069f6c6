"""Under which licences is what is frozen? One paragraph a part, its text from its own distribution (DEP-5).

``frozen`` reads the programs' archives, so that a part without a row here fails the build instead of going unnamed.
"""

import importlib.metadata
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution
from pathlib import Path
from typing import Final

from PyInstaller.archive.readers import CArchiveReader

ROOT: Final = Path(__file__).parents[2]
SOURCE: Final = "https://github.com/wgtray/wgtray"

IDS: Final = {
    "backports.tarfile": "Expat",
    "cffi": "MIT-0",
    "cryptography": "Apache-2.0 or BSD-3-clause",
    "dnspython": "ISC",
    "importlib_metadata": "Apache-2.0",
    "jaraco.classes": "Expat",
    "jaraco.context": "Expat",
    "jaraco.functools": "Expat",
    "jeepney": "Expat",
    "keyring": "Expat",
    "lazy-importer": "Apache-2.0",
    "more-itertools": "Expat",
    "msgspec": "BSD-3-clause",
    "psutil": "BSD-3-clause",
    "PySide6_Essentials": "LGPL-3 or GPL-2 or GPL-3",
    "SecretStorage": "BSD-3-clause",
    "segno": "BSD-3-clause",
    "shiboken6": "LGPL-3 or GPL-2 or GPL-3",
    "typing_extensions": "PSF-2",
    "wgconfig": "AGPL-3+",
    "zipp": "Expat",
}
"""Distribution -> its licence, as DEP-5 calls it; compatible with AGPL-3+, which the whole is under."""

INSIDE: Final = {
    "PySide6_Essentials": "The Qt Company Ltd. and contributors",
    "shiboken6": "The Qt Company Ltd. and contributors",
}
"""Holders where the distribution brings no licence file."""

QT: Final = """\
Comment: Qt, PySide6 and shiboken6 are shared libraries under usr/lib/wgtray/_internal, as the Qt Company built
 them, and may be replaced by others of the same interface. Their source:
 https://download.qt.io/official_releases/QtForPython/ and
 https://download.qt.io/official_releases/qt/ . Qt holds ICU (Unicode-3.0) and other parts:
 https://doc.qt.io/qt-6/licenses-used-in-qt.html
License: LGPL-3 or GPL-2 or GPL-3
 On Debian systems the texts are in /usr/share/common-licenses/LGPL-3, /usr/share/common-licenses/GPL-2 and
 /usr/share/common-licenses/GPL-3."""

COMMON: Final = {"Apache-2.0": "Apache-2.0", "LGPL-3": "LGPL-3"}
"""Licences whose text every Debian system has (in /usr/share/common-licenses)."""

_HOLDER: Final = re.compile(r"\s*copyright (?:\(c\) )?(\d{4}.*)", re.IGNORECASE)
_BUILDS_ONLY: Final = {"altgraph", "pyinstaller", "pyinstaller-hooks-contrib", "wgtray"}
_BOOT: Final = ("pyimod", "pyiboot", "_pyi_rth", "struct")


def document(folder: Path, programs: Sequence[str]) -> str:
    """The copyright file for the frozen programs in ``folder``; raises KeyError for a part without a row."""
    inside = f"usr/lib/{folder.name}"
    paragraphs = [
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        f"Upstream-Name: wgtray\nSource: {SOURCE}",
        "Files: *\nCopyright: 2026 wgtray contributors\nLicense: AGPL-3+",
        f"Files: {' '.join(f'{inside}/{program}' for program in programs)}\n"
        "Copyright: 2005-2026 PyInstaller Development Team; 2026 wgtray contributors\n"
        "Comment: PyInstaller's bootloader with our programs behind it; its exception allows that under any licence.\n"
        "License: GPL-2+ with bootloader exception\n"
        " On Debian systems the text is in /usr/share/common-licenses/GPL-2. Exception: see\n"
        " https://pyinstaller.org/en/stable/license.html",
        f"Files: {' '.join(f'{inside}/_internal/{part}' for part in ('libpython*', 'python3*', 'base_library.zip'))}\n"
        "Copyright: 2001-2026 Python Software Foundation\n" + _licence("PSF-2", _python_text()),
    ]
    parts = sorted(frozen(folder, programs), key=lambda one: one.name.lower())
    paragraphs += [_paragraph(one, inside) for one in parts]
    paragraphs.append("License: AGPL-3+\n" + _indented((ROOT / "LICENSE").read_text()))
    return "\n\n".join(paragraphs) + "\n"


def frozen(folder: Path, programs: Sequence[str]) -> set[Distribution]:
    """The distributions of which something is in the programs."""
    by_module = importlib.metadata.packages_distributions()
    names: set[str] = {"cffi"} if any(folder.glob("_internal/_cffi_backend*")) else set()  # a lone module of C
    for module in _modules(folder, programs):
        names |= set(by_module.get(module, ()))
    found = {importlib.metadata.distribution(name) for name in names}
    return {one for one in found if one.name not in _BUILDS_ONLY}


def _modules(folder: Path, programs: Sequence[str]) -> set[str]:
    """Top-level modules that are not Python's own."""
    tops: set[str] = set()
    for program in programs:
        archive = CArchiveReader(str(folder / program)).open_embedded_archive("PYZ.pyz")
        tops |= {name.partition(".")[0] for name in archive.toc}
    return {top for top in tops if top not in sys.stdlib_module_names and not top.startswith(_BOOT)}


def _paragraph(found: Distribution, inside: str) -> str:
    name = found.name
    texts = "\n\n".join(_texts(found))
    head = f"Files: {inside}/_internal/*{_folder(name)}*\nCopyright: {_holders(found, texts)}\n"
    if name in INSIDE:
        return head + QT
    return head + f"Comment: {name} {found.version}\n" + _licence(IDS[name], texts)


def _licence(name: str, text: str) -> str:
    if name in COMMON:
        text = f"On Debian systems the text is in /usr/share/common-licenses/{COMMON[name]}."
    if name == "AGPL-3+":
        return f"License: {name}"
    return f"License: {name}\n{_indented(text)}"


def _texts(found: Distribution) -> Iterator[str]:
    for file in found.files or ():
        if ".dist-info" in str(file) and "LICENSE" in file.name.upper() and "APACHE" not in file.name.upper():
            yield Path(str(file.locate())).read_text(errors="replace").strip()


def _holders(found: Distribution, texts: str) -> str:
    """Who holds the rights: as the licence file says, else as the distribution does."""
    if found.name in INSIDE:
        return INSIDE[found.name]
    named = [match[1].strip(" .,") for match in map(_HOLDER.match, texts.splitlines()) if match]
    meant = [name for name in named if not any(sign in name for sign in ("<copyright", "[name", "Free Software Found"))]
    author = found.metadata.get("Author") or (found.metadata.get("Author-email") or "").partition("<")[0].strip(' "')
    return "; ".join(dict.fromkeys(meant)) or author or f"the authors of {found.name}"


def _folder(name: str) -> str:
    return name.partition("_Essentials")[0].partition(".")[0]


def _python_text() -> str:
    for place in (Path(sys.base_prefix, "LICENSE.txt"), *Path(sys.base_prefix, "lib").glob("python3*/LICENSE.txt")):
        if place.is_file():
            return place.read_text(errors="replace")
    return "On Debian systems the text is in /usr/share/doc/python3/copyright."


def _indented(text: str) -> str:
    return "\n".join(f" {line.rstrip()}" if line.strip() else " ." for line in text.strip().splitlines())
