"""How does an installer give the service its company's profile? With the key that rests here already, or a new one.

Run while no helper runs. The file is read as any profile is, strictly, and nothing of it is executed; where a company's
key is known, only what it signed is taken, from root too (``trust.py`` judges, as of an import). A computer that has a
profile keeps its key pair (its public half is what the administrator knows), and its addresses where the file and the
command line name none.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from wgtray.core.document import read
from wgtray.core.facts import under
from wgtray.core.fields import Interface
from wgtray.core.findings import Unreadable
from wgtray.core.plaintext import SIZE_LIMIT
from wgtray.core.problems import WgtrayError
from wgtray.core.profile import Profile
from wgtray.core.secret import Secret, clamped, public_key
from wgtray.core.signature import is_signed
from wgtray.helper import trust
from wgtray.helper.store import Import, Kept, Store
from wgtray.helper.trust import Verified


class NotUsable(Exception):
    """The file is no profile; ``str()`` holds every finding, a line each."""


def provision(file: Path, addresses: Sequence[Interface], store: Store, unix_s: float) -> Import:
    """Keep the file's profile in the store; raises NotUsable, WgtrayError, OSError, and then nothing changed."""
    raw, found = _content(file), store.load()
    verified = _verified(raw, store, unix_s)
    said = None if verified is None else verified.signature
    profile = _read(raw, file)
    before = found.imported
    personal = profile.interface
    earlier = before.profile.interface.addresses if before is not None else ()
    if not (wanted := tuple(dict.fromkeys(addresses)) or personal.addresses or earlier):
        raise WgtrayError("no-address")
    if not profile.nodes:
        raise WgtrayError("no-nodes")
    kept = msgspec.structs.replace(
        profile, interface=msgspec.structs.replace(personal, private_key=None, addresses=wanted)
    )
    match personal.private_key, before:
        case None, Import() as former:  # also where its private half rests with a user
            imported = Import(kept, former.public_key, former.private_key, said)
        case given, _:
            key = given or _new_key()
            imported = Import(kept, public_key(key), key, said)
    if said is not None and said.meant_for not in (None, imported.public_key):
        raise WgtrayError("profile-of-another")
    if verified is None:
        _keep(imported, found, store)
        return imported
    trusted = store.trust()
    store.save_trust(verified.trust)  # first, as of an import
    try:
        _keep(imported, found, store)
    except WgtrayError:
        store.save_trust(trusted)
        raise
    return imported


def _keep(imported: Import, found: Kept, store: Store) -> None:
    left = under(found.target, imported.profile)
    if left != found.target:  # the wish first: what the company has just locked must not come back
        store.save_target(left)
    if imported != found.imported:
        store.save_import(imported)


def _content(file: Path) -> bytes:
    with file.open("rb") as stream:
        raw = stream.read(SIZE_LIMIT + 1)
    if len(raw) > SIZE_LIMIT:
        raise NotUsable(f"{file} is larger than the {SIZE_LIMIT} bytes that a profile has at most")
    return raw


def _verified(raw: bytes, store: Store, unix_s: float) -> Verified | None:
    """Whose word it is; None where nobody has to sign and nobody did. Raises WgtrayError."""
    text = raw.decode(errors="replace")  # what a signature says otherwise, and what no profile is, ends the same
    if is_signed(text):
        return trust.verified(text, store, unix_s)
    trust.refuse_unsigned(store)
    return None


def _read(raw: bytes, file: Path) -> Profile:
    try:
        profile, findings = read(raw, str(file))
    except Unreadable as unreadable:
        profile, findings = None, unreadable.findings
    if profile is None:
        raise NotUsable("\n".join(map(str, findings)))
    return profile


def _new_key() -> Secret:
    return clamped(os.urandom(32))
