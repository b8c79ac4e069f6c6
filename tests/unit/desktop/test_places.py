"""Is the socket found in the order that the contract says?"""

import pytest

from wgtray.desktop import SYSTEM
from wgtray.desktop.places import socket_path
from wgtray.ipc.places import DEFAULT_SOCKET


def test_explicit_then_environment_then_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WGTRAY_SOCKET", "/from/environment")
    assert socket_path("/explicit") == "/explicit"
    assert socket_path(None) == "/from/environment"
    monkeypatch.setenv("WGTRAY_SOCKET", "")
    assert socket_path(None) == DEFAULT_SOCKET[SYSTEM]
