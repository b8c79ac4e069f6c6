"""Run by the Windows Python: the keyring, the registry and the helper's folder, as Windows keeps them."""

import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

if sys.platform != "win32":
    pytest.skip("Windows only", allow_module_level=True)

from wgtray.desktop import autostart, keys, pipe
from wgtray.gui import only
from wgtray.helper.store import InUse, Store
from wgtray.platforms.windows import ground


def test_the_private_key_rests_in_the_credential_manager() -> None:
    secret = keys.generate()
    public = keys.public_key(secret)
    assert keys.usable()
    keys.save(public, secret)
    assert keys.load(public) == secret
    keys.delete(public)
    assert keys.load(public) is None


def test_start_at_login_is_chosen_and_read_back() -> None:
    assert not autostart.is_on()
    autostart.choose(True)
    assert autostart.is_on()
    autostart.choose(False)
    assert not autostart.is_on()
    assert autostart.is_declined()


def test_a_second_tray_is_told_from_the_first_and_from_a_strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    from PySide6.QtCore import QCoreApplication, QElapsedTimer

    application = QCoreApplication.instance() or QCoreApplication([])
    name = only.name_for(f"test-{uuid.uuid4()}")
    assert pipe.own_sid() in name
    assert not only.knock(name)
    first, heard = only.Only(name), list[bool]()
    first.knocked.connect(lambda: heard.append(True))
    assert first.claim()
    waited = QElapsedTimer()
    waited.start()
    with ThreadPoolExecutor(1) as thread:  # a pipe of Qt's takes nothing before somebody reads
        knocked = thread.submit(only.knock, name)
        while not (heard and knocked.done()) and waited.elapsed() < 20_000:
            application.processEvents()
        assert knocked.result()
    assert heard
    monkeypatch.setattr(pipe, "_owner", lambda handle: "S-1-5-21-1-2-3-1001")
    assert not only.knock(name)
    first.release()


def test_a_second_helper_cannot_have_the_folder(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    with pytest.raises(InUse):
        Store(tmp_path / "data")
    store.close()
    Store(tmp_path / "data").close()


def test_the_folder_is_made_once_and_taken_again(tmp_path: Path) -> None:
    """Whose it then is only real Windows says: Wine keeps Unix modes, not access lists (platforms.md has the check)."""
    folder = tmp_path / "data"
    ground.make_private(folder)
    ground.make_private(folder)
    assert folder.is_dir()
