"""How does an error become one sentence and an exit code? (CONTRACT section 1)"""

import os

from wgtray.cli.call import NotAdmitted
from wgtray.core.problems import HelperUnreachable, WgtrayError
from wgtray.desktop import SYSTEM

DONE, FAILED, USAGE, INTERRUPTED, READER_GONE = 0, 1, 2, 130, 141
"""The last two as a shell reports SIGINT and SIGPIPE; a WgtrayError brings its own."""

DEBUG_VARIABLE = "WGTRAY_DEBUG"
"""Set, an unexpected error shows its traceback; traceback texts hold no keys, but may hold host names."""


class Usage(Exception):
    """The command line makes no sense; ``str()`` is the sentence that says why."""


class Failed(Exception):
    """The request failed; ``str()`` is the sentence that says why and what to do."""


def explained(error: Exception) -> tuple[str, int]:
    """(sentence, exit code); an unforeseen error is named by its kind only, for its text could hold anything."""
    match error:
        case Usage():
            return str(error), USAGE
        case Failed():
            return str(error), FAILED
        case WgtrayError():
            return _sentence(error), error.exit_code
        case OSError():
            return (
                f"The output cannot be written ({error.strerror or type(error).__name__}): look at where it goes.",
                FAILED,
            )
    if os.environ.get(DEBUG_VARIABLE):
        raise error
    return (
        f"Something went wrong inside wgtray ({type(error).__name__}): run it again with {DEBUG_VARIABLE}=1 "
        "and report what it prints.",
        FAILED,
    )


def _sentence(error: WgtrayError) -> str:
    from wgtray import words

    if isinstance(error, HelperUnreachable | NotAdmitted):
        return words.helper_unreachable(str(error.args_by_name["socket"]), error.code, SYSTEM)
    return words.refusal(error.code, error.args_by_name)
