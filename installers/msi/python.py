"""Where does a genuine Python for Windows come from on Linux? From wheels, each checked against ``windows.txt``.

The interpreter and its extension modules are python.org's own, signed, as one wheel carries them for programs that are
to be frozen; the library in Python is the same on every system and is copied from this machine's Python 3.11. Two small
files no wheel has are compiled (``shims/``): ``python.exe`` and ``python3.dll``.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from installers.msi.compiler import Unavailable, compile_c

HERE: Final = Path(__file__).parent
LOCK: Final = HERE / "windows.txt"
VERSION: Final = (3, 11)
INTERPRETER: Final = "panda3d-"
"""The wheel whose ``deploy_libs/`` is CPython."""
LEFT_OUT: Final = shutil.ignore_patterns(
    "site-packages", "dist-packages", "test", "tests", "lib-dynload", "config-*", "idlelib", "tkinter", "turtledemo",
    "ensurepip", "lib2to3", "__pycache__", "EXTERNALLY-MANAGED", "sitecustomize.py",
)  # fmt: skip


def cache_folder() -> Path:
    """What is downloaded and assembled is kept here: ``$WGTRAY_CACHE``, else below the user's cache."""
    named = os.environ.get("WGTRAY_CACHE")
    return Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wgtray"


def windows_python() -> Path:
    """The folder with ``python.exe`` and every package of ``windows.txt``, made where it is missing."""
    cache = cache_folder()
    finished = cache / f"python-{_fingerprint()}"
    if not finished.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="making-") as draft:
            folder = Path(draft) / "python"
            _assemble(folder, _wheels(cache / "wheels"))
            folder.rename(finished)
    return finished


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in (LOCK, Path(__file__), *sorted((HERE / "shims").glob("*.c"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _wheels(folder: Path) -> list[Path]:
    """Exactly the files of the lock, downloaded where they are missing; pip refuses one with another checksum."""
    folder.mkdir(exist_ok=True)
    for attempt in (1, 2):
        by_checksum = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in folder.glob("*.whl")}
        wanted = re.findall(r"--hash=sha256:([0-9a-f]{64})", LOCK.read_text())
        if set(wanted) <= set(by_checksum):
            return [by_checksum[checksum] for checksum in wanted]
        if attempt == 1:
            target = ["--platform", "win_amd64", "--python-version", "311", "--only-binary", ":all:"]
            command = ["download", "-qq", "--no-deps", "--require-hashes", *target, "--dest", str(folder)]
            subprocess.run([sys.executable, "-m", "pip", *command, "--requirement", str(LOCK)], check=True)
    raise Unavailable(f"pip did not bring every file of {LOCK.name} to {folder}")


def _assemble(folder: Path, wheels: list[Path]) -> None:
    shutil.copytree(_library(), folder / "Lib", ignore=LEFT_OUT)
    site_packages = folder / "Lib" / "site-packages"
    (folder / "DLLs").mkdir()
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            if wheel.name.startswith(INTERPRETER):
                _take_interpreter(archive, folder)
            else:
                archive.extractall(site_packages)
    compile_c(HERE / "shims" / "python.c", folder / "python.exe", "-municode")
    _make_forwarder(folder)
    # Both are 3.11, so what one compiles the other reads; without it every start under Wine takes seconds longer.
    subprocess.run([sys.executable, "-m", "compileall", "-q", "-j", "0", str(folder / "Lib")], check=False)


def _library() -> Path:
    """The library of a Python 3.11 of this machine."""
    python = sys.executable if sys.version_info[:2] == VERSION else shutil.which("python3.11")
    if python is None:
        raise Unavailable("Python 3.11 is not installed: its library becomes that of the Windows Python")
    asked = [python, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"]
    return Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())


def _take_interpreter(archive: zipfile.ZipFile, folder: Path) -> None:
    for name in archive.namelist():
        file = Path(name)
        if file.parent.name != "deploy_libs" or file.name.startswith(("api-ms-win", "tcl", "tk", "_tkinter")):
            continue
        beside = file.name in ("python311.dll", "VCRUNTIME140.dll")
        (folder / ("" if beside else "DLLs") / file.name).write_bytes(archive.read(name))


def _make_forwarder(folder: Path) -> None:
    """``python3.dll``: the stable names, all of them found in ``python311.dll``."""
    listed = subprocess.run(
        ["x86_64-w64-mingw32-objdump", "-p", str(folder / "python311.dll")], check=True, capture_output=True, text=True
    ).stdout
    table = listed.partition("[Ordinal/Name Pointer] Table")[2]
    names = sorted(set(re.findall(r"^\s*\[\s*\d+\].*?\s(_?Py\w+)\s*$", table, re.MULTILINE)))
    with tempfile.NamedTemporaryFile("w", suffix=".def") as exports:
        exports.write("LIBRARY python3.dll\nEXPORTS\n" + "".join(f"{name} = python311.{name}\n" for name in names))
        exports.flush()
        source = HERE / "shims" / "python3.c"
        compile_c(source, folder / "python3.dll", exports.name, "-shared", "-nostartfiles", "-e", "DllMain")
