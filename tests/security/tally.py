"""What did the tests of safety really try? They count it here, and `make security-report` makes its table of that.

Nothing is written unless that target asks for it (``WGTRAY_TALLY``, a directory).
"""

import atexit
import json
import os
from collections import Counter
from pathlib import Path

_counted: Counter[str] = Counter()


def count(what: str, number: float = 1) -> None:
    """So many more of this, ``group/name``."""
    if not _counted:
        atexit.register(_written)
    _counted[what] += number  # type: ignore[assignment]  # minutes are no whole numbers


def _written() -> None:
    directory = os.environ.get("WGTRAY_TALLY")
    if directory:
        path = Path(directory, f"{os.getpid()}.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(_counted))
