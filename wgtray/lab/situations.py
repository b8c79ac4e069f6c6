"""How does one break and repair a node of a running lab, from any process?

`wgtray demo make …` and `python -m wgtray.lab make …` stand on `make`; it needs root.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wgtray.lab import netns
from wgtray.lab.node import LOSSY, SLOW_MS, Node
from wgtray.lab.record import find
from wgtray.lab.spec import LabError


@dataclass(frozen=True)
class Word:
    """One thing that can be done to a node; `outcome` ends the sentence "fra …"."""

    outcome: str
    apply: Callable[[Node], None]


WORDS = {
    "normal": Word("is as it was ordered again", Node.normal),
    "silent": Word("is silent: nothing reaches it and nothing comes back", Node.silent),
    "slow": Word(f"is slow: its round trip is {SLOW_MS:.0f} ms", Node.slow),
    "lossy": Word(f"loses {LOSSY:.0%} of the packets in each direction", Node.lossy),
    "deaf": Word("is deaf: nothing reaches it", Node.deaf),
    "mute": Word("is mute: nothing comes back from it", Node.mute),
    "wg-dead": Word("answers pings, but its WireGuard is dead", Node.kill_wireguard),
    "cut-off": Word("is well, but the company behind it is gone", Node.cut_off),
}


def make(node: str, word: str, lab_id: str | None = None) -> str:
    """Put a node into the situation `word` names, whatever it was in before; return a sentence that says so.

    Without `lab_id` there must be exactly one lab. LabError says what is wrong and what to do.
    """
    if word not in WORDS:
        raise LabError(f"A node cannot be made {word!r}: the words are {', '.join(WORDS)}.")
    netns.require()
    WORDS[word].apply(Node.of(find(lab_id), node))
    return f"{node} {WORDS[word].outcome}."
