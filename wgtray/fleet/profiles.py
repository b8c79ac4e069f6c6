"""What is a client told? Its profile, as the fleet says; unsigned, and with one person's addresses or nobody's."""

import msgspec

from wgtray.core import fields
from wgtray.core.profile import SCHEMA, Network, Node, Personal, Profile, Split
from wgtray.fleet.model import Fleet, User


def profile_of(fleet: Fleet, user: User | None = None) -> Profile:
    """The company's profile; with ``user`` also ``[interface]``, with no private key; sites without a key left out."""
    nodes = tuple(
        Node(
            name=site.name,
            location=site.location,
            public_key=site.public_key,
            endpoint=site.endpoint,
            probe=next(iter(sorted(site.addresses, key=fields.family))),
            weight=site.weight,
        )
        for site in fleet.sites
        if site.public_key is not None and not site.out_of_service
    )
    known = {node.name for node in nodes}
    networks = tuple(_without_unknown(network, known) for network in fleet.split.networks)
    personal = Personal() if user is None else Personal(addresses=tuple(fields.interface(a) for a in user.addresses))
    return Profile(
        schema=SCHEMA,
        name=fleet.name,
        interface=personal,
        dns=fleet.dns,
        split=Split(networks=networks, domains=fleet.split.domains),
        failover=fleet.failover,
        policy=fleet.policy,
        update=fleet.update,
        nodes=nodes,
        apps=fleet.apps,
    )


def _without_unknown(network: Network, known: set[fields.Name]) -> Network:
    return msgspec.structs.replace(network, via=tuple(name for name in network.via if name in known))
