"""The dynamic store and the network services of a Mac, as scutil and networksetup show them.

``show`` prints dictionaries as configd does (for example tailscale's and netbird's tests quote such output);
networksetup answers in sentences where nothing is set (its manual page has them).
"""

import re
from collections.abc import Mapping

from tests.fakes.mac.grammar import Wrong

Value = str | list[str]

SERVICE_ID = "5D6F8A52-0E5B-4D5C-9E8F-0C9A7A0D2B11"


class Store:
    """Keys with their dictionaries; ``scutil`` works on them."""

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, Value]] = {
            "State:/Network/Global/IPv4": {
                "PrimaryInterface": "en0",
                "PrimaryService": SERVICE_ID,
                "Router": "192.168.77.1",
            },
            f"State:/Network/Service/{SERVICE_ID}/DNS": {
                "DomainName": "home.arpa",
                "ServerAddresses": ["192.168.77.1", "fe80::1%en0"],
            },
        }

    def scutil(self, script: str, setups: Mapping[str, dict[str, Value]] | None = None) -> str:
        """What it prints for these lines; ``setups`` are what networksetup has put there."""
        self.keys = {key: value for key, value in self.keys.items() if not key.startswith("Setup:")} | dict(
            setups or {}
        )
        said: list[str] = []
        made: dict[str, Value] = {}
        for line in script.splitlines():
            match line.split():
                case ["list", pattern]:
                    found = sorted(key for key in self.keys if re.fullmatch(pattern, key))
                    said += [f"  subKey [{number}] = {key}" for number, key in enumerate(found)] or ["  no keys."]
                case ["show", key]:
                    said += shown(self.keys[key]) if key in self.keys else ["  No such key"]
                case ["d.init"]:
                    made = {}
                case ["d.add", name, "*", *values]:
                    made[name] = [value.strip('"') for value in values]
                case ["d.add", name, "#", number]:
                    made[name] = number
                case ["set", key]:
                    self.keys[key] = made
                case ["remove", key]:
                    if self.keys.pop(key, None) is None:
                        said.append("  No such key")
                case ["quit"]:
                    break
                case _:
                    raise Wrong(f"the model's store does not know {line}")
        return "".join(f"{line}\n" for line in said)


def shown(dictionary: dict[str, Value]) -> list[str]:
    """As ``show`` prints it."""
    lines = ["<dictionary> {"]
    for name, value in sorted(dictionary.items()):
        if isinstance(value, list):
            lines += [f"  {name} : <array> {{", *(f"    {at} : {one}" for at, one in enumerate(value)), "  }"]
        else:
            lines.append(f"  {name} : {value}")
    return [*lines, "}"]


class Services:
    """Network services in the system's order, and what each was told."""

    def __init__(self) -> None:
        self.order = [("Wi-Fi", "en0", True), ("USB 10/100/1000 LAN", "en5", True), ("Old VPN", "en9", False)]
        self.servers: dict[str, list[str]] = {"USB 10/100/1000 LAN": ["192.0.2.53", "192.0.2.54"]}
        self.search: dict[str, list[str]] = {"Wi-Fi": ["home.arpa"]}

    def setups(self) -> dict[str, dict[str, Value]]:
        """The same as configd holds it."""
        ids = {
            name: SERVICE_ID if name == "Wi-Fi" else f"{number:036X}" for number, (name, *_) in enumerate(self.order)
        }
        return {
            f"Setup:/Network/Service/{ids[name]}/DNS": {"ServerAddresses": list(told)}
            for name, told in self.servers.items()
        }

    def networksetup(self, words: list[str]) -> str:
        """What it prints; raises Wrong for a service that is not there."""
        if words == ["-listnetworkserviceorder"]:
            return self._listed()
        verb, service, *values = words
        if service not in [name for name, _, _ in self.order]:
            raise Wrong(f"{service} is not a recognized network service.\n** Error: The parameters were not valid.")
        kept = self.servers if "dnsservers" in verb else self.search
        if verb.startswith("-set"):
            kept.pop(service, None)
            if values != ["empty"]:
                kept[service] = values
            return ""
        what = "DNS Servers" if kept is self.servers else "Search Domains"
        return "".join(f"{one}\n" for one in kept.get(service, ())) or f"There aren't any {what} set on {service}.\n"

    def _listed(self) -> str:
        lines = ["An asterisk (*) denotes that a network service is disabled."]
        for number, (name, device, on) in enumerate(self.order, start=1):
            lines += [f"({number if on else '*'}) {name}", f"(Hardware Port: {name}, Device: {device})", ""]
        return "\n".join(lines)
