"""What does the company say? ``wgtray profile check|import|show|remove``."""

from collections.abc import Mapping, Sequence

from wgtray.cli.verbs import Verb, carried_out

VERBS: Mapping[str, Verb] = {
    "check": Verb("wgtray.cli.check", "say everything that is wrong with a file; needs no service"),
    "import": Verb("wgtray.cli.importing", "use a file: a .toml profile or a wg-quick .conf"),
    "show": Verb("wgtray.cli.kept", "print the profile in use, without its keys"),
    "remove": Verb("wgtray.cli.kept", "forget the profile and its private key"),
    "update": Verb("wgtray.cli.updating", "take a newer file that your company signed for everybody"),
}

HELP = """\
usage: wgtray profile [--socket PATH] VERB …

Check, import, update, show or remove the company's profile. No private or preshared key is ever printed.

verbs ("wgtray profile VERB --help" says more):
{verbs}

examples:
  wgtray profile check acme.toml
  wgtray profile import acme.toml --address 10.66.0.10/32
  wgtray profile show"""


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Hand over to the module of the word behind ``profile``."""
    return carried_out(f"wgtray {verb}", list(argv), socket, VERBS, HELP)
