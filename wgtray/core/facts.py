"""What is known? Everything that events have told, folded into one value that the machine decides on."""

from collections.abc import Mapping

import msgspec

from wgtray.core import apps, endpoints, fields, lan
from wgtray.core.apps import Computer, Programs, Rule
from wgtray.core.endpoints import Scene, Site
from wgtray.core.events import (
    Adopted,
    Applied,
    ApplyFailed,
    Checked,
    Damaged,
    Event,
    KeyForgotten,
    KeyGiven,
    Learned,
    Lost,
    NamesTroubled,
    OfficeSeen,
    OfficeSought,
    Online,
    OnLink,
    Paused,
    PortalOpened,
    PortalSeen,
    Probed,
    ProfileSet,
    ProgramsSeen,
    Recalled,
    Resolved,
    Revised,
    RunAsked,
    Sized,
    Target,
    Tick,
    Traffic,
    UpdateSeen,
    UplinkChanged,
    Wanted,
)
from wgtray.core.failover import BLANK, Memory
from wgtray.core.fields import Address, Endpoint, Key, Name, Prefix
from wgtray.core.health import Health, elsewhere, folded, forgiven, lost
from wgtray.core.host import relearned
from wgtray.core.problems import Problem
from wgtray.core.profile import Mode, Node, Profile
from wgtray.core.secret import Secret
from wgtray.core.signature import Signature
from wgtray.core.trial import Trial, believed, rested


class Facts(msgspec.Struct, frozen=True):
    """Everything known that is not the state itself."""

    profile: Profile | None = None
    signature: Signature | None = None
    """Of the profile; None: it is unsigned."""
    update_trouble: Problem | None = None
    """Why the newest profile of the company is not in use."""
    target: Target = Target()
    paused_until: float | None = None
    """Out of the tunnel although connection is wanted, on the machine's clock."""
    public_key: Key | None = None
    """Of this computer, as the nodes know it."""
    private_key: Secret | None = None
    sites: Mapping[Name, Site] = {}
    """Where the nodes are whose endpoint the profile writes as a name."""
    unresolved: frozenset[Name] = frozenset()
    inner: Mapping[Name, Health] = {}
    """Health through the tunnel, of this session."""
    outer: Mapping[Endpoint, Health] = {}
    """Health of every address that a node may have, outside the tunnel."""
    loss: Lost | None = None
    """The last loss, until the switch that it causes."""
    checks: Trial = Trial()
    """Of the company behind the nodes. ``machine.step`` follows trials, because they depend on who carries what."""
    sizes: Trial = Trial()
    """Of packets of full size."""
    learned: frozenset[Address] = frozenset()
    """Addresses of the profile's names, while the wish to be connected stands."""
    names_trouble: Problem | None = None
    """Why names are not resolved as they should be."""
    busy: bool = False
    """Whether traffic flows, so that a planned move would cost packets."""
    online: bool = True
    families: frozenset[int] = frozenset()
    """In which this computer has a way out; empty: unknown, or none."""
    computer: Computer = Computer()
    programs: Programs = Programs()
    runs: bool = False
    """Whether a program was started under a rule that names none (``wgtray run``)."""
    drawn: bool = False
    """Whether a program runs for which this computer, which cannot route it alone, routes everything."""
    on_link: frozenset[Prefix] = frozenset()
    """Subnets that other links of this computer claim to be."""
    lan: frozenset[Prefix] = frozenset()
    """What of them one may speak to past the tunnel, by profile and ``core/lan.py``."""
    office: bool = False
    """Whether this computer is in the office (``core/office.py``)."""
    office_places: frozenset[Endpoint] = frozenset()
    """Where that is asked."""
    portal: str | None = None
    """The page of a captive portal that keeps this computer from its nodes."""
    portal_until: float | None = None
    """Until when that page may be opened past whatever is closed."""
    memory: Memory = BLANK
    """What is held for or against nodes from earlier."""
    carrier: Name | None = None
    """The node that carried the traffic of an interface found at start: the best guess until one has answered."""
    failure: Problem | None = None
    """Why this machine could not be brought to what is desired."""
    failures: int = 0
    """In a row."""
    damage: Problem | None = None
    """What of our own state on disk could not be read at start."""

    @property
    def mode(self) -> Mode:
        """What the user chose, else what the company says."""
        if self.drawn:
            return "full"
        if self.target.chosen_mode is not None:
            return self.target.chosen_mode
        return "split" if self.profile is None else self.profile.policy.default_mode

    @property
    def full(self) -> bool:
        """Whether everything goes into the tunnel now: a portal's page, while it may be opened, cannot."""
        return self.mode == "full" and self.portal_until is None

    @property
    def connection_wanted(self) -> bool:
        """Whether the user wants to be connected right now."""
        return self.target.connected and self.paused_until is None

    @property
    def rules(self) -> list[Rule]:
        """Every rule for programs of this computer; none without a profile."""
        if self.profile is None:
            return []
        return apps.rules(self.profile, self.target.apps, self.target.declined, self.computer.system)

    @property
    def trusted(self) -> Mapping[Name, Health]:
        """Health as decisions see it: a node that carries nothing counts as dead while another one lives."""
        return believed(self.inner, {*self.checks.failed, *self.sizes.failed})


