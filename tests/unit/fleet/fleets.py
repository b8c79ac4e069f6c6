"""Fleets for tests: the one that ``wgtray fleet init`` writes, with keys, and users."""

import base64
import functools

import msgspec

from wgtray.fleet.document import read_fleet
from wgtray.fleet.model import Fleet, User
from wgtray.fleet.users import added
from wgtray.shipped import shipped

TEXT = shipped("fleet", "fleet.toml").read_text(encoding="utf-8")


def key(number: int) -> str:
    return base64.b64encode(number.to_bytes(32, "big")).decode()


@functools.cache
def fleet() -> Fleet:
    read, _ = read_fleet(TEXT, "fleet.toml")
    sites = [msgspec.structs.replace(site, public_key=key(1000 + at)) for at, site in enumerate(read.sites)]
    return msgspec.structs.replace(read, sites=tuple(sites))


def users(**groups: tuple[str, ...]) -> tuple[User, ...]:
    """One user a word, in these groups."""
    made: list[User] = []
    for number, (name, of) in enumerate(groups.items(), 1):
        made.append(added(fleet(), made, name, key(number), of))
    return tuple(sorted(made, key=lambda user: user.name))
