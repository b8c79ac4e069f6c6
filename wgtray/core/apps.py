"""Which programs have a rule, which rule does one fall under, and how strongly is it enforced?

A rule names programs by path: a file means that very file (device and inode, so a link to it counts and a copy does
not), a directory every program below it. Children stay under the rule of what started them. Of several rules for one
program the company's comes first, then the nearer one: a file before a directory, an inner directory before an outer
one, ``tunnel`` before ``direct``. Nobody's own rule takes a process out of a rule of the company.

Some programs are no one application: to catch a shell, an interpreter or a launcher would catch everything that it
starts, and to catch a tool of the helper could leave nobody to answer. ``hindrance`` refuses them. What stands for
them: the start script of an application (a file like any other, caught when it is started by its path), and
``wgtray run -- CMD``.
"""

import functools
import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Literal

import msgspec

from wgtray.core.fields import Name
from wgtray.core.profile import AppRoute, Profile

System = Literal["linux", "macos", "windows"]
Source = Literal["company", "user"]
Capture = Literal["first", "late", "none"]
"""When a program comes under its rule: before its first instruction, a moment after it, or only where asked to."""
Enforcement = Literal["routed", "full-tunnel", "blocked", "unavailable"]

PATH_LIMIT = 4096
"""linux/limits.h PATH_MAX; Windows and macOS take less."""
OWN_LIMIT = 200
"""Rules that one user may have; more than anybody chooses by hand."""

FileId = tuple[int, int]
"""Device and inode."""


class Computer(msgspec.Struct, frozen=True):
    """What of a machine matters for rules."""

    system: System = "linux"
    routes_apps: bool = False
    """Whether packets can be routed by the program that sends them."""
    blocks_apps: bool = False
    """Whether a program can at least be kept from sending past the tunnel."""


LINUX = Computer()


class OwnRule(msgspec.Struct, frozen=True, order=True):
    """A rule that a user made, for the processes of that user."""

    uid: int
    name: Name
    path: str
    route: AppRoute = "tunnel"


class Declined(msgspec.Struct, frozen=True, order=True):
    """A user took this rule of the company off, which leaves it to users."""

    uid: int
    name: Name


class Rule(msgspec.Struct, frozen=True, order=True):
    """What one entry asks of this system."""

    name: Name
    route: AppRoute
    paths: tuple[str, ...]
    uid: int | None = None
    """Only processes of this user; None: everybody's, a rule of the company."""
    locked: bool = False
    spared: tuple[int, ...] = ()
    """Users who took the company's rule off."""

    @property
    def source(self) -> Source:
        return "company" if self.uid is None else "user"

    @property
    def id(self) -> str:
        """A short name of letters, digits, dots and dashes: for groups, anchors, filters."""
        return _id(self.name, self.uid) if self.paths else RUN_ID

    def applies_to(self, uid: int) -> bool:
        """Whether processes of this user are meant."""
        return uid not in self.spared if self.uid is None else uid == self.uid


RUN_ID = "run"
RUN = Rule(Name("wgtray run"), "tunnel", ())
"""Under it is what ``wgtray run -- CMD`` starts."""


ASTRAY = frozenset({Rule(Name("astray"), "tunnel", ("/",))})
"""Stands in what is observed for rules that are not carried out as they were put; nobody wants it."""


class Index(msgspec.Struct, frozen=True):
    """Rules by what their paths are on this machine."""

    files: Mapping[FileId, tuple[Rule, ...]] = {}
    directories: tuple[tuple[str, Rule], ...] = ()
    """Directory without links and without a slash at its end, the inner ones first."""


class Programs(msgspec.Struct, frozen=True):
    """What the system says of programs under a rule."""

    capture: Capture = "none"
    running: Mapping[str, int] = {}
    """Processes by id of the rule; those of ``wgtray run`` under ``run``."""
    missing: tuple[str, ...] = ()
    """Paths that lead to nothing on this machine."""
    refused: Mapping[str, str] = {}
    """Paths that no rule may name, with the code of the reason."""
    restart: Mapping[str, int] = {}
    """Processes, by id of the rule, that were running before and still hold sockets from then."""
    failed: int = 0
    """Programs that were not let start because they could not be put under their rule."""
    disturbed: int = 0
    """How often something else changed the rules that carry programs, or may have."""


