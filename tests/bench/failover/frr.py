"""How does FRR's bfdd run in a lab? One for each node and one for the client, over the inner addresses, 50 ms × 3.

Multihop sessions, because those need no zebra. Everything it writes is in the lab's directory and goes with it.
"""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from wgtray.lab import Lab
from wgtray.lab.place import Client

BFDD = Path("/usr/lib/frr/bfdd")
INTERVAL_MS = 50
MULTIPLIER = 3


def missing() -> str | None:
    """Why it cannot run here, or None."""
    if not BFDD.exists():
        return f"{BFDD} is not there: apt-get install frr"
    done = subprocess.run([BFDD, "--version"], capture_output=True, text=True, timeout=10, check=False)
    return None if done.returncode == 0 else f"{BFDD} does not run: {done.stderr.strip()}"


def version() -> str | None:
    """Like 8.4.4."""
    if not BFDD.exists():
        return None
    done = subprocess.run([BFDD, "--version"], capture_output=True, text=True, timeout=10, check=False)
    return done.stdout.split()[2] if len(done.stdout.split()) > 2 else None


def start_nodes(lab: Lab, client: Client) -> None:
    """The nodes' side; the lab's end kills it."""
    for node in lab.nodes:
        argv = command(lab, node.name, node.probe[0], [client.tunnel[0]])
        node.popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def command(lab: Lab, name: str, local: str, peers: Sequence[str]) -> list[str]:
    """The argument list of one bfdd, with its configuration written."""
    home = lab.runtime_dir / "frr" / name
    home.mkdir(parents=True)
    lines = ["log timestamp precision 6", "debug bfd peer", "bfd", " profile fast"]
    lines += [f"  receive-interval {INTERVAL_MS}", f"  transmit-interval {INTERVAL_MS}"]
    lines += [f"  detect-multiplier {MULTIPLIER}", " exit"]
    for peer in peers:
        lines += [f" peer {peer} multihop local-address {local}", "  profile fast", " exit"]
    conf = home / "bfdd.conf"
    conf.write_text("\n".join(lines) + "\n")
    for path in (home.parent, home, conf):
        shutil.chown(path, "frr", "frr")
    places = {"-f": conf, "-i": home / "pid", "-z": home / "zebra.sock", "--vty_socket": home}
    places |= {"--bfdctl": home / "control.sock"}
    words = [word for option, path in places.items() for word in (option, str(path))]
    return [str(BFDD), *words, "-P", "0", "--log", "stdout", "--log-level", "debug"]
