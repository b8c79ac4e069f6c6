"""What of the Windows package is judged without Windows: icon, versions, checksums, paths as Windows writes them."""

import re
import struct
import tomllib
from pathlib import Path

import pytest

from installers.msi.freeze import numbers
from installers.msi.icon import write_icon
from installers.msi.package import CONDITIONS
from installers.msi.python import HERE, LOCK
from installers.msi.wine import windows_path

BROUGHT_ALONG = {
    "shiboken6",
    "cffi",
    "pycparser",
    "jaraco-classes",
    "jaraco-context",
    "jaraco-functools",
    "more-itertools",
}
BROUGHT_ALONG |= {"backports-tarfile", "importlib-metadata", "zipp", "pywin32-ctypes"}
"""What those need that we need: Qt's binding, cryptography, keyring."""


def test_an_icon_holds_every_picture_where_its_table_says(tmp_path: Path) -> None:
    pictures = {16: b"small", 256: b"a larger one"}
    write_icon(pictures, tmp_path / "x.ico")
    content = (tmp_path / "x.ico").read_bytes()
    assert struct.unpack_from("<HHH", content) == (0, 1, 2)
    for index, (size, png) in enumerate(pictures.items()):
        width, *_, length, where = struct.unpack_from("<BBBBHHII", content, 6 + 16 * index)
        assert (width or 256, content[where : where + length]) == (size, png)


def test_a_version_is_four_numbers_and_nothing_else_is_one() -> None:
    assert numbers("1.20.3") == (1, 20, 3, 0)
    with pytest.raises(ValueError, match="unpack"):
        numbers("1.2")


def test_every_download_has_one_release_and_one_checksum() -> None:
    lines = [line for line in LOCK.read_text().splitlines() if line and not line.startswith("#")]
    assert lines
    for line in lines:
        assert re.fullmatch(r"[\w.-]+==[\w.]+ --hash=sha256:[0-9a-f]{64}", line), line


def test_a_path_is_one_of_the_drive_that_shows_the_root() -> None:
    assert windows_path(Path("/tmp/a b")) == r"Z:\tmp\a b"


def test_exactly_one_of_the_two_components_is_installed_and_both_are_in_the_source() -> None:
    source = (HERE / "wgtray.wxs").read_text()
    for component in CONDITIONS:
        assert f'<Component Id="{component}"' in source
    assert "After=" not in re.sub(r"<!--.*?-->", "", source, flags=re.DOTALL)  # wixl would let a downgrade pass


def test_what_the_program_needs_is_shipped_and_nothing_that_it_no_longer_needs() -> None:
    needed = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text())["project"]
    asked = [*needed["dependencies"], *needed["optional-dependencies"]["gui"]]
    names = {_plain(re.split(r"[ <>=;\[]", one)[0]) for one in asked if "'linux'" not in one}
    shipped = LOCK.read_text().partition("# Shipped")[2].partition("# Builds only")[0]
    locked = {_plain(line.partition("==")[0]) for line in shipped.splitlines() if "==" in line}
    assert names <= locked
    assert locked - names <= BROUGHT_ALONG


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(".", "-")
