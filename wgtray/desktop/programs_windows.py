r"""Which programs has Windows, for somebody to choose from? Those of the Start menu, and those of ``App Paths``.

A shortcut says its target in a structure of its own (MS-SHLLINK); those of Windows Installer name a feature instead of
a file, and such programs are mostly found by ``App Paths``. The icon is the program's own.
"""

import os
import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PureWindowsPath
from typing import Any, Final

APP_PATHS: Final = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths"

_SIZE, _ID_LIST, _LINK_INFO = 0x4C, 0x1, 0x2  # MS-SHLLINK 2.1: HeaderSize, HasLinkTargetIDList, HasLinkInfo
_LOCAL_PATH = 0x1  # 2.3: VolumeIDAndLocalBasePath
_WITH_UNICODE = 0x24  # 2.3: LinkInfoHeaderSize from which there is a LocalBasePathOffsetUnicode
_NO_APPLICATION = ("unins", "setup", "uninstall")


def installed(menus: Iterable[Path] | None = None, paths: Mapping[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """Name and path of each program, as this user would find it."""
    seen: set[str] = set()
    for menu in _menus() if menus is None else menus:
        for file in sorted(menu.glob("**/*.lnk")):
            path = _read(file)
            if path is not None and path.casefold() not in seen and not _is_tool(path):
                seen.add(path.casefold())
                yield file.stem, path
    for name, path in sorted((_app_paths() if paths is None else paths).items()):
        if path.casefold() not in seen and path.lower().endswith(".exe"):
            seen.add(path.casefold())
            yield name.removesuffix(".exe"), path


def target(link: bytes) -> str | None:
    """The executable that a shortcut starts; None where it starts none, or is no shortcut."""
    try:
        size, flags = struct.unpack_from("<I16xI", link)
        if size != _SIZE or not flags & _LINK_INFO:
            return None
        start = _SIZE + (2 + struct.unpack_from("<H", link, _SIZE)[0] if flags & _ID_LIST else 0)
        _, header, kinds, _, base = struct.unpack_from("<5I", link, start)
        if not kinds & _LOCAL_PATH:
            return None  # on another computer
        if header >= _WITH_UNICODE:
            (wide,) = struct.unpack_from("<I", link, start + 0x1C)
            text = link[start + wide :].decode("utf-16-le", errors="replace")
        else:
            text = link[start + base :].decode("cp1252", errors="replace")  # the code page of most; newer ones say both
    except struct.error:
        return None
    path = text.partition("\0")[0]
    return path if path.lower().endswith(".exe") and PureWindowsPath(path).is_absolute() else None


def _is_tool(path: str) -> bool:
    return PureWindowsPath(path).name.lower().startswith(_NO_APPLICATION)


def _read(file: Path) -> str | None:
    try:
        return target(file.read_bytes())
    except OSError:
        return None


def _menus() -> list[Path]:
    folders = (os.environ.get("ProgramData"), os.environ.get("APPDATA"))  # noqa: SIM112 - Windows' spelling
    return [Path(folder) / "Microsoft/Windows/Start Menu/Programs" for folder in folders if folder]


def _app_paths() -> dict[str, str]:
    import winreg

    registry: Any = winreg
    found: dict[str, str] = {}
    for root in (registry.HKEY_LOCAL_MACHINE, registry.HKEY_CURRENT_USER):
        try:
            with registry.OpenKey(root, APP_PATHS) as key:
                for place in range(registry.QueryInfoKey(key)[0]):
                    name = registry.EnumKey(key, place)
                    found[name] = str(registry.QueryValue(key, name)).strip('"')
        except OSError:
            continue
    return found
