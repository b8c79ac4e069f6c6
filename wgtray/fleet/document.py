"""Which fleet do this file and the ``users`` directory beside it hold, or what is wrong with them?

The same style as profiles: one pass, every finding at once, each with file, line and what to write instead. Here an
unknown key is an error: the file decides who may reach what, and a rule that nobody reads is a hole.
"""

import base64
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from wgtray.core import fields, toml_lines, toml_syntax
from wgtray.core.findings import Finding, Notebook, Unreadable
from wgtray.core.plaintext import plain_text
from wgtray.core.profile import AppRule
from wgtray.core.toml_tables import PROFILE, Form, value_of
from wgtray.fleet.model import Class, Fleet, Group, Node, Pool, Router, Service, Site, User
from wgtray.fleet.remarks import remarks, user_remarks

FLEET_FILE = "fleet.toml"
USERS = "users"


class Reading(NamedTuple):
    """A fleet with its users (by name, revoked ones too), and the warnings about them."""

    fleet: Fleet
    users: tuple[User, ...]
    findings: tuple[Finding, ...]


def read(place: Path) -> Reading:
    """What the directory (or the fleet file in it) holds; raises Unreadable."""
    file = place / FLEET_FILE if place.is_dir() else place
    try:
        raw = file.read_bytes()
    except OSError as error:
        text = f"cannot be read ({error.strerror or type(error).__name__}): make one with `wgtray fleet init`"
        raise Unreadable((Finding("error", str(file), None, "", text),)) from None
    findings: list[Finding] = []
    fleet = None
    try:
        fleet, warnings = read_fleet(raw, str(file))
        findings += warnings
    except Unreadable as unreadable:
        findings += unreadable.findings
    texts: dict[str, bytes] = {}
    for path in sorted((file.parent / USERS).glob("*.toml")):
        try:
            texts[str(path)] = path.read_bytes()
        except OSError as error:
            text = f"cannot be read ({error.strerror or type(error).__name__}): look at its rights"
            findings.append(Finding("error", str(path), None, "", text))
    users, found = read_users(fleet, texts)
    findings += found
    if fleet is None or any(finding.severity == "error" for finding in findings):
        raise Unreadable(tuple(findings))
    return Reading(fleet, users, tuple(findings))


def read_fleet(text: str | bytes, file: str) -> tuple[Fleet, tuple[Finding, ...]]:
    """The fleet file alone; raises Unreadable."""
    plain = plain_text(text, file)
    notebook = Notebook(file)
    fleet, where = toml_syntax.read(
        plain, notebook, lambda table, where: (value_of(FORM, Fleet, table, where, notebook), where)
    )
    notebook.raise_if_refused()
    for severity, path, sentence in remarks(fleet):
        notebook.add(severity, toml_lines.line_of(where, path), path, sentence)
    return fleet, notebook.findings()


def read_users(fleet: Fleet | None, texts: Mapping[str, bytes]) -> tuple[tuple[User, ...], tuple[Finding, ...]]:
    """The users in these files (name of the file -> text), and what is wrong with them alone and together."""
    users: dict[str, User] = {}
    findings: list[Finding] = []
    for file, text in texts.items():
        try:
            users[file] = read_user(text, file)
        except Unreadable as unreadable:
            findings += unreadable.findings
    if fleet is not None:
        for severity, file, field, sentence in user_remarks(fleet, users):
            findings.append(Finding(severity, file, _line(texts[file], field), field, sentence))
    return tuple(sorted(users.values(), key=lambda user: user.name)), tuple(findings)


def read_user(text: bytes, file: str) -> User:
    """One user's file; raises Unreadable."""
    try:  # what is right is read in a tenth of the time that finding out what is wrong takes
        user = msgspec.convert(tomllib.loads(text.decode()), User)
    except (msgspec.ValidationError, ValueError):
        plain = plain_text(text, file)
        notebook = Notebook(file)
        user = toml_syntax.read(plain, notebook, lambda table, where: value_of(FORM, User, table, where, notebook))
        notebook.raise_if_refused()
    return user


def _line(text: bytes, field: str) -> int | None:
    return toml_lines.line_of(toml_lines.lines(text.decode()), field)


def _stand_in(name: str, path: str, number: int) -> object:
    match name:
        case "pool":
            return Pool(ipv4=fields.prefix("10.0.0.0/16"))
        case "site":
            return "stand-in"
        case "name":
            return f"stand-in-{number}"
        case "groups":
            return ()
        case "addresses":
            return ("10.0.0.1",)
        case "endpoint":
            return f"stand-in-{number}.invalid:51820"
        case "public_key":
            return base64.b64encode(number.to_bytes(32, "big")).decode()
        case "reserved_percent":
            return 1.0
    return PROFILE.stand_in(name, path, number)


FORM = Form(
    Fleet,
    frozenset({Site, Node, Router, Service, Group, Class, AppRule}),
    {
        **PROFILE.examples,
        "public_key": 'public_key = "…", what `wg pubkey` printed',
        "pool": '[pool] with ipv4 = "10.66.0.0/16"',
        "ipv4": 'ipv4 = "10.66.0.0/16"',
        "site": 'site = "…", the name of a [[site]]',
        "addresses": 'addresses = ["…"]',
        "groups": 'groups = ["…"]',
        "reserved_percent": "reserved_percent = 60",
    },
    _stand_in,
    unknown="error",
    whole_last=True,
)
"""The form of fleet.toml, and of a user's file."""
