"""How is a Windows program run on Linux, and how does nothing of it stay? A Wine prefix that ends with its ``with``."""

import os
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from installers.msi.compiler import Unavailable, compile_c

DEBIANS_WINE: Final = Path("/usr/lib/wine/wine64")
"""Without the wrapper in /usr/bin, which asks for a 32-bit Wine that nothing here needs."""
SHIMS: Final = Path(__file__).parent / "shims" / "wine"
UI_SETTINGS: Final = r"HKLM\Software\Microsoft\WindowsRuntime\ActivatableClassId\Windows.UI.ViewManagement.UISettings"
SERVICE_MS: Final = 120_000
DRAIN_S: Final = 2.0
BOOT_S: Final = 300.0
END_S: Final = 60.0


class Failed(Exception):
    """A Windows program ended with an error; ``str()`` holds what it printed."""


def windows_path(path: Path) -> str:
    """The same file as programs under Wine see it: drive Z is the root directory."""
    return "Z:" + str(path.absolute()).replace("/", "\\")


class Wine:
    """One Windows installation in ``folder``: made on entry, its processes ended and its files removed on exit."""

    def __init__(self, folder: Path, display: str = "") -> None:
        """``display``: the X server for programs with windows; raises Unavailable where Wine is missing."""
        self.prefix = folder
        self.drive_c = folder / "drive_c"
        found = DEBIANS_WINE if DEBIANS_WINE.exists() else shutil.which("wine64") or shutil.which("wine")
        if found is None:
            raise Unavailable("Wine is not installed: apt-get install wine wine64")
        self._wine = str(found)
        self._environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),  # else menu entries of the installed program land among the user's own
            "LANG": "C.UTF-8",
            "WINEPREFIX": str(folder),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe,winedbg.exe=d",
            "DISPLAY": display,
        }
        self._session: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.prefix.mkdir(parents=True)
        try:
            self.run(["wineboot", "-i"], timeout_s=BOOT_S)
            self.run(["winecfg", "-v", "win10"])  # a prefix begins as Windows 7, which Python 3.9 and later refuse
            self._add_what_wine_lacks()
            self._session = self._begin_session()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout_s: float = 120.0,
        environment: Mapping[str, str] | None = None,
        check: bool = True,
        cwd: Path | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        """Run to the end, with everything it printed in ``stdout``; raises Failed where ``check`` and not 0."""
        process = subprocess.Popen(
            [self._wine, *argv],
            env={**self._environment, **(environment or {})},
            cwd=cwd or self.prefix,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,  # Python for Windows cannot write to a plain file of Wine's host
            stderr=subprocess.STDOUT,
        )
        # To its end, not to the end of the output: Wine's own programs that it causes to start keep that open.
        printed = bytearray()
        reader = threading.Thread(target=_read, args=(process, printed), daemon=True)
        reader.start()
        try:
            code = process.wait(timeout_s)
        except BaseException:
            process.kill()
            process.wait()
            raise
        reader.join(DRAIN_S)
        done = subprocess.CompletedProcess(list(argv), code, bytes(printed).decode(errors="replace"))
        if check and code != 0:
            raise Failed(f"{' '.join(argv)} ended with {code}:\n{done.stdout}")
        return done

    def start(
        self, argv: Sequence[str], *, stdin: int = subprocess.DEVNULL, environment: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start it and go on; it ends with the prefix at the latest."""
        return subprocess.Popen(
            [self._wine, *argv],
            env={**self._environment, **(environment or {})},
            cwd=self.prefix,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def _add_what_wine_lacks(self) -> None:
        system = self.drive_c / "windows" / "system32"
        compile_c(SHIMS / "bcryptprimitives.c", system / "bcryptprimitives.dll", "-shared", "-ladvapi32")
        compile_c(SHIMS / "uisettings.c", system / "wgtrayuisettings.dll", "-shared")
        library = ["/v", "DllPath", "/t", "REG_SZ", "/d", r"C:\windows\system32\wgtrayuisettings.dll", "/f"]
        self.run(["reg", "add", UI_SETTINGS, *library])
        # Wine gives a service ten seconds to report itself (Windows: thirty), too little on a busy machine.
        patience = ["/v", "ServicesPipeTimeout", "/t", "REG_DWORD", "/d", str(SERVICE_MS), "/f"]
        self.run(["reg", "add", r"HKLM\System\CurrentControlSet\Control", *patience])
        self._stop()  # both are read when Wine starts

    def _begin_session(self) -> "subprocess.Popen[bytes]":
        """Wine ends its services with the last program of the user: this one waits for input that never comes."""
        session = self.start(["cmd"], stdin=subprocess.PIPE)
        # Wine's own background programs begin with the first one and keep its output open: let it be this one's.
        if session.stdout is None or not session.stdout.readline():
            raise Failed("cmd did not start")
        return session

    def _end(self) -> None:
        self._stop()
        if self._session is not None:
            with self._session:
                self._session.kill()
        shutil.rmtree(self.prefix, ignore_errors=True)

    def _stop(self) -> None:
        server = Path(self._wine).with_name("wineserver")
        command = [str(server if server.exists() else "wineserver")]
        for option in ("-k", "-w"):
            subprocess.run([*command, option], env=self._environment, timeout=END_S, check=False)


def _read(process: "subprocess.Popen[bytes]", printed: bytearray) -> None:
    if process.stdout is not None:
        with process.stdout as stream:
            while part := stream.read1():  # type: ignore[attr-defined]  # a BufferedReader, as no other buffer is asked for
                printed += part
