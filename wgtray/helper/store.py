"""What survives a restart? The profile with a key that rests here, and what the user wants: files of root's.

A file is replaced whole or not at all (temporary file, fsync, rename, fsync of the directory), and no symbolic link is
ever followed. A wish that cannot be read counts as "connected": protection is never lost to a damaged file.
"""

import errno
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from wgtray.core import secret
from wgtray.core.events import Target
from wgtray.core.fields import Endpoint, Key, Name
from wgtray.core.problems import Problem, WgtrayError
from wgtray.core.profile import Profile
from wgtray.core.secret import Secret
from wgtray.core.signature import Signature, SigningKey
from wgtray.helper import holding

T = TypeVar("T")

_STRICT = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""No link, not for children, bytes as they are: each as far as the system has a flag for it."""

PROFILE, TARGET, PAUSE, ENDPOINTS, LOCK = "profile.json", "target.json", "pause.json", "endpoints.json", "lock"
TRUST = "trust.json"


class Import(msgspec.Struct, frozen=True):
    """A profile with the key pair it was imported with; the private key only where it is to rest here."""

    profile: Profile
    public_key: Key
    private_key: Secret | None
    signature: Signature | None = None
    """With which the company's part came."""


class Trust(msgspec.Struct, frozen=True):
    """Whose profiles are taken, and which was the last; it outlives the profile, or removing that would undo it."""

    root: SigningKey
    """The key that was installed or first seen, and from which the others come."""
    keys: tuple[SigningKey, ...]
    """Who signed last, and whom that names as its successor."""
    serial: int


class Pause(msgspec.Struct, frozen=True):
    """Out of the tunnel between these two Unix times: the only clock that a restart of the machine leaves."""

    began: float
    until: float

    def left_s(self, unix_s: float) -> float:
        """Seconds that it still lasts; none when the clock was set back before its beginning."""
        return max(0.0, self.until - unix_s) if unix_s >= self.began else 0.0


class Kept(msgspec.Struct, frozen=True):
    """What was found at start; ``damage`` names the first file that could not be read."""

    imported: Import | None
    target: Target
    pause: Pause | None
    endpoints: dict[Name, tuple[Endpoint, ...]]
    """What the nodes' names resolved to last, the address in use first; worth a try, no more."""
    damage: Problem | None


class InUse(Exception):
    """Another helper holds this state directory."""


class Store:
    """One state directory, held against a second helper until ``close`` or the end of the process."""

    def __init__(self, directory: Path, company_keys: Path | None = None) -> None:
        """Makes the directory (0700) when it is missing and locks it; raises InUse, OSError.

        ``company_keys``: where root installs whom to trust; None: nowhere.
        """
        self.company_keys = company_keys
        self._endpoints: dict[Name, tuple[Endpoint, ...]] = {}
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory = directory
        self._lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | _STRICT, 0o600)
        if not holding.hold(self._lock):
            os.close(self._lock)
            raise InUse

    def close(self) -> None:
        """Let another helper have the directory."""
        os.close(self._lock)

    def load(self) -> Kept:
        """Everything kept; a missing file is its default, a damaged one its safe value."""
        damage: list[Problem] = []
        imported = self._read(PROFILE, Import, damage)
        target = self._read(TARGET, Target, damage)
        pause = self._read(PAUSE, Pause, [])
        endpoints = self._read(ENDPOINTS, dict[Name, tuple[Endpoint, ...] | Endpoint], []) or {}
        if target is None:
            target = Target(connected=bool(damage))
        # Version 0.1 kept one address a name.
        self._endpoints = {name: kept if isinstance(kept, tuple) else (kept,) for name, kept in endpoints.items()}
        return Kept(imported, target, pause, self._endpoints, damage[0] if damage else None)

    def save_target(self, target: Target) -> None:
        """Raises WgtrayError (disk-full, command-failed)."""
        self._write(TARGET, msgspec.json.encode(target))

    def save_pause(self, pause: Pause | None) -> None:
        """None: there is none. Raises WgtrayError."""
        if pause is None:
            self._remove(PAUSE)
        else:
            self._write(PAUSE, msgspec.json.encode(pause))

    def save_import(self, imported: Import) -> None:
        """Raises WgtrayError, and then the earlier one stands."""
        self._endpoints = {}
        self._remove(ENDPOINTS)  # what a node is called says nothing of where another company has it
        self._write(PROFILE, msgspec.json.encode(imported, enc_hook=secret.enc_hook))

    def trust(self) -> Trust | None:
        """None where no signed profile was ever taken; raises WgtrayError when that cannot be read: nobody is."""
        damage: list[Problem] = []
        trust = self._read(TRUST, Trust, damage)
        for problem in damage:
            raise WgtrayError("trust-unreadable", **problem.args)
        return trust

    def save_trust(self, trust: Trust | None) -> None:
        """None: forget whom to trust. Raises WgtrayError."""
        if trust is None:
            self._remove(TRUST)
        else:
            self._write(TRUST, msgspec.json.encode(trust))

    def save_endpoints(self, endpoints: Mapping[Name, tuple[Endpoint, ...]]) -> None:
        """Add these to those that are kept; nothing is written twice. Raises WgtrayError."""
        kept = {**self._endpoints, **endpoints}
        if kept != self._endpoints:
            self._endpoints = kept
            self._write(ENDPOINTS, msgspec.json.encode(kept))

    def forget(self) -> None:
        """Remove everything kept but whom to trust; raises WgtrayError."""
        self._endpoints = {}
        for name in (PROFILE, TARGET, PAUSE, ENDPOINTS):
            self._remove(name)

    def _read(self, name: str, kind: type[T], damage: list[Problem]) -> T | None:
        path = self._directory / name
        try:
            descriptor = os.open(path, os.O_RDONLY | _STRICT)
            with os.fdopen(descriptor, "rb") as file:
                return msgspec.json.decode(file.read(), type=kind, dec_hook=secret.dec_hook)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            damage.append(Problem("state-unreadable", {"path": str(path)}))
            return None

    def _write(self, name: str, content: bytes) -> None:
        path, draft = self._directory / name, self._directory / f".{name}.new"
        try:
            draft.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _STRICT
            with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            self._sync_directory()
        except OSError as error:
            self._discard(draft)
            raise _file_trouble(error, path) from error

    def _remove(self, name: str) -> None:
        path = self._directory / name
        try:
            path.unlink(missing_ok=True)
            self._sync_directory()
        except OSError as error:
            raise _file_trouble(error, path) from error

    def _sync_directory(self) -> None:
        if not hasattr(os, "O_DIRECTORY"):
            return  # Windows opens no directory; its file system keeps a journal of renames
        descriptor = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @staticmethod
    def _discard(draft: Path) -> None:
        try:
            draft.unlink(missing_ok=True)
        except OSError:
            return  # the disk that refused the write may refuse this too; the next write tries again


def _file_trouble(error: OSError, path: Path) -> WgtrayError:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return WgtrayError("disk-full", path=str(path))
    return WgtrayError("command-failed", command=f"writing {path}", detail=error.strerror or str(error))
