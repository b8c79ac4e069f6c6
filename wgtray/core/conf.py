"""Which profile does a wg-quick file describe, and how does a profile look as one?

A peer is a node. Where wg-quick gives each network to one peer, networks fail over here: those that all peers share, or
that only the first has, go to whichever node is active, others go ``via`` the peers that have them. 0.0.0.0/0 or ::/0
mean the full tunnel.
"""

from collections.abc import Iterator
from pathlib import PurePath

import msgspec

from wgtray.core import fields
from wgtray.core.conf_lines import Section, plain_title, sections, stated_title
from wgtray.core.conf_values import Own, Peer, note_equal_keys, own_of, peer_of
from wgtray.core.fields import Address, Name, Prefix
from wgtray.core.findings import Finding, Notebook, Unreadable
from wgtray.core.plaintext import plain_text
from wgtray.core.profile import AUTO, SCHEMA, Dns, Network, Node, Personal, Policy, Profile, Split, Value
from wgtray.core.remarks import remarks

Places = dict[str, tuple[str, int | None]]
"""Path in the profile to the setting and line that it was read from."""

_EVERYWHERE = (Prefix("0.0.0.0/0"), Prefix("::/0"))
_UNNAMED = Name("WireGuard")
_STDIN = ("-", "<stdin>")


def read_conf(text: str | bytes, file: str) -> tuple[Profile, tuple[Finding, ...]]:
    """The profile and the warnings and notes about it; ``file`` is their name for it; raises Unreadable."""
    notebook = Notebook(file)
    opening, found = sections(plain_text(text, file), notebook)
    owns = [own_of(section, notebook) for section in found if section.kind == "interface"]
    read = [peer_of(section, notebook) for section in found if section.kind == "peer"]
    peers = [peer for peer in read if peer is not None]
    note_equal_keys(found, notebook)
    notebook.raise_if_refused()

    own = owns[0] if owns else Own(Section("interface", 0, 0, []))
    names = _names(peers, notebook)
    probes = _probes(peers)
    everything = _everything(peers, notebook)
    profile = Profile(
        schema=SCHEMA,
        name=_company(opening, file),
        interface=Personal(addresses=tuple(own.addresses), private_key=own.private_key, mtu=own.mtu),
        dns=Dns(servers=tuple(own.servers), domains=tuple(own.domains)),
        split=Split(networks=tuple(_networks(peers, names, probes))),
        policy=Policy(default_mode="full" if everything else "split"),
        nodes=tuple(
            Node(
                name=name,
                public_key=peer.public_key,
                preshared_key=peer.preshared_key,
                endpoint=peer.endpoint,
                probe=probe,
                keepalive_s=peer.keepalive_s,
            )
            for peer, name, probe in zip(peers, names, probes, strict=True)
        ),
    )
    if not peers:
        notebook.warning(None, "Peer", "no [Peer]: there is no node to connect to")
    where = _places(own, peers)
    for severity, path, sentence in remarks(profile):
        place, line = where.get(path, (path, None))
        notebook.add(severity, line, place, sentence)
    notebook.raise_if_refused()
    return profile, notebook.findings()


def render_conf(profile: Profile) -> str:
    """The file, keys included, from which ``read_conf`` gives the same profile; raises ValueError if it cannot.

    A wg-quick file has no place for: apps, failover, policy beyond default_mode, split.domains, a network's ports, a
    node's location and weight, a ``via`` that is all nodes, the first alone or not in the order of the nodes, a node
    without probe that alone has a single address. Only the order of networks is lost silently, as it means nothing.
    """
    text = "\n\n".join([_interface_text(profile), *(_peer_text(profile, node) for node in profile.nodes)]) + "\n"
    try:
        again, _ = read_conf(text, f"{profile.name}.conf")
    except Unreadable as unreadable:
        raise ValueError(f"cannot be written as a wg-quick file: {unreadable}") from None
    if lost := list(_differences(_ordered(profile), _ordered(again))):
        raise ValueError(f"a wg-quick file has no place for {', '.join(lost)}")
    return text


def _company(opening: list[str], file: str) -> Name:
    stem = PurePath(file).stem
    return _usable(stated_title(opening)) or (None if stem in _STDIN else _usable(stem)) or _UNNAMED


def _usable(candidate: str | None) -> Name | None:
    try:
        return fields.name(candidate or "")
    except ValueError:
        return None


def _names(peers: list[Peer], notebook: Notebook) -> list[Name]:
    """What the comments call the peers, else their endpoints' hosts; made unique."""
    names: dict[Name, None] = {}
    used: dict[str, int] = {}  # wanted name -> how many wanted it so far
    for peer in peers:
        comments = peer.section.comments
        told = _usable(stated_title(comments)) or _usable(plain_title(comments))
        host, _ = fields.split_endpoint(peer.endpoint)
        wanted = host[: fields.NAME_LIMIT] if told is None or told == AUTO else told
        name = wanted
        while name in names or name == AUTO:
            used[wanted] = used.get(wanted, 1) + 1
            suffix = f"-{used[wanted]}"
            name = wanted[: fields.NAME_LIMIT - len(suffix)] + suffix
        if name != (told or host):
            if AUTO in (told, wanted):
                why = "means automatic choice"
            elif told is None and host != wanted:
                why = "is longer than a name may be"
            else:
                why = "is the name of a peer above"
            text = f"{fields.shown(told or host)} {why}: called {fields.shown(name)} here"
            notebook.note(peer.section.line, peer.section.path(), text)
        names[Name(name)] = None
    return list(names)


