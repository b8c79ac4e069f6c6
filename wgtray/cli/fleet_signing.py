"""How does a profile get the company's name, and who gets one? ``wgtray fleet keygen|sign|approve``."""

import contextlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from wgtray.cli import out
from wgtray.cli.fleet_options import FleetParser, read, write
from wgtray.cli.reading import STDIN, read_file
from wgtray.cli.trouble import DONE, Failed
from wgtray.core import enrolment, signature
from wgtray.core.document import render_toml
from wgtray.core.enrolment import Request
from wgtray.core.profile import Profile
from wgtray.core.signature import SigningKey, fingerprint
from wgtray.fleet import signing
from wgtray.fleet.document import USERS
from wgtray.fleet.profiles import profile_of
from wgtray.fleet.signing import DAYS, KeyTrouble, Terms
from wgtray.fleet.users import added, user_text

KEY_FILE = "company.key"
PUBLIC_SUFFIX = ".pub"


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Make the key, sign a file, or answer a request."""
    return {"keygen": _keygen, "sign": _sign, "approve": _approve}[verb](verb, argv)


def _keygen(verb: str, argv: Sequence[str]) -> int:
    parser = FleetParser(
        verb,
        "Make the key with which the company signs profiles, in a file that only you can read. Keep it outside git\n"
        "and off the nodes; who has it can send every laptop anywhere. Beside it is written what laptops are given.",
        "  wgtray fleet keygen ~/keys/company.key\n  wgtray fleet keygen ~/keys/company-2027.key",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="the file to make")
    path: Path = parser.parse_args(argv).file
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = signing.make(path)
    except FileExistsError:
        raise Failed(f"{path} is there already, and laptops may trust that key: name another file.") from None
    except OSError as error:
        raise Failed(f"{path} cannot be written ({error.strerror}): name another file.") from None
    beside = path.with_name(path.stem + PUBLIC_SUFFIX)
    write(beside, f"{key} {path.stem}\n")
    out.line(f"Made {path}. Keep it secret, and a copy of it in a safe place.")
    out.line(f"{beside} goes to every laptop as /etc/wgtray/company.pub. Tell its fingerprint to who imports by hand:")
    out.line(fingerprint(key))
    return DONE


def _sign(verb: str, argv: Sequence[str]) -> int:
    parser = _signer(
        verb,
        "Put the company's name to a profile, in the file itself unless --out names another. What is published must\n"
        "be for everybody: no [interface], no preshared keys. Its number is the present time unless given.",
        "  wgtray fleet sign rendered/client/profile.toml --key ~/keys/company.key --out public/acme.toml\n"
        "  wgtray fleet sign acme.toml --key company.key --next company-2027.pub",
    )
    parser.add_argument("file", metavar="FILE", help="the profile")
    parser.add_argument("--out", metavar="FILE", type=Path, help="where the signed profile is written")
    parser.add_argument("--serial", metavar="N", type=int, help="its number, above that of the last one")
    args = parser.parse_args(argv)
    profile, findings, signed = read_file(args.file)
    for finding in findings:
        out.complain(str(finding))
    if profile is None:
        raise Failed(f"Nothing was signed: correct {args.file} first.")
    text = signed or Path(args.file).read_text(encoding="utf-8")
    target = args.out or Path(args.file)
    terms = _terms(args.days, args.next, args.serial)
    _follows(target, terms)
    write(target, _signed(text, profile, args.key, terms))
    said = signature.claimed(target.read_text(encoding="utf-8"))
    if said is not None:
        out.line(f"Signed {target}: number {said.serial}, good until {signature.day(said.expires)}.")
    return DONE


def _approve(verb: str, argv: Sequence[str]) -> int:
    parser = _signer(
        verb,
        'Add who asks with a request of "wgtray enroll request", and write the answer: the company\'s profile with\n'
        "their addresses, signed for their key alone. Compare the fingerprint with them first, by telephone say.",
        "  wgtray fleet approve anna.request anna.toml --group staff --key ~/keys/company.key\n"
        "  wgtray fleet approve anna.request anna.toml --key company.key    (who was added before)\n"
        "  wgtray fleet approve - anna.toml --group staff    (text that was pasted, or that a camera read)",
    )
    parser.add_argument("request", metavar="REQUEST", help="the file of the request, or - for standard input")
    parser.add_argument("answer", metavar="ANSWER", type=Path, help="the file to write")
    parser.add_argument("--name", metavar="NAME", help="the user's name in the fleet (default: the request's)")
    parser.add_argument("--group", action="append", default=[], metavar="GROUP", help="may be given several times")
    args = parser.parse_args(argv)
    request = _request(args.request)
    fleet, users, _ = read(args.dir)
    try:
        key = signing.load(args.key)
    except KeyTrouble as trouble:
        raise Failed(str(trouble)) from None
    user = next((user for user in users if user.public_key == request.public_key and not user.revoked), None)
    new = user is None
    if user is None:
        try:
            user = added(fleet, users, args.name or request.user.lower(), request.public_key, args.group)
        except ValueError as error:
            raise Failed(f"Nobody was added: {error}.") from None
    profile = profile_of(fleet, user)
    if not profile.nodes:
        raise Failed("No site has a public key yet, so there is nothing to connect to: write public_key to the sites.")
    terms = Terms(now=int(time.time()), days=args.days, next_key=_next_key(args.next), meant_for=request.public_key)
    answer = signing.sealed(render_toml(profile, secrets=True), key, terms)
    if new:
        place = args.dir if args.dir.is_dir() else args.dir.parent
        write(place / USERS / f"{user.name}.toml", user_text(user))
        out.line(f"Added {user.name} with {' and '.join(user.addresses)}. Their key, to compare by telephone:")
    else:
        out.line(f"{user.name} was added before with {' and '.join(user.addresses)}. Their key:")
    out.line(fingerprint(request.public_key))
    write(args.answer, answer)
    out.line(f"{args.answer} is for {user.name} alone. The nodes know them once the fleet is rendered and applied.")
    return DONE


def _signed(text: str, profile: Profile, key_file: Path, terms: Terms) -> str:
    try:
        key = signing.load(key_file)
    except KeyTrouble as trouble:
        raise Failed(str(trouble)) from None
    obstacle = signing.unfit(profile, terms)
    if obstacle is not None:
        raise Failed(f"Nothing was signed, for {obstacle}.")
    return signing.sealed(text, key, terms)


def _follows(target: Path, terms: Terms) -> None:
    """Raises Failed where laptops that have the present file would refuse the new one."""
    try:
        present = signature.claimed(target.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return
    serial = terms.now if terms.serial is None else terms.serial
    if present is not None and serial <= present.serial:
        raise Failed(f"Nothing was signed: {target} has number {present.serial}, and {serial} is no higher.")


def _request(file: str) -> Request:
    try:
        with contextlib.nullcontext(sys.stdin.buffer) if file == STDIN else open(file, "rb") as stream:
            return enrolment.parse(stream.read(enrolment.SIZE_LIMIT + 1).decode())
    except OSError as error:
        raise Failed(f"{file} cannot be read ({error.strerror}).") from None
    except ValueError as error:
        raise Failed(f"{file}: {error}.") from None


def _terms(days: int, next_file: Path | None, serial: int | None) -> Terms:
    return Terms(now=int(time.time()), days=days, serial=serial, next_key=_next_key(next_file))


def _next_key(path: Path | None) -> SigningKey | None:
    """The key that the company goes over to; raises Failed."""
    if path is None:
        return None
    try:
        keys = signature.signing_keys(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        keys = ()
    if len(keys) != 1:
        raise Failed(f'{path} must hold one key, as "wgtray fleet keygen" writes it beside the secret one.')
    return keys[0]


def _signer(verb: str, description: str, examples: str) -> FleetParser:
    parser = FleetParser(verb, description, examples)
    parser.add_argument(
        "--key", metavar="FILE", type=Path, default=Path(KEY_FILE), help=f"the company's key (default: {KEY_FILE})"
    )
    parser.add_argument("--days", metavar="N", type=int, default=DAYS, help=f"how long it is good (default: {DAYS})")
    parser.add_argument(
        "--next", metavar="PUB", type=Path, help="the public file of the key that the company goes over to"
    )
    return parser
