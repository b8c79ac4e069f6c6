"""What do menus, pages, buttons and fields say? Short texts to be shown with ``say``; ``{names}`` are filled in."""

from typing import Final

from wgtray.words.trouble import NAME

CONNECT: Final = "Connect"
DISCONNECT: Final = "Disconnect"
RESUME: Final = "Resume"
PAUSE: Final = "Pause"
PAUSES: Final = ((5, "5 minutes"), (15, "15 minutes"), (60, "1 hour"))
"""Minutes, and how they read."""
NODE: Final = "Node"
TRAFFIC: Final = "Traffic"
COMPANY_ONLY: Final = "Company only"
EVERYTHING: Final = "Everything"
NOT_HERE: Final = "not possible on this computer yet"
CHECK_COMPUTER: Final = "Check this computer…"
CONNECT_FIRST: Final = "connect first"
SENSITIVE_APPS: Final = "Sensitive apps"
CHOOSE_APPS: Final = "Choose apps…"
OPEN_PROTECTED: Final = "Open protected…"
IMPORT: Final = "Import a profile…"
LOG_IN: Final = "Log in to this network…"
OPEN: Final = f"Open {NAME}…"
HELP: Final = "Help"
QUIT: Final = f"Quit {NAME}"
LOOKING_FOR_SERVICE: Final = f"Looking for {NAME}'s service…"
WITH_REASON: Final = "{text} ({why})"
ACTIVE_MARK: Final = "✓"
