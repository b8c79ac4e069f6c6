"""What does wgtray say to people? Every sentence of the tray and of the command line, and nothing else.

Pure functions and tables, no Qt. Sentences are English here and looked up by ``wgtray.language``: what stands in a
table or a constant is translated by whoever shows it, with ``say``; what a function returns is translated already.
"""

from wgtray.words.state import active as active
from wgtray.words.state import automatic as automatic
from wgtray.words.state import degraded as degraded
from wgtray.words.state import detail_line as detail_line
from wgtray.words.state import health as health
from wgtray.words.state import label as label
from wgtray.words.state import locked as locked
from wgtray.words.state import mode_words as mode_words
from wgtray.words.state import state_line as state_line
from wgtray.words.state import tooltip as tooltip
from wgtray.words.trouble import ACTIONS as ACTIONS
from wgtray.words.trouble import NAME as NAME
from wgtray.words.trouble import NO_DISPLAY as NO_DISPLAY
from wgtray.words.trouble import NO_QT as NO_QT
from wgtray.words.trouble import PROBLEMS as PROBLEMS
from wgtray.words.trouble import PROTECTION_INCOMPLETE as PROTECTION_INCOMPLETE
from wgtray.words.trouble import PROTECTION_NOTE as PROTECTION_NOTE
from wgtray.words.trouble import REFUSALS as REFUSALS
from wgtray.words.trouble import RUNS_ALREADY as RUNS_ALREADY
from wgtray.words.trouble import UNREACHABLE as UNREACHABLE
from wgtray.words.trouble import helper_unreachable as helper_unreachable
from wgtray.words.trouble import more_problems as more_problems
from wgtray.words.trouble import problem as problem
from wgtray.words.trouble import refusal as refusal
from wgtray.words.trouble import what as what
from wgtray.words.trouble import what_then as what_then
from wgtray.words.units import clock as clock
from wgtray.words.units import latency as latency
from wgtray.words.units import since as since

PINNED = "pinned"
"""Said of a node by the command line."""
