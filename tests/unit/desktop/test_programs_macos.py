"""Applications of a Mac, as their folders and property lists show them."""

import plistlib
from pathlib import Path

import pytest

from wgtray.desktop import programs, programs_macos
from wgtray.desktop.programs_macos import Bundle, bundle_of, installed


def app(place: Path, name: str, **told: object) -> Path:
    path = place / f"{name}.app"
    (path / "Contents" / "Resources").mkdir(parents=True)
    (path / "Contents" / "Info.plist").write_bytes(plistlib.dumps(told))
    return path


def test_applications_are_found_with_their_name_and_icon_also_in_a_makers_folder(tmp_path: Path) -> None:
    viewer = app(tmp_path, "Viewer", CFBundleName="Viewer", CFBundleIconFile="AppIcon")
    (viewer / "Contents/Resources/AppIcon.icns").touch()
    gui = app(tmp_path / "SAP Clients", "SAPGUI 8", CFBundleDisplayName="SAP GUI", CFBundleIconFile="../x.icns")
    app(tmp_path / "SAP Clients/deep", "Deeper", CFBundleName="Deeper")
    found = installed([tmp_path, tmp_path, tmp_path / "missing"])
    assert found == [
        Bundle("SAP GUI", str(gui)),
        Bundle("Viewer", str(viewer), str(viewer / "Contents/Resources/AppIcon.icns")),
    ]


@pytest.mark.parametrize("told", [{"LSUIElement": True}, {"LSBackgroundOnly": True}])
def test_what_has_no_window_is_left_out(tmp_path: Path, told: dict[str, object]) -> None:
    app(tmp_path, "Agent", CFBundleName="Agent", **told)
    assert installed([tmp_path]) == []


@pytest.mark.parametrize("content", [b"", b"<plist>", b"bplist00junk", plistlib.dumps([1])])
def test_a_list_that_cannot_be_read_is_no_application(tmp_path: Path, content: bytes) -> None:
    path = app(tmp_path, "Broken")
    (path / "Contents/Info.plist").write_bytes(content)
    assert programs_macos.read(path) is None


def test_a_running_program_counts_as_the_application_around_it() -> None:
    inner = "/Applications/SAP GUI.app/Contents/Frameworks/Helper.app/Contents/MacOS/Helper"
    assert bundle_of(inner) == "/Applications/SAP GUI.app"
    assert bundle_of("/usr/bin/ssh") == "/usr/bin/ssh"


def test_a_mac_offers_its_applications(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = app(tmp_path, "Viewer", CFBundleName="Viewer")
    monkeypatch.setattr(programs, "SYSTEM", "macos")
    monkeypatch.setattr(programs_macos, "folders", lambda: [tmp_path])
    [choice] = programs.installed()
    assert (choice.name, choice.path, choice.hindrance) == ("Viewer", str(path), None)