def rules(profile: Profile | None, own: Iterable[OwnRule], declined: Iterable[Declined], system: System) -> list[Rule]:
    """All rules of this machine that name a program of its system, the company's first."""
    taken_off: dict[str, set[int]] = {}
    for entry in declined:
        taken_off.setdefault(entry.name, set()).add(entry.uid)
    found: list[Rule] = []
    for app in () if profile is None else profile.apps:
        spared = () if app.locked else tuple(sorted(taken_off.get(app.name, ())))
        found.append(Rule(app.name, app.route, paths(app, system), None, app.locked, spared))
    found += [Rule(entry.name, entry.route, (entry.path,), entry.uid) for entry in own]
    return [rule for rule in found if rule.paths]


def paths(app: msgspec.Struct, system: System) -> tuple[str, ...]:
    """The paths of an ``AppRule`` on that system."""
    found: tuple[str, ...] = getattr(app, system)
    return found


def standing(found: Iterable[Rule], *, wanted: bool, outlives: bool) -> frozenset[Rule]:
    """The rules that are carried out now: all while connection is wanted, else what lockdown makes outlive the wish."""
    return frozenset(rule for rule in found if wanted or (outlives and rule.route == "tunnel"))


def chosen(index: Index, file: FileId, path: str, uid: int, current: str | None = None) -> Rule | None:
    """The rule for a program of that user, or None to leave it where it is, under ``current`` (an id)."""
    near = [rule for rule in index.files.get(file, ()) if rule.applies_to(uid)]
    near += [rule for directory, rule in index.directories if path.startswith(f"{directory}/") and rule.applies_to(uid)]
    if hindrance(path) is not None:
        near = []
    best = min(near, key=lambda rule: rule.uid is not None, default=None)
    if best is None or (best.uid is not None and (current or "").startswith("company-")):
        return None
    return best


def index(found: Iterable[tuple[Rule, str, FileId, bool]]) -> Index:
    """An index of (rule, path without links, file, whether it is a directory)."""
    files: dict[FileId, list[Rule]] = {}
    directories: list[tuple[str, Rule]] = []
    for rule, path, file, is_directory in found:
        if is_directory:
            directories.append((path.rstrip("/"), rule))
        else:
            files.setdefault(file, []).append(rule)
    ordered = {file: tuple(sorted(several, key=_rank)) for file, several in files.items()}
    return Index(ordered, tuple(sorted(directories, key=lambda entry: (-len(entry[0]), *_rank(entry[1])))))


def alias(path: str) -> str:
    """The path that stands for what a person names: a snap's or flatpak's command is a launcher shared by all."""
    if found := re.fullmatch(r"(?:/var/lib/snapd)?/snap/bin/([^/.]+)(?:\.[^/]+)?", path):
        return f"/snap/{found[1]}/current"
    if found := re.fullmatch(r"(.*/flatpak)/exports/bin/([^/]+)", path):
        return f"{found[1]}/app/{found[2]}/current/active/files"
    return path


def hindrance(path: str, *, is_directory: bool = False) -> str | None:
    """Why no rule may name this program (path without links), as the code of a refusal; None: it may."""
    if _is_windows(path):
        shared, name = path[2:].rstrip("\\").casefold() in SHARED_ON_WINDOWS, path.rpartition("\\")[2].lower()
    else:
        shared, name = path.rstrip("/") in SHARED_DIRECTORIES, path.rpartition("/")[2]
    if is_directory:
        return "app-shared-directory" if shared else None
    if name in HELPER_TOOLS:
        return "app-is-tool"
    return "app-is-shared" if _SHARED.fullmatch(name) else None


def valid_path(path: str, system: System) -> bool:
    """Whether it is the absolute path of one program or directory on that system."""
    if len(path) > PATH_LIMIT or not path.isprintable() or "/../" in f"{path}/":
        return False
    return _is_windows(path) if system == "windows" else path.startswith("/")


