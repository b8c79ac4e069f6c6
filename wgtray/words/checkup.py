"""What does wgtray say about a machine that it looked over? A sentence for each finding, and what to do."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from wgtray.core.checkup import Finding
from wgtray.ipc.messages import ProblemView
from wgtray.ipc.places import System
from wgtray.language import count, say
from wgtray.words import pages
from wgtray.words.trouble import NAME, PROBLEMS, helper_unreachable, what, what_then
from wgtray.words.trouble import problem as in_words

CHECKS: Final = {
    "service": "Service",
    "tools": "Programs",
    "wireguard": "WireGuard",
    "firewall": "Protection",
    "names": "Names",
    "vpns": "Other VPNs",
    "profile": "Profile",
    "keyring": "Keyring",
    "nodes": "Nodes",
    "apps": "Sensitive apps",
    "tray": "Tray",
    "login": "At login",
    "connection": "Connection",
}
"""What was looked at."""

SEVERITIES: Final = {"ok": "in order", "info": "note", "warning": "look here", "error": "to be mended"}
SEVERITY_WIDTH: Final = len("warning")

FOUND: Final = {
    "service-ok": ("The service runs (version {version}).", ""),
    "service-version": (
        "The service is version {service}, this program is version {version}.",
        "Restart the service after an update, or install both in the same version.",
    ),
    "service-next-login": (
        "You were added to the group wgtray after you logged in, so you may not use the service yet.",
        "Log out and in again.",
    ),
    "service-not-installed": (
        "The service is not installed, so nothing can be connected.",
        f'Install the package of {NAME}, or run it by hand with "sudo wgtray-helper run".',
    ),
    "service-unreachable": ("", ""),  # in the words of ``helper_unreachable``
    "tools-ok": ("All programs that the service runs are installed.", ""),
    "tools-missing": (
        "Not installed: {tools}. Without them nothing can be connected.",
        "Install the packages wireguard-tools, iproute2 and nftables.",
    ),
    "parts-missing": (
        "Not there: {tools}. Without them nothing can be connected.",
        f"Install {NAME} again.",
    ),
    "wireguard-ok": ("WireGuard is there ({implementation}).", ""),
    "wireguard-none": (
        "There is no WireGuard: neither a kernel module nor wireguard-go.",
        "Install the package wireguard, or wireguard-go.",
    ),
    "wireguard-no-tun": (
        "wireguard-go is there, but the device /dev/net/tun is not, so no tunnel can be made.",
        "Load the module tun, or let this container have the device.",
    ),
    "firewall-ok": ("What must not leave outside the tunnel can be held back ({program}).", ""),
    "firewall-none": (
        "There is no firewall program, so nothing can be held back outside the tunnel.",
        "Install the package nftables.",
    ),
    "firewall-incomplete": (
        "Not everything that should be protected is protected right now.",
        f"{NAME} keeps trying. If this stays, send a report to your administrator.",
    ),
    "names-ok": ("Name servers are set ({resolver}).", ""),
    "names-none": (
        "No name server is set on this computer, so names of nodes cannot be found.",
        "Connect to a network, or write a name server into /etc/resolv.conf.",
    ),
    "vpns-none": ("No other VPN runs.", ""),
    "vpns-other": (
        "Another VPN runs: {names}. It may take over routes, names or the firewall.",
        "If something does not work, stop it and try again.",
    ),
    "profile-ok": ("The profile of {profile} is imported (nodes: {nodes}).", ""),
    "profile-none": (
        "There is no profile yet, so there is nothing to connect to.",
        'Import the file from your administrator with "wgtray profile import FILE".',
    ),
    "keyring-ok": ("There is a keyring for the private key.", ""),
    "keyring-locked": (
        "The keyring is locked, so the private key cannot be read.",
        "Unlock it: log in to the desktop, or open its password program.",
    ),
    "keyring-none": (
        "This session has no keyring that keeps secrets.",
        "Start GNOME Keyring or KWallet, or import the profile with --keys helper.",
    ),
    "nodes-ok": ("Answers from {answering} of {all} nodes.", ""),
    "nodes-silent": (
        "No node answers ({all} in the profile).",
        "Check this computer's internet connection. Some networks hold back UDP: try another one, such as a phone's.",
    ),
    "apps-ok": ("Single programs can be kept in the tunnel from their first packet.", ""),
    "apps-unavailable": (
        "Single programs cannot be kept in the tunnel on this computer.",
        'Read "Sensitive apps" in the help: it says what is needed.',
    ),
    "tray-ok": ("The desktop shows tray icons.", ""),
    "tray-none": (
        "The desktop shows no tray icons, so the icon cannot be seen.",
        'Add a system tray to your panel. Until then "wgtray" opens the window.',
    ),
    "tray-none-gnome": (
        "GNOME shows no tray icons by itself, so the icon cannot be seen.",
        'Install and switch on the extension "AppIndicator and KStatusNotifierItem Support". '
        'Until then "wgtray" opens the window.',
    ),
    "tray-no-display": ("This is no graphical session, so there is no tray.", ""),
    "login-on": (f"{NAME} starts when you log in.", ""),
    "login-off": (f"{NAME} does not start when you log in.", 'Switch it on with "wgtray autostart on".'),
}
"""Code of a finding -> what was found, and what to do about it; nothing where all is well."""


class Found(msgspec.Struct, frozen=True):
    """One finding in words; ``fix`` is empty where there is nothing to do."""

    check: str
    code: str
    severity: str
    args: Mapping[str, str | int | float]
    text: str
    fix: str


def found(
    findings: Iterable[Finding], problems: Iterable[ProblemView], socket: str, system: System = "linux"
) -> tuple[Found, ...]:
    """The findings and what the helper behind ``socket`` has to complain about, in words."""
    return (
        *(_found(each, socket, system) for each in findings),
        *(_problem(each) for each in problems),
    )


def text(found: Iterable[Found]) -> str:
    """All of it as plain text: the severity, what was looked at, what was found; below it what to do."""
    lines = []
    for each in found:
        lines.append(f"{each.severity:<{SEVERITY_WIDTH}}  {headed(each)}")
        if each.fix:
            lines.append(f"{'':<{SEVERITY_WIDTH}}  {each.fix}")
    return "\n".join(lines) + "\n"


def summary(found: Iterable[Found]) -> str:
    """The whole in one sentence."""
    severities = [each.severity for each in found]
    if errors := severities.count("error"):
        return count(errors, pages.MEND_ONE, pages.MEND)
    if warnings := severities.count("warning"):
        return count(warnings, pages.LOOK_ONE, pages.LOOK)
    return say(pages.IN_ORDER)


def severity(found: Found) -> str:
    """How bad it is, in words."""
    return say(SEVERITIES.get(found.severity, found.severity))


def headed(found: Found) -> str:
    """What was looked at, and what was found."""
    return say("{title}: {text}", title=say(CHECKS.get(found.check, found.check)), text=found.text)


def _found(finding: Finding, socket: str, system: System) -> Found:
    args = dict(finding.args)
    if finding.code == "service-unreachable":
        whole = helper_unreachable(socket, str(args["reason"]), system)
        text, fix = what(whole), what_then(whole)
    else:
        said, cure = FOUND[finding.code]
        text, fix = say(said, **args), say(cure) if cure else ""
    return Found(finding.check, finding.code, finding.rank, args, text, fix)


def _problem(problem: ProblemView) -> Found:
    """In our words, or those of a newer helper that knows more kinds of problems."""
    whole = in_words(problem.code, problem.args) if problem.code in PROBLEMS else problem.text
    return Found("connection", problem.code, problem.severity, problem.args, what(whole), what_then(whole))
