"""What do the two trials, of the company behind the nodes and of packets of full size, say of the nodes together?

A node that failed in one is no standby for the other.
"""

import msgspec

from wgtray.core import checking, sizing, trial
from wgtray.core.events import Checked, Event, Sized
from wgtray.core.facts import Facts
from wgtray.core.failover import Active, Choice
from wgtray.core.fields import Name
from wgtray.core.profile import Profile


def followed(facts: Facts, profile: Profile, event: Event, active: Active, now: float) -> Facts:
    """``facts`` with what the event says to the trials, while connected."""
    checks, sizes, busy = facts.checks, facts.sizes, facts.busy
    asked = checking.target(profile)
    company = None if asked is None else checking.carrier(profile, active, asked.address)
    if company is not None:
        heard = event if isinstance(event, Checked) else None
        health = trial.believed(facts.inner, sizes.failed)
        checks = trial.followed(checks, heard, company, health, now, checking.rules(profile), busy=busy)
    node = sizing.carrier(profile, active)
    if node is not None:
        heard_size = event if isinstance(event, Sized) else None
        health = sizing.askable(profile, trial.believed(facts.inner, checks.failed))
        sizes = trial.followed(sizes, heard_size, node, health, now, sizing.RULES, busy=busy)
    if checks is facts.checks and sizes is facts.sizes:
        return facts
    return msgspec.structs.replace(facts, checks=checks, sizes=sizes)


def next_look_at(facts: Facts) -> float | None:
    """When ``followed`` does something without an answer."""
    if facts.profile is None:
        return None
    checked = trial.believed(facts.inner, facts.sizes.failed)
    sized = sizing.askable(facts.profile, trial.believed(facts.inner, facts.checks.failed))
    looks = (
        trial.next_look_at(facts.checks, checked, checking.rules(facts.profile), busy=facts.busy),
        trial.next_look_at(facts.sizes, sized, sizing.RULES, busy=facts.busy),
    )
    return min((at for at in looks if at is not None), default=None)


def rested(facts: Facts) -> Facts:
    """``facts`` without questions that are open."""
    return msgspec.structs.replace(facts, checks=trial.rested(facts.checks), sizes=trial.rested(facts.sizes))


def proven(facts: Facts, current: Name) -> Choice | None:
    """The node that has just been proven to do what ``current`` fails to do."""
    if facts.checks.proof is not None and current in facts.checks.failed:
        return Choice(facts.checks.proof.node, "company-side")
    if facts.sizes.proof is not None and current in facts.sizes.failed:
        return Choice(facts.sizes.proof.node, "mtu")
    return None
