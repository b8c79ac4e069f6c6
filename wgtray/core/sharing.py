"""Who takes which of several nodes that are equally near?

Every computer decides alone, so that it needs nobody to ask, and still a company's computers spread over the nodes by
``weight``: each hashes its own public key with each node's name and takes the node with the highest score (weighted
rendezvous hashing; Thaler and Ravishankar 1998, the logarithmic weights as in Schindelhauer and Schomaker 2005). A
node's score does not depend on the other nodes. So when a node dies only its own users move, and they spread over the
rest by weight instead of all running to the same next one; when it comes back the same users return to it.
"""

import hashlib
import math
from collections.abc import Mapping

from wgtray.core.fields import Key, Name

NEAR_MS = 5.0
"""A difference nobody notices: Tailscale's magicsock takes a path below it for good enough and looks no further."""

NEAR_SHARE = 0.2
"""Of the nearest's round-trip time: a fifth is within its own variation on most paths, and well below the 30 % from
which on a failback calls a node nearer (``core/failover.py``), so that nobody moves to and fro between the two."""


def near(rtts_ms: Mapping[Name, float]) -> frozenset[Name]:
    """The nodes that are as good as the nearest, itself among them."""
    if not rtts_ms:
        return frozenset()
    nearest = min(rtts_ms.values())
    limit = nearest + max(NEAR_MS, NEAR_SHARE * nearest)
    return frozenset(name for name, rtt_ms in rtts_ms.items() if rtt_ms <= limit)


def score(public_key: Key, node: Name, weight: float) -> float:
    """How much this computer is ``node``'s: above 0, the same on every machine and in every run."""
    digest = hashlib.blake2b(f"{public_key}\0{node}".encode(), digest_size=8, person=b"wgtray sharing").digest()
    drawn = ((int.from_bytes(digest) >> 12) + 0.5) / 2**52  # 52 bits and a half: never 0 and never 1 as a float
    return -weight / math.log(drawn)


def home(public_key: Key, weights: Mapping[Name, float]) -> Name:
    """The node of ``weights`` that this computer takes; raises ValueError when there is none."""
    return max(weights, key=lambda name: score(public_key, name, weights[name]))
