"""What does each request make happen? First it is safe on disk, then it is an event; a refused one changes nothing."""

import msgspec

from wgtray.core import fields
from wgtray.core.desired import closes_portals
from wgtray.core.events import Event, KeyForgotten, KeyGiven, Paused, PortalOpened, ProfileSet, RunAsked, Target, Wanted
from wgtray.core.facts import Facts
from wgtray.core.fields import Name
from wgtray.core.problems import WgtrayError
from wgtray.core.profile import Profile
from wgtray.core.secret import public_key
from wgtray.helper import appwish, importing, trust
from wgtray.helper.store import Pause, Store
from wgtray.ipc import messages
from wgtray.platforms.api import Capabilities

MINUTE_S = 60.0


class Now(msgspec.Struct, frozen=True):
    """The present on both clocks: the machine's, and Unix time, which outlives it."""

    machine_s: float
    unix_s: float


def carried_out(
    request: messages.Request, facts: Facts, store: Store, capabilities: Capabilities, now: Now, uid: int = 0
) -> list[Event]:
    """The events that carry out ``request`` of user ``uid``; raises WgtrayError, and then nothing changed."""
    match request:
        case messages.Connect():
            return _connect(request, facts, store)
        case messages.Disconnect():
            wish = _wish(store, msgspec.structs.replace(facts.target, connected=False))
            return [wish, *_resumed(facts, store), *_given_back(store)]
        case messages.ChooseNode(node):
            return [_wish(store, msgspec.structs.replace(facts.target, node=_known(facts.profile, node)))]
        case messages.ChooseMode(mode):
            if mode == "full" and not capabilities.full_tunnel:
                raise WgtrayError("full-unavailable")
            return [_wish(store, msgspec.structs.replace(facts.target, chosen_mode=mode))]
        case messages.Pause(minutes):
            return [_paused(minutes, facts, store, now)]
        case messages.Resume():
            if not facts.target.connected:
                raise WgtrayError("not-connected" if facts.profile is not None else "no-profile")
            return _resumed(facts, store)
        case messages.SetProfile(wanted, keep_key):
            trust.refuse_unsigned(store)
            return importing.imported(wanted, keep_key, facts.target, store)
        case messages.SetSigned():
            return importing.imported_signed(request, facts, store, now.unix_s)
        case messages.UpdateProfile(text):
            return importing.updated(text, facts, store, now.unix_s)
        case messages.ForgetCompany():
            store.save_trust(None)
            return []
        case messages.RemoveProfile():
            if facts.profile is None and facts.damage is None:
                raise WgtrayError("no-profile")
            store.forget()
            return [ProfileSet(None, None, None), Wanted(Target())]
        case messages.AddApp():
            return [_wish(store, appwish.added(request, uid, facts))]
        case messages.RemoveApp():
            return [_wish(store, appwish.removed(request, uid, facts))]
        case messages.OpenPortal():
            return [_portal_opened(facts, now)]
        case messages.JoinTunnel():
            return [RunAsked()] if facts.profile is not None and not facts.runs else []
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
    wish = _wish(store, msgspec.structs.replace(facts.target, connected=True))
    return [KeyGiven(given), wish, *_resumed(facts, store)]


def _given_back(store: Store) -> list[Event]:
    """A key that rests in its user's keyring is theirs again: nobody else of this computer connects with it."""
    return [] if store.keeps_key() else [KeyForgotten()]


def _paused(minutes: int, facts: Facts, store: Store, now: Now) -> Paused:
    if not 1 <= minutes <= messages.PAUSE_LIMIT_MINUTES:
        raise WgtrayError("pause-length", minutes=minutes, most=messages.PAUSE_LIMIT_MINUTES)
    if not facts.target.connected:
        raise WgtrayError("not-connected" if facts.profile is not None else "no-profile")
    lasting_s = minutes * MINUTE_S
    store.save_pause(Pause(now.unix_s, now.unix_s + lasting_s))
    return Paused(now.machine_s + lasting_s)


def _portal_opened(facts: Facts, now: Now) -> PortalOpened:
    if facts.profile is None or facts.portal is None:
        raise WgtrayError("no-portal" if facts.profile is not None else "no-profile")
    if not closes_portals(facts):
        raise WgtrayError("portal-open", url=facts.portal)
    minutes = facts.profile.policy.portal_minutes
    if not minutes:
        raise WgtrayError("portal-closed", company=facts.profile.name)
    return PortalOpened(now.machine_s + minutes * MINUTE_S)


def _resumed(facts: Facts, store: Store) -> list[Event]:
    if facts.paused_until is None:
        return []
    store.save_pause(None)
    return [Paused(None)]


def _wish(store: Store, target: Target) -> Wanted:
    store.save_target(target)
    return Wanted(target)


def _known(profile: Profile | None, name: str | None) -> Name | None:
    if name is None:
        return None
    if profile is None:
        raise WgtrayError("no-profile")
    node = profile.node(name)
    if node is None:
        raise WgtrayError("unknown-node", node=fields.shown(name), known=", ".join(one.name for one in profile.nodes))
    return node.name
