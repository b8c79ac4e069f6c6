"""What do the window's pages say? Titles, columns, empty states; to be shown with ``say``."""

from typing import Final

from wgtray.words.trouble import NAME

OVERVIEW: Final = "Overview"
NODES: Final = "Nodes"
SPLIT: Final = "Split"
APPS: Final = "Apps"
ACTIVITY: Final = "Activity"
SETTINGS: Final = "Settings"
CHECKUP: Final = "Check"
HELP: Final = "Help"
ABOUT: Final = "About"
PAGES_LIST: Final = "Pages"

# Overview
CHART: Final = "Latency, last 15 minutes"
CHART_EMPTY: Final = "The first measurements will be here in a moment."
CHART_OFF: Final = "While you are connected, the latency of every node is drawn here."
LIMIT: Final = "limit {ms} ms"
NOW: Final = "now"
MINUTES_BACK: Final = "{minutes} min ago"
SWITCHED_TO: Final = "moved to {node}"
NO_ANSWER: Final = "no answer"
TRAFFIC_NOW: Final = "↓ {down}   ↑ {up}"
ONE_READY: Final = "{node} is ready"
SOME_READY: Final = "{nodes} and {last} are ready"
NONE_READY: Final = "No other node is ready"

# Nodes
NODE_COLUMNS: Final = ("Node", "Where", "Latency", "Loss", "Last contact", "State")
ENDPOINT: Final = "Address"
IN_USE: Final = "in use"
READY: Final = "ready"
USE_NODE: Final = "Use this node"
USE_AUTOMATIC: Final = "Choose automatically"
COPY_DETAILS: Final = "Copy details"
PROBE: Final = "Test now"
PROBING: Final = "Every node is being asked…"
NODE_FIXED: Final = "Which node is used is set by {company}."
NODES_EMPTY: Final = "The nodes of your company are listed here once its profile is imported."
PINNED_NODE: Final = "You chose {node}. If it fails, {app} still moves to another one and comes back."
AUTOMATIC_NODE: Final = "The best node is chosen automatically."

# Split
SPLIT_MODE: Final = "Only what is listed here goes through the VPN, everything else goes directly."
FULL_MODE: Final = "Everything goes through the VPN. What is listed here are your company's own networks."
NETWORKS: Final = "Networks"
NAMES: Final = "Names"
LEARNED: Final = "Learned addresses"
SPLIT_COLUMNS: Final = ("What", "How")
OVER: Final = "over {node}"
NO_NODE_NOW: Final = "no node right now"
COMPANY_NAME: Final = "asked of the company's name servers"
PUBLIC_NAME: Final = "its addresses go through the VPN"
LEARNED_FOR: Final = "an address of {name}"
MORE_ONE: Final = "{count} more"
MORE: Final = "{count} more"
LEARNED_EARLIER: Final = "learned before the service was restarted"
WHICH_WAY: Final = "Which way does … go?"
WHICH_WAY_HINT: Final = "for example intranet.corp.example"
ASK_WAY: Final = "Ask"
LOOKING_UP: Final = "Looking for the addresses of {host}…"
SPLIT_EMPTY: Final = "What goes through the VPN is listed here once your company's profile is imported."

# Apps
APPS_EMPTY: Final = (
    "Your company has set no rules for single programs. "
    "With such a rule a program only ever uses the VPN, or never does."
)
APPS_NO_PROFILE: Final = "Rules for single programs are listed here once your company's profile is imported."
ADD_APP: Final = "Add a program…"
ADD_APP_TITLE: Final = "A rule for a program"
ADD_APP_HINT: Final = "Find a program"
PROTECTED_TITLE: Final = "Open a program that only uses the VPN"
ADD_RULE: Final = "Add rule"
OPEN_PROGRAM: Final = "Open"
OPEN_FILE: Final = "Another file…"
FROM_FILES: Final = "Programs"
ONLY_VPN: Final = "Only through the VPN"
NEVER: Final = "Never through the VPN"
REMOVE_APP: Final = "Remove"
TAKE_OFF: Final = "Take off"
RUNS_NOW: Final = "runs now"
BY_COMPANY: Final = "set by {company}"
BY_YOU: Final = "your own rule"
RUNNING_ONE: Final = "{count} running"
RUNNING: Final = "{count} running"

# Activity
ALL_KINDS: Final = "Everything"
SHOW: Final = "Show:"
COPY: Final = "Copy"
ACTIVITY_EMPTY: Final = "What happens to your connection is noted here: switches, interruptions, changes."
NOTHING_OF_KIND: Final = "There is nothing of this kind."

# Settings
AT_LOGIN: Final = "Start when I log in"
NOTIFY: Final = "Notifications"
LANGUAGE: Final = "Language"
AS_DESKTOP: Final = "As the desktop"
SORT_NODES: Final = "Sort nodes"
SORT_PROFILE: Final = "As the company wrote them"
SORT_LATENCY: Final = "Nearest first"
SORT_NAME: Final = "By name"
PREFERRED_NODE: Final = "Preferred node"
TRAY_ICON: Final = "Tray icon"
ICON_ANY: Final = "Colour, for any panel"
ICON_LIGHT: Final = "Colour, for light panels"
ICON_DARK: Final = "Colour, for dark panels"
ICON_BLACK: Final = "Black"
ICON_WHITE: Final = "White"
PROFILE: Final = "Profile"
NO_PROFILE: Final = "none yet"
IMPORT: Final = "Import…"
NOT_STARTED: Final = "{program} could not be started."
NOT_KEPT: Final = "This could not be kept ({why}). Look at the folder {path}."
AUTOSTART_FAILED: Final = "This could not be changed ({why})."

# Check
CHECK_AGAIN: Final = "Check again"
CHECKING: Final = "Looking…"
IN_ORDER: Final = "This computer is ready."
MEND_ONE: Final = "{count} thing has to be mended."
MEND: Final = "{count} things have to be mended."
LOOK_ONE: Final = "This computer is ready, with {count} thing to look at."
LOOK: Final = "This computer is ready, with {count} things to look at."
MAKE_REPORT: Final = "Report…"
REPORT_TITLE: Final = "A report for your administrator"
REPORT_EXPLAINED: Final = (
    "This is all that the report holds. Keys, addresses, names of hosts and people are replaced. "
    "Save it and send it to your administrator."
)
REPORT_NOT_SAVED: Final = "{file} cannot be saved ({why}). Choose a folder of yours."

# About
ABOUT_TEXT: Final = (
    f"{NAME} reaches your company over the best of its WireGuard nodes and carries only what belongs there."
)
VERSIONS: Final = "Version {version}, service {service}"
VERSION: Final = "Version {version}"
LICENCE: Final = "Free software under the GNU Affero General Public License, version 3 or later."
WIREGUARD: Final = "WireGuard is a registered trademark of Jason A. Donenfeld."

# Window as a whole
WHAT_TO_DO: Final = "What you can do"
BACK: Final = "Back"
CONTENTS: Final = "Contents"
