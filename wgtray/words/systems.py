"""What does a person type, on which system, to have the service started, or to be let in?"""

from collections.abc import Mapping
from typing import Final

import msgspec

from wgtray.ipc.places import System


class Commands(msgspec.Struct, frozen=True):
    """Command lines; the same in every language."""

    start: str
    restart: str
    by_hand: str
    admit: str
    """For an administrator, with the user's name for USER; nothing where nobody has to be let in."""


COMMANDS: Final[Mapping[System, Commands]] = {
    "linux": Commands(
        start="sudo systemctl start wgtray-helper",
        restart="sudo systemctl restart wgtray-helper",
        by_hand="sudo wgtray-helper run",
        admit="sudo usermod -aG wgtray USER",
    ),
    "macos": Commands(
        start="sudo launchctl kickstart system/org.wgtray.helper",
        restart="sudo launchctl kickstart -k system/org.wgtray.helper",
        by_hand="sudo /Library/PrivilegedHelperTools/org.wgtray.helper/wgtray-helper run",
        admit="sudo dseditgroup -o edit -a USER -t user wgtray",
    ),
    "windows": Commands(
        start="sc start wgtray-helper",
        restart="powershell Restart-Service wgtray-helper",
        by_hand="wgtray-helper run",
        admit="",
    ),
}
