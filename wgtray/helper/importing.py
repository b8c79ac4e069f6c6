"""How does a profile become the one in use? Signed or not, whole or the company's newer part of it.

First whom to trust is safe on disk, then what is locked, then the profile: a restart in between never leaves a company
less than it had.
"""

import msgspec

from wgtray.core.document import read_toml
from wgtray.core.events import Event, ProfileSet, Revised, Target, UpdateSeen, Wanted
from wgtray.core.facts import Facts, under
from wgtray.core.findings import Unreadable
from wgtray.core.problems import WgtrayError
from wgtray.core.profile import Profile
from wgtray.core.secret import public_key
from wgtray.core.signature import Signature
from wgtray.helper import trust
from wgtray.helper.store import Import, Store
from wgtray.ipc import messages

NAME = "profile.toml"
"""What findings call a text that came without a file."""


def imported(
    wanted: Profile, keep_key: bool, wish: Target, store: Store, signature: Signature | None = None
) -> list[Event]:
    """The profile with the private key in it becomes the one in use; raises WgtrayError, and then nothing changed."""
    key = wanted.interface.private_key
    if key is None:
        raise WgtrayError("no-key")
    if not wanted.nodes:
        raise WgtrayError("no-nodes")
    if not wanted.interface.addresses:
        raise WgtrayError("no-address")
    if not messages.showable(wanted):
        raise WgtrayError("too-large")
    personal = msgspec.structs.replace(wanted.interface, private_key=None)
    kept = msgspec.structs.replace(wanted, interface=personal)
    public = public_key(key)
    # The wish first: what the company has just locked must not come back with a restart in between.
    changed = _limited(wish, kept, store)
    store.save_import(Import(kept, public, key if keep_key else None, signature))
    here = key if keep_key or wish.connected else None  # otherwise it comes with the request to connect
    return [*changed, ProfileSet(kept, public, here, signature)]


def imported_signed(request: messages.SetSigned, facts: Facts, store: Store, unix_s: float) -> list[Event]:
    """The same of a text of the company's."""
    verified = trust.verified(request.text, store, unix_s)
    said = verified.signature
    if said.meant_for is not None and said.meant_for != public_key(request.private_key):
        raise WgtrayError("profile-of-another")
    profile = _read(request.text)
    personal = msgspec.structs.replace(
        profile.interface,
        private_key=request.private_key,
        addresses=request.addresses or profile.interface.addresses,
    )
    whole = msgspec.structs.replace(profile, interface=personal)
    before = store.trust()
    store.save_trust(verified.trust)
    try:
        return imported(whole, request.keep_key, facts.target, store, said)
    except WgtrayError:
        store.save_trust(before)
        raise


def updated(text: str, facts: Facts, store: Store, unix_s: float) -> list[Event]:
    """The company's part becomes that of a newer text for everybody; of the one in use nothing happens."""
    kept = store.load().imported
    if facts.profile is None or kept is None:
        raise WgtrayError("no-profile")
    trust.refuse_strangers(store)
    verified = trust.verified(text, store, unix_s)
    said = verified.signature
    if facts.signature is not None and said.serial == facts.signature.serial:
        return [UpdateSeen(None)]
    company = _read(text)
    if said.meant_for is not None or company.interface.addresses or company.interface.private_key is not None:
        raise WgtrayError("update-personal")
    if any(node.preshared_key is not None for node in company.nodes):
        raise WgtrayError("update-personal")
    whole = personalised(company, kept.profile)
    if not messages.showable(whole):
        raise WgtrayError("too-large")
    store.save_trust(verified.trust)
    changed = _limited(facts.target, whole, store)
    store.save_import(msgspec.structs.replace(kept, profile=whole, signature=said))
    return [*changed, Revised(whole, said), UpdateSeen(None)]


def personalised(company: Profile, own: Profile) -> Profile:
    """The company's part of one profile with the personal part of another: addresses and preshared keys."""
    shared = {node.public_key: node.preshared_key for node in own.nodes}
    nodes = tuple(msgspec.structs.replace(node, preshared_key=shared.get(node.public_key)) for node in company.nodes)
    mtu = company.interface.mtu if company.interface.mtu is not None else own.interface.mtu
    personal = msgspec.structs.replace(own.interface, private_key=None, mtu=mtu)
    return msgspec.structs.replace(company, interface=personal, nodes=nodes)


def _read(text: str) -> Profile:
    """Raises WgtrayError with the first thing that is wrong."""
    try:
        profile, _ = read_toml(text, NAME)
    except Unreadable as unreadable:
        worst = next(finding for finding in unreadable.findings if finding.severity == "error")
        raise WgtrayError("profile-unreadable", detail=str(worst)) from None
    return profile


def _limited(wish: Target, profile: Profile, store: Store) -> list[Event]:
    """The wish, as far as this profile leaves it to the user, on disk and as an event where that is another one."""
    left = under(wish, profile)
    if left == wish:
        return []
    store.save_target(left)
    return [Wanted(left)]
