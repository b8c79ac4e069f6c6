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
from wgtray.core.signature import Signature, claimed, fingerprint
from wgtray.desktop import keys
from wgtray.desktop.places import socket_path
from wgtray.ipc.messages import SetProfile, SetSigned

KEYRING, SERVICE = "keyring", "helper"


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Check the file, find or make the private key, put it to rest, and give the profile to the service."""
    args = _parser(verb).parse_args(argv)
    profile, signed = _profile(args.file, args.address)
    said = None if signed is None else claimed(signed)
    compare(said, args.fingerprint)
    in_file = profile.interface.private_key
    secret = in_file or (None if said is None else requested(said)) or keys.generate()
    made = in_file is None and (said is None or keys.public_key(secret) != said.meant_for)
    path = socket_path(args.socket or socket)
    home = args.keys or (KEYRING if keys.usable() else SERVICE)
    import_profile(profile, signed, secret, path, home)
    told(profile, said, home)
    if made:
        out.line("The file has no private key, so one was made. Give your administrator its public key:")
        out.line(keys.public_key(secret))
    elif in_file is not None and args.file != STDIN:
        out.complain(f"note: {args.file} still holds the private key: delete it, or keep it where only you can read it")
    return DONE


def import_profile(profile: Profile, signed: str | None, secret: Secret, path: str, home: str) -> None:
    """Put the key to rest at home and give the profile to the service at ``path``; raises Failed, WgtrayError."""
    with Connection(path) as connection:
        connection.status()  # no service, or no right to use it: known before anything is stored
    # Without keep_key the service holds the key in memory only, so that it can work until it is restarted.
    if signed is None:
        personal = msgspec.structs.replace(profile.interface, private_key=secret)
        whole = msgspec.structs.replace(profile, interface=personal)
        _give(SetProfile(whole, keep_key=home == SERVICE), secret, path, home)
    else:
        _give(SetSigned(signed, secret, home == SERVICE, profile.interface.addresses), secret, path, home)


def told(profile: Profile, said: Signature | None, home: str) -> None:
    """Say what was imported, where its key is, and whose word it is."""
    nodes = f"{len(profile.nodes)} node{'' if len(profile.nodes) == 1 else 's'}"
    where = "in this user's keyring" if home == KEYRING else f"with {words.NAME}'s service, readable by root only"
    out.line(f"Imported {profile.name}: {nodes}. The private key rests {where}.")
    if said is not None:
        out.line("It is signed with this key; compare it with what your company tells. From now on no other is taken:")
        out.line(fingerprint(said.key))


def compare(said: Signature | None, wanted: str | None) -> None:
    """Raises Failed when the file is not signed with the key of this fingerprint."""
    if wanted is None:
        return
    if said is None:
        raise Failed("The file is not signed, so it cannot be of that key. Nothing was changed.")
    if "".join(wanted.split()).lower() != fingerprint(said.key).replace(" ", ""):
        raise Failed(f"The file is signed with another key, {fingerprint(said.key)}. Nothing was changed.")


def requested(said: Signature) -> Secret | None:
    """The key that ``wgtray enroll request`` made, where the file is the answer to it; raises Failed."""
    if said.meant_for is None:
        return None
    try:
        found = keys.load(said.meant_for)
    except keys.KeyringTrouble as trouble:
        raise Failed(str(trouble)) from None
    if found is None:
        raise WgtrayError("profile-of-another")
    return found


def _profile(file: str, addresses: list[Interface]) -> tuple[Profile, str | None]:
    """The file's profile, with these addresses instead of its own, and the text where it is signed; raises Failed."""
    profile, findings, signed = read_file(file)
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
    return profile, signed


def _give(request: SetProfile | SetSigned, secret: Secret, path: str, home: str) -> None:
    """Store the key and hand over the profile: both, or neither."""
    stored = None
    try:
        if home == KEYRING:
            public_key = keys.public_key(secret)
            if keys.load(public_key) != secret:
                stored = public_key  # before it is: an interrupted save leaves nothing either
                keys.save(public_key, secret)
        with Connection(path) as connection:
            connection.do(request)
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
        "gets a new one, and its public key is printed for your administrator. Of a signed file the fingerprint\n"
        "of the company's key is printed; once one was imported, only what the company signed is taken.",
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
        "--fingerprint",
        metavar="F",
        help="import only what is signed with the key of this fingerprint, as your company told it to you",
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
