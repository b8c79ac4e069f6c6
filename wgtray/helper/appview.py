"""What does a snapshot say of the rules for programs: how strongly each is enforced, why, and what is wrong?"""

from wgtray.core import apps
from wgtray.core.apps import Enforcement, Rule
from wgtray.core.desired import EVERYTHING
from wgtray.core.facts import Facts
from wgtray.core.host import HostState
from wgtray.core.machine import Connected, Off, Office, State
from wgtray.core.problems import Problem
from wgtray.ipc.messages import AppView


def views(state: State, observed: HostState) -> tuple[AppView, ...]:
    """Every rule of this computer, from what was read back."""
    facts = state.facts
    return tuple(
        AppView(
            name=rule.name,
            path=rule.paths[0],
            route=rule.route,
            source=rule.source,
            locked=rule.locked,
            enforcement=enforced(rule, state, observed),
            running=facts.programs.running.get(rule.id, 0),
            reason=_reason(rule, state, observed),
            uid=rule.uid,
        )
        for rule in facts.rules
    )


def enforced(rule: Rule, state: State, observed: HostState) -> Enforcement:
    """How strongly, from what was read back; a rule whose paths nobody can catch is not enforced, whatever stands."""
    if not _findable(rule, state.facts):
        return "unavailable"
    carries = observed.tunnel is not None and isinstance(state, Connected)
    everything = carries and any(route.to == "tunnel" and route.prefix in EVERYTHING for route in observed.routes)
    return apps.enforcement(
        rule,
        caught=observed.apps,
        closed=rule in observed.apps,
        carries=carries,
        everything=everything,
        passes=not (observed.firewall is not None and observed.firewall.everything),
        routing=state.facts.computer.routes_apps,
    )


def problems(state: State, observed: HostState) -> list[Problem]:
    """Every lasting condition of programs."""
    facts = state.facts
    found: list[Problem] = []
    held = [
        rule.name for rule in facts.rules if isinstance(state, Off) and enforced(rule, state, observed) == "blocked"
    ]
    if held:
        found.append(Problem("apps-blocked", {"apps": ", ".join(held)}))
    for rule in facts.rules:
        if facts.programs.restart.get(rule.id):
            found.append(Problem("app-restart", {"program": rule.name}))
        refused = {path: facts.programs.refused[path] for path in rule.paths if path in facts.programs.refused}
        found += [Problem(code, {"program": rule.name, "path": path}) for path, code in refused.items()]
    late = facts.programs.capture == "late" and any(rule in observed.apps for rule in facts.rules)
    return [*found, *([Problem("apps-late")] if late else [])]


def _findable(rule: Rule, facts: Facts) -> bool:
    lost = {*facts.programs.missing, *facts.programs.refused}
    return any(path not in lost for path in rule.paths)


def _reason(rule: Rule, state: State, observed: HostState) -> str:
    facts = state.facts
    if any(path in facts.programs.refused for path in rule.paths):
        return "refused"
    if not _findable(rule, facts):
        return "missing"
    match enforced(rule, state, observed):
        case "blocked" if rule.route == "direct":
            return "lockdown"
        case "blocked":
            return "not-connected" if isinstance(state, Off) else "no-tunnel"
        case "unavailable" if isinstance(state, Office):
            return "office"
        case "unavailable" if not facts.computer.routes_apps:
            return "no-routing"
        case "unavailable" if isinstance(state, Off):
            return "off"
        case "routed" if facts.programs.restart.get(rule.id):
            return "restart"
        case "routed" if facts.programs.capture == "late" and rule.route == "tunnel":
            return "late"
        case _:
            return ""
