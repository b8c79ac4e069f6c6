"""What does a request about programs make happen? A rule made, removed or taken off; or a process put under one."""

import msgspec

from wgtray.core import apps, fields
from wgtray.core.apps import Declined, OwnRule
from wgtray.core.events import Target
from wgtray.core.facts import Facts
from wgtray.core.host import HostState
from wgtray.core.problems import NotAllowed, WgtrayError
from wgtray.ipc import messages
from wgtray.platforms.api import Backend, Caller, CommandFailed


def added(request: messages.AddApp, uid: int, facts: Facts) -> Target:
    """The wish with that rule; raises WgtrayError."""
    if facts.profile is None:
        raise WgtrayError("no-profile")
    system = facts.computer.system
    if not apps.valid_path(request.path, system):
        raise WgtrayError("app-path", path=fields.shown(request.path))
    reason = apps.hindrance(request.path, is_directory=False) or apps.hindrance(request.path, is_directory=True)
    if reason is not None:
        raise WgtrayError(reason, path=fields.shown(request.path))
    wish = facts.target
    for app in facts.profile.apps:
        entry = Declined(uid, app.name)
        if entry in wish.declined and request.path in apps.paths(app, system):
            return msgspec.structs.replace(wish, declined=tuple(each for each in wish.declined if each != entry))
    try:
        name = fields.name(request.name)
    except ValueError:
        raise WgtrayError("app-name", program=fields.shown(request.name)) from None
    mine = [rule for rule in wish.apps if rule.uid == uid]
    if name in {rule.name for rule in mine} | {app.name for app in facts.profile.apps}:
        raise WgtrayError("app-name-taken", program=name)
    if len(mine) >= apps.OWN_LIMIT or len(wish.apps) >= 2 * apps.OWN_LIMIT:
        raise WgtrayError("app-too-many", most=apps.OWN_LIMIT)
    return msgspec.structs.replace(wish, apps=(*wish.apps, OwnRule(uid, name, request.path, request.route)))


def removed(request: messages.RemoveApp, uid: int, facts: Facts) -> Target:
    """The wish without that rule; raises WgtrayError, NotAllowed for a locked one."""
    wish, profile = facts.target, facts.profile
    if profile is None:
        raise WgtrayError("no-profile")
    kept = tuple(rule for rule in wish.apps if (rule.uid, rule.name) != (uid, request.name))
    if kept != wish.apps:
        return msgspec.structs.replace(wish, apps=kept)
    app = next((app for app in profile.apps if app.name == request.name), None)
    if app is None:
        raise WgtrayError("unknown-app", program=fields.shown(request.name))
    if app.locked:
        raise NotAllowed("app-locked", program=app.name, company=profile.name)
    declined = dict.fromkeys((*wish.declined, Declined(uid, app.name)))
    return msgspec.structs.replace(wish, declined=tuple(declined))


def joined(backend: Backend, caller: Caller, wanted: HostState, observed: HostState) -> None:
    """Put the calling process under the rule of ``wgtray run``; raises WgtrayError while that would promise nothing."""
    if not backend.capabilities.per_app_routing:
        raise WgtrayError("run-unavailable")
    if apps.RUN not in wanted.apps:
        raise WgtrayError("run-unprotected")
    if apps.RUN not in observed.apps:
        raise WgtrayError("app-not-ready")
    if caller.pid is None or caller.has_gone():
        raise WgtrayError("run-unavailable")
    try:
        backend.join(caller.pid)
    except CommandFailed as error:
        raise WgtrayError(error.problem.code, **error.problem.args) from error
