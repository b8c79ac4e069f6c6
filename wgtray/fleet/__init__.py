"""The company side: one file in git becomes files for WireGuard, nftables, tc, keepalived, nginx, PowerDNS and Ansible.

model       what the company wrote, as values that cannot be built wrong; parts: sites, nodes, services, groups, users …
document    the same from ``fleet.toml`` and ``users/``, every finding with its line
users       adding and revoking somebody: which address, which text
signing     the company's key, and its name to a profile
remarks     what can be built and is still not what its author meant
rights      who may start which flow, in which bandwidth class
nftables    the same as a node's rules; wireguard: its peers; shaping: its tc commands; machine: its kernel's switches
returning   BIRD, so that answers find the node in use
redundancy  keepalived for a pair, nginx for a balanced site; zone: PowerDNS; ansible: which machine gets which files
profiles    what a client is told
render      all files of a fleet; plan: what the next rendering would change, and where
"""