def learned(facts: Facts, event: Event, now: float) -> Facts:
    """``facts`` with the event folded in."""
    match event:
        case ProfileSet():
            return _with_profile(facts, event)
        case Revised():
            return _revised(facts, event)
        case UpdateSeen(problem):
            return msgspec.structs.replace(facts, update_trouble=problem)
        case Adopted(node):
            return msgspec.structs.replace(facts, carrier=node)
        case KeyGiven(private_key):
            return msgspec.structs.replace(facts, private_key=private_key, failure=None, failures=0)
        case KeyForgotten():
            return msgspec.structs.replace(facts, private_key=None)
        case Wanted(target):
            damage = facts.damage if facts.profile is None and target.connected else None
            return msgspec.structs.replace(facts, target=target, failure=None, failures=0, damage=damage)
        case Paused(until):
            return msgspec.structs.replace(facts, paused_until=until, failure=None, failures=0)
        case Resolved(resolved, unresolved):
            return _with_answers(facts, resolved, unresolved, now)
        case Recalled(resolved):
            known = {name: endpoints.recalled(kept, now) for name, kept in resolved.items() if _is_named(facts, name)}
            return msgspec.structs.replace(facts, sites={**facts.sites, **known})
        case Probed():
            return _with_probe(facts, event, now)
        case Lost(node):
            if not facts.online or node not in facts.inner:
                return facts
            return msgspec.structs.replace(facts, inner={**facts.inner, node: lost(facts.inner[node])}, loss=event)
        case Learned():
            return msgspec.structs.replace(facts, learned=relearned(facts.learned, event.gained, event.lost))
        case NamesTroubled(problem):
            return msgspec.structs.replace(facts, names_trouble=problem)
        case Traffic(flows):
            return msgspec.structs.replace(facts, busy=flows)
        case Online(online, resumed):
            if not resumed and online == facts.online:
                return facts
            inner = {name: forgiven(health) for name, health in facts.inner.items()}
            return msgspec.structs.replace(
                facts,
                online=online,
                office=facts.office and online,
                inner=inner,
                checks=rested(facts.checks),
                sizes=rested(facts.sizes),
            )
        case UplinkChanged(families):
            return _elsewhere(facts, families, now)
        case ProgramsSeen(programs):
            return _with_programs(facts, programs)
        case RunAsked():
            return msgspec.structs.replace(facts, runs=True)
        case OnLink(subnets):
            allowed = frozenset() if facts.profile is None else lan.allowed(subnets, facts.profile)
            return msgspec.structs.replace(facts, on_link=subnets, lan=allowed)
        case OfficeSought(places):
            return msgspec.structs.replace(facts, office_places=places)
        case OfficeSeen(inside):
            return msgspec.structs.replace(facts, office=inside and facts.online)
        case PortalSeen(url):
            return msgspec.structs.replace(facts, portal=url)
        case PortalOpened(until):
            return facts if facts.portal is None else msgspec.structs.replace(facts, portal_until=until)
        case ApplyFailed(problem):
            return msgspec.structs.replace(facts, failure=problem, failures=facts.failures + 1)
        case Applied():
            return msgspec.structs.replace(facts, failure=None, failures=0) if facts.failures else facts
        case Damaged(problem):
            return msgspec.structs.replace(facts, damage=problem)
        case Checked() | Sized() | Tick():
            return facts


def awake(facts: Facts, now: float) -> Facts:
    """``facts`` without a pause, or an opening for a portal, that is over."""
    if facts.paused_until is not None and now >= facts.paused_until:
        facts = msgspec.structs.replace(facts, paused_until=None)
    closed = facts.portal is None or not facts.connection_wanted
    if facts.portal_until is not None and (closed or now >= facts.portal_until):
        facts = msgspec.structs.replace(facts, portal_until=None)
    return facts


def under(wish: Target, profile: Profile) -> Target:
    """What another profile leaves of a wish: a pin on a node that it has, and a mode where it lets users choose."""
    node = wish.node if wish.node is not None and profile.node(wish.node) else None
    mode = wish.chosen_mode if "mode" in profile.policy.user_may else None
    return msgspec.structs.replace(wish, node=node, chosen_mode=mode)


def forgetful(facts: Facts) -> Facts:
    """``facts`` without what was learned through an interface that is no more."""
    return msgspec.structs.replace(facts, inner={}, checks=Trial(), sizes=Trial())


def endpoint_of(facts: Facts, node: Node) -> Endpoint | None:
    """Where packets to that node go: the profile's literal endpoint, else the chosen one of its name's addresses."""
    return node.endpoint if fields.is_literal(node.endpoint) else facts.sites.get(node.name, Site()).used


def endpoints_of(facts: Facts, node: Node) -> tuple[Endpoint, ...]:
    """Everywhere that node may be, the address in use first; empty until its name has one."""
    return (node.endpoint,) if fields.is_literal(node.endpoint) else facts.sites.get(node.name, Site()).candidates


