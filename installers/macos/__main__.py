"""Build the package for a Mac: freeze, lay out, sign, wrap, notarise. ``--help`` says what can be chosen.

On another system everything but Apple's own tools: the tree, its lists and scripts, a disk image of the same layout.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from installers.macos import image, plists
from wgtray import __version__

ROOT: Final = Path(__file__).parents[2]
HERE: Final = Path(__file__).parent
RESOURCES: Final = ROOT / "resources"
TOOLS: Final = Path(sys.executable).parent

WIREGUARD: Final = "golang.zx2c4.com/wireguard@v0.0.0-20250521234502-f333402bd9cb"
"""MIT; built here, because a package manager's lies where others may replace it."""

HELPER_PLACE: Final = Path("Library/PrivilegedHelperTools") / plists.HELPER
ARCHITECTURES: Final = {"arm64": "arm64", "aarch64": "arm64", "x86_64": "x86_64"}

ICON_SIZES: Final = (16, 32, 64, 128, 256, 512, 1024)

DMG_README: Final = """wgtray

Open wgtray.pkg to install. A package that is not signed by a known developer opens with a click of the right button.
To take it off again: sudo /Library/PrivilegedHelperTools/org.wgtray.helper/uninstall
"""


def main() -> int:
    options = _parser().parse_args()
    out = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    is_mac = sys.platform == "darwin"
    frozen = options.frozen or _frozen(out, options.sign)
    wireguard = options.wireguard or _wireguard(out)
    stage, parts = out / "root", out / "parts"
    for folder in (stage, parts, out / "dmg"):
        shutil.rmtree(folder, ignore_errors=True)
    lay_out(stage, frozen, wireguard)
    describe(parts, options.version)
    package = out / f"wgtray-{options.version}-{ARCHITECTURES[platform.machine()]}.pkg"
    if is_mac:
        if options.sign:
            _run([*_signing(options.sign), *_programs(stage)])
        for command in packaging(stage, parts, package, options.version, options.sign_installer):
            _run(command)
    content = out / "dmg"
    fill(content, package if is_mac else None)
    disk = package.with_suffix(".dmg")
    disk.unlink(missing_ok=True)
    if is_mac:
        for command in (*imaging(content, disk, options.sign), *notarising(disk, options.notary_profile)):
            _run(command)
    else:
        _image_elsewhere(content, disk)
    print(disk)
    return 0


def lay_out(stage: Path, frozen: Path, wireguard: Path) -> None:
    """The tree as it will be installed."""
    shutil.copytree(frozen / "wgtray.app", stage / "Applications" / "wgtray.app", symlinks=True)
    helper = stage / HELPER_PLACE
    shutil.copytree(frozen / plists.HELPER, helper, symlinks=True)
    shutil.copy(wireguard, helper / "wireguard-go")
    shutil.copy(HERE / "scripts" / "uninstall", helper / "uninstall")
    daemon = stage / "Library/LaunchDaemons" / f"{plists.HELPER}.plist"
    daemon.parent.mkdir(parents=True)
    shutil.copy(RESOURCES / "macos" / daemon.name, daemon)
    paths, rotation = stage / "private/etc/paths.d/wgtray", stage / "private/etc/newsyslog.d/wgtray.conf"
    for file in (paths, rotation):
        file.parent.mkdir(parents=True)
    paths.write_text("/Applications/wgtray.app/Contents/MacOS\n")
    shutil.copy(RESOURCES / "macos" / "newsyslog.conf", rotation)
    _settle_modes(stage)


def describe(parts: Path, version: str) -> None:
    """What pkgbuild and productbuild read besides the tree."""
    scripts, shown = parts / "scripts", parts / "resources"
    for folder in (scripts, shown):
        folder.mkdir(parents=True)
    for name in ("preinstall", "postinstall"):
        shutil.copy(HERE / "scripts" / name, scripts / name)
        (scripts / name).chmod(0o755)
    (parts / "component.plist").write_bytes(plists.component())
    (parts / "distribution.xml").write_text(plists.distribution(version, ARCHITECTURES[platform.machine()]))
    shutil.copy(ROOT / "LICENSE", shown / "LICENSE")
    draw(RESOURCES / "icons" / "wgtray.svg", shown / "background.png", 160)


def packaging(stage: Path, parts: Path, package: Path, version: str, identity: str | None) -> list[list[str]]:
    """The commands that make a package of them."""
    component = parts / "wgtray-component.pkg"
    build = ["pkgbuild", "--root", str(stage), "--component-plist", str(parts / "component.plist")]
    build += ["--scripts", str(parts / "scripts"), "--identifier", plists.PACKAGE, "--version", version]
    build += ["--ownership", "recommended", "--install-location", "/", str(component)]
    product = ["productbuild", "--distribution", str(parts / "distribution.xml"), "--package-path", str(parts)]
    product += ["--resources", str(parts / "resources"), *(["--sign", identity] if identity else []), str(package)]
    return [build, product]


