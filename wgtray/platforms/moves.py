"""In which order do the peers of a running WireGuard change, so that no wanted prefix is without an owner in between?

WireGuard, in the kernel and outside it, works through one message line by line while packets flow, and a prefix given
to a peer is taken from its old owner in the same stroke. Clearing a peer's list first, as ``wg set`` does, drops its
packets until the list is back. So prefixes are only ever given: each to the peer that shall own it, those that nobody
shall own to ``NOBODY``, a peer that exists for no longer than the message.

A peer that gets an endpoint begins anew. What answers there may be another machine with the same key, to which the old
session means nothing: WireGuard by itself would offer a new one after 15 s of silence. And a handshake that had no
endpoint to go to is not tried again before 5 s have passed.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from wgtray.core.fields import Endpoint, Key, Prefix
from wgtray.core.host import Peer
from wgtray.core.secret import Secret

NOBODY = Key(base64.b64encode(b"wgtray:prefixes-without-an-owner").decode())
"""A public key to which no private key is known."""


class Move(msgspec.Struct, frozen=True):
    """What happens to one peer at one point of a message; None leaves a field as it is."""

    public_key: Key
    gain: tuple[Prefix, ...] = ()
    endpoint: Endpoint | None = None
    keepalive_s: int | None = None
    preshared_key: Secret | Literal["none"] | None = None
    new: bool = False
    """Make the peer if there is none; otherwise a missing peer stays missing."""
    remove: bool = False


def moves(peers: Sequence[Peer], stale: Sequence[Key], present: Mapping[Key, Peer]) -> tuple[Move, ...]:
    """The whole change in its order: gains, then what nobody shall own, then the stale peers, which own no more."""
    changed = [move for peer in peers for move in _given(peer, present.get(peer.public_key))]
    wanted = frozenset[Prefix]().union(*(peer.allowed_ips for peer in peers))
    owned = frozenset[Prefix]().union(*(present[key].allowed_ips for key in map(_key, peers) if key in present))
    left = sorted(owned - wanted)
    if left:
        changed += [Move(NOBODY, gain=tuple(left), new=True), Move(NOBODY, remove=True)]
    return (*changed, *(Move(key, remove=True) for key in stale))


def is_elsewhere(peer: Peer, before: Peer | None) -> bool:
    """Whether the peer is to be asked at another place than before."""
    return before is not None and peer.endpoint is not None and peer.endpoint != before.endpoint


def _given(peer: Peer, before: Peer | None) -> tuple[Move, ...]:
    if is_elsewhere(peer, before):
        return (Move(peer.public_key, remove=True), *_given(peer, None))
    secret: Secret | Literal["none"] | None = None
    if peer.preshared_key != (None if before is None else before.preshared_key):
        secret = peer.preshared_key or "none"
    given = Move(
        peer.public_key,
        gain=tuple(sorted(peer.allowed_ips)),
        endpoint=peer.endpoint,
        keepalive_s=peer.keepalive_s,
        preshared_key=secret,
        new=before is None,
    )
    return (given,)


def _key(peer: Peer) -> Key:
    return peer.public_key
