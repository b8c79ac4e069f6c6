"""How does a newer profile get here where no address for updates is reached? ``wgtray profile update``."""

from collections.abc import Sequence

from wgtray.cli import out
from wgtray.cli.call import Connection
from wgtray.cli.options import Parser
from wgtray.cli.reading import STDIN, read_file
from wgtray.cli.trouble import DONE, Failed
from wgtray.core.problems import WgtrayError
from wgtray.core.signature import claimed
from wgtray.desktop.places import socket_path
from wgtray.ipc.messages import UpdateProfile


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Hand the signed text to the service, which verifies it; addresses and keys stay as they are."""
    args = _parser(verb).parse_args(argv)
    profile, findings, signed = read_file(args.file)
    if profile is None:
        for finding in findings:
            out.complain(str(finding))
        raise Failed(f"Nothing was updated: {args.file if args.file != STDIN else 'the input'} cannot be used.")
    said = None if signed is None else claimed(signed)
    if signed is None or said is None:
        raise WgtrayError("profile-unsigned")
    with Connection(socket_path(args.socket or socket)) as connection:
        connection.do(UpdateProfile(signed))
    out.line(f"{profile.name}: number {said.serial} is in use.")
    return DONE


def _parser(verb: str) -> Parser:
    parser = Parser(
        f"profile {verb}",
        "Take a newer profile that your company signed for everybody. Your addresses and keys stay as they are.\n"
        "The service does this by itself where the profile names an address for updates.",
        "  wgtray profile update acme.toml",
    )
    parser.add_argument("file", metavar="FILE", help="the file, or - for standard input")
    return parser
