"""How does the helper run under the service manager of Windows?

``wgtray-helper.exe --service`` is what it starts. The service sets its own recovery actions when it starts, because an
installer made with wixl cannot: a helper that fails is started again within a second. Stop, shutdown and preshutdown
all end it the ordinary way, which takes less than the five seconds that it asks for.
"""

import io
import logging
import os
import sys
from collections.abc import Callable
from typing import Any, Final

from wgtray.platforms.windows import peer
from wgtray.platforms.windows.bell import ENDING, RESUMED

NAME: Final = "wgtray-helper"
TITLE: Final = "wgtray helper"
STOP_MS: Final = 5000

RESTARTS_MS: Final = (1_000, 5_000, 30_000)
FORGIVEN_S: Final = 86_400

# winsvc.h, winuser.h
_POWER_EVENT, _PRESHUTDOWN = 13, 15
_ACCEPTS = 0x40 | 0x100  # SERVICE_ACCEPT_POWEREVENT, SERVICE_ACCEPT_PRESHUTDOWN
_WOKEN = (0x7, 0x12)  # PBT_APMRESUMESUSPEND, PBT_APMRESUMEAUTOMATIC
_FAILURE_ACTIONS, _FAILURE_FLAG = 2, 4
_RESTART = 1

log = logging.getLogger("wgtray")


def run(serve: Callable[[], int]) -> int:
    """Hand this process to the service manager; returns when the service has ended."""
    import servicemanager

    servicemanager.Initialize(NAME, None)
    servicemanager.PrepareToHostSingle(_service(serve))
    servicemanager.StartServiceCtrlDispatcher()
    return 0


def is_news_of_waking(control: int, event: int) -> bool:
    """Whether the service manager says that the computer woke up."""
    return control == _POWER_EVENT and event in _WOKEN


def quoted(command: str) -> str:
    """A service's command with its program in quotes: without them, C:\\Program.exe would be started (CWE-428)."""
    if command.startswith('"') or " " not in command:
        return command
    program, suffix, rest = command.partition(".exe")
    return f'"{program}{suffix}"{rest}'


def _service(serve: Callable[[], int]) -> type[Any]:
    import servicemanager
    import win32service
    import win32serviceutil

    class Service(win32serviceutil.ServiceFramework):  # type: ignore[misc] # pywin32 has no types
        _svc_name_ = NAME
        _svc_display_name_ = TITLE

        def GetAcceptedControls(self) -> int:
            return int(super().GetAcceptedControls()) | _ACCEPTS

        def SvcOtherEx(self, control: int, event: int, data: object) -> None:
            if control == _PRESHUTDOWN:
                self.SvcStop()
            elif is_news_of_waking(control, event):
                RESUMED.ring()

        def SvcStop(self) -> None:
            self.ReportServiceStatus(win32service.SERVICE_STOP_PENDING, waitHint=STOP_MS)
            ENDING.ring()

        SvcShutdown = SvcStop

        def SvcDoRun(self) -> None:
            logging.basicConfig(level=logging.INFO, handlers=[EventLog(servicemanager)], force=True)
            sys.stdout = sys.stderr = _Said()
            try:
                _settle_in()
            except Exception:  # a service that cannot look after itself still serves
                log.exception("could not set the recovery actions of the service")
            code = serve()
            if code and not ENDING.rung:
                logging.shutdown()
                os._exit(code)  # who ends without having said so is started again

    return Service


class EventLog(logging.Handler):
    """Says it in the Application log of Windows."""

    def __init__(self, manager: peer.Handle) -> None:
        super().__init__()
        self._manager = manager

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if record.levelno >= logging.ERROR:
            self._manager.LogErrorMsg(text)
        elif record.levelno >= logging.WARNING:
            self._manager.LogWarningMsg(text)
        else:
            self._manager.LogInfoMsg(text)


class _Said(io.TextIOBase):
    """A service has no streams: what it would print is logged."""

    def write(self, text: str) -> int:
        if text.strip():
            log.error("%s", text.strip())
        return len(text)


def _settle_in() -> None:
    """Quotes around the program, and recovery actions; raises pywintypes.error."""
    import win32service

    manager = win32service.OpenSCManager(None, None, win32service.SC_MANAGER_CONNECT)
    try:
        service = win32service.OpenService(manager, NAME, win32service.SERVICE_ALL_ACCESS)
        try:
            command = win32service.QueryServiceConfig(service)[3]
            if quoted(command) != command:
                keep = win32service.SERVICE_NO_CHANGE
                win32service.ChangeServiceConfig(
                    service, keep, keep, keep, quoted(command), None, 0, None, None, None, None
                )
            actions = [(_RESTART, delay_ms) for delay_ms in RESTARTS_MS]
            wanted = {"ResetPeriod": FORGIVEN_S, "RebootMsg": "", "Command": "", "Actions": actions}
            win32service.ChangeServiceConfig2(service, _FAILURE_ACTIONS, wanted)
            win32service.ChangeServiceConfig2(service, _FAILURE_FLAG, True)
        finally:
            win32service.CloseServiceHandle(service)
    finally:
        win32service.CloseServiceHandle(manager)
