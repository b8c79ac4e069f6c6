"""Which machine gets which files? The inventory of the playbook that applies a rendered directory."""

import json

from wgtray.fleet.model import Fleet


def inventory_text(fleet: Fleet) -> str:
    """JSON, which is YAML too: nodes with their site, balancers, name servers, routers."""
    nodes = {
        node.name: {"ansible_host": node.host or node.name, "site": node.site, "tunnel": node.tunnel}
        for node in fleet.nodes
    }
    balancers = {site.balancer: {"site": site.name} for site in fleet.sites if site.served_by == "balanced"}
    servers: dict[str, dict[str, str]] = {str(name): {} for name in fleet.zone.nameservers if fleet.zone.name}
    pairs = [site.name for site in fleet.sites if site.served_by != "single"]
    routers = {router.name: {"ansible_host": router.host or router.name} for router in fleet.routers}
    groups = {"nodes": nodes, "balancers": balancers, "nameservers": servers, "routers": routers}
    children = {name: {"hosts": hosts} for name, hosts in groups.items() if hosts}
    document = {"all": {"children": children, "vars": {"shared_key_sites": pairs, "follow": bool(routers)}}}
    return json.dumps(document, indent=2) + "\n"
