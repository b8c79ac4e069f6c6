"""What is said of requests: what each asks for, and why one is refused? Tables of ``words.py``."""

from collections.abc import Mapping
from typing import Final

from wgtray.words import apps as words_apps
from wgtray.words import signing

REFUSALS: Final[Mapping[str, str]] = {
    "not-allowed": "You may not {action} on this computer. Nothing was changed. "
    "Your administrator decides this; ask there if you need it.",
    "administrator-refused": "An administrator did not allow you to {action}. Nothing was changed. "
    "Ask the administrator of this computer if you need it.",
    "administrator-asked": "An administrator is being asked something of yours already, so you cannot {action} now. "
    "Nothing was changed. Answer that question, or wait until it is gone.",
    "unknown-node": "No node is called {node}. Nothing was changed. Choose one of: {known}.",
    **words_apps.REFUSALS,
    **signing.REFUSALS,
    "no-key": "The private key of this profile is neither in your keyring nor with {app}'s service, "
    "so you cannot connect. Import the profile again.",
    "no-portal": "No login page of this network was found, so there is nothing to open. Nothing was changed. "
    "If the network has one, wait a few seconds and try again.",
    "portal-open": "Nothing keeps you from the login page. Open {url} in your browser.",
    "portal-closed": "{company} lets nothing past the tunnel, not even the login page of this network. "
    "Nothing was changed. Use another network, or ask your administrator.",
    "host-unknown": "No address was found for {host}, so nothing can be said about its way. "
    "Check how it is written, or ask for an address.",
    "not-an-address": "{value} is no IP address. Nothing was changed. Write it like 10.20.0.10 or fd20::10.",
    "full-unavailable": "This version of {app} carries company traffic only. Nothing was changed. "
    'Stay with "wgtray mode split".',
    "not-connected": "You have not asked to be connected, so there is nothing to pause or to resume. "
    'Nothing was changed. Connect with "wgtray connect".',
    "pause-length": "A pause lasts 1 to {most} minutes, not {minutes}. Nothing was changed. Disconnect instead.",
    "bad-request": "{app}'s service did not understand the request. Nothing was changed. "
    "Its version probably differs from this program's: update both.",
    "busy": "{app}'s service is busy with other requests. Nothing was changed. Try again in a moment.",
    "disk-full": "There is no space left to write {path}. Nothing was changed. "
    "Free some space on that disk and try again.",
    "command-failed": "The system refused a step: {command} said {detail}. The request could not be carried out. "
    "Try again; if this stays, send this sentence to your administrator.",
    "tool-missing": "The program {tool} is not installed. Without it {app} cannot do this. "
    "Install the package {package} and try again.",
    "state-unreadable": "The saved settings in {path} could not be read. Nothing was changed. "
    "Restore that file, or move it away and import your profile again.",
    "no-nodes": "The profile names no node, so there is nothing to connect to. Nothing was changed. "
    "Ask your administrator for a complete profile.",
    "no-address": "The profile has no address for this computer. Nothing was changed. "
    'Import it with "wgtray profile import FILE --address ADDRESS", using the address from your administrator.',
    "wrong-key": "The private key that was handed over does not belong to this profile (public key {public_key}). "
    "Nothing was changed. Import the profile again.",
    "too-large": "This is more than one message between {app} and its service can hold. Nothing was changed. "
    "Use a profile with fewer nodes, networks or programs.",
}
"""Code of a ``Refused`` or a ``WgtrayError`` -> sentence about a request; other codes speak as their problem does."""

ASKING: Final = "Your company's policy does not allow this. An administrator of this computer is being asked…"

ACTIONS: Final[Mapping[str, str]] = {
    "connect": "connect",
    "disconnect": "disconnect",
    "node": "choose the node",
    "choose-node": "choose the node",
    "mode": "choose which traffic goes through the tunnel",
    "choose-mode": "choose which traffic goes through the tunnel",
    "apps": "change the rules for programs",
    "add-app": "change the rules for programs",
    "join-tunnel": "start a program in the tunnel",
    "remove-app": "change the rules for programs",
    "pause": "pause",
    "resume": "resume",
    "status": "see the state of the connection",
    "watch": "see the state of the connection",
    "set-profile": "import a profile",
    "set-signed": "import a profile",
    "update-profile": "update the profile",
    "forget-company": "forget the company's key",
    "remove-profile": "remove the profile",
    "show-profile": "see the profile",
    "which-way": "see which way packets go",
    "probe-nodes": "measure the nodes now",
    "open-portal": "open the login page of a network",
}
