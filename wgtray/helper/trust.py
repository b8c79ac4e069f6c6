"""Whose profiles does this computer take? Those of the company whose key is installed, or came first.

``/etc/wgtray/company.pub`` holds one key a line, put there by root with the package or by device management. Where
there is none, the first signed profile brings the company's key (its importer compares the fingerprint), and from then
on nothing else is taken. A key that has signed may name its successor: both are taken until the successor has signed
once. An installed key that is removed takes with it whatever it has brought. What cannot be read trusts nobody.
"""

import os
import stat
from pathlib import Path
from typing import Final

import msgspec

from wgtray.core import signature
from wgtray.core.problems import WgtrayError
from wgtray.core.signature import Flaw, Signature, SigningKey
from wgtray.helper.store import Store, Trust

SIZE_LIMIT: Final = 65_536

_AT_ONCE: Final[int] = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
"""Whatever stands there, opening it waits for nobody."""


class Verified(msgspec.Struct, frozen=True):
    """A text that may be used, and whom to trust once it is."""

    signature: Signature
    trust: Trust


def verified(text: str, store: Store, unix_s: float) -> Verified:
    """Raises WgtrayError with the reason for which the text is not taken."""
    roots, kept = _installed(store.company_keys), store.trust()
    if kept is not None and roots and kept.root not in roots:
        kept = None  # and its serial, which whoever has a stolen key could have made any number
    keys = roots if kept is None else (*roots, *kept.keys)
    found = signature.verify(text, keys, None if kept is None else kept.serial, unix_s)
    if isinstance(found, Flaw):
        raise WgtrayError(found.code, **found.args)
    root = kept.root if kept is not None and found.key not in roots else found.key
    followers = (found.key,) if found.next_key is None else (found.key, found.next_key)
    return Verified(found, Trust(root, followers, found.serial))


def refuse_unsigned(store: Store) -> None:
    """Raises WgtrayError where only signed profiles are taken."""
    if _knows_somebody(store):
        raise WgtrayError("profile-unsigned")


def refuse_strangers(store: Store) -> None:
    """Raises WgtrayError where nobody is trusted yet, as only an import that somebody looked at changes that."""
    if not _knows_somebody(store):
        raise WgtrayError("update-unknown")


def _knows_somebody(store: Store) -> bool:
    return bool(_installed(store.company_keys)) or store.trust() is not None


def _installed(path: Path | None) -> tuple[SigningKey, ...]:
    """The keys that root installed; raises WgtrayError when somebody else could have, or they cannot be read."""
    if path is None:
        return ()
    try:
        descriptor = os.open(path, os.O_RDONLY | _AT_ONCE)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError:
        raise WgtrayError("company-key-unreadable", path=str(path)) from None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or _is_anybodys(found):
            raise WgtrayError("company-key-unsafe", path=str(path))
        try:
            keys = signature.signing_keys(file.read(SIZE_LIMIT).decode())
        except (OSError, ValueError):
            keys = ()
    if not keys:  # a file that was emptied is no word of root's that anybody may sign
        raise WgtrayError("company-key-unreadable", path=str(path))
    return keys


def _is_anybodys(found: os.stat_result) -> bool:
    """Whether others than who runs the helper could have written it; where files have no owner, their place says it."""
    if not hasattr(os, "geteuid"):
        return False
    return found.st_uid != os.geteuid() or bool(found.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
