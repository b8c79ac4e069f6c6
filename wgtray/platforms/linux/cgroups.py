"""Where do control groups of version 2 live on this machine, and how are ours made, filled and removed?

Ours are a tree of its own, below whatever is mounted (``/sys/fs/cgroup`` on a unified system, ``…/unified`` on a hybrid
one). A machine may hold a helper in every network namespace, so the namespace's number is part of the path:

    wgtray/NETNS/tunnel/RULE    processes under a rule: nft matches the group two levels up, so that rules come and go
    wgtray/NETNS/direct/RULE    without the firewall being loaded anew
    wgtray/NETNS/gate           the process that puts them there (``gate.py``)

No controller is switched on in them: they limit nothing. A socket belongs to the group its process was in when the
socket was made.
"""

import contextlib
import os
import time
from pathlib import Path

import msgspec

from wgtray.core.profile import AppRoute

MOUNTS = Path("/proc/self/mountinfo")
NFT_ROOT = "/sys/fs/cgroup"
"""nft looks up the paths in its rules below this, wherever version 2 is mounted."""
OURS = "wgtray"
ROUTES: tuple[AppRoute, ...] = ("tunnel", "direct")
GATE = "gate"
RUN = "run"
"""The group of ``wgtray run`` beside those of rules."""

TRIES, TRY_AGAIN_S = 20, 0.005
"""What forks leaves a child behind, and what was killed leaves its group a moment after it ended."""

_ESCAPED = {r"\040": " ", r"\011": "\t", r"\012": "\n", r"\134": "\\"}  # proc_pid_mountinfo(5)


class Tree(msgspec.Struct, frozen=True):
    """The groups of one network namespace."""

    mount: str
    """Where version 2 is mounted."""
    netns: int
    depth: int = 0
    """How deep the mount's root lies in the hierarchy: not 0 where a container sees a part of it."""

    @property
    def top(self) -> Path:
        return Path(self.mount, OURS, str(self.netns))

    @property
    def gate(self) -> Path:
        return self.top / GATE

    def route(self, route: AppRoute) -> Path:
        """The group above all rules of that route."""
        return self.top / route

    def group(self, route: AppRoute, rule_id: str) -> Path:
        """Where a rule's processes are."""
        return self.top / route / rule_id

    def match(self, route: AppRoute) -> str:
        """How nft says that a socket belongs to a program under a rule of that route; the group has to exist."""
        path = os.path.relpath(self.route(route), NFT_ROOT)
        return f'socket cgroupv2 level {self.depth + 3} "{path}"'


def parse_mounts(text: str) -> tuple[str, int] | None:
    """Mount point and depth of the first writable mount of version 2 in the words of mountinfo; None without one."""
    for line in text.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if separator and after.startswith("cgroup2 ") and "rw" in fields[5].split(","):
            root = [part for part in fields[3].split("/") if part not in ("", "..")]
            return _unescaped(fields[4]), len(root)
    return None


def parse_group(text: str) -> str | None:
    """The group of version 2 in the words of ``/proc/PID/cgroup``."""
    return next((line[3:] for line in text.splitlines() if line.startswith("0::")), None)


def find() -> Tree | None:
    """The tree of this process's network namespace; None where this machine has no groups that we may make."""
    try:
        mount = parse_mounts(MOUNTS.read_text())
        netns = Path("/proc/thread-self/ns/net").stat().st_ino
    except OSError:
        return None
    if mount is None or not os.access(mount[0], os.W_OK):
        return None
    return Tree(mount[0], netns, mount[1])


def ensure(tree: Tree) -> None:
    """Make the groups that the firewall names; raises OSError."""
    for path in (*map(tree.route, ROUTES), tree.gate):
        path.mkdir(mode=0o755, parents=True, exist_ok=True)


def identities(tree: Tree) -> dict[AppRoute, int]:
    """The kernel's number of each route's group, by which nft's rules know it; a missing group is left out."""
    found: dict[AppRoute, int] = {}
    for route in ROUTES:
        with contextlib.suppress(OSError):
            found[route] = tree.route(route).stat().st_ino
    return found


def move(pid: int, group: Path) -> None:
    """Put a process with its threads into a group, which is made when it is missing; raises OSError.

    ProcessLookupError: it has ended.
    """
    try:
        move_into(pid, group)
    except FileNotFoundError:
        group.mkdir(mode=0o755, parents=True, exist_ok=True)
        move_into(pid, group)


def move_into(pid: int, group: Path) -> None:
    """The same with a group that exists; raises OSError."""
    descriptor = os.open(group / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, str(pid).encode())
    finally:
        os.close(descriptor)


def members(group: Path) -> list[int]:
    """The processes of a group; none where there is no such group. 0, a process of a foreign namespace, is left out."""
    try:
        return [pid for line in (group / "cgroup.procs").read_text().split() if (pid := int(line))]
    except OSError:
        return []


def rule_groups(tree: Tree) -> list[Path]:
    """Every group of a rule that exists."""
    found: list[Path] = []
    for route in ROUTES:
        with contextlib.suppress(OSError):
            found += [Path(entry.path) for entry in os.scandir(tree.route(route)) if entry.is_dir()]
    return found


def rule_of(tree: Tree, pid: int) -> str | None:
    """The id of the rule whose group a process is in; raises OSError when it has ended."""
    group = parse_group(Path(f"/proc/{pid}/cgroup").read_text())
    marker = f"/{OURS}/{tree.netns}/"
    if group is None or marker not in group:
        return None
    route, _, rule_id = group.rpartition(marker)[2].partition("/")
    return rule_id.partition("/")[0] or None if route in ROUTES else None


def origin(tree: Tree, pid: int) -> Path:
    """The group a process is in, as a path; raises OSError."""
    group = parse_group(Path(f"/proc/{pid}/cgroup").read_text()) or "/"
    parts = [part for part in group.split("/") if part][tree.depth :]
    return Path(tree.mount, *parts)


def remove(tree: Tree) -> bool:
    """Take the tree away, its processes back to the top of the hierarchy; whether there was one. Raises OSError."""
    if not tree.top.exists():
        return False
    for group in [*rule_groups(tree), *map(tree.route, ROUTES), tree.gate]:
        _empty(group, Path(tree.mount))
    tree.top.rmdir()
    with contextlib.suppress(OSError):  # another namespace's helper has groups there
        tree.top.parent.rmdir()
    return True


def _empty(group: Path, to: Path) -> None:
    if not group.exists():
        return
    for _ in range(TRIES):
        for pid in members(group):
            with contextlib.suppress(ProcessLookupError):
                move_into(pid, to)
        try:
            group.rmdir()
        except OSError:
            time.sleep(TRY_AGAIN_S)
            continue
        return
    group.rmdir()


def _unescaped(path: str) -> str:
    for code, letter in _ESCAPED.items():
        path = path.replace(code, letter)
    return path
