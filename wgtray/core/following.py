"""Which node is a client's way back? The one that forwarded its traffic last, as nodes tell each other by numbers.

A node that hears a client **claims** it with a number above every one that it knows; routers send to the highest. So
no clock is compared, a node that died without a word is overruled at once, and its number stays behind as the way back
to it. What was sent before a move may still arrive after it: a node that was overruled holds back for a while before it
claims again, and longer each time that it finds itself fighting.
"""

import msgspec

SERIAL_LIMIT = 32_000
"""BIRD compares twice the number, plus one, in 16 bits (``fleet/returning.py``); at 10 moves a day: nine years."""

HOLD_S = 1.0
"""What is on its way when a client moves has arrived by then, and clients do not go back so soon."""

HOLD_LIMIT_S = 60.0
FIGHT_S = 2.0
"""Overruled again this soon after a claim: two nodes hear the client at the same time."""

FORGET_S = 86_400.0
"""A client that was not heard for so long gets no way back from here."""

OWN_TABLE, OTHERS_TABLE = 100, 101
"""Kernel routing tables: what this node claims, for BIRD to announce, and what others do, as BIRD heard. No rule looks
into either."""

PROTOCOL = 87
"""Marks our routes (rtnetlink's rtm_protocol; numbers from 4 on are anybody's)."""

LOG_GROUP = 22_087
"""NFLOG group of the first packet that a client sends in a second."""

EAR_S = 1
"""A client is heard this often at most, so that a full line costs the node nothing."""


class Client(msgspec.Struct, frozen=True):
    """What a node knows of one client."""

    own: int | None = None
    """The number of our claim."""
    other: int | None = None
    """The number of another node's, where it is the higher one."""
    claimed_at: float = 0.0
    heard_at: float = 0.0
    hold_s: float = 0.0
    held_until: float = 0.0

    @property
    def ours(self) -> bool:
        """Whether routers send to us."""
        return self.own is not None and (self.other is None or self.own > self.other)


def heard(client: Client, now: float) -> Client:
    """It sent something through us: claimed, unless it is ours already or we have just been overruled."""
    client = msgspec.structs.replace(client, heard_at=now)
    serial = max(client.own or 0, client.other or 0) + 1
    if client.ours or now < client.held_until or serial > SERIAL_LIMIT:
        return client
    return msgspec.structs.replace(client, own=serial, claimed_at=now)


def overruled(client: Client, serial: int, now: float) -> Client:
    """Another node claims it with that number; with our own number nobody has won, and the next packet decides."""
    was_ours = client.ours
    client = msgspec.structs.replace(client, other=serial)
    if client.own is None or client.own >= serial or not was_ours:
        return client
    fighting = now < client.claimed_at + FIGHT_S
    hold_s = min(2 * client.hold_s, HOLD_LIMIT_S) if fighting and client.hold_s else HOLD_S
    return msgspec.structs.replace(client, hold_s=hold_s, held_until=now + hold_s)


def released(client: Client) -> Client:
    """No other node has a higher claim any more."""
    return msgspec.structs.replace(client, other=None)


def is_forgotten(client: Client, now: float) -> bool:
    """Whether our claim, if any, is worth nothing any more."""
    return now >= client.heard_at + FORGET_S
