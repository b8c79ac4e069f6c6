"""Is this profile right? ``wgtray profile check``, with no service running."""

import typing
from collections.abc import Iterator, Sequence

from wgtray import words
from wgtray.cli import out
from wgtray.cli.options import Parser
from wgtray.cli.reading import read_file, without_keys
from wgtray.cli.trouble import DONE, FAILED
from wgtray.core.profile import AppRule, Network, Permission, Profile
from wgtray.core.signature import claimed, day, fingerprint


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Print every finding, and what the profile says."""
    args = _parser(verb).parse_args(argv)
    profile, findings, signed = read_file(args.file)
    if args.json:
        shown = without_keys(profile) if profile else None
        out.document({"ok": profile is not None, "findings": findings, "profile": shown})
    else:
        for finding in findings:
            out.complain(str(finding))
        if profile:
            out.line(profile.name)
            for title, text in (*_summary(profile), *_signature(signed)):
                out.line(f"  {title:<10} {text}")
    return DONE if profile else FAILED


def _summary(profile: Profile) -> Iterator[tuple[str, str]]:
    nodes = [f"{node.name} ({node.location})" if node.location else node.name for node in profile.nodes]
    yield "nodes", ", ".join(nodes) or "none"
    yield "networks", ", ".join(map(_network, profile.split.networks)) or "none"
    names = [*profile.dns.domains, *profile.public_domains]
    if names:
        yield "names", ", ".join(names)
    yield "apps", ", ".join(map(_app, profile.apps)) or "none"
    may_not = [words.ACTIONS[each] for each in typing.get_args(Permission) if each not in profile.policy.user_may]
    yield "locked", f"users may not {', '.join(may_not)}" if may_not else "nothing that users may choose"
    yield "lockdown", profile.policy.lockdown
    personal = profile.interface
    yield "addresses", ", ".join(personal.addresses) or "none: give yours on import with --address"
    yield "key", "a private key is in the file" if personal.private_key else "none: import makes one"


def _signature(signed: str | None) -> Iterator[tuple[str, str]]:
    said = None if signed is None else claimed(signed)
    if said is None:
        return
    yield "signed", f"with the key {fingerprint(said.key)}"
    yield "", f"number {said.serial}, good until {day(said.expires)}"
    if said.next_key is not None:
        yield "", f"followed by the key {fingerprint(said.next_key)}"


def _network(network: Network) -> str:
    ports = f" {network.proto} {'+'.join(map(str, network.ports))}" if network.ports else ""
    return network.net + ports + (f" via {' or '.join(network.via)}" if network.via else "")


def _app(app: AppRule) -> str:
    where = "only through the VPN" if app.route == "tunnel" else "never through the VPN"
    return f"{app.name} ({where}{', locked' if app.locked else ''})"


def _parser(verb: str) -> Parser:
    parser = Parser(
        f"profile {verb}",
        "Check a .toml profile or a wg-quick .conf and say everything that is wrong with it, line by line, and what\n"
        "to write instead. Needs no service and changes nothing. Exit code 1 when there are errors.",
        "  wgtray profile check acme.toml\n"
        "  wgtray profile check - < acme.toml\n"
        "  wgtray profile check acme.toml --json",
    )
    parser.add_argument("file", metavar="FILE", help="the file, or - for standard input")
    parser.add_argument("--json", action="store_true", help='print {"ok", "findings", "profile"} as one JSON document')
    return parser
