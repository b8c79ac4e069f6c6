"""Does the tray start when this user logs in? The user's own choice, which outranks what an installer set for all.

    Linux    ~/.config/autostart/wgtray.desktop hides or replaces the file of that name in /etc/xdg/autostart
    Windows  what the user chose, else the Run key of the machine, which the installer writes, or the user's;
             a tray that the machine's starts against the user's choice ends at once (``is_declined``)
    macOS    ~/Library/LaunchAgents/org.wgtray.tray.plist

Each way is a pure text or value above, and a thin effect below.
"""

import os
import plistlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from wgtray.desktop import SYSTEM

LABEL: Final = "org.wgtray.tray"
RUN_KEY: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
RUN_NAME: Final = "wgtray"
CHOICE_KEY: Final = r"Software\wgtray"
CHOICE_NAME: Final = "Autostart"
WITHOUT_CONSOLE: Final = "wgtrayw.exe"
"""On Windows a program is made for a console or for none: two of them, as with python and pythonw."""
SYSTEM_WIDE: Final = Path("/etc/xdg/autostart")
DESKTOP_FILE: Final = "wgtray.desktop"


def is_on() -> bool:
    """Whether it starts at the next login."""
    match SYSTEM:
        case "linux":
            return _xdg_is_on()
        case "windows":
            from wgtray.desktop import run_key

            chosen = run_key.read(CHOICE_KEY, CHOICE_NAME)
            of_all = run_key.read(RUN_KEY, RUN_NAME, of_machine=True)
            return windows_is_on(chosen, of_all, run_key.read(RUN_KEY, RUN_NAME))
        case "macos":
            return _agent().exists()


def choose(on: bool) -> None:
    """Start it at login from now on, or not; raises OSError."""
    match SYSTEM:
        case "linux":
            _write(_own_entry(), desktop_entry(command(), hidden=not on).encode())
        case "windows":
            from wgtray.desktop import run_key

            run_key.write(CHOICE_KEY, CHOICE_NAME, "1" if on else "0")
            of_all = run_key.read(RUN_KEY, RUN_NAME, of_machine=True)
            run_key.write(RUN_KEY, RUN_NAME, command_line(command()) if on and of_all is None else None)
        case "macos" if on:
            _write(_agent(), launch_agent(command()))
        case "macos":
            _agent().unlink(missing_ok=True)


def is_declined() -> bool:
    """Whether this user does not want the tray at login, though something for all users starts it."""
    if SYSTEM != "windows":
        return False
    from wgtray.desktop import run_key

    return run_key.read(CHOICE_KEY, CHOICE_NAME) == "0"


def windows_is_on(chosen: str | None, of_all: str | None, of_user: str | None) -> bool:
    """By the user's choice, else by whether a Run key holds it."""
    return chosen != "0" and (of_all is not None or of_user is not None)


def command() -> tuple[str, ...]:
    """What starts this program hidden in the tray, however it was installed."""
    if getattr(sys, "frozen", False) and SYSTEM == "windows":
        return (str(Path(sys.executable).with_name(WITHOUT_CONSOLE)), "--hidden")
    if getattr(sys, "frozen", False):
        return (sys.executable, "--hidden")
    return (sys.executable, "-m", "wgtray", "--hidden")


def desktop_entry(argv: Sequence[str], *, hidden: bool) -> str:
    """The XDG autostart file; a hidden one says "not for this user"."""
    return (
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Name=wgtray\n"
        "Comment=Company network in the tray\n"
        "Icon=wgtray\n"
        f"Exec={' '.join(map(_exec_quoted, argv))}\n"
        "X-GNOME-Autostart-Delay=2\n"
        f"Hidden={'true' if hidden else 'false'}\n"
    )


def starts(entry: str) -> bool:
    """Whether an autostart file means yes (Desktop Application Autostart Specification: ``Hidden``)."""
    lines = [line.replace(" ", "").lower() for line in entry.splitlines()]
    return "hidden=true" not in lines and "x-gnome-autostart-enabled=false" not in lines


def command_line(argv: Sequence[str]) -> str:
    """The value of a Run key: each part in quotes, as no path may hold one."""
    return " ".join(f'"{part}"' for part in argv)


def launch_agent(argv: Sequence[str]) -> bytes:
    """The property list of a LaunchAgent."""
    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": list(argv),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",  # where there is a menu bar; not for a login over ssh
            "AssociatedBundleIdentifiers": "org.wgtray.app",  # under whose name the system lists it as a login item
        }
    )


def _exec_quoted(part: str) -> str:
    """Desktop Entry Specification, "The Exec key": quoted, with its four special characters and % escaped."""
    plain = part.replace("%", "%%")
    if part and all(char.isalnum() or char in "/._-+=:@%" for char in part):
        return plain
    for char in '\\"`$':
        plain = plain.replace(char, f"\\{char}")
    return '"' + plain.replace("\\", "\\\\") + '"'


def _xdg_is_on() -> bool:
    for path in (_own_entry(), SYSTEM_WIDE / DESKTOP_FILE):
        try:
            return starts(path.read_text(encoding="utf-8", errors="replace"))
        except OSError:
            continue
    return False


def _own_entry() -> Path:
    named = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(named) if os.path.isabs(named) else Path.home() / ".config") / "autostart" / DESKTOP_FILE


def _agent() -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
