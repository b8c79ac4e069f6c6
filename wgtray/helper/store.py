"""What survives a restart? The profile with a key that rests here, and what the user wants: files of root's.

How a file is kept, ``safekeeping.py`` says. A wish that cannot be read counts as "connected", and profile and wish are
kept twice: protection is never lost to a damaged file.
"""

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
from wgtray.helper import holding, safekeeping

T = TypeVar("T")

PROFILE, TARGET, PAUSE, ENDPOINTS, LOCK = "profile.json", "target.json", "pause.json", "endpoints.json", "lock"
TRUST = "trust.json"

TWICE = (PROFILE, TARGET)

_UNREADABLE = (OSError, safekeeping.Damaged, msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


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
        self._lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | safekeeping.STRICT, 0o600)
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
        if damage:  # also where an earlier wish is known: whether it was the last one is not
            target = msgspec.structs.replace(target or Target(), connected=True)
        # Version 0.1 kept one address a name.
        self._endpoints = {name: kept if isinstance(kept, tuple) else (kept,) for name, kept in endpoints.items()}
        return Kept(imported, target or Target(), pause, self._endpoints, damage[0] if damage else None)

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

    def keeps_key(self) -> bool:
        """Whether the profile's private key rests here, for whoever may connect."""
        imported = self._read(PROFILE, Import, [])
        return imported is not None and imported.private_key is not None

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
        """What was kept, or its copy's where it is damaged or lost."""
        path = self._directory / name
        try:
            return _decoded(path, kind)
        except FileNotFoundError:
            if not safekeeping.copy(path).exists():
                return None
        except _UNREADABLE:
            pass
        damage.append(Problem("state-unreadable", {"path": str(path)}))
        try:
            return _decoded(safekeeping.copy(path), kind)
        except _UNREADABLE:
            return None

    def _write(self, name: str, content: bytes) -> None:
        path = self._directory / name
        if name in TWICE:  # the copy first: it is never behind
            safekeeping.write(safekeeping.copy(path), content)
        safekeeping.write(path, content)

    def _remove(self, name: str) -> None:
        path = self._directory / name
        if name in TWICE:  # the copy first: alone it would count as what is left of a loss
            safekeeping.remove(safekeeping.copy(path))
        safekeeping.remove(path)


def _decoded(path: Path, kind: type[T]) -> T:
    return msgspec.json.decode(safekeeping.read(path), type=kind, dec_hook=secret.dec_hook)
