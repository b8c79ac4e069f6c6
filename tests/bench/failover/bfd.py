"""How does a laptop fail over with FRR's BFD? This process runs bfdd, reads its state changes, moves the networks.

    python -m tests.bench.failover.bfd INTERFACE NETWORKS NAME=PROBE=KEY… -- BFDD ARGUMENT…

bfdd writes its log to our pipe: a change is read at once, without polling. Prints ``up NAME``, ``down NAME`` and
``switched NAME UNIX_TIME``.
"""

import re
import subprocess
import sys
import time

from tests.bench.failover import uapi

CHANGE = re.compile(r"state-change: \[.*?peer:(\S+) .*?\] \S+ -> (\S+)")


def main() -> None:
    split = sys.argv.index("--")
    interface, listed, *words = sys.argv[1:split]
    networks = listed.split(",")
    parts = [word.split("=", 2) for word in words]
    names = {probe: name for name, probe, _ in parts}
    keys = {name: key for name, _, key in parts}
    up = dict.fromkeys(keys, False)
    with subprocess.Popen(sys.argv[split + 1 :], stdout=subprocess.PIPE, text=True, bufsize=1) as daemon:
        assert daemon.stdout is not None
        for line in daemon.stdout:
            found = CHANGE.search(line)
            if found is None or found[1] not in names:
                continue
            name, was_up = names[found[1]], up[names[found[1]]]
            up[name] = found[2] == "up"
            if was_up and not up[name]:
                _leave(interface, networks, name, keys, up)
            print("up" if up[name] else "down", name, flush=True)


def _leave(interface: str, networks: list[str], name: str, keys: dict[str, str], up: dict[str, bool]) -> None:
    """Move to the first node whose session is up, if the one that went down was the active one."""
    active = dict(uapi.owners(interface)).get(networks[0])
    target = next((other for other, is_up in up.items() if is_up), None)
    if active == keys[name] and target is not None:
        uapi.give(interface, keys[target], networks)
        print(f"switched {target} {time.time():.6f}", flush=True)


if __name__ == "__main__":
    main()
