"""What does the first page say to somebody who has a file from their administrator? To be shown with ``say``."""

from typing import Final

from wgtray.words.trouble import NAME

TITLE: Final = "Connect this computer to your company"
EXPLAINED: Final = (
    f"{NAME} needs your company's profile: a file ending in .toml or .conf that your administrator gave you. "
    "Nothing changes before you have seen what is in it."
)
DROP: Final = "Drop the file here"
OPEN_FILE: Final = "Open a file…"
PASTE: Final = "Paste"
FILTER: Final = "Profiles (*.toml *.conf);;All files (*)"
CLIPBOARD: Final = "what you pasted"
CLIPBOARD_EMPTY: Final = "There is no text to paste. Copy the profile first, or open the file."
UNREADABLE: Final = "{file} cannot be read ({why}). Check the file, or ask your administrator for it again."
TOO_LARGE: Final = "{file} is too large to be a profile. Check that it is the right file."
NOT_A_PROFILE: Final = "{file} cannot be used. Send this to your administrator:"
SERVICE_FIRST: Final = (
    f"The background service of {NAME} is not running yet, so nothing can be imported. "
    "Installing it asks once for the password of an administrator of this computer; after that nothing does."
)

WILL_DO: Final = "This is what the profile of {company} does"
ROW_NODES: Final = "Nodes"
ROW_NETWORKS: Final = "Through the VPN"
ROW_NAMES: Final = "Names"
ROW_APPS: Final = "Apps"
ROW_LOCKED: Final = "Fixed by the company"
ROW_KEY: Final = "Your key"
ROW_SIGNED: Final = "Signed by"
ROW_ADDRESS: Final = "Your address"
NOTHING: Final = "nothing"
ONLY_COMPANY: Final = "{networks}; everything else goes directly"
EVERYTHING: Final = "everything, as your company wants it"
APP_ONLY_VPN: Final = "{app} only through the VPN"
APP_NEVER_VPN: Final = "{app} never through the VPN"
YOU_MAY_NOT: Final = "you cannot {actions}"
KEY_MOVES: Final = "is in the file; it moves to your keyring, or to the service where there is none"
SIGNED_BY: Final = "the key {fingerprint}. Compare it with what your company tells; after the import no other is taken."
KEY_WAITS: Final = "was made here for the request that this answers"
KEY_MADE: Final = "is made on this computer; you give its public half to your administrator"
ADDRESS_HINT: Final = "10.66.0.10/32, from your administrator"
ADDRESS_WRONG: Final = "Write the address as your administrator gave it, such as 10.66.0.10/32."
REMARKS: Final = "Remarks"

IMPORT_AND_CONNECT: Final = "Import and connect"
CANCEL: Final = "Cancel"
WORKING: Final = "Importing…"
LOST: Final = "The background service went away before it had the profile. Nothing was changed. Try again."
GIVE_KEY: Final = (
    "The profile is imported. Send this public key to your administrator; you can connect once they have added it. "
    "It is no secret."
)
COPY_KEY: Final = "Copy the public key"
READY: Final = "The profile is imported, and you are being connected."
TO_OVERVIEW: Final = "To the overview"
CONNECTED_TITLE: Final = "You are connected"
CONNECTED: Final = f"Company systems can be reached now. {NAME} stays here in the tray."
