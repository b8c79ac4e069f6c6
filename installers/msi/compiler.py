"""How does C become a Windows program on Linux? With mingw-w64."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

COMPILER: Final = "x86_64-w64-mingw32-gcc"


class Unavailable(Exception):
    """Something that has to be installed is missing; ``str()`` says what."""


def compile_c(source: Path, target: Path, *options: str) -> None:
    """Make a program or library of one C file; raises Unavailable where the compiler is missing."""
    if shutil.which(COMPILER) is None:
        raise Unavailable(f"{COMPILER} is not installed: apt-get install gcc-mingw-w64-x86-64-win32")
    subprocess.run([COMPILER, "-Wall", "-O2", "-s", str(source), *options, "-o", str(target)], check=True)
