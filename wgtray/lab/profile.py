"""How is a lab written as a wgtray profile, and as a wg-quick .conf?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from wgtray.lab.spec import COMPANY_NETWORKS, ClientLayout, Layout

KEEPALIVE_S = 25
Table = Mapping[str, object]


def profile_toml(
    layout: Layout,
    client: ClientLayout,
    node_keys: Sequence[str],
    *,
    private_key: str | None,
    networks: Sequence[object] = COMPANY_NETWORKS,
    sections: Mapping[str, Table] | None = None,
    extra: str = "",
) -> str:
    """A profile as the contract has it.

    `sections` adds tables such as {"failover": {"prefer": "order"}} or keys to the two that are always there,
    `extra` is put at the end as it stands (for [[app]]).
    """
    interface: dict[str, object] = {"addresses": _tunnel(client)}
    if private_key is not None:
        interface["private_key"] = private_key
    tables: dict[str, dict[str, object]] = {"interface": interface, "split": {"networks": list(networks)}}
    for name, values in (sections or {}).items():
        tables[name] = tables.get(name, {}) | dict(values)
    parts = ['schema = 1\nname = "Acme"\n']
    parts += [f"[{name}]\n{_pairs(values)}" for name, values in tables.items()]
    for node, key in zip(layout.nodes, node_keys, strict=True):
        values = {
            "name": node.name,
            "location": node.spec.location,
            "public_key": key,
            "endpoint": node.endpoint,
            "probe": node.probe[0],
            "keepalive_s": KEEPALIVE_S,
        }
        parts.append(f"[[node]]\n{_pairs(values)}")
    if extra:
        parts.append(extra.rstrip() + "\n")
    return "\n".join(parts)


def conf_text(layout: Layout, client: ClientLayout, node_keys: Sequence[str], *, private_key: str | None) -> str:
    """The same for wg-quick: one peer a node, the first one has the company's networks."""
    lines = ["[Interface]", f"Address = {', '.join(_tunnel(client))}"]
    if private_key is not None:
        lines.append(f"PrivateKey = {private_key}")
    for node, key in zip(layout.nodes, node_keys, strict=True):
        four, six = node.probe
        allowed = [f"{four}/32", f"{six}/128", *(COMPANY_NETWORKS if node.index == 0 else ())]
        lines += [
            "",
            f"# {node.name}",
            "[Peer]",
            f"PublicKey = {key}",
            f"Endpoint = {node.endpoint}",
            f"AllowedIPs = {', '.join(allowed)}",
            f"PersistentKeepalive = {KEEPALIVE_S}",
        ]
    return "\n".join(lines) + "\n"


def _tunnel(client: ClientLayout) -> list[str]:
    four, six = client.tunnel
    return [f"{four}/32", f"{six}/128"]


def _pairs(values: Table) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in values.items())


def _value(value: object) -> str:
    """One TOML value; JSON writes strings, numbers and booleans the same way."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
