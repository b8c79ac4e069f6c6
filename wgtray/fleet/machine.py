"""What else must a node be told: kernel switches, and what its apply script has to know?"""

import shlex

from wgtray.core import fields
from wgtray.fleet.model import Fleet, Node


def sysctl_text(node: Node) -> str:
    """Forwarding, and connection tracking that lets a flow go on which began on another node."""
    pairs = {
        "net.ipv4.ip_forward": 1,
        "net.ipv6.conf.all.forwarding": 1,
        f"net.ipv6.conf.{node.uplink.replace('.', '/')}.accept_ra": 2,  # a router's advice is refused otherwise
        "net.ipv4.conf.all.send_redirects": 0,
        "net.ipv4.conf.all.accept_redirects": 0,
        "net.ipv6.conf.all.accept_redirects": 0,
        "net.ipv4.conf.all.accept_source_route": 0,
        "net.netfilter.nf_conntrack_tcp_loose": 1,
        "net.netfilter.nf_conntrack_tcp_be_liberal": 1,
    }
    return "".join(f"{name} = {value}\n" for name, value in pairs.items())


def settings_text(fleet: Fleet, node: Node) -> str:
    """The apply script's settings, one shell assignment a line."""
    site = fleet.site(node.site)
    settings = {
        "TUNNEL": node.tunnel,
        "PORT": str(site.port),
        "ADDRESSES": " ".join(fields.host_prefix(address) for address in site.addresses),
        "POOL": " ".join(fleet.pool.networks),
    }
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.items())
