"""What does the fleet become, and what would change? ``wgtray fleet render|plan``."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from wgtray.cli import out
from wgtray.cli.fleet_options import FleetParser, read, write
from wgtray.cli.trouble import DONE, Failed
from wgtray.fleet.document import FLEET_FILE
from wgtray.fleet.plan import changes, difference, rendered, where
from wgtray.fleet.render import files_of

MARK = "inventory.json"
"""A directory with files but without this one is nobody's rendering and is not written to."""


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Write the files that are not as they should be, or say which those are."""
    parser = _parser(verb)
    args = parser.parse_args(argv)
    target: Path = args.target or args.dir / "rendered"
    fleet, users, _ = read(args.dir)
    old, new = _last(target), files_of(fleet, users)
    changed = changes(old, new)
    if verb == "plan":
        if args.json:
            listed = [{"where": where(fleet, each.path), "change": each} for each in changed]
            out.document({"changes": listed})
            return DONE
        for each in changed:
            lines = f"+{each.added} -{each.removed}"
            out.line(f"{each.kind:<7}  {lines:<12}  {where(fleet, each.path):<24}  {each.path}")
            if args.diff:
                for line in difference(old, new, each.path):
                    out.line(f"    {line}")
        if not changed:
            out.line("Nothing would change.")
        return DONE
    for each in changed:
        if each.kind == "gone":
            (target / each.path).unlink()
        else:
            write(target / each.path, new[each.path])
    out.line(f"{len(new)} files in {target}, {len(changed)} of them changed. Next, there:")
    out.line("  ansible-playbook -i inventory.json playbook.yml")
    return DONE


def _last(target: Path) -> Mapping[str, str]:
    try:
        if target.exists() and not target.is_dir():
            raise Failed(f"{target} is no directory: name an empty one, or one of an earlier rendering.")
        if target.is_dir() and any(target.iterdir()) and not (target / MARK).exists():
            raise Failed(f"{target} holds something else: name an empty directory, or one of an earlier rendering.")
        return rendered(target)
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(f"{target} cannot be read ({type(error).__name__}): name an empty directory.") from None


def _parser(verb: str) -> FleetParser:
    if verb == "render":
        words = (
            "Write what the fleet becomes: rules, peers and settings of every node, balancers, name servers, the\n"
            "clients' profile, and a playbook that applies them. The same fleet gives the same bytes.\n"
            "Nothing is contacted."
        )
        parser = FleetParser(verb, words, "  wgtray fleet render out\n  git diff out")
    else:
        words = f"Say what rendering {FLEET_FILE} now would change, and on which machines. Writes nothing."
        parser = FleetParser(verb, words, "  wgtray fleet plan\n  wgtray fleet plan out --diff")
        parser.add_argument("--diff", action="store_true", help="every line that changes")
        parser.add_argument("--json", action="store_true", help='print {"changes": [...]} as one JSON document')
    parser.add_argument(
        "target", metavar="TARGET", nargs="?", type=Path, help="where it is rendered to (default: rendered, in DIR)"
    )
    return parser
