"""The package for a Mac, as far as it can be made elsewhere: its tree, its disk image, its scripts, its wheels.

Stand-ins take the place of what only a Mac can freeze; what is listed is printed.
"""

import json
import platform
import plistlib
import runpy
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

import pytest

from installers.macos import __main__ as build
from installers.macos import plists

ROOT = Path(__file__).parents[2]
HERE = ROOT / "installers" / "macos"

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="a Mac makes the real ones")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a whole build over stand-ins."""
    folder = tmp_path_factory.mktemp("macos")
    frozen = folder / "frozen"
    for name in ("wgtray.app/Contents/MacOS/wgtray", "org.wgtray.helper/wgtray-helper"):
        path = frozen / name
        path.parent.mkdir(parents=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o700)
    (frozen / "wgtray.app/Contents/Info.plist").write_bytes(plistlib.dumps(plists.info("1.0.0")))
    (frozen / "org.wgtray.helper/_internal").mkdir()
    (frozen / "org.wgtray.helper/_internal/libpython3.11.dylib").write_bytes(b"dylib")
    (folder / "wireguard").write_bytes(b"wireguard-go")
    words = ["--frozen", str(frozen), "--wireguard", str(folder / "wireguard"), "--out", str(folder / "out")]
    words += ["--version", "1.0.0"]
    subprocess.run([sys.executable, "-m", "installers.macos", *words], check=True, cwd=ROOT, capture_output=True)
    return folder / "out"


def test_the_tree_is_the_one_that_is_installed(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stage = built / "root"
    tree = {str(path.relative_to(stage)): path.stat().st_mode & 0o777 for path in sorted(stage.rglob("*"))}
    with capsys.disabled():
        print("\nPKG payload:", *(f"{mode:04o}  /{path}" for path, mode in tree.items()), sep="\n  ")
    files = {path for path in tree if (stage / path).is_file()}
    helper = "Library/PrivilegedHelperTools/org.wgtray.helper"
    assert files == {
        "Applications/wgtray.app/Contents/Info.plist",
        "Applications/wgtray.app/Contents/MacOS/wgtray",
        "Library/LaunchDaemons/org.wgtray.helper.plist",
        *(
            f"{helper}/{name}"
            for name in ("wgtray-helper", "wireguard-go", "uninstall", "_internal/libpython3.11.dylib")
        ),
        "private/etc/newsyslog.d/wgtray.conf",
        "private/etc/paths.d/wgtray",
    }
    assert not [path for path, mode in tree.items() if mode & 0o022]
    programs = {path for path in files if tree[path] == 0o755}
    assert programs == {
        "Applications/wgtray.app/Contents/MacOS/wgtray",
        *(f"{helper}/{name}" for name in ("wgtray-helper", "wireguard-go", "uninstall")),
    }


def test_the_disk_image_is_one_that_others_can_read(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [disk] = built.glob("*.dmg")
    raw = built / "raw.img"
    subprocess.run(["dmg2img", "-s", disk, raw], check=True, capture_output=True)
    listing = subprocess.run(["7z", "l", "-thfs", raw], check=True, capture_output=True, text=True).stdout
    with capsys.disabled():
        print(f"\n{disk.name}:", listing.partition("----")[2])
    for name in ("wgtray.pkg", "LICENSE.txt", "README.txt", ".background/background.png"):
        assert name in listing
    subprocess.run(["7z", "t", "-tdmg", disk], check=False, capture_output=True)
    assert disk.read_bytes()[-512:-508] == b"koly"


def test_the_installers_description_is_whole(built: Path) -> None:
    parts = built / "parts"
    tree = xml.parse(parts / "distribution.xml")
    found = {element.tag: element.attrib for element in tree.iter()}
    assert found["license"]["file"] == "LICENSE"
    assert (parts / "resources" / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    assert (parts / "resources" / found["background"]["file"]).read_bytes().startswith(b"\x89PNG")
    assert found["os-version"]["min"] == plists.LEAST_SYSTEM
    assert found["pkg-ref"]["id"] == plists.PACKAGE
    assert found["options"]["rootVolumeOnly"] == "true"
    assert found["app"]["id"] == plists.APP  # a tray that runs is asked to close, before its files go
    assert {path.name: path.stat().st_mode & 0o777 for path in (parts / "scripts").iterdir()} == {
        "preinstall": 0o755,
        "postinstall": 0o755,
    }


def test_the_layout_of_the_disk_image_names_what_is_in_it(built: Path) -> None:
    told = runpy.run_path(str(HERE / "layout.py"), {"defines": {"content": str(built / "dmg")}})
    assert {Path(file).name for file in told["files"]} == set(told["icon_locations"])
    assert Path(told["background"]).exists()


def test_every_script_is_clean_in_the_eyes_of_shellcheck() -> None:
    scripts = sorted((HERE / "scripts").iterdir())
    assert len(scripts) == 3
    subprocess.run(["shellcheck", "--shell=sh", "--enable=all", "--exclude=SC2250,SC2310", *scripts], check=True)


def test_apples_tools_are_asked_in_words_of_their_manual_pages(tmp_path: Path) -> None:
    """pkgbuild(1), productbuild(1), codesign(1), notarytool(1), stapler(1) of Xcode 15; dmgbuild 1.6."""
    options = {
        "pkgbuild": {"--root", "--component-plist", "--scripts", "--identifier", "--version", "--ownership"}
        | {"--install-location"},
        "productbuild": {"--distribution", "--package-path", "--resources", "--sign"},
        "dmgbuild": {"-s", "-D"},
        "codesign": {"--force", "--options", "--timestamp", "--sign"},
        "xcrun": {"--keychain-profile", "--wait"},
    }
    commands = build.packaging(tmp_path, tmp_path, tmp_path / "x.pkg", "1.0.0", "Developer ID Installer: X")
    commands += build.imaging(tmp_path, tmp_path / "x.dmg", "Developer ID Application: X")
    commands += build.notarising(tmp_path / "x.dmg", "wgtray")
    assert [Path(command[0]).name for command in commands] == [
        *("pkgbuild", "productbuild", "dmgbuild", "codesign", "xcrun", "xcrun"),
    ]
    for command in commands:
        assert {word for word in command[1:] if word.startswith("-")} <= options[Path(command[0]).name]
    assert build.notarising(tmp_path / "x.dmg", None) == []
    assert "codesign" not in [command[0] for command in build.imaging(tmp_path, tmp_path / "x.dmg", None)]


@pytest.mark.parametrize("processor", ["arm64", "x86_64"])
def test_every_wheel_of_the_lock_file_is_there_for_both_processors(
    processor: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    systems = [
        f"macosx_{system}_{kind}" for system in ("12_0", "11_0", "10_13", "10_9") for kind in ("universal2", processor)
    ]
    systems += ["macosx_10_15_x86_64"] if processor == "x86_64" else []
    argv = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--no-deps"]
    argv += ["--require-hashes", "--only-binary", ":all:", "--implementation", "cp", "--python-version", "3.11"]
    argv += [*(word for abi in ("cp311", "abi3", "none") for word in ("--abi", abi))]
    argv += [word for system in systems for word in ("--platform", system)]
    argv += ["--target", str(tmp_path), "--report", str(tmp_path / "report.json"), "-r", str(HERE / "macos.txt")]
    subprocess.run(argv, check=True, capture_output=True)
    report = json.loads((tmp_path / "report.json").read_text())
    wheels = sorted(item["download_info"]["url"].rpartition("/")[2] for item in report["install"])
    with capsys.disabled():
        print(f"\nWheels for {processor}:", *wheels, sep="\n  ")
    rows = [line for line in (HERE / "macos.txt").read_text().splitlines() if not line.startswith("#")]
    assert len(wheels) == len(rows)
    assert any("universal2" in wheel for wheel in wheels if wheel.startswith("PySide6"))


def test_the_processor_of_the_package_is_the_builders() -> None:
    assert build.ARCHITECTURES[platform.machine()] in ("arm64", "x86_64")
