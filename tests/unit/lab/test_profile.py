"""Is the lab's profile what the contract calls a profile?"""

from __future__ import annotations

import tomllib
from typing import Any

from wgtray.lab.profile import conf_text, profile_toml
from wgtray.lab.spec import Layout

LAYOUT = Layout("abcdef", client_count=2)
KEYS = ["FRA=", "AMS=", "SIN="]


def profile(client: int = 0, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    arguments: dict[str, Any] = {"private_key": "secret="} | more
    return tomllib.loads(profile_toml(LAYOUT, LAYOUT.clients[client], KEYS, **arguments))


def test_the_profile_has_the_contracts_shape() -> None:
    assert profile() == {
        "schema": 1,
        "name": "Acme",
        "interface": {"addresses": ["10.66.0.10/32", "fd66::10/128"], "private_key": "secret="},
        "split": {"networks": ["10.20.0.0/16", "10.30.0.0/16", "fd20::/64"]},
        "node": [
            {
                "name": name,
                "location": location,
                "public_key": key,
                "endpoint": f"203.0.113.{11 + index}:51820",
                "probe": f"10.66.255.{1 + index}",
                "keepalive_s": 25,
            }
            for index, (name, location, key) in enumerate(
                [
                    ("fra", "Frankfurt, DE", "FRA="),
                    ("ams", "Amsterdam, NL", "AMS="),
                    ("sin", "Singapore, SG", "SIN="),
                ]
            )
        ],
    }


def test_the_second_client_has_its_own_addresses() -> None:
    assert profile(1)["interface"]["addresses"] == ["10.66.0.11/32", "fd66::11/128"]


def test_the_private_key_can_be_left_out() -> None:
    assert "private_key" not in profile(private_key=None)["interface"]


def test_networks_sections_and_apps_can_be_said() -> None:
    via = {"net": "10.30.0.0/16", "via": ["sin", "fra"]}
    made = profile(
        networks=["10.20.0.0/16", via],
        sections={"failover": {"prefer": "order", "interval_s": 0.5}, "split": {"domains": ["bank.example"]}},
        extra='[[app]]\nname = "A \\"quoted\\" one"\nroute = "tunnel"',
    )
    assert made["split"] == {"networks": ["10.20.0.0/16", via], "domains": ["bank.example"]}
    assert made["failover"] == {"prefer": "order", "interval_s": 0.5}
    assert made["app"] == [{"name": 'A "quoted" one', "route": "tunnel"}]


def test_the_wg_quick_file_has_three_peers_and_the_first_one_the_company() -> None:
    text = conf_text(LAYOUT, LAYOUT.clients[0], KEYS, private_key="secret=")
    assert text.startswith(
        "[Interface]\nAddress = 10.66.0.10/32, fd66::10/128\nPrivateKey = secret=\n\n# fra\n[Peer]\n"
    )
    assert text.count("[Peer]") == 3
    allowed = [line for line in text.splitlines() if line.startswith("AllowedIPs")]
    assert allowed[0] == "AllowedIPs = 10.66.255.1/32, fd66::ff01/128, 10.20.0.0/16, 10.30.0.0/16, fd20::/64"
    assert allowed[1] == "AllowedIPs = 10.66.255.2/32, fd66::ff02/128"
