"""What is right and what is wrong with this machine, for somebody who wants to connect? Findings from plain facts.

Every question gets exactly one finding, good or bad, so that nobody wonders what was looked at. The sentences are
``words/checkup.py``'s; who reads the facts is ``desktop/machine.py``.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from wgtray.core.apps import System
from wgtray.core.problems import Severity

Rank = Literal["ok"] | Severity
"""``ok``, ``info``: nothing to do; ``warning``: something may not work; ``error``: connecting will not work."""

Membership = Literal["member", "next-login", "no-member", "no-group"]
Keyring = Literal["usable", "locked", "none"]
TrayHost = Literal["present", "none", "no-display"]


class Machine(msgspec.Struct, frozen=True):
    """What an ordinary user can see of a machine. None: cannot be seen, or there is no such thing on this system."""

    system: System = "linux"
    missing: tuple[str, ...] = ()
    """Programs that the helper runs and that are not installed."""
    wireguard: str | None = None
    """The implementation that would be used: ``kernel``, ``wireguard-go`` or a version."""
    firewall: str | None = None
    """The program that closes what must not leave outside the tunnel."""
    tun: bool = True
    """Whether a userspace WireGuard could open an interface."""
    vpns: tuple[str, ...] = ()
    """Other VPN programs that run now."""
    resolver: str | None = None
    """Who looks after names: ``systemd-resolved``, ``resolvconf``, ``file``."""
    servers: tuple[str, ...] = ()
    """The name servers of the system's resolver file."""
    tray_host: TrayHost | None = None
    desktop: str = ""
    """What the session calls its desktop."""
    keyring: Keyring = "none"
    at_login: bool = False
    service_installed: bool | None = None
    membership: Membership | None = None
    """Whether this session is in the group that may use the helper."""


class Service(msgspec.Struct, frozen=True):
    """What the helper said; ``unreachable`` is the reason why it said nothing."""

    unreachable: str = ""
    version: str = ""
    profile: str | None = None
    nodes: tuple[str, ...] = ()
    """The health of every node."""
    wanted: bool = False
    protected: bool | None = None
    per_app_routing: bool = False
    rules: int = 0
    """Programs with a rule."""
    needs_key: bool = False


class Finding(msgspec.Struct, frozen=True):
    """The answer to one question; ``code`` is a key of ``words.checkup.FOUND``."""

    check: str
    code: str
    rank: Rank = "ok"
    args: Mapping[str, str | int | float] = {}


def findings(machine: Machine, service: Service, version: str) -> tuple[Finding, ...]:
    """One finding for each question, in the order in which a person would solve them."""
    asked = (
        _service(machine, service, version),
        _tools(machine),
        _wireguard(machine),
        _firewall(machine, service),
        _names(machine),
        _vpns(machine),
        _profile(service),
        _key(machine, service),
        _nodes(service),
        _apps(service),
        _tray(machine),
        _login(machine),
    )
    return tuple(found for found in asked if found is not None)


def _service(machine: Machine, service: Service, version: str) -> Finding:
    reason = service.unreachable
    if not reason:
        if service.version != version:
            return Finding("service", "service-version", "warning", {"service": service.version, "version": version})
        return Finding("service", "service-ok", args={"version": version})
    if reason == "not-permitted" and machine.membership == "next-login":
        return Finding("service", "service-next-login", "error")
    if reason == "absent" and machine.service_installed is False:
        return Finding("service", "service-not-installed", "error")
    return Finding("service", "service-unreachable", "error", {"reason": reason})


def _tools(machine: Machine) -> Finding:
    if machine.missing:
        code = "tools-missing" if machine.system == "linux" else "parts-missing"
        return Finding("tools", code, "error", {"tools": ", ".join(machine.missing)})
    return Finding("tools", "tools-ok")


def _wireguard(machine: Machine) -> Finding | None:
    if machine.wireguard is None and machine.system != "linux":
        return None
    if machine.wireguard is None:
        return Finding("wireguard", "wireguard-none", "error")
    if machine.wireguard == "wireguard-go" and not machine.tun:
        return Finding("wireguard", "wireguard-no-tun", "error")
    return Finding("wireguard", "wireguard-ok", args={"implementation": machine.wireguard})


def _firewall(machine: Machine, service: Service) -> Finding | None:
    if service.protected is False:
        return Finding("firewall", "firewall-incomplete", "error")
    if machine.firewall is None and machine.system != "linux":
        return None
    if machine.firewall is None:
        return Finding("firewall", "firewall-none", "error")
    return Finding("firewall", "firewall-ok", args={"program": machine.firewall})


def _names(machine: Machine) -> Finding | None:
    if machine.resolver is None:
        return None
    if not machine.servers:
        return Finding("names", "names-none", "warning")
    return Finding("names", "names-ok", args={"resolver": machine.resolver})


def _vpns(machine: Machine) -> Finding:
    if machine.vpns:
        return Finding("vpns", "vpns-other", "warning", {"names": ", ".join(machine.vpns)})
    return Finding("vpns", "vpns-none")


def _profile(service: Service) -> Finding | None:
    if service.unreachable:
        return None
    if service.profile is None:
        return Finding("profile", "profile-none", "warning")
    return Finding("profile", "profile-ok", args={"profile": service.profile, "nodes": len(service.nodes)})


def _key(machine: Machine, service: Service) -> Finding:
    match machine.keyring:
        case "usable":
            return Finding("keyring", "keyring-ok")
        case "locked":
            return Finding("keyring", "keyring-locked", "warning")
        case "none":
            # A key in the helper's own store needs no keyring.
            rank: Rank = "error" if service.needs_key else "info"
            return Finding("keyring", "keyring-none", rank)


def _nodes(service: Service) -> Finding | None:
    if not service.nodes or not service.wanted:
        return None
    answering = sum(health in ("up", "slow") for health in service.nodes)
    args = {"answering": answering, "all": len(service.nodes)}
    if answering == 0:
        return Finding("nodes", "nodes-silent", "error", args)
    return Finding("nodes", "nodes-ok", "ok" if answering == len(service.nodes) else "info", args)


def _apps(service: Service) -> Finding | None:
    if service.unreachable:
        return None
    if service.per_app_routing:
        return Finding("apps", "apps-ok")
    return Finding("apps", "apps-unavailable", "warning" if service.rules else "info")


def _tray(machine: Machine) -> Finding | None:
    match machine.tray_host:
        case None:
            return None
        case "present":
            return Finding("tray", "tray-ok")
        case "no-display":
            return Finding("tray", "tray-no-display", "info")
        case "none":
            code = "tray-none-gnome" if "gnome" in machine.desktop.lower() else "tray-none"
            return Finding("tray", code, "warning", {"desktop": machine.desktop})


def _login(machine: Machine) -> Finding:
    return Finding("login", "login-on" if machine.at_login else "login-off", "ok" if machine.at_login else "info")
