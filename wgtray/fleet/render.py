"""Which files does a fleet become? All of them, as text; the same fleet gives the same bytes.

nodes/NAME/     node.nft, sysctl.conf, shaping.tc, settings, keepalived.conf, bird.conf: what is this node's alone
common/         users.nft, peers.conf, names.tsv: the same on every node; apply.sh, alive.sh, metrics.py
balancers/SITE/ nginx.conf
routers/NAME/   bird.conf
nameservers/    zone.yaml, pdns.conf
client/         profile.toml, what every client is told; the personal part comes with `wgtray fleet profile`
watching/       a Grafana dashboard
inventory.json, playbook.yml
"""

from collections.abc import Mapping, Sequence

from wgtray.core.document import render_toml
from wgtray.fleet import ansible, machine, nftables, redundancy, returning, shaping, wireguard, zone
from wgtray.fleet.model import Fleet, User
from wgtray.fleet.profiles import profile_of
from wgtray.shipped import shipped

_COMMON = ("apply.sh", "alive.sh", "metrics.py")


def files_of(fleet: Fleet, users: Sequence[User]) -> Mapping[str, str]:
    """Path below the rendered directory -> text, sorted by path."""
    files = {
        f"common/{nftables.USERS_FILE}": nftables.users_text(fleet, users),
        "common/peers.conf": wireguard.peers_text(users),
        "common/names.tsv": wireguard.names_text(users),
        "client/profile.toml": render_toml(profile_of(fleet)),
        "inventory.json": ansible.inventory_text(fleet),
        "playbook.yml": _shipped("playbook.yml"),
        "watching/grafana.json": _shipped("grafana.json"),
    }
    files |= {f"common/{name}": _shipped(name) for name in _COMMON}
    for node in fleet.nodes:
        files |= {
            f"nodes/{node.name}/node.nft": nftables.node_text(fleet, node),
            f"nodes/{node.name}/sysctl.conf": machine.sysctl_text(node),
            f"nodes/{node.name}/settings": machine.settings_text(fleet, node),
            f"nodes/{node.name}/shaping.tc": shaping.tc_text(fleet, node),
        }
        if bird := returning.node_text(fleet, node):
            files[f"nodes/{node.name}/bird.conf"] = bird
            files[f"nodes/{node.name}/wgtray-node.service"] = returning.follow_unit_text(fleet, node)
        if keepalived := redundancy.keepalived_text(fleet, node):
            files[f"nodes/{node.name}/keepalived.conf"] = keepalived
    for router in fleet.routers:
        files[f"routers/{router.name}/bird.conf"] = returning.router_text(fleet, router)
    for site in fleet.sites:
        if nginx := redundancy.nginx_text(fleet, site):
            files[f"balancers/{site.name}/nginx.conf"] = nginx
    if text := zone.zone_text(fleet):
        files[f"nameservers/{zone.ZONE_FILE}"] = text
        files["nameservers/pdns.conf"] = zone.settings_text(redundancy.HOME)
    return dict(sorted(files.items()))


def _shipped(name: str) -> str:
    return shipped("fleet", name).read_text(encoding="utf-8")
