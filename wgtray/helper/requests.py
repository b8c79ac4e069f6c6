"""What does each request make happen? First it is safe on disk, then it is an event; a refused one changes nothing."""

import msgspec

from wgtray.core import fields
from wgtray.core.events import Event, KeyGiven, ProfileSet, Target, Wanted
from wgtray.core.facts import Facts
from wgtray.core.fields import Name
from wgtray.core.problems import WgtrayError
from wgtray.core.profile import Profile
from wgtray.core.secret import public_key
from wgtray.helper.store import Import, Store
from wgtray.ipc import messages
from wgtray.platforms.api import Capabilities


def carried_out(request: messages.Request, facts: Facts, store: Store, capabilities: Capabilities) -> list[Event]:
    """The events that carry out ``request``; raises WgtrayError, and then nothing changed."""
    match request:
        case messages.Connect():
            return _connect(request, facts, store)
        case messages.Disconnect():
            return [_wish(store, msgspec.structs.replace(facts.target, connected=False))]
        case messages.ChooseNode(node):
            return [_wish(store, msgspec.structs.replace(facts.target, node=_known(facts.profile, node)))]
        case messages.ChooseMode(mode):
            if mode == "full" and not capabilities.full_tunnel:
                raise WgtrayError("full-unavailable")
            return [_wish(store, msgspec.structs.replace(facts.target, mode=mode))]
        case messages.SetProfile(wanted, keep_key):
            return [_import(wanted, keep_key, store)]
        case messages.RemoveProfile():
            if facts.profile is None and facts.damage is None:
                raise WgtrayError("no-profile")
            store.forget()
            return [ProfileSet(None, None, None), Wanted(Target())]
        case _:
            return []


def _connect(request: messages.Connect, facts: Facts, store: Store) -> list[Event]:
    if facts.profile is None:
        raise WgtrayError("no-profile")
    given = request.private_key if request.private_key is not None else facts.private_key
    if given is None:
        raise WgtrayError("no-key")
    if public_key(given) != facts.public_key:
        raise WgtrayError("wrong-key", public_key=facts.public_key or "unknown")
    return [KeyGiven(given), _wish(store, msgspec.structs.replace(facts.target, connected=True))]


def _wish(store: Store, target: Target) -> Wanted:
    store.save_target(target)
    return Wanted(target)


def _import(wanted: Profile, keep_key: bool, store: Store) -> ProfileSet:
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
    store.save_import(Import(kept, public, key if keep_key else None))
    return ProfileSet(kept, public, key)


def _known(profile: Profile | None, name: str | None) -> Name | None:
    if name is None:
        return None
    if profile is None:
        raise WgtrayError("no-profile")
    node = profile.node(name)
    if node is None:
        raise WgtrayError("unknown-node", node=fields.shown(name), known=", ".join(one.name for one in profile.nodes))
    return node.name
