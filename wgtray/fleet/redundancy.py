"""How do several nodes serve one site? keepalived moves a floating address, nginx spreads clients; both as text.

A pair: two nodes with one WireGuard key, one holds the addresses. What ends a node's turn: its links and its tunnel, at
once; a WireGuard that does not answer, asked every second; its end. A balanced site: nginx hashes a client's address
and port to one of the nodes.
"""

from wgtray.core import fields
from wgtray.core.fields import Interface
from wgtray.fleet.model import Fleet, Node, Site

HOME = "/etc/wgtray-fleet"
"""Where a node's files lie; the playbook's default."""


def keepalived_text(fleet: Fleet, node: Node, home: str = HOME) -> str:
    """For one node of a pair; empty for others. The first in the file is preferred and takes nothing back by itself."""
    site = fleet.site(node.site)
    if site.served_by != "pair":
        return ""
    nodes = fleet.served_by(site)
    partner = next(other for other in nodes if other != node)
    identity = 1 + [each.name for each in fleet.sites if each.served_by == "pair"].index(site.name) % 255
    family = fields.family(site.floating[0])
    held = {True: "", False: ""}  # VRRP carries one family; the others move along
    for index, address in enumerate(site.floating):
        held[fields.family(address) == family] += f"    {_held(site, node, index)}\n"
    excluded = f"  virtual_ipaddress_excluded {{\n{held[False]}  }}\n" if held[False] else ""
    return f"""\
global_defs {{
  router_id {node.name}
  vrrp_version 3
  vrrp_garp_master_delay 0
  vrrp_garp_master_repeat 2
  script_user root
  enable_script_security
  dynamic_interfaces
}}
vrrp_script wireguard {{
  script "/bin/sh {home}/alive.sh"
  interval 1
  timeout 1
  fall 1
  rise 2
}}
vrrp_instance {site.name.replace(".", "-")} {{
  state BACKUP
  nopreempt
  interface {node.uplink}
  virtual_router_id {identity}
  priority {200 - 50 * nodes.index(node)}
  advert_int 0.1
  unicast_src_ip {node.outside[0]}
  unicast_peer {{
    {partner.outside[0]}
  }}
  track_script {{
    wireguard
  }}
  track_interface {{
    {node.lan}
    {node.tunnel}
  }}
  virtual_ipaddress {{
{held[True]}  }}
{excluded}}}
"""


def nginx_text(fleet: Fleet, site: Site) -> str:
    """The whole nginx.conf of a balanced site's balancer; empty for others."""
    if site.served_by != "balanced":
        return ""
    servers = "\n".join(
        f"    server {_host(node.outside[0])}:{site.port} max_fails=1 fail_timeout=5s;"
        for node in fleet.served_by(site)
    )
    six = f"\n    listen [::]:{site.port} udp reuseport;" if any(":" in address for address in site.public) else ""
    return f"""\
include /etc/nginx/modules-enabled/*.conf;
worker_processes auto;
worker_rlimit_nofile 65536;
worker_shutdown_timeout 50ms;
events {{ worker_connections 16384; }}
stream {{
  upstream {site.name.replace(".", "-")} {{
    hash $remote_addr$remote_port consistent;
{servers}
  }}
  server {{
    listen {site.port} udp reuseport;{six}
    proxy_pass {site.name.replace(".", "-")};
    proxy_timeout 60s;
  }}
}}
"""


def _held(site: Site, node: Node, index: int) -> Interface:
    """A floating address and its interface: the endpoint's is on the uplink, the others towards the company."""
    return Interface(f"{site.floating[index]} dev {node.uplink if index == 0 else node.lan}")


def _host(address: fields.Address) -> str:
    return f"[{address}]" if fields.family(address) == 6 else address
