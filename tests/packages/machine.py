"""A bare Debian 12 in a directory, with a systemd of its own: nothing of it outlives the process that holds it."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from wgtray.lab import Place, netns
from wgtray.platforms.linux import cgroups

MIRROR = "http://deb.debian.org/debian"

ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
    "HOME": "/root",
}

HOLD = """
set -e
mount --make-rprivate /
mount --bind {root} {root}
mount -t proc proc {root}/proc
mount --rbind /sys {root}/sys
mount --rbind /dev {root}/dev
mount -t tmpfs -o mode=755 tmpfs {root}/run
echo held
exec sleep infinity
"""


BOOT = """
set -e
mount --make-rprivate /
mount --bind {root} {root}
cd {root}
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount --bind proc/sys/net proc/sys/net
mount -o remount,bind,ro proc/sys
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/net dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
for node in null zero full random urandom tty net/tun; do
    touch dev/$node
    mount --bind /dev/$node dev/$node
done
rm -f usr/sbin/policy-rc.d
exec env -i container=wgtray-tests PATH=/usr/sbin:/usr/bin chroot {root} /lib/systemd/systemd --log-target=null
"""
"""Of this computer it sees the kernel: no device but these, no sysctl but those of its own network."""


class Machine:
    """The root of a file system: first only that, in this computer's network; then with systemd, in the lab's."""

    def __init__(self, root: Path, holder: int) -> None:
        self.root = root
        self._holder = holder
        self.init: int | None = None

    @contextmanager
    def booted(self, place: Place) -> "Iterator[Machine]":
        """While systemd runs there, with processes, control groups and the network of its own."""
        tree = cgroups.find()
        assert tree is not None, "control groups of version 2 are needed"
        group = Path(tree.mount, f"wgtray-packages-{os.getpid()}")
        group.mkdir()
        spaces = ["unshare", "--mount", "--uts", "--ipc", "--pid", "--cgroup", "--fork", "--kill-child", "--"]
        enter = ["sh", "-c", 'echo $$ > "$1/cgroup.procs"; shift; exec "$@"', "sh", str(group)]
        try:
            with place.popen([*enter, *spaces, "sh", "-c", BOOT.format(root=self.root)]) as outer:
                try:
                    until(lambda: self._found(outer.pid))
                    until(
                        lambda: self.run("systemctl", "is-system-running", "--wait", check=False).stdout == "running\n"
                    )
                    yield self
                finally:
                    self.init = None
                    outer.kill()
        finally:
            until(lambda: _removed(group))

    def _found(self, outer: int) -> bool:
        """The first process there; it is systemd once its root is that of the machine."""
        children = Path(f"/proc/{outer}/task/{outer}/children").read_text().split()
        if children and os.readlink(f"/proc/{children[0]}/root") == str(self.root):
            self.init = int(children[0])
        return self.init is not None

    def _runs(self) -> bool:
        return self.run("systemctl", "is-system-running", check=False).stdout == "running\n"

    def argv(self, command: Sequence[str]) -> list[str]:
        """What runs a command there."""
        if self.init is None:
            return ["nsenter", f"--mount=/proc/{self._holder}/ns/mnt", "--", "chroot", str(self.root), *command]
        spaces = ["--mount", "--net", "--uts", "--ipc", "--pid", "--cgroup", "--root", "--wd"]
        return ["nsenter", f"--target={self.init}", *spaces, "--", *command]

    def run(
        self,
        *command: str,
        check: bool = True,
        text: str | None = None,
        user: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command there, as root or as a user with that user's groups."""
        words = list(command)
        if user is not None:
            words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--", *words]
        environment = {**ENVIRONMENT, **(env or {})}
        done = subprocess.run(
            self.argv(words), check=False, input=text, env=environment, timeout=300, capture_output=True, text=True
        )
        assert not check or done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
        return done

    def start_nothing(self) -> None:
        """From here to the next boot no daemon starts because its package is installed."""
        policy = self.path("/usr/sbin/policy-rc.d")
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)

    def download(self, *packages: str) -> None:
        """Install packages of Debian's, or files, with what they depend on."""
        self.run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages)

    def path(self, place: str) -> Path:
        """A file there, from here. Symbolic links that lead away are this computer's: compare with ``lstat``."""
        return self.root / place.lstrip("/")

    def everything(self, sign: str) -> list[str]:
        """Paths on the disk with this word in their name."""
        found = self.run("find", "/", "-xdev", "-name", f"*{sign}*").stdout.split()
        return sorted(found)


@contextmanager
def alone() -> Iterator[Place]:
    """A network with nobody else in it."""
    place = Place(f"wgtray-packages-{os.getpid()}")
    netns.ip(None, f"netns add {place.netns}\n")
    try:
        netns.ip(place.netns, "link set lo up\n")
        yield place
    finally:
        netns.ip(None, f"netns delete {place.netns}\n")


def until(found: Callable[[], object], timeout_s: float = 30.0) -> None:
    """Wait for something that other processes do."""
    deadline = time.monotonic() + timeout_s
    while not found():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def _removed(group: Path) -> bool:
    """A control group goes once its last process has."""
    for path in sorted((group, *group.rglob("*/")), reverse=True):
        with suppress(OSError):
            path.rmdir()
    return not group.exists()


@contextmanager
def bare() -> Iterator[Machine]:
    """Made by debootstrap, removed at the end."""
    root = Path(tempfile.mkdtemp(prefix="wgtray-packages-"))
    try:
        subprocess.run(
            ["debootstrap", "--variant=minbase", "bookworm", str(root), MIRROR],
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=500,
        )
        root.chmod(0o755)  # there it is the root of users too
        with _held(root) as holder:
            machine = Machine(root, holder)
            _prepare(machine)
            yield machine
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def _held(root: Path) -> Iterator[int]:
    argv = ["unshare", "--mount", "sh", "-c", HOLD.format(root=root)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process.pid
        finally:
            process.kill()


def _prepare(machine: Machine) -> None:
    machine.start_nothing()
    for name in ("resolv.conf", "hosts"):
        shutil.copyfile(f"/etc/{name}", machine.path(f"/etc/{name}"))
    proxy = Path("/etc/apt/apt.conf.d")
    for file in proxy.glob("*proxy*"):
        shutil.copyfile(file, machine.path(str(file)))
    machine.run(
        "apt-get", "update", "-qq", env={name: os.environ[name] for name in ("http_proxy",) if name in os.environ}
    )
