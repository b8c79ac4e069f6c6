"""A program is started through our own command line, with the socket of the tray that starts it."""

import sys

import pytest

from wgtray.desktop.launch import protected


def test_it_is_our_own_run_verb(monkeypatch: pytest.MonkeyPatch) -> None:
    tail = ("--socket", "/run/s", "run", "--", "/usr/bin/app")
    assert protected("/run/s", "/usr/bin/app") == (sys.executable, "-m", "wgtray", *tail)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert protected("/run/s", "/usr/bin/app") == (sys.executable, *tail)
