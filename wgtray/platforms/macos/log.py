"""Where does a service of a Mac log? With syslog(3), which since macOS 10.12 is the unified log (``log show``).

The system keeps and rotates it. Who reads it may be no administrator; nothing that we log is a secret.
"""

import logging
import syslog

_LEVELS = ((logging.ERROR, syslog.LOG_ERR), (logging.WARNING, syslog.LOG_WARNING), (logging.INFO, syslog.LOG_NOTICE))


class SystemLog(logging.Handler):
    """One line of the system's log for each record; infos as notices, for the system forgets infos at once."""

    def __init__(self) -> None:
        super().__init__()
        syslog.openlog("wgtray-helper", syslog.LOG_PID, syslog.LOG_DAEMON)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            syslog.syslog(priority(record.levelno), self.format(record))
        except (OSError, ValueError):
            self.handleError(record)


def priority(level: int) -> int:
    """What syslog calls a level of Python's."""
    return next((found for least, found in _LEVELS if level >= least), syslog.LOG_DEBUG)
