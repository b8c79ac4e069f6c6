"""How does a company's file become this computer's profile, and where does its key rest? ``wgtray profile import``.

Preshared keys travel inside the profile and rest with the service, root only, wherever the private key goes: they are
the company's, one for each node, and worth nothing without it.
"""

from collections.abc import Sequence

import msgspec

from wgtray import words
from wgtray.cli import out
from wgtray.cli.call import Connection
from wgtray.cli.options import Parser, address
from wgtray.cli.reading import STDIN, read_file
from wgtray.cli.trouble import DONE, Failed
from wgtray.core.fields import Interface
from wgtray.core.problems import WgtrayError
from wgtray.core.profile import Profile
from wgtray.core.secret import Secret
from wgtray.desktop import keys
from wgtray.desktop.places import socket_path
from wgtray.ipc.messages import SetProfile

KEYRING, SERVICE = "keyring", "helper"


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Check the file, find or make the private key, put it to rest, and give the profile to the service."""
    args = _parser(verb).parse_args(argv)
    profile = _profile(args.file, args.address)
    in_file = profile.interface.private_key
    secret = in_file or keys.generate()
    personal = msgspec.structs.replace(profile.interface, private_key=secret)
    profile = msgspec.structs.replace(profile, interface=personal)
    path = socket_path(args.socket or socket)
    with Connection(path) as connection:
        connection.status()  # no service, or no right to use it: known before anything is stored
    home = args.keys or (KEYRING if keys.usable() else SERVICE)
    _give(profile, secret, path, home)

    nodes = f"{len(profile.nodes)} node{'' if len(profile.nodes) == 1 else 's'}"
    where = "in this user's keyring" if home == KEYRING else f"with {words.NAME}'s service, readable by root only"
    out.line(f"Imported {profile.name}: {nodes}. The private key rests {where}.")
    if in_file is None:
        out.line("The file has no private key, so one was made. Give your administrator its public key:")
        out.line(keys.public_key(secret))
    elif args.file != STDIN:
        out.complain(f"note: {args.file} still holds the private key: delete it, or keep it where only you can read it")
    return DONE


def _profile(file: str, addresses: list[Interface]) -> Profile:
    """The file's profile, with these addresses instead of its own; raises Failed when it cannot be used."""
    profile, findings = read_file(file)
    for finding in findings:
        out.complain(str(finding))
    if profile is None:
        raise Failed(f"Nothing was imported: correct {file if file != STDIN else 'the input'} and import it again.")
    if addresses:
        personal = msgspec.structs.replace(profile.interface, addresses=tuple(dict.fromkeys(addresses)))
        profile = msgspec.structs.replace(profile, interface=personal)
    if not profile.interface.addresses:
        raise WgtrayError("no-address")
    if not profile.nodes:
        raise WgtrayError("no-nodes")
    return profile


def _give(profile: Profile, secret: Secret, path: str, home: str) -> None:
    """Store the key and hand over the profile: both, or neither."""
    stored = None
    try:
        if home == KEYRING:
            public_key = keys.public_key(secret)
            if keys.load(public_key) != secret:
                stored = public_key  # before it is: an interrupted save leaves nothing either
                keys.save(public_key, secret)
        # Without keep_key the service holds the key in memory only, so that it can work until it is restarted.
        with Connection(path) as connection:
            connection.do(SetProfile(profile, keep_key=home == SERVICE))
    except BaseException as error:
        if stored is not None:
            _forget(stored)
        if isinstance(error, keys.KeyringTrouble):
            raise Failed(str(error)) from None
        raise


def _forget(public_key: str) -> None:
    try:
        keys.delete(public_key)
    except keys.KeyringTrouble as trouble:
        out.complain(f"The private key may still be in the keyring. {trouble}")


def _parser(verb: str) -> Parser:
    parser = Parser(
        f"profile {verb}",
        "Use a .toml profile or a wg-quick .conf. The file is checked first; with an error nothing changes.\n"
        "The private key moves to your keyring, or to the service where there is none. A file without a private key\n"
        "gets a new one, and its public key is printed for your administrator.",
        "  wgtray profile import acme.toml --address 10.66.0.10/32 --address fd66::10/128\n"
        "  wgtray profile import office.conf --keys helper",
    )
    parser.add_argument("file", metavar="FILE", help="the file, or - for standard input")
    parser.add_argument(
        "--keys",
        choices=(KEYRING, SERVICE),
        help="where the private key rests: this user's keyring, or the service's store that only root can read "
        "(default: the keyring where there is one, else the service)",
    )
    parser.add_argument(
        "--address",
        metavar="A",
        type=address,
        action="append",
        default=[],
        help="this computer's address in the tunnel, instead of the file's; may be given several times",
    )
    return parser
