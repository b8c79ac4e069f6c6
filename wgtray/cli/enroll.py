"""How does this computer get into its company? ``wgtray enroll request|accept``."""

from collections.abc import Mapping, Sequence

from wgtray.cli.verbs import Verb, carried_out

VERBS: Mapping[str, Verb] = {
    "request": Verb("wgtray.cli.enrolling", "make a key and write a request for your administrator"),
    "accept": Verb("wgtray.cli.enrolling", "import your administrator's answer"),
}

HELP = """\
usage: wgtray enroll [--socket PATH] VERB …

Get into your company without a server: the private key is made here and never leaves this computer.

verbs ("wgtray enroll VERB --help" says more):
{verbs}

examples:
  wgtray enroll request anna.request     send the file to your administrator
  wgtray enroll request --qr             or show a code to their camera
  wgtray enroll accept anna.toml         import what comes back, and connect"""


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Hand over to the module of the word behind ``enroll``."""
    return carried_out(f"wgtray {verb}", list(argv), socket, VERBS, HELP)
