"""What does the company run? ``wgtray fleet init|check|…``: nothing here needs the service."""

from collections.abc import Mapping, Sequence

from wgtray.cli.verbs import Verb, carried_out

VERBS: Mapping[str, Verb] = {
    "init": Verb("wgtray.cli.fleet_file", "write a fleet file to start from"),
    "check": Verb("wgtray.cli.fleet_file", "say everything that is wrong with the fleet file and the users"),
    "render": Verb("wgtray.cli.fleet_render", "write the files of nodes, balancers, name servers and clients"),
    "plan": Verb("wgtray.cli.fleet_render", "say what the next rendering would change, and where"),
    "add-user": Verb("wgtray.cli.fleet_users", "add somebody's computer: name, public key, groups"),
    "approve": Verb("wgtray.cli.fleet_signing", "add who asks with a request, and write the signed answer"),
    "revoke": Verb("wgtray.cli.fleet_users", "take somebody's access away"),
    "profile": Verb("wgtray.cli.fleet_users", "print somebody's profile, or the company's"),
    "keygen": Verb("wgtray.cli.fleet_signing", "make the key with which the company signs"),
    "sign": Verb("wgtray.cli.fleet_signing", "put the company's name to a profile"),
}

HELP = """\
usage: wgtray fleet [--socket PATH] VERB …

The company side: one file in git, fleet.toml, with the users beside it, becomes the files of nodes, balancers, name
servers and clients. Nothing is contacted; the playbook in the rendered directory brings it to the nodes.

verbs ("wgtray fleet VERB --help" says more):
{verbs}

examples:
  wgtray fleet init vpn && cd vpn
  wgtray fleet add-user alice --key "$(wg pubkey < alice.key)" --group staff
  wgtray fleet check"""


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Hand over to the module of the word behind ``fleet``."""
    return carried_out(f"wgtray {verb}", list(argv), socket, VERBS, HELP)