def enforcement(
    rule: Rule, *, caught: Collection[Rule], closed: bool, carries: bool, everything: bool, passes: bool, routing: bool
) -> Enforcement:
    """How a rule is enforced, from what was read back.

    ``caught``: rules whose programs the system hands to us; ``closed``: their packets leave through our interface or
    not at all; ``carries``: a tunnel that works; ``everything``: all traffic goes into it; ``passes``: what is
    ``direct`` may leave past it; ``routing``: whether this system routes by program.
    """
    if rule.route == "direct":
        if not everything and not carries:
            return "routed"  # there is nothing that it could be drawn into
        return "unavailable" if rule not in caught else "routed" if passes else "blocked"
    if routing and rule in caught and closed:
        return "routed" if carries else "blocked"
    if everything and carries:
        return "full-tunnel"
    return "blocked" if closed and rule in caught else "unavailable"


HELPER_TOOLS: frozenset[str] = frozenset(
    {
        *("ip", "nft", "wg", "wg-quick", "wireguard-go", "resolvectl", "resolvconf", "sysctl", "modprobe", "setpriv"),
        *("wgtray-helper", "systemctl", "systemd", "systemd-resolved", "NetworkManager", "dbus-daemon", "dbus-broker"),
        *("wfpctl", "wireguard.exe", "netsh.exe", "pfctl", "scutil", "networksetup", "route", "ifconfig"),
    }
)
"""What the helper runs, or what it cannot do without, on any system."""

_SHELLS = "sh|bash|rbash|dash|zsh|fish|ksh|ksh93|mksh|csh|tcsh|ash|busybox|toybox|powershell|pwsh|cmd"
_INTERPRETERS = (
    r"python[0-9.]*|pypy[0-9.]*|perl[0-9.]*|ruby[0-9.]*|node|nodejs|deno|bun|php[0-9.]*|lua[0-9.]*|java|javaw|mono|dotnet"
    r"|wine[0-9]*(?:-preloader)?|electron[0-9]*|gjs(?:-console)?|Rscript|guile[0-9.]*|tclsh[0-9.]*|wish[0-9.]*"
)
_LAUNCHERS = (
    r"env|sudo|su|doas|pkexec|runuser|nsenter|unshare|setsid|nohup|timeout|xargs|time|nice|ionice|chrt|taskset|flock"
    r"|snap|snap-exec|snap-confine|flatpak|bwrap|firejail|xdg-open|gio|gtk-launch|dbus-launch|systemd-run|login|sshd"
    r"|ld-linux.*|ld-musl.*|ld\.so.*|init|launchd|open|explorer|rundll32|svchost|msiexec|wscript|cscript"
)
_SHARED = re.compile(rf"(?:{_SHELLS}|{_INTERPRETERS}|{_LAUNCHERS})(?:\.exe)?")

SHARED_DIRECTORIES: frozenset[str] = frozenset(
    {
        *("", "/bin", "/sbin", "/lib", "/lib64", "/usr", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64"),
        *("/usr/libexec", "/usr/share", "/usr/local", "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib"),
        *("/usr/games", "/opt", "/home", "/root", "/var", "/var/lib", "/etc", "/run", "/tmp", "/dev", "/proc", "/sys"),  # noqa: S108 (refused)
        *("/snap", "/var/lib/flatpak", "/var/lib/flatpak/app", "/Applications", "/System", "/Library", "/Users"),
        *("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/nix", "/nix/store", "/gnu/store"),
    }
)
"""Directories of many programs: a rule for one of them would be a rule for the whole system."""

SHARED_ON_WINDOWS: frozenset[str] = frozenset(
    {"", r"\windows", r"\windows\system32", r"\windows\syswow64", r"\users"}
    | {r"\program files", r"\program files (x86)", r"\program files\windowsapps", r"\programdata"}
)
"""The same, without the drive."""


def _is_windows(path: str) -> bool:
    return path[1:3] == ":\\" and path[0].isalpha()


@functools.lru_cache(maxsize=1024)
def _id(name: Name, uid: int | None) -> str:
    return f"{'company' if uid is None else uid}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _rank(rule: Rule) -> tuple[bool, bool, Name]:
    return rule.uid is not None, rule.route == "direct", rule.name
