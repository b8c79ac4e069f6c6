"""Do our ctypes structures lie as the headers of Windows say? A C compiler compares every size and offset."""

import ctypes
import subprocess
from pathlib import Path

import pytest

from installers.msi.compiler import Unavailable, compile_c
from wgtray.platforms.windows.layouts import LAYOUTS, PREFIXES, members

HEADERS = (
    "winsock2.h",
    "windows.h",
    "ws2ipdef.h",
    "iphlpapi.h",
    "netioapi.h",
    "wincrypt.h",
    "wintrust.h",
    "fwptypes.h",
    "fwpmtypes.h",
)
"""In an order in which they understand each other."""


def claims() -> list[str]:
    """What we believe, as C expressions."""
    said = []
    for kind, name, _ in LAYOUTS:
        relation = "<=" if name in PREFIXES else "=="
        said.append(f"{ctypes.sizeof(kind)} {relation} sizeof({name})")
        said += [f"offsetof({name}, {member}) == {offset}" for member, offset in members(kind)]
    return said


def program(expressions: list[str]) -> str:
    """A C program that compiles only if all of them hold."""
    included = [f"#include <{header}>" for header in HEADERS]
    checks = [f'_Static_assert({expression}, "{expression}");' for expression in expressions]
    return "\n".join(
        ["#define _WIN32_WINNT 0x0A00", "#include <stddef.h>", *included, *checks, "int main(void) { return 0; }"]
    )


def complaints(expressions: list[str], folder: Path, capfd: pytest.CaptureFixture[str]) -> str:
    """What the compiler says against them."""
    source = folder / "layout.c"
    source.write_text(program(expressions))
    try:
        compile_c(source, folder / "layout.exe")
    except Unavailable as missing:
        pytest.skip(str(missing))
    except subprocess.CalledProcessError:
        return capfd.readouterr().err
    return ""


def test_every_size_and_offset_is_the_headers(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    believed = claims()
    assert len(believed) > 4 * len(LAYOUTS)
    assert complaints(believed, tmp_path, capfd) == ""


def test_a_wrong_offset_would_be_noticed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert "static assertion failed" in complaints(["offsetof(GUID, Data2) == 6"], tmp_path, capfd)
