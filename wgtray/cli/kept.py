"""Which profile is in use, and how is it forgotten? ``wgtray profile show`` and ``wgtray profile remove``."""

from collections.abc import Sequence

from wgtray.cli import out
from wgtray.cli.call import Connection
from wgtray.cli.options import Parser
from wgtray.cli.trouble import DONE, Failed
from wgtray.core.problems import WgtrayError
from wgtray.desktop.places import socket_path
from wgtray.ipc.messages import ForgetCompany, RemoveProfile


def run(verb: str, argv: Sequence[str], socket: str | None) -> int:
    """Print the profile, or remove it."""
    args = (_show_parser if verb == "show" else _remove_parser)(verb).parse_args(argv)
    with Connection(socket_path(args.socket or socket)) as connection:
        if verb == "show":
            _show(connection, as_json=args.json)
        else:
            _remove(connection, company_key=args.company_key)
    return DONE


def _show(connection: Connection, *, as_json: bool) -> None:
    from wgtray.cli.reading import without_keys
    from wgtray.core.document import render_toml

    profile = connection.profile()
    if profile is None:
        raise WgtrayError("no-profile")
    profile = without_keys(profile)  # the service sends none; this keeps it so whatever it sends
    if as_json:
        out.document(profile)
    else:
        out.line(render_toml(profile).rstrip("\n"))


def _remove(connection: Connection, *, company_key: bool) -> None:
    shown = connection.status()
    public_key = shown.public_key
    if company_key:
        connection.do(ForgetCompany())
        out.line(
            "Whose profiles were taken is forgotten: the next signed one that is imported brings its company's key."
        )
        if shown.profile is None:
            return
    connection.do(RemoveProfile())
    if public_key is not None:
        from wgtray.desktop import keys

        try:
            if keys.usable():
                keys.delete(public_key)
        except keys.KeyringTrouble as trouble:
            raise Failed(
                f"The profile is removed, but its private key may still be in the keyring. {trouble}"
            ) from None
    out.line("The profile and its private key are removed.")


def _show_parser(verb: str) -> Parser:
    parser = Parser(
        f"profile {verb}",
        "Print the profile in use as TOML, without private and preshared keys.",
        "  wgtray profile show\n  wgtray profile show --json",
    )
    parser.add_argument("--json", action="store_true", help="print it as one JSON document")
    return parser


def _remove_parser(verb: str) -> Parser:
    parser = Parser(
        f"profile {verb}",
        "Disconnect, forget the profile and delete its private key from the service and from your keyring.\n"
        "Whose profiles are taken stays known, so that nobody leaves a company's policy this way.",
        "  wgtray profile remove\n  sudo wgtray profile remove --company-key",
    )
    parser.add_argument(
        "--company-key",
        action="store_true",
        help="forget too whose profiles were taken since the first signed one; root only",
    )
    return parser
