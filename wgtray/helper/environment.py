"""What of its environment does the root process keep? What its service manager says to it, and nothing else.

Asked before anything else is loaded: OpenSSL, for one, runs what a file says whose name stands in the environment.
"""

import os

KEPT = frozenset(
    {
        *("NOTIFY_SOCKET", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "WATCHDOG_PID", "WATCHDOG_USEC"),
        *("SERVICE_RESULT", "EXIT_CODE", "EXIT_STATUS", "INVOCATION_ID", "JOURNAL_STREAM"),
        *("COLUMNS", "LINES", "TERM", "TZ"),
        *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "PROGRAMFILES", "PROGRAMDATA"),
        "LD_LIBRARY_PATH",  # of the frozen program's own folder; the loader has read it by now
    }
)
"""systemd.exec(5) and sd_notify(3); how wide a terminal is; where Windows is."""


def scrub() -> None:
    """Forget everything else."""
    for name in set(os.environ):
        if name.upper() not in KEPT and not name.startswith("_PYI"):
            del os.environ[name]
