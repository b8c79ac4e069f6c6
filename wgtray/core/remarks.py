"""What can be built as a profile and is still not what its author meant?

Both readers ask this about a finished profile; paths are those of the TOML form.
"""

import ipaddress
from collections.abc import Iterator

import msgspec

from wgtray.core import fields, secret
from wgtray.core.findings import Severity
from wgtray.core.plaintext import SIZE_LIMIT
from wgtray.core.profile import Profile

Remark = tuple[Severity, str, str]
"""(severity, path, sentence)"""


def remarks(profile: Profile) -> Iterator[Remark]:
    """Everything suspicious; an error among them means that the profile cannot work."""
    size = len(msgspec.json.encode(profile, enc_hook=secret.enc_hook))
    if size > SIZE_LIMIT:
        yield "error", "", f"the profile takes {size} bytes, at most {SIZE_LIMIT} fit: merge networks or leave some out"
    yield from _keys(profile)
    yield from _addresses(profile)
    yield from _names(profile)
    split = profile.policy.default_mode == "split"
    if split and profile.nodes and not (profile.split.networks or profile.public_domains or profile.dns.domains):
        yield (
            "warning",
            "split.networks",
            "nothing is sent through the tunnel in split mode: list the company's networks",
        )
    for index, app in enumerate(profile.apps):
        if not (app.linux or app.windows or app.macos):
            text = f"{fields.shown(app.name)} names no program: write linux, windows or macos = [PATH]"
            yield "warning", f"app[{index}]", text


def _keys(profile: Profile) -> Iterator[Remark]:
    own = profile.interface.private_key
    for index, node in enumerate(profile.nodes):
        if own is not None and own.reveal() == node.public_key:
            whose = fields.shown(node.name)
            text = f"the same as the public key of {whose}: write what `wg genkey` printed for this computer"
            yield "error", "interface.private_key", text
        if node.preshared_key is not None and node.preshared_key.reveal() == node.public_key:
            yield "error", f"node[{index}].preshared_key", "the same as public_key: write what `wg genpsk` printed"


def _addresses(profile: Profile) -> Iterator[Remark]:
    own = {ipaddress.ip_interface(address).ip for address in profile.interface.addresses}
    for index, node in enumerate(profile.nodes):
        if node.probe is not None and ipaddress.ip_address(node.probe) in own:
            whose = fields.shown(node.name)
            text = f"{node.probe} is this computer's own address: write the address of {whose} in the tunnel"
            yield "warning", f"node[{index}].probe", text


def _names(profile: Profile) -> Iterator[Remark]:
    split = profile.policy.default_mode == "split"
    servers = profile.dns.servers
    if profile.dns.domains and not servers:
        yield "warning", "dns.domains", "no server to ask for these names: write servers beside it"
    if servers and not profile.dns.domains and split:
        text = "these servers are asked nothing in split mode: write the domains that only they know beside them"
        yield "warning", "dns.servers", text
    reached = [ipaddress.ip_network(network.net) for network in profile.split.networks if network.proto is None]
    reached += [ipaddress.ip_network(node.probe) for node in profile.nodes if node.probe is not None]
    for index, server in enumerate(servers):
        if split and not any(ipaddress.ip_address(server) in net for net in reached):
            text = (
                f"{server} is outside the company's networks and is reached through the tunnel alone: add its network"
            )
            yield "warning", f"dns.servers[{index}]", text
