"""Build the packages: freeze, lay the tree out as it will be installed, wrap it. ``--help`` says what can be chosen.

``wgtray`` is for people's computers, ``wgtray-node`` for the company's WireGuard nodes.
"""

import argparse
import datetime
import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from installers.deb import licences, manual
from wgtray import __version__

ROOT: Final = Path(__file__).parents[2]
HERE: Final = Path(__file__).parent
LINUX: Final = ROOT / "resources" / "linux"
TOOLS: Final = Path(sys.executable).parent

PLACES: Final = {
    "wgtray-helper.service": "usr/lib/systemd/system/wgtray-helper.service",
    "wgtray-helper.socket": "usr/lib/systemd/system/wgtray-helper.socket",
    "sysusers.conf": "usr/lib/sysusers.d/wgtray.conf",
    "tmpfiles.conf": "usr/lib/tmpfiles.d/wgtray.conf",
    "networkmanager.conf": "usr/lib/NetworkManager/conf.d/wgtray.conf",
    "networkd.conf": "usr/lib/systemd/networkd.conf.d/wgtray.conf",
    "wgtray.network": "usr/lib/systemd/network/10-wgtray.network",
    "org.wgtray.policy": "usr/share/polkit-1/actions/org.wgtray.policy",
    "wgtray.desktop": "usr/share/applications/wgtray.desktop",
    "autostart.desktop": "etc/xdg/autostart/wgtray.desktop",
    "org.wgtray.wgtray.metainfo.xml": "usr/share/metainfo/org.wgtray.wgtray.metainfo.xml",
}
"""resources/linux -> the root of the file system."""


class Package(NamedTuple):
    """What differs between the packages."""

    name: str
    recipe: Path
    """A folder with nfpm.yaml and lintian-overrides."""
    links: Mapping[str, str]
    """Program -> where it is linked from."""
    manual: Mapping[str, int]
    """Page -> its section."""


PACKAGES: Final = (
    Package(
        "wgtray",
        HERE,
        {"wgtray": "usr/bin/wgtray", "wgtray-helper": "usr/sbin/wgtray-helper"},
        {"wgtray": 1, "wgtray-helper": 8},
    ),
    Package("wgtray-node", HERE / "node", {"wgtray-node": "usr/bin/wgtray-node"}, {"wgtray-node": 8}),
)

ICON_SIZES: Final = (16, 22, 24, 32, 48, 64, 128, 256)

ARCHITECTURES: Final = {"x86_64": "amd64", "aarch64": "arm64"}

FORMATS: Final = ("deb", "rpm")


def main() -> int:
    options = _parser().parse_args()
    out = options.out.resolve()
    frozen = options.frozen or _frozen(out / "frozen")
    for package in PACKAGES:
        stage = out / "stage" / package.name
        shutil.rmtree(stage, ignore_errors=True)
        _lay_out(package, stage, frozen / package.name, options.version, _date())
        for kind in options.format or FORMATS:
            print(_wrapped(package, stage, out, kind, options.version, options.compression))
    return 0


def _frozen(out: Path) -> Path:
    """A directory for each package with its programs."""
    spec = ROOT / "installers" / "freeze" / "wgtray.spec"
    places = ["--distpath", out, "--workpath", out / "work"]
    subprocess.run([TOOLS / "pyinstaller", "-y", "--log-level", "WARN", *places, spec], check=True, cwd=ROOT)
    # A Python that was built from source carries 15 MB of symbols.
    own = [path for path in out.glob("wgtray*/_internal/*python3*/**/*.so") if path.is_file()]
    own += out.glob("wgtray*/_internal/libpython*.so.*")
    subprocess.run(["strip", "--strip-unneeded", *own], check=True)
    # ... and where it lay on that machine, as a place to look for libraries.
    subprocess.run([TOOLS / "patchelf", "--remove-rpath", *own], check=True)
    return out


def _lay_out(package: Package, stage: Path, frozen: Path, version: str, date: str) -> None:
    name = package.name
    shutil.copytree(frozen, stage / "usr/lib" / name, symlinks=True)
    for program, place in package.links.items():
        link = stage / place
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(f"../lib/{name}/{program}")
    for program, section in package.manual.items():
        page = manual.page(program, version, date)
        _zipped(stage / f"usr/share/man/man{section}/{program}.{section}.gz", page)
    doc = stage / "usr/share/doc" / name
    _write(doc / "copyright", licences.document(frozen, tuple(package.links)))
    _zipped(doc / "changelog.gz", (ROOT / "CHANGELOG.md").read_text())
    _zipped(doc / "changelog.Debian.gz", _debian_changelog(name, version))
    overrides = (package.recipe / "lintian-overrides").read_text()
    _write(stage / "usr/share/lintian/overrides" / name, overrides)
    if name == "wgtray":
        _lay_out_desktop(stage, version, date)
    _settle_modes(stage, {stage / "usr/lib" / name / program for program in package.links})


def _lay_out_desktop(stage: Path, version: str, date: str) -> None:
    for name, place in PLACES.items():
        text = (LINUX / name).read_text().replace("@VERSION@", version).replace("@DATE@", date)
        _write(stage / place, text)
    _icons(stage / "usr/share/icons/hicolor")


def _icons(folder: Path) -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication, QIcon

    source = ROOT / "resources/icons/wgtray.svg"
    application = QGuiApplication([])
    icon = QIcon(str(source))
    for size in ICON_SIZES:
        place = folder / f"{size}x{size}/apps/wgtray.png"
        place.parent.mkdir(parents=True)
        icon.pixmap(size, size).save(str(place))
    application.shutdown()
    _write(folder / "scalable/apps/wgtray.svg", source.read_text())


def _settle_modes(stage: Path, programs: Collection[Path]) -> None:
    """What may be run may be run by all, and nothing is anybody's to write but root's, whatever the builder's umask."""
    for path in (stage, *stage.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path in programs or path.suffix == ".sh" else 0o644)


def _wrapped(package: Package, stage: Path, out: Path, kind: str, version: str, compression: str) -> Path:
    machine = os.uname().machine
    variables = {"VERSION": version, "ARCH": ARCHITECTURES.get(machine, machine), "COMPRESSION": compression}
    recipe = out / f"{package.name}.yaml"
    text = (package.recipe / "nfpm.yaml").read_text().replace("@STAGE@", str(stage)).replace("@HERE@", str(HERE))
    for name, value in variables.items():
        text = text.replace(f"@{name}@", value)
    recipe.write_text(text)
    done = subprocess.run(
        [TOOLS / "nfpm", "package", "--config", recipe, "--packager", kind, "--target", out],
        check=True,
        capture_output=True,
        text=True,
    )
    return Path(done.stdout.split()[-1])


def _debian_changelog(name: str, version: str) -> str:
    when = datetime.datetime.now(datetime.UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    return (
        f"{name} ({version}-1) stable; urgency=medium\n\n  * See changelog.gz.\n\n"
        f" -- wgtray contributors <wgtray@example.org>  {when}\n"
    )


def _date() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _zipped(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m installers.deb", description="Build wgtray's Linux packages.")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "deb", metavar="DIR")
    parser.add_argument("--version", default=__version__, metavar="VERSION", help="of the package")
    parser.add_argument("--format", action="append", choices=FORMATS, help="default: both")
    parser.add_argument("--frozen", type=Path, metavar="DIR", help="a folder of programs that are frozen already")
    parser.add_argument("--compression", choices=("xz", "zstd", "gzip"), default="xz", help="of the .deb")
    return parser


if __name__ == "__main__":
    sys.exit(main())
