"""What has been done to programs like this one, and is therefore tried on it? The numbers that tests carry.

``@pytest.mark.threat("T20")`` marks a test; ``pytest -m threat --collect-only -q`` lists them all. An entry that no
test can try says how it is looked at by hand. The help page on security shows this list, and
``make security-report`` counts which entries a run tried.
"""

from typing import Final, NamedTuple


class Entry(NamedTuple):
    """One way of attack."""

    tried: str
    by_hand: str = ""
    """Why no test tries it here, and where it says how to look; empty: a test does."""


_ON_THEIR_SYSTEM: Final = "on that system only: resources/help/platforms.md"

CHECKLIST: Final[dict[str, Entry]] = {
    "T01": Entry("a user who is not admitted connects: closed before a byte is read"),
    "T02": Entry("every request by every kind of caller, against one table"),
    "T03": Entry("a caller whose identity cannot be read"),
    "T04": Entry("the socket, at the moment in which it is made"),
    "T05": Entry("a port of TCP or UDP that somebody could reach"),
    "T06": Entry("Windows: a second pipe of the same name, callers from afar, unelevated administrators"),
    "T07": Entry("a socket or pipe that somebody else put in our place: told nothing"),
    "T08": Entry("frames too large, too deep, ambiguous, slow or in crowds"),
    "T09": Entry("random and grown nonsense for every reader"),
    "T10": Entry("characters that mean something to a tool, in every text of a profile"),
    "T11": Entry("hooks and unknown keys of a wg-quick file, however they are written"),
    "T12": Entry("the name of the interface, from outside"),
    "T13": Entry("keys that are none"),
    "T14": Entry("endpoints where no node can be, written or resolved"),
    "T15": Entry("domain names that are none, and more of them than a system takes"),
    "T16": Entry("answers of DNS that would draw foreign addresses into the tunnel, or too many"),
    "T17": Entry("paths of programs that lead elsewhere, or are no programs"),
    "T18": Entry("lines slipped into the log, secrets in logs, command lines and reports"),
    "T20": Entry("an environment prepared by somebody else"),
    "T21": Entry("code and settings loaded from where users can write"),
    "T22": Entry("files of the program that others could change: it does not start"),
    "T23": Entry("a tool found by its name alone, run by a shell, or without an end"),
    "T24": Entry("Windows: the path and the rights of the service"),
    "T25": Entry("a program that unpacks itself somewhere before it runs"),
    "T26": Entry("Windows: a repair of the package started by a user", _ON_THEIR_SYSTEM),
    "T27": Entry("Windows: files planted beside the installer", _ON_THEIR_SYSTEM),
    "T28": Entry("macOS: hostile directories before installation, the app in the bin after it", _ON_THEIR_SYSTEM),
    "T30": Entry("links, pipes and strangers' files in place of ours"),
    "T31": Entry("a power cut or kill at every step of writing a file"),
    "T32": Entry("a request that would have the service write where a user says"),
    "T40": Entry("routes from DHCP that are more specific than ours (TunnelVision)"),
    "T41": Entry("a LAN that claims other people's addresses (TunnelCrack)"),
    "T42": Entry("other programs' packets to a node, past the tunnel"),
    "T43": Entry("packets to the address in the tunnel from outside, neighbours that ask for it"),
    "T44": Entry("IPv6, where the company has none"),
    "T45": Entry("name servers of the network, and the resolver file afterwards"),
    "T46": Entry("the moment of a switch to another node"),
    "T47": Entry("a thousand changes of mode"),
    "T48": Entry("the first packet of a program with a rule, and of its children"),
    "T49": Entry("another network, sleep, an adapter that goes and comes back"),
    "T60": Entry("the service killed after every step"),
    "T61": Entry("state files damaged or lost"),
    "T62": Entry("what belongs to others, when ours is removed"),
    "T63": Entry("a reset with nothing left of the state"),
    "T64": Entry("a second service on the same state"),
    "T65": Entry("a firewall that does not take our rules: said, and not called protected"),
}


def table() -> str:
    """For the help page."""
    rows = [f"| {number} | {entry.tried} | {entry.by_hand or 'test'} |" for number, entry in CHECKLIST.items()]
    return "\n".join(["| no. | tried | by |", "| --- | --- | --- |", *rows]) + "\n"


if __name__ == "__main__":
    print(table(), end="")
