"""What is said of profiles that a company signs, and of their updates? Tables of ``words.py``."""

from collections.abc import Mapping
from typing import Final

REFUSALS: Final[Mapping[str, str]] = {
    "profile-unsigned": "This profile is not signed, and this computer takes only what your company signed. "
    "Nothing was changed. Ask your administrator for the signed file.",
    "profile-truncated": "The end of this signed profile is missing or damaged. Nothing was changed. "
    "Get the file again; if it stays so, tell your administrator.",
    "profile-tampered": "This profile is not what your company signed: somebody or something changed it on its way. "
    "Nothing was changed here. Get the file again, and tell your administrator.",
    "profile-foreign": "This profile was signed with another key ({fingerprint}) than your company's. "
    "Nothing was changed. Ask your administrator whether that key is theirs.",
    "profile-expired": "This profile was good until {when} only. Nothing was changed. "
    "Ask your administrator for a new one, and check the date of this computer.",
    "profile-early": "This profile is dated {when}, which is still to come. Nothing was changed. "
    "Set the date of this computer right and try again.",
    "profile-older": "This profile (number {serial}) is older than the one that was in use here (number {last}). "
    "Nothing was changed. Ask your administrator for the newest one.",
    "profile-of-another": "This profile was made for the key of another computer. Nothing was changed. "
    'Import it on the computer and as the user of "wgtray enroll request", or make a new request.',
    "profile-unreadable": "This profile is signed by your company, but it cannot be used: {detail}. "
    "Nothing was changed. Send this sentence to your administrator, or update {app}.",
    "update-personal": "An update for everybody must not hold addresses or keys of one person. Nothing was changed. "
    "Tell your administrator.",
    "update-unknown": "This computer does not know your company's key yet, so it takes no updates. "
    "Nothing was changed. Import the signed profile first.",
    "trust-unreadable": "It cannot be read in {path} whose profiles this computer takes, so it takes none. "
    'Nothing was changed. An administrator of this computer can run "sudo wgtray profile remove --company-key".',
    "company-key-unreadable": "Your company's key in {path} cannot be read, so no profile is taken. "
    "Nothing was changed. Tell your administrator.",
    "company-key-unsafe": "Others than the administrator could change your company's key in {path}, "
    "so no profile is taken. Nothing was changed. Tell your administrator.",
    "root-only": "Only an administrator of this computer may do this. Nothing was changed. Run it with sudo.",
}

PROBLEMS: Final[Mapping[str, str]] = {
    "update-refused": "An update of your company's profile at {host} was refused: {reason}. "
    "The profile in use stays. Tell your administrator.",
    "update-unreachable": "{host} did not tell whether there is a newer profile of your company. "
    "Nothing changes for you. There is nothing to do: {app} asks again.",
    "profile-out-of-date": "Your company's profile was good until {when}, and no newer one has come. "
    "It is still in use. Ask your administrator for a new one.",
}

WHY: Final[Mapping[str, str]] = {
    "profile-unsigned": "it is not signed",
    "profile-truncated": "its end is missing",
    "profile-tampered": "it was changed on its way",
    "profile-foreign": "another key signed it",
    "profile-expired": "its time is over",
    "profile-early": "its time is still to come",
    "profile-older": "it is older than the one in use",
    "profile-unreadable": "it cannot be used",
    "update-personal": "it holds what belongs to one person",
    "update-unknown": "this computer does not know your company's key",
}
"""Why an update was refused, within the sentence of ``update-refused``."""

WHY_OTHERWISE: Final = "it cannot be checked"
