"""What would this file do on this computer? Read and put into words before anything is changed; no Qt."""

import time
import typing
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from wgtray import words
from wgtray.core import document, fields, signature
from wgtray.core.findings import Unreadable
from wgtray.core.plaintext import SIZE_LIMIT
from wgtray.core.profile import Network, Permission, Profile
from wgtray.core.signature import Flaw
from wgtray.language import say
from wgtray.words import first

SHOWN: Final = 6


class Offer(msgspec.Struct, frozen=True):
    """A profile to be imported, and what was remarked about it."""

    profile: Profile
    remarks: tuple[str, ...]
    signed: str | None = None
    """The text, where a company signed it: the service verifies it and takes nothing else."""


class Refusal(msgspec.Struct, frozen=True):
    """A file that is no profile: what it is about, and every reason."""

    sentence: str
    reasons: tuple[str, ...] = ()


def offered(raw: bytes, name: str) -> Offer | Refusal:
    """What the file of that name holds."""
    if len(raw) > SIZE_LIMIT:
        return Refusal(say(first.TOO_LARGE, file=name))
    signed = _signed(raw)
    if signed is not None:
        flaw = signature.verify(signed, (), None, time.time())
        if isinstance(flaw, Flaw):
            return Refusal(say(first.NOT_A_PROFILE, file=name), (words.refusal(flaw.code, flaw.args),))
    try:
        profile, findings = document.read(raw, name)
    except Unreadable as unreadable:
        return Refusal(say(first.NOT_A_PROFILE, file=name), tuple(map(str, unreadable.findings)))
    except ValueError as error:
        return Refusal(say(first.NOT_A_PROFILE, file=name), (str(error),))
    return Offer(profile, tuple(str(finding) for finding in findings if finding.severity == "warning"), signed)


def with_address(offer: Offer, text: str) -> Offer:
    """The same with this address of ours instead; raises ValueError."""
    addresses = tuple(fields.interface(part) for part in text.replace(",", " ").split())
    if not addresses:
        raise ValueError(say(first.ADDRESS_WRONG))
    personal = msgspec.structs.replace(offer.profile.interface, addresses=addresses)
    return msgspec.structs.replace(offer, profile=msgspec.structs.replace(offer.profile, interface=personal))


def lines(offer: Offer) -> Iterator[tuple[str, str]]:
    """What it does, line by line: title and text."""
    profile = offer.profile
    said = None if offer.signed is None else signature.claimed(offer.signed)
    if said is not None:
        yield say(first.ROW_SIGNED), say(first.SIGNED_BY, fingerprint=signature.fingerprint(said.key))
    nodes = [node.location.partition(",")[0] or node.name for node in profile.nodes]
    yield say(first.ROW_NODES), _listed(nodes)
    if profile.policy.default_mode == "full":
        yield say(first.ROW_NETWORKS), say(first.EVERYTHING)
    else:
        networks = _listed([_network(network) for network in profile.split.networks])
        yield say(first.ROW_NETWORKS), say(first.ONLY_COMPANY, networks=networks)
    if names := [*profile.dns.domains, *profile.public_domains]:
        yield say(first.ROW_NAMES), _listed(names)
    if profile.apps:
        rules = {"tunnel": first.APP_ONLY_VPN, "direct": first.APP_NEVER_VPN}
        yield say(first.ROW_APPS), _listed([say(rules[app.route], app=app.name) for app in profile.apps])
    may_not = [words.ACTIONS[each] for each in typing.get_args(Permission) if each not in profile.policy.user_may]
    if may_not:
        yield say(first.ROW_LOCKED), say(first.YOU_MAY_NOT, actions="; ".join(map(say, may_not)))
    if profile.interface.addresses:
        yield say(first.ROW_ADDRESS), ", ".join(profile.interface.addresses)
    made = first.KEY_MADE if said is None or said.meant_for is None else first.KEY_WAITS
    yield say(first.ROW_KEY), say(first.KEY_MOVES if profile.interface.private_key else made)


def _signed(raw: bytes) -> str | None:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return text if signature.is_signed(text) else None


def _listed(texts: Sequence[str]) -> str:
    if not texts:
        return say(first.NOTHING)
    more = f" (+{len(texts) - SHOWN})" if len(texts) > SHOWN else ""
    return say(", ").join(texts[:SHOWN]) + more


def _network(network: Network) -> str:
    return f"{network.net} {network.proto} {'+'.join(map(str, network.ports))}" if network.ports else network.net
