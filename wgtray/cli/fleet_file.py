"""How does a fleet begin, and is it right? ``wgtray fleet init|check``."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from wgtray.cli import out
from wgtray.cli.fleet_options import FleetParser, write
from wgtray.cli.trouble import DONE, FAILED, Failed
from wgtray.core.findings import Unreadable
from wgtray.fleet import document
from wgtray.fleet.document import FLEET_FILE, USERS, Reading
from wgtray.shipped import shipped


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Write the first file, or print every finding and what the fleet is."""
    return {"init": _init, "check": _check}[verb](verb, argv)


def _init(verb: str, argv: Sequence[str]) -> int:
    parser = FleetParser(
        verb,
        "Write a fleet.toml to start from: a company with three sites, with a comment beside everything.\n"
        "An existing file is never touched.",
        "  wgtray fleet init vpn",
    )
    parser.add_argument("place", metavar="DIR", nargs="?", type=Path, help="the same as --dir; made where missing")
    args = parser.parse_args(argv)
    place: Path = args.place or args.dir
    path = place / FLEET_FILE
    if path.exists():
        raise Failed(f"{path} is there already: take another directory, or go on with it.")
    write(path, shipped("fleet", FLEET_FILE).read_text(encoding="utf-8"))
    try:
        (place / USERS).mkdir(exist_ok=True)
    except OSError as error:
        raise Failed(f"{place / USERS} cannot be made ({error.strerror}): move away what is there.") from None
    there = f"cd {shlex.quote(str(place))} && " if place.resolve() != Path.cwd() else ""
    out.line(f"Wrote {path}. Change it to what your company is, then: {there}wgtray fleet check")
    return DONE


def _check(verb: str, argv: Sequence[str]) -> int:
    parser = FleetParser(
        verb,
        "Say everything that is wrong with fleet.toml and users/, line by line, and what to write instead.\n"
        "Contacts nobody and changes nothing. Exit code 1 when there are errors.",
        "  wgtray fleet check --dir vpn\n  wgtray fleet check --json",
    )
    parser.add_argument("--json", action="store_true", help='print {"ok", "findings", "fleet", "users"} as JSON')
    args = parser.parse_args(argv)
    reading: Reading | None = None
    try:
        reading = document.read(args.dir)
        findings = reading.findings
    except Unreadable as unreadable:
        findings = unreadable.findings
    if args.json:
        fleet, users = (reading.fleet, reading.users) if reading else (None, ())
        out.document({"ok": reading is not None, "findings": findings, "fleet": fleet, "users": users})
    else:
        for finding in findings:
            out.complain(str(finding))
        if reading:
            out.line(reading.fleet.name)
            for title, text in _summary(reading):
                out.line(f"  {title:<10} {text}")
    return DONE if reading else FAILED


def _summary(reading: Reading) -> Iterator[tuple[str, str]]:
    fleet, users, _ = reading
    names = {site.name: ", ".join(node.name for node in fleet.served_by(site)) for site in fleet.sites}
    yield "sites", "; ".join(f"{site.name} ({site.served_by}: {names[site.name]})" for site in fleet.sites) or "none"
    yield "services", ", ".join(service.name for service in fleet.services) or "none"
    for group in fleet.groups:
        reach = [*group.services, *(["the internet"] if group.internet else [])]
        count = sum(group.name in user.groups and not user.revoked for user in users)
        yield "group", f"{group.name} ({count}): {', '.join(reach) or 'nothing'}"
    classes = [f"{each.name} {each.reserved_percent:g}-{each.ceiling_percent:g} %" for each in fleet.classes]
    yield "classes", ", ".join(classes) or "none: bandwidth is not divided"
    revoked = sum(bool(user.revoked) for user in users)
    yield "users", f"{len(users) - revoked}, and {revoked} revoked"