def _probes(peers: list[Peer]) -> list[Address | None]:
    """The first single address of each that no other peer has: what several have is no address of a node."""
    holders = _holders(peers)
    return [
        next((_address(net) for net in peer.prefixes if _is_host(net) and len(holders[net]) == 1), None)
        for peer in peers
    ]


def _networks(peers: list[Peer], names: list[Name], probes: list[Address | None]) -> Iterator[Network]:
    taken = {fields.host_prefix(probe) for probe in probes if probe is not None}
    for net, having in _holders(peers).items():
        if net not in taken and net not in _EVERYWHERE:
            fails_over = len(having) == len(peers) or having == [0]
            yield Network(net=net, via=() if fails_over else tuple(names[index] for index in having))


def _everything(peers: list[Peer], notebook: Notebook) -> bool:
    """Whether some peer takes the whole internet."""
    holders = _holders(peers)
    having = sorted({index for net in _EVERYWHERE for index in holders.get(net, ())})
    if having and having != [0] and len(having) < len(peers):
        section = peers[having[0]].section
        text = "the whole internet goes to any node that works, not only to this one: there is no via for it"
        notebook.warning(section.line, section.path("AllowedIPs"), text)
    return bool(having)


def _holders(peers: list[Peer]) -> dict[Prefix, list[int]]:
    """Each network with the peers that have it, both in the order of the file."""
    holders: dict[Prefix, list[int]] = {}
    for index, peer in enumerate(peers):
        for net in peer.prefixes:
            holders.setdefault(net, []).append(index)
    return holders


def _is_host(net: Prefix) -> bool:
    return net.endswith("/128" if fields.family(net) == 6 else "/32")


def _address(net: Prefix) -> Address:
    return Address(net.partition("/")[0])


def _places(own: Own, peers: list[Peer]) -> Places:
    places: Places = {}
    for index, line in enumerate(own.servers.values()):
        places[f"dns.servers[{index}]"] = (own.section.path("DNS"), line)
    for path, key in (("dns.servers", "DNS"), ("dns.domains", "DNS"), ("interface.private_key", "PrivateKey")):
        if setting := own.section.first(key):
            places[path] = (own.section.path(key), setting.line)
    for index, peer in enumerate(peers):
        for path, key in (("preshared_key", "PresharedKey"), ("probe", "AllowedIPs")):
            if setting := peer.section.first(key):
                places[f"node[{index}].{path}"] = (peer.section.path(key), setting.line)
    return places | {"split.networks": ("Peer.AllowedIPs", None)}


def _interface_text(profile: Profile) -> str:
    own = profile.interface
    lines = [f"# Name = {profile.name}", "[Interface]"]
    if own.private_key is not None:
        lines.append(f"PrivateKey = {own.private_key.reveal()}")
    lines += [f"Address = {address}" for address in own.addresses]
    if asked := [*profile.dns.servers, *profile.dns.domains]:
        lines.append(f"DNS = {', '.join(asked)}")
    if own.mtu is not None:
        lines.append(f"MTU = {own.mtu}")
    return "\n".join(lines)


def _peer_text(profile: Profile, node: Node) -> str:
    nets = [] if node.probe is None else [fields.host_prefix(node.probe)]
    nets += [network.net for network in profile.split.networks if not network.via or node.name in network.via]
    nets += _EVERYWHERE if profile.policy.default_mode == "full" else ()
    lines = [f"# Name = {node.name}", "[Peer]", f"PublicKey = {node.public_key}"]
    if node.preshared_key is not None:
        lines.append(f"PresharedKey = {node.preshared_key.reveal()}")
    lines.append(f"Endpoint = {node.endpoint}")
    if nets:
        lines.append(f"AllowedIPs = {', '.join(nets)}")
    lines.append(f"PersistentKeepalive = {node.keepalive_s}")
    return "\n".join(lines)


def _ordered(profile: Profile) -> Profile:
    networks = sorted(profile.split.networks, key=lambda network: (network.net, network.proto or "", network.ports))
    return msgspec.structs.replace(profile, split=msgspec.structs.replace(profile.split, networks=tuple(networks)))


def _differences(one: Value, other: Value, path: str = "") -> Iterator[str]:
    """Paths of the fields that differ."""
    for info in msgspec.structs.fields(one):
        at = f"{path}.{info.encode_name}" if path else info.encode_name
        mine, others = getattr(one, info.name), getattr(other, info.name)
        if isinstance(mine, Value):
            yield from _differences(mine, others, at)
        elif info.name == "nodes" and len(mine) == len(others):
            for index, (node, again) in enumerate(zip(mine, others, strict=True)):
                yield from _differences(node, again, f"{at}[{index}]")
        elif mine != others:
            yield at
