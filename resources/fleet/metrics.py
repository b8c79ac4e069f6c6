"""What does this node carry, and whom does it refuse? Writes one text file for node_exporter's textfile collector.

Runs on a node with Debian's python3 alone: metrics.py FILE. Holds names of users, no address outside the tunnel.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLE = ("inet", "wgtray_fleet")
METRICS = (
    ("wgtray_peers", "gauge", "Users that the node knows"),
    ("wgtray_peers_active", "gauge", "Users with a handshake in the last 180 s"),
    ("wgtray_handshake_age_seconds", "gauge", "Since the user's last handshake"),
    ("wgtray_bytes_total", "counter", "Bytes of a user, as the node received or sent them"),
    ("wgtray_refused_packets_total", "counter", "Packets of a user that no group allows"),
    ("wgtray_refused_bytes_total", "counter", "Bytes of these packets"),
    ("wgtray_class_bytes_total", "counter", "Bytes sent in a bandwidth class"),
    ("wgtray_class_dropped_total", "counter", "Packets that a full class dropped"),
)
ACTIVE_S = 180  # WireGuard's REJECT_AFTER_TIME


def main() -> None:
    """Write the file whole or not at all."""
    target = Path(sys.argv[1])
    settings = dict(line.split("=", 1) for line in (HERE / "settings").read_text().splitlines())
    tunnel = settings["TUNNEL"].strip("'")
    names = [line.split("\t") for line in (HERE / "names.tsv").read_text().splitlines()]
    refused = {"nftables": []}
    for family in (4, 6):
        listed = json.loads(said("nft", "-j", "list", "set", *TABLE, f"refused{family}"))
        refused["nftables"] += listed["nftables"]
    shaped = (HERE / "shaping.tc").read_text().split("\n")
    devices = sorted({line.split()[3] for line in shaped if line.startswith("qdisc") and " root " in line})
    classes = {device: said("tc", "-s", "class", "show", "dev", device) for device in devices}
    lines = [
        *peers(said("wg", "show", tunnel, "dump"), {row[0]: row[2] for row in names}, time.time()),
        *refusals(refused, {address: row[2] for row in names for address in row[1].split(",")}),
        *class_lines(classes),
    ]
    draft = target.with_name(f".{target.name}.new")
    draft.write_text(document(lines))
    draft.chmod(0o644)
    os.replace(draft, target)


def peers(dump: str, names: Mapping[str, str], now: float) -> Iterator[str]:
    """From `wg show IF dump`: its first line is the node's own and holds its private key."""
    rows = [line.split("\t") for line in dump.splitlines()[1:]]
    yield f"wgtray_peers {len(rows)}"
    yield f"wgtray_peers_active {sum(now - int(row[4]) < ACTIVE_S for row in rows)}"
    for row in rows:
        user, handshake = names.get(row[0], "unknown"), int(row[4])
        if handshake:
            yield f'wgtray_handshake_age_seconds{{user="{user}"}} {max(0, round(now - handshake))}'
            yield f'wgtray_bytes_total{{user="{user}",direction="received"}} {row[5]}'
            yield f'wgtray_bytes_total{{user="{user}",direction="sent"}} {row[6]}'


def refusals(listed: Mapping[str, list], names: Mapping[str, str]) -> Iterator[str]:
    """From `nft -j list set`: addresses with their counters."""
    sums: dict[str, list[int]] = {}
    for item in listed["nftables"]:
        for element in item.get("set", {}).get("elem", []):
            user = names.get(element["elem"]["val"], "unknown")
            total = sums.setdefault(user, [0, 0])
            total[0] += element["elem"]["counter"]["packets"]
            total[1] += element["elem"]["counter"]["bytes"]
    for user, (packets, count) in sorted(sums.items()):
        yield f'wgtray_refused_packets_total{{user="{user}"}} {packets}'
        yield f'wgtray_refused_bytes_total{{user="{user}"}} {count}'


def class_lines(classes: Mapping[str, str]) -> Iterator[str]:
    """From `tc -s class show`: " Sent 1 bytes 1 pkt (dropped 0, …" below each "class htb 1:a …"."""
    for device, text in classes.items():
        number = None
        for line in text.splitlines():
            words = line.split()
            if line.startswith("class htb 1:"):
                minor = int(words[2].split(":")[1], 16)
                number = minor - 9 if minor > 9 else None
            elif words[:1] == ["Sent"] and number is not None:
                where = f'{{device="{device}",class="{number}"}}'
                yield f"wgtray_class_bytes_total{where} {words[1]}"
                yield f"wgtray_class_dropped_total{where} {words[6].rstrip(',')}"


def document(lines: list[str]) -> str:
    """The lines by metric, each with what it means."""
    parts = []
    for name, kind, words in METRICS:
        own = [line for line in lines if line.startswith((f"{name} ", f"{name}{{"))]
        parts += [f"# HELP {name} {words}", f"# TYPE {name} {kind}", *own]
    return "\n".join(parts) + "\n"


def said(*command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout


if __name__ == "__main__":
    main()
