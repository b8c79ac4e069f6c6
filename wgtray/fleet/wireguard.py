"""Whom does a node's WireGuard know? Its peers, as text for ``wg syncconf``; the private key is never in it."""

from collections.abc import Sequence

from wgtray.core import fields
from wgtray.fleet.model import User


def peers_text(users: Sequence[User]) -> str:
    """Every user as a peer that may use nothing but its own addresses: the same bytes on every node."""
    parts = [
        f"# {user.name}\n[Peer]\nPublicKey = {user.public_key}\n"
        f"AllowedIPs = {', '.join(fields.host_prefix(address) for address in user.addresses)}\n"
        for user in users
        if not user.revoked
    ]
    return "\n".join(parts)


def names_text(users: Sequence[User]) -> str:
    """Who is who, for the metrics: public key, inner addresses, name."""
    rows = [(user.public_key, ",".join(user.addresses), user.name) for user in users if not user.revoked]
    return "".join("\t".join(row) + "\n" for row in rows)
