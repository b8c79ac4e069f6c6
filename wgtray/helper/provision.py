"""How does an installer give the service its company's profile? With the key that rests here already, or a new one.

Run while no helper runs. The file is read as any profile is, strictly, and nothing of it is executed; a computer that
has a profile keeps its key pair (its public half is what the administrator knows), and its addresses where the file and
the command line name none.
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
from wgtray.helper.store import Import, Store


class NotUsable(Exception):
    """The file is no profile; ``str()`` holds every finding, a line each."""


def provision(file: Path, addresses: Sequence[Interface], store: Store) -> Import:
    """Keep the file's profile in the store; raises NotUsable, WgtrayError, OSError, and then nothing changed."""
    profile, found = _read(file), store.load()
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
            imported = Import(kept, former.public_key, former.private_key)
        case given, _:
            key = given or _new_key()
            imported = Import(kept, public_key(key), key)
    left = under(found.target, kept)
    if left != found.target:  # the wish first: what the company has just locked must not come back
        store.save_target(left)
    if imported != before:
        store.save_import(imported)
    return imported


def _read(file: Path) -> Profile:
    with file.open("rb") as stream:
        raw = stream.read(SIZE_LIMIT + 1)
    if len(raw) > SIZE_LIMIT:
        raise NotUsable(f"{file} is larger than the {SIZE_LIMIT} bytes that a profile has at most")
    try:
        profile, findings = read(raw, str(file))
    except Unreadable as unreadable:
        profile, findings = None, unreadable.findings
    if profile is None:
        raise NotUsable("\n".join(map(str, findings)))
    return profile


def _new_key() -> Secret:
    return clamped(os.urandom(32))
