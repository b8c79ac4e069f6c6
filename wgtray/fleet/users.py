"""Which inner address does a new user get, and how is a user written down?

The address follows from the name: its hash says where in the pool the search for a free one begins. So the same fleet
and name give the same address anywhere, two branches that each add somebody hardly ever choose the same one (``check``
tells when they do), and somebody else's old address is not the next to be given out. The IPv6 address is as far into
its pool as the IPv4 address into its own.
"""

import hashlib
import ipaddress
import json
from collections.abc import Iterable, Sequence

from wgtray.core import fields
from wgtray.core.fields import Address, Name
from wgtray.fleet.model import Fleet, Pool, Site, User, label


def added(fleet: Fleet, users: Sequence[User], name: str, key: str, groups: Iterable[str]) -> User:
    """The new user; raises ValueError with a sentence that says what to do instead."""
    name, key, chosen = label(name), fields.key(key), tuple(dict.fromkeys(map(label, groups)))
    for user in users:
        if user.name == name:
            state = f"was revoked on {user.revoked}" if user.revoked else "is there already"
            raise ValueError(f"{name} {state}: choose another name (a second device needs one of its own)")
        if user.public_key == key:
            state = f", revoked on {user.revoked}" if user.revoked else ""
            raise ValueError(f"this public key is {user.name}'s{state}: ask for a new key")
    for site in fleet.sites:
        if site.public_key == key:
            raise ValueError(f"this public key is the site {site.name}'s: ask for the user's own")
    _check_groups(fleet, chosen)
    holders: list[User | Site] = [*users, *fleet.sites]
    taken = {address for holder in holders for address in holder.addresses}
    return User(name=name, groups=chosen, public_key=key, addresses=free_addresses(fleet.pool, name, taken))


def free_addresses(pool: Pool, name: str, taken: set[Address]) -> tuple[Address, ...]:
    """IPv4 and, where the pool has it, IPv6; raises ValueError when the pool is full."""
    nets = [ipaddress.ip_network(each) for each in pool.networks]
    usable = nets[0].num_addresses - 2  # neither the network's own address nor broadcast
    start = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % usable
    for step in range(usable):
        offset = 1 + (start + step) % usable
        found = tuple(Address(str(net[offset])) for net in nets)
        if not any(address in taken for address in found):
            return found
    raise ValueError(f"[pool] {pool.ipv4} is full: widen it")


def user_text(user: User) -> str:
    """The file of a user."""
    pairs: list[tuple[str, object]] = [("name", user.name), ("groups", user.groups), ("public_key", user.public_key)]
    pairs.append(("addresses", user.addresses))
    if user.revoked:
        pairs.append(("revoked", user.revoked))
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in pairs)


def revoked_text(text: str, day: str) -> str:
    """The file's text with the day it was revoked; everything else stays as it is written."""
    return f'{text.rstrip()}\nrevoked = "{day}"\n'


def _check_groups(fleet: Fleet, groups: tuple[Name, ...]) -> None:
    known = [group.name for group in fleet.groups]
    for group in groups:
        if group not in known:
            raise ValueError(f"no group is called {fields.shown(group)} (groups: {', '.join(sorted(known)) or 'none'})")
    if not groups:
        raise ValueError(f"in no group: name at least one (groups: {', '.join(sorted(known)) or 'none'})")
