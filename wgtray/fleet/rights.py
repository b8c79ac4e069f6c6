"""Who may start which flow, and in which bandwidth class?

Users are many and their combinations of groups few, so rights are told per combination. A flow belongs to the class of
its service, else to that of the group that grants it (the first in the file's order of classes), else to the last.
"""

from collections.abc import Iterable, Sequence

import msgspec

from wgtray.core.fields import Name
from wgtray.fleet.model import Fleet, Service, User


class Grant(msgspec.Struct, frozen=True, order=True):
    """One service in one class; the class counts from 1 in the order of the file."""

    service: str
    class_number: int


class Rights(msgspec.Struct, frozen=True):
    """What everybody in exactly these groups may do; ``internet`` is the class of that traffic, None: refused."""

    groups: tuple[Name, ...]
    grants: tuple[Grant, ...]
    internet: int | None


def combinations(fleet: Fleet, users: Iterable[User]) -> tuple[Rights, ...]:
    """The rights of every combination of groups that somebody has, sorted."""
    return tuple(rights(fleet, groups) for groups in sorted({combination(user) for user in users if not user.revoked}))


def combination(user: User) -> tuple[Name, ...]:
    """Which combination of groups a user has, whatever their order."""
    return tuple(sorted(set(user.groups)))


def rights(fleet: Fleet, groups: Sequence[Name]) -> Rights:
    """What these groups may do together."""
    numbers = {each.name: number for number, each in enumerate(fleet.classes, 1)}
    last = max(len(fleet.classes), 1)
    services = {service.name: service for service in fleet.services}
    granted: dict[Name, int] = {}
    internet: int | None = None
    for group in fleet.groups:
        if group.name not in groups:
            continue
        of_group = numbers[group.class_] if group.class_ else last
        for name in group.services:
            of_service = services[name].class_
            number = numbers[of_service] if of_service else of_group
            granted[name] = min(number, granted.get(name, number))
        if group.internet:
            internet = min(of_group, internet or of_group)
    return Rights(tuple(groups), tuple(Grant(name, granted[name]) for name in sorted(granted)), internet)


def may(fleet: Fleet, user: User, service: Service) -> bool:
    """Whether the user may use the service."""
    return not user.revoked and any(grant.service == service.name for grant in rights(fleet, user.groups).grants)