def addresses(facts: Facts) -> dict[Name, tuple[Endpoint, ...]]:
    """All addresses of each node whose endpoint is a name, the one in use first; none while one is looked for."""
    return {name: site.candidates for name, site in facts.sites.items() if site.used and site.tried_since is None}


def outside(facts: Facts, node: Node) -> Health:
    """How the address in use of a node answers, outside the tunnel."""
    endpoint = endpoint_of(facts, node)
    return Health() if endpoint is None else facts.outer.get(endpoint, Health())


def sited(facts: Facts, *, trying: bool, now: float) -> Facts:
    """``facts`` with the addresses chosen that are to be used now; ``trying`` while there is a tunnel."""
    if not facts.sites:
        return facts
    chosen = {
        name: endpoints.followed(
            site, Scene(facts.inner.get(name, Health()).alive, trying, facts.outer, facts.families), now
        )
        for name, site in facts.sites.items()
    }
    return facts if chosen == facts.sites else msgspec.structs.replace(facts, sites=chosen)


def _with_profile(facts: Facts, event: ProfileSet) -> Facts:
    profile, wish = event.profile, facts.target
    if profile is None:
        return Facts(
            target=wish,
            damage=facts.damage,
            families=facts.families,
            on_link=facts.on_link,
            computer=facts.computer,
        )
    node = wish.node if wish.node is not None and profile.node(wish.node) else None
    return Facts(
        profile=profile,
        signature=event.signature,
        target=msgspec.structs.replace(wish, node=node),
        paused_until=facts.paused_until if "pause" in profile.policy.user_may else None,
        public_key=event.public_key,
        carrier=facts.carrier,
        private_key=event.private_key,
        damage=facts.damage,
        online=facts.online,
        families=facts.families,
        computer=facts.computer,
        programs=facts.programs,
        runs=facts.runs,
        on_link=facts.on_link,
        lan=lan.allowed(facts.on_link, profile),
    )


def _revised(facts: Facts, event: Revised) -> Facts:
    """What is known of nodes stays true of those that stay; ``machine.step`` starts over where they do not."""
    profile = event.profile
    if facts.profile is None or facts.profile.nodes != profile.nodes:
        whole = ProfileSet(profile, facts.public_key, facts.private_key, event.signature)
        return _with_profile(facts, whole)
    return msgspec.structs.replace(
        facts,
        profile=profile,
        signature=event.signature,
        update_trouble=None,
        target=under(facts.target, profile),
        paused_until=facts.paused_until if "pause" in profile.policy.user_may else None,
        lan=lan.allowed(facts.on_link, profile),
    )


def _with_programs(facts: Facts, programs: Programs) -> Facts:
    ids = {rule.id for rule in facts.rules if rule.route == "tunnel"}
    drawn = not facts.computer.routes_apps and bool(ids & programs.running.keys())
    runs = facts.runs and (facts.connection_wanted or bool(programs.running.get(apps.RUN_ID)))
    return msgspec.structs.replace(facts, programs=programs, drawn=drawn, runs=runs)


def _is_named(facts: Facts, name: Name) -> bool:
    node = None if facts.profile is None else facts.profile.node(name)
    return node is not None and not fields.is_literal(node.endpoint)


def _with_answers(
    facts: Facts, resolved: Mapping[Name, tuple[Endpoint, ...]], unresolved: frozenset[Name], now: float
) -> Facts:
    known = {
        name: endpoints.named(facts.sites.get(name, Site()), answer, now)
        for name, answer in resolved.items()
        if _is_named(facts, name)
    }
    return msgspec.structs.replace(facts, sites={**facts.sites, **known}, unresolved=unresolved)


def _elsewhere(facts: Facts, families: frozenset[int], now: float) -> Facts:
    return msgspec.structs.replace(
        facts,
        families=families,
        sites={name: endpoints.elsewhere(site, now) for name, site in facts.sites.items()},
        inner={name: elsewhere(health) for name, health in facts.inner.items()},
        outer={},
        portal=None,
        office=False,
        checks=rested(facts.checks),
        sizes=rested(facts.sizes),
    )


def _with_probe(facts: Facts, event: Probed, now: float) -> Facts:
    node = None if facts.profile is None else facts.profile.node(event.node)
    if facts.profile is None or node is None:
        return facts
    if not event.answered and not facts.online:
        return facts  # that nobody answers a computer without a network says nothing about anybody
    limits = facts.profile.failover
    if event.answered and facts.portal is not None:
        facts = msgspec.structs.replace(facts, portal=None)  # a node is reached: whoever stood between lets us pass
    if event.inner:
        health = folded(facts.inner.get(node.name, Health()), event.answered, event.rtt_ms, limits, now)
        return msgspec.structs.replace(facts, inner={**facts.inner, node.name: health})
    asked = event.endpoint or endpoint_of(facts, node)
    if asked is None or asked not in endpoints_of(facts, node):
        return facts
    health = folded(facts.outer.get(asked, Health()), event.answered, event.rtt_ms, limits, now)
    return msgspec.structs.replace(facts, outer={**facts.outer, asked: health})