def fill(content: Path, package: Path | None) -> None:
    """What the disk image shows; without a Mac there is no package, and its place says so."""
    content.mkdir()
    if package is not None:
        shutil.copy(package, content / "wgtray.pkg")
    else:
        (content / "wgtray.pkg").write_text("Only a Mac can make this package.\n")
    shutil.copy(ROOT / "LICENSE", content / "LICENSE.txt")
    (content / "README.txt").write_text(DMG_README)
    hidden = content / ".background"
    hidden.mkdir()
    draw(RESOURCES / "icons" / "wgtray.svg", hidden / "background.png", 320)


def imaging(content: Path, disk: Path, identity: str | None) -> list[list[str]]:
    """The commands that make a signed disk image."""
    build = [str(TOOLS / "dmgbuild"), "-s", str(HERE / "layout.py"), "-D", f"content={content}", "wgtray", str(disk)]
    return [build, [*_signing(identity), str(disk)]] if identity else [build]


def notarising(disk: Path, profile: str | None) -> list[list[str]]:
    """The commands that have Apple look at it; ``profile``: what ``notarytool store-credentials`` called them."""
    if not profile:
        return []
    submit = ["xcrun", "notarytool", "submit", str(disk), "--keychain-profile", profile, "--wait"]
    return [submit, ["xcrun", "stapler", "staple", str(disk)]]


def draw(source: Path, target: Path, size: int) -> None:
    """A picture of an icon."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    picture = QImage(size, size, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(str(source)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    if not picture.save(str(target)):
        raise OSError(f"{target} could not be written")


def _frozen(out: Path, identity: str | None) -> Path:
    """The app and the helper, from the versions that ``macos.txt`` names where pip was asked for them."""
    _icon(out)
    spec = HERE / "wgtray.spec"
    places = ["--distpath", str(out), "--workpath", str(out / "work")]
    environment = {**os.environ, "WGTRAY_SIGN": identity or ""}
    _run([str(TOOLS / "pyinstaller"), "-y", "--log-level", "WARN", *places, str(spec)], environment)
    return out


def _icon(out: Path) -> None:
    folder = out / "wgtray.iconset"
    folder.mkdir(exist_ok=True)
    source = RESOURCES / "icons" / "wgtray.svg"
    for size in ICON_SIZES[:-1]:
        draw(source, folder / f"icon_{size}x{size}.png", size)
        draw(source, folder / f"icon_{size}x{size}@2x.png", size * 2)
    (folder / "icon_64x64.png").unlink()  # not one of iconutil's names
    (folder / "icon_64x64@2x.png").unlink()
    _run(["iconutil", "--convert", "icns", "--output", str(out / "wgtray.icns"), str(folder)])


def _wireguard(out: Path) -> Path:
    environment = {**os.environ, "GOBIN": str(out), "CGO_ENABLED": "0", "GOFLAGS": "-trimpath"}
    _run(["go", "install", WIREGUARD], environment)
    return out / "wireguard"


def _programs(stage: Path) -> list[str]:
    """What is signed, the inner before the outer."""
    helper = stage / HELPER_PLACE
    return [*map(str, (helper / "wireguard-go", helper / "wgtray-helper", stage / "Applications/wgtray.app"))]


def _signing(identity: str | None) -> list[str]:
    return ["codesign", "--force", "--options", "runtime", "--timestamp", "--sign", identity or "-"]


def _settle_modes(stage: Path) -> None:
    """What may be run may be run by all, and nothing is anybody's to write but root's, whatever the builder's umask."""
    programs = {stage / HELPER_PLACE / name for name in ("wgtray-helper", "wireguard-go", "uninstall")}
    for path in (stage, *stage.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path in programs or path.parent.name == "MacOS"
            path.chmod(0o755 if runs else 0o644)


def _image_elsewhere(content: Path, disk: Path) -> None:
    raw = disk.with_suffix(".raw")
    _run(["xorriso", "-as", "mkisofs", "-quiet", "-hfsplus", "-V", "wgtray", "-R", "-o", str(raw), str(content)])
    image.wrap(raw, disk)
    raw.unlink()


def _run(argv: Sequence[str], environment: dict[str, str] | None = None) -> None:
    print(" ".join(argv[:3]), "…", file=sys.stderr)
    subprocess.run(argv, check=True, cwd=ROOT, env=environment)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m installers.macos", description="Build wgtray's package for a Mac.")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "macos", metavar="DIR")
    parser.add_argument("--version", default=__version__, metavar="VERSION", help="of the package")
    parser.add_argument("--frozen", type=Path, metavar="DIR", help="wgtray.app and org.wgtray.helper, frozen already")
    parser.add_argument("--wireguard", type=Path, metavar="FILE", help="wireguard-go, built already")
    parser.add_argument("--sign", metavar="IDENTITY", help="Developer ID Application, for programs and disk image")
    parser.add_argument("--sign-installer", metavar="IDENTITY", help="Developer ID Installer, for the package")
    parser.add_argument("--notary-profile", metavar="NAME", help="notarise with these credentials of the keychain")
    return parser


if __name__ == "__main__":
    sys.exit(main())
