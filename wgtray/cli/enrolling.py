"""What goes to the administrator, and what comes back? ``wgtray enroll request`` and ``wgtray enroll accept``."""

import getpass
import os
from collections.abc import Sequence
from pathlib import Path

from wgtray.cli import camera, out
from wgtray.cli.importing import KEYRING, SERVICE, compare, import_profile, requested, told
from wgtray.cli.options import Parser
from wgtray.cli.reading import STDIN, read_file
from wgtray.cli.trouble import DONE, Failed
from wgtray.core import enrolment, fields
from wgtray.core.enrolment import Request
from wgtray.core.problems import WgtrayError
from wgtray.core.signature import claimed, fingerprint
from wgtray.desktop import keys
from wgtray.desktop.places import socket_path


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Write a request, or import the answer to one."""
    if verb == "request":
        return _request(verb, argv)
    args = _accept_parser(verb).parse_args(argv)
    return _accept(args.file, args.fingerprint, args.keys, socket_path(args.socket or socket))


def _request(verb: str, argv: Sequence[str]) -> int:
    parser = _request_parser(verb)
    args = parser.parse_args(argv)
    if args.file is None and args.picture is None and not args.qr:
        parser.error("say where the request goes: a FILE, --qr, or --picture")
    try:
        user = fields.name(args.user or getpass.getuser())
    except (ValueError, KeyError, OSError) as error:
        raise Failed(f"Your name is needed: give it with --user ({error}).") from None
    secret = keys.generate()
    request = Request(user, keys.public_key(secret))
    try:
        keys.save(request.public_key, secret)
    except keys.KeyringTrouble as trouble:
        raise Failed(str(trouble)) from None
    try:
        _hand_over(request, args.file, args.picture, shown=args.qr)
    except (Failed, BrokenPipeError):
        keys.delete(request.public_key)
        raise
    if args.file != STDIN:
        out.line("There is no secret in it: it is for your administrator. The private key is in your keyring.")
        out.line(f"To compare by telephone: {fingerprint(request.public_key)}")
        out.line("What comes back is imported with: wgtray enroll accept FILE")
    return DONE


def _hand_over(request: Request, file: str | None, picture: Path | None, *, shown: bool) -> None:
    if picture is not None:
        camera.save(enrolment.brief(request), picture)
        out.line(f"Wrote {picture}.")
    if file is not None:
        try:
            _write(file, enrolment.render(request))
        except OSError as error:
            if picture is not None:
                picture.unlink(missing_ok=True)
            why = error.strerror or type(error).__name__
            raise Failed(f"{file} cannot be written ({why}): choose another name.") from None
    if shown:
        camera.show(enrolment.brief(request))


def _accept(file: str, wanted: str | None, home: str | None, path: str) -> int:
    profile, findings, signed = read_file(file)
    for finding in findings:
        out.complain(str(finding))
    if profile is None:
        raise Failed(f"Nothing was imported: {file if file != STDIN else 'the input'} cannot be used.")
    said = None if signed is None else claimed(signed)
    if said is None:
        raise WgtrayError("profile-unsigned")
    secret = requested(said)
    if secret is None:
        raise Failed("This profile is for everybody, not the answer to a request: see wgtray profile import --help.")
    compare(said, wanted)
    import_profile(profile, signed, secret, path, home or KEYRING)
    told(profile, said, home or KEYRING)
    return DONE


def _write(file: str, text: str) -> None:
    """A new file; an earlier request under that name may still wait for its answer, and is not replaced."""
    if file == STDIN:
        out.line(text.rstrip("\n"))
        return
    with open(
        file, "x", encoding="utf-8", newline="\n", opener=lambda name, flags: os.open(name, flags, 0o644)
    ) as stream:
        stream.write(text)


def _request_parser(verb: str) -> Parser:
    parser = Parser(
        f"enroll {verb}",
        "Make a key pair, keep the private key in your keyring, and make a request of the public key for your\n"
        "administrator: a file, text, or a QR code. Needs no service. There is no secret in it: send it as you like.",
        "  wgtray enroll request anna.request\n"
        "  wgtray enroll request - --user anna@corp.example    (text, to be copied)\n"
        "  wgtray enroll request --qr                          (held before the administrator's camera)\n"
        "  wgtray enroll request --picture anna.png",
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help="the file to write, or - for standard output")
    parser.add_argument("--qr", action="store_true", help="show it as a QR code on the terminal")
    parser.add_argument("--picture", metavar="FILE", type=Path, help="write it as a QR code: .png or .svg")
    parser.add_argument("--user", metavar="NAME", help="who you are to your company (default: your name here)")
    return parser


def _accept_parser(verb: str) -> Parser:
    parser = Parser(
        f"enroll {verb}",
        "Import the signed profile that your administrator made of your request. The service verifies the signature.",
        "  wgtray enroll accept anna.toml\n  wgtray enroll accept anna.toml --fingerprint '5f3c 91ab …'",
    )
    parser.add_argument("file", metavar="FILE", help="the answer, or - for standard input")
    parser.add_argument(
        "--fingerprint", metavar="F", help="import only what is signed with the key of this fingerprint"
    )
    parser.add_argument(
        "--keys", choices=(KEYRING, SERVICE), help="where the private key rests from now on (default: the keyring)"
    )
    return parser
