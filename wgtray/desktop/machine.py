"""What can an ordinary user see of this machine, for ``core/checkup.py``? Reads only, asks nobody for a password.

Everything is read from files, the process list and two questions to the desktop; no program is started.
"""

import contextlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from wgtray.core.checkup import Machine, Membership, Service
from wgtray.desktop import SYSTEM, autostart, keys, tray_host
from wgtray.ipc.messages import Snapshot

GROUP: Final = "wgtray"
ADMIN_PATH: Final = "/usr/sbin:/usr/bin:/sbin:/bin"
"""Where the helper finds its programs, whatever this user's PATH says."""
TOOLS: Final = ("wg", "wg-quick", "ip", "nft")
MAC_TOOLS: Final = ("pfctl", "route", "ifconfig", "netstat", "scutil", "networksetup")
MAC_WIREGUARD: Final = "/Library/PrivilegedHelperTools/org.wgtray.helper/wireguard-go"
MAC_SERVICE: Final = "/Library/LaunchDaemons/org.wgtray.helper.plist"
UNITS: Final = tuple(
    f"{place}/systemd/system/wgtray-helper.service" for place in ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")
)
VPNS: Final = {
    "tailscaled": "Tailscale",
    "mullvad-daemon": "Mullvad VPN",
    "nordvpnd": "NordVPN",
    "openvpn": "OpenVPN",
    "openconnect": "OpenConnect",
    "vpnagentd": "Cisco Secure Client",
    "protonvpn": "Proton VPN",
    "warp-svc": "Cloudflare WARP",
    "netbird": "NetBird",
    "zerotier-one": "ZeroTier",
    "expressvpnd": "ExpressVPN",
    "pia-daemon": "Private Internet Access",
    "GlobalProtect": "GlobalProtect",
    "PanGPS": "GlobalProtect",
    "forticlient": "FortiClient",
    "charon": "strongSwan",
    "WireGuard.exe": "WireGuard",
}
"""Name of a process -> the VPN it belongs to; services that set routes, names or a firewall of their own."""

_STUB_RESOLVED = ("/run/systemd/resolve/stub-resolv.conf", "/run/systemd/resolve/resolv.conf")


def machine() -> Machine:
    """This machine now; takes a good part of a second where many processes run."""
    running = _running()
    seen = Machine(
        vpns=tuple(sorted({VPNS[name] for name in running if name in VPNS})),
        keyring=keys.state(),
        at_login=autostart.is_on(),
        desktop=os.environ.get("XDG_CURRENT_DESKTOP", ""),
    )
    match SYSTEM:
        case "linux":
            return _linux(seen)
        case "macos":
            return _mac(seen)
        case "windows":
            return msgspec.structs.replace(seen, system="windows")


def is_service_installed() -> bool:
    """Whether a package brought the service here; asked on Linux, where it may be missing."""
    return any(Path(unit).exists() for unit in UNITS)


def service(snapshot: Snapshot | None, unreachable: str = "") -> Service:
    """What the helper said, or why it said nothing."""
    if snapshot is None:
        return Service(unreachable=unreachable)
    return Service(
        version=snapshot.version,
        profile=snapshot.profile,
        nodes=tuple(node.health for node in snapshot.nodes),
        wanted=snapshot.wanted,
        protected=snapshot.protected,
        per_app_routing=snapshot.capabilities.per_app_routing,
        rules=len(snapshot.apps),
        needs_key=snapshot.needs_key,
    )


def _linux(seen: Machine) -> Machine:
    return msgspec.structs.replace(
        seen,
        missing=tuple(tool for tool in TOOLS if shutil.which(tool, path=ADMIN_PATH) is None),
        wireguard=_wireguard(),
        firewall="nftables" if shutil.which("nft", path=ADMIN_PATH) else None,
        tun=Path("/dev/net/tun").exists(),
        resolver=_resolver(Path("/etc/resolv.conf")),
        servers=tuple(_servers(Path("/etc/resolv.conf"))),
        tray_host=tray_host.found(),
        service_installed=is_service_installed(),
        membership=_membership(),
    )


def _mac(seen: Machine, root: Path = Path("/")) -> Machine:
    """What is missing of the system, or of what the package brought."""
    wireguard, daemon = (root / place.lstrip("/") for place in (MAC_WIREGUARD, MAC_SERVICE))
    places = [str(root / place.lstrip("/")) for place in ADMIN_PATH.split(":")]
    missing = [tool for tool in MAC_TOOLS if shutil.which(tool, path=":".join(places)) is None]
    installed = daemon.exists()
    return msgspec.structs.replace(
        seen,
        system="macos",
        missing=(*missing, *([MAC_WIREGUARD] if installed and not wireguard.exists() else [])),
        wireguard="wireguard-go" if wireguard.exists() else None,
        firewall="pf" if "pfctl" not in missing else None,
        service_installed=installed,
    )


def _running() -> set[str]:
    import psutil

    found: set[str] = set()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):  # gone, or of a kind that Windows says nothing about
            found.add(process.name())
    return found


def _wireguard() -> str | None:
    """The kernel's where its module is loaded or lies ready for this kernel, else the userspace one."""
    release = os.uname().release
    modules = Path("/lib/modules", release, "kernel/drivers/net/wireguard")
    if Path("/sys/module/wireguard").exists() or any(modules.glob("wireguard.ko*")) or _built_in(release):
        return "kernel"
    return "wireguard-go" if shutil.which("wireguard-go", path=ADMIN_PATH) else None


def _built_in(release: str) -> bool:
    with contextlib.suppress(OSError):
        return "/wireguard.ko" in Path("/lib/modules", release, "modules.builtin").read_text()
    return False


def _resolver(file: Path) -> str:
    target = os.path.realpath(file)
    if target in _STUB_RESOLVED:
        return "systemd-resolved"
    return "resolvconf" if target.startswith("/run/resolvconf/") else "file"


def _servers(file: Path) -> Iterable[str]:
    with contextlib.suppress(OSError):
        for line in file.read_text(errors="replace").splitlines():
            words = line.split()
            if len(words) > 1 and words[0] == "nameserver":
                yield words[1]


def _membership() -> Membership:
    import grp
    import pwd

    if os.getuid() == 0:
        return "member"
    try:
        group = grp.getgrnam(GROUP)
    except KeyError:
        return "no-group"
    if group.gr_gid in os.getgroups():
        return "member"
    with contextlib.suppress(KeyError):
        if pwd.getpwuid(os.getuid()).pw_name in group.gr_mem:
            return "next-login"
    return "no-member"
