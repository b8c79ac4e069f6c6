"""Who is in the fleet, and what are they told? ``wgtray fleet add-user|revoke|profile``."""

import datetime
from collections.abc import Sequence
from pathlib import Path

from wgtray.cli import out
from wgtray.cli.fleet_options import FleetParser, read, write
from wgtray.cli.trouble import DONE, Failed
from wgtray.core.document import render_toml
from wgtray.fleet.document import USERS
from wgtray.fleet.model import User
from wgtray.fleet.profiles import profile_of
from wgtray.fleet.users import added, revoked_text, user_text


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Write one user's file, nothing else is touched; or print a profile."""
    return {"add-user": _add, "revoke": _revoke, "profile": _profile}[verb](verb, argv)


def _add(verb: str, argv: Sequence[str]) -> int:
    parser = FleetParser(
        verb,
        "Add somebody's computer. Its addresses inside the tunnel follow from the name, so they are the same wherever\n"
        "this is run. Writes users/NAME.toml and changes no other file.",
        '  wgtray fleet add-user alice --key "…" --group staff --group finance',
    )
    parser.add_argument("name", metavar="NAME", help="small letters, digits, dots, dashes, underscores")
    parser.add_argument("--key", required=True, metavar="PUBLIC", help="the computer's public key")
    parser.add_argument("--group", action="append", default=[], metavar="GROUP", help="may be given several times")
    args = parser.parse_args(argv)
    fleet, users, _ = read(args.dir)
    try:
        user = added(fleet, users, args.name, args.key, args.group)
    except ValueError as error:
        raise Failed(f"Nobody was added: {error}.") from None
    write(_file(args.dir, user.name), user_text(user))
    out.line(f"Added {user.name} with {' and '.join(user.addresses)}. Next: wgtray fleet profile {user.name}")
    return DONE


def _revoke(verb: str, argv: Sequence[str]) -> int:
    parser = FleetParser(
        verb,
        "Take somebody's access away. Key and addresses stay on record, so that nobody gets them again.\n"
        "It counts on the nodes from the moment the next rendering is applied there.",
        "  wgtray fleet revoke alice",
    )
    parser.add_argument("name", metavar="NAME", help="the user")
    args = parser.parse_args(argv)
    _, users, _ = read(args.dir)
    user = _known(args.dir, users, args.name)
    if user.revoked:
        raise Failed(f"{user.name} was revoked on {user.revoked} already.")
    file = _file(args.dir, user.name)
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    write(file, revoked_text(file.read_text(encoding="utf-8"), today))
    out.line(f"Revoked {user.name}. Next: wgtray fleet render, and apply it.")
    return DONE


def _profile(verb: str, argv: Sequence[str]) -> int:
    parser = FleetParser(
        verb,
        "Print the profile that a user's computer imports: the company's part and the user's addresses.\n"
        "No private key is in it. Without a name, the company's part alone.",
        "  wgtray fleet profile alice > alice.toml\n  wgtray fleet profile > acme.toml",
    )
    parser.add_argument("name", metavar="USER", nargs="?", help="the user (default: nobody, the company's part)")
    args = parser.parse_args(argv)
    fleet, users, _ = read(args.dir)
    user = None if args.name is None else _known(args.dir, users, args.name)
    if user is not None and user.revoked:
        raise Failed(f"{user.name} was revoked on {user.revoked} and gets no profile.")
    profile = profile_of(fleet, user)
    if not profile.nodes:
        raise Failed("No site has a public key yet: apply the rendered files, and write down what the nodes print.")
    out.line(render_toml(profile).rstrip())
    return DONE


def _known(place: Path, users: Sequence[User], name: str) -> User:
    for user in users:
        if user.name == name:
            return user
    raise Failed(f"There is no user {name[:40]}: look into {place / USERS}.")


def _file(place: Path, name: str) -> Path:
    return (place if place.is_dir() else place.parent) / USERS / f"{name}.toml"
