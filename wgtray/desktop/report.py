"""What does an administrator need to see of this computer? The files of a report, without anything personal."""

import getpass
import os
import platform
import socket
import zipfile
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Final

import msgspec

from wgtray.core.profile import Profile
from wgtray.core.redaction import Redaction
from wgtray.desktop.places import state_folder
from wgtray.ipc.messages import Snapshot

ACTIVITY: Final = "activity"
"""The folder of the tray's event log, below this user's state folder."""
DAYS: Final = 3
"""Of the event log: trouble is reported soon, and more is more than a person reads before saving."""
PACKAGES: Final = ("wgtray", "PySide6-Essentials", "keyring", "psutil", "msgspec", "dnspython")
ABOUT: Final = """\
A report about wgtray on one computer, made by its user and looked at before it was saved.

machine.txt    the system and the versions of what runs
doctor.txt     what was looked over, what was found, what to do
status.json    the connection as the service sees it (not there: the service could not be asked)
profile.json   the company's profile without its keys (not there: none is imported)
activity.jsonl what happened in the last days, as the tray noted it

Keys, addresses, names of hosts and people are replaced by words such as key-1, ipv4-2, host-3; the same word means
the same thing everywhere in this report. The service's own log is not in it: "journalctl -u wgtray-helper" shows it.
"""


def files(snapshot: Snapshot | None, profile: Profile | None, doctor: str) -> dict[str, str]:
    """Name -> text of every file, redacted; ``doctor`` is the text of that finding."""
    texts = {"machine.txt": _machine(), "doctor.txt": doctor}
    if snapshot is not None:
        texts["status.json"] = _json(snapshot)
    if profile is not None:
        texts["profile.json"] = _json(profile)
    if activity := _activity(state_folder() / ACTIVITY):
        texts["activity.jsonl"] = activity
    redaction = Redaction(_hosts(snapshot, profile), _people(), [str(Path.home())])
    return {"about.txt": ABOUT, **{name: redaction.of(text) for name, text in texts.items()}}


def write(path: Path, texts: Mapping[str, str]) -> None:
    """Save them as one ZIP file that only this user can read; an existing one is replaced; raises OSError."""
    unfinished = path.with_name(f".{path.name}.part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with open(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in texts.items():
                archive.writestr(name, text)
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def _machine() -> str:
    versions = (f"{name} {version}" for name in PACKAGES if (version := _version(name)))
    return "\n".join((platform.platform(), f"Python {platform.python_version()}", *_release(), *versions, ""))


def _release() -> Iterable[str]:
    try:
        return (platform.freedesktop_os_release().get("PRETTY_NAME", ""),)
    except OSError:  # no Linux, or one without that file
        return ()


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value, enc_hook=lambda _: None), indent=2).decode()


def _activity(folder: Path) -> str:
    days = sorted(folder.glob("????-??-??.jsonl"))[-DAYS:]
    return "".join(day.read_text(errors="replace") for day in days if os.access(day, os.R_OK))


def _hosts(snapshot: Snapshot | None, profile: Profile | None) -> Iterable[str]:
    """What this computer and the company's hosts are called, also where the name has no dot."""
    own = socket.gethostname()
    yield from (own, own.partition(".")[0])
    if snapshot is not None:
        yield from (node.endpoint.rpartition(":")[0].strip("[]") for node in snapshot.nodes)
        yield from (each.name for each in snapshot.learned if each.name)
    if profile is not None:
        yield from (*profile.dns.domains, *profile.split.domains)


def _people() -> Iterable[str]:
    try:
        return (getpass.getuser(),)
    except (KeyError, OSError):  # a user without a name
        return ()
