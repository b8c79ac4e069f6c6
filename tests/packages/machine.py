"""A bare Debian 12 in a directory, with mounts of its own: nothing of it outlives the process that holds it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from wgtray.lab import Place

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


class Machine:
    """The root of a file system; ``run`` is in the network of ``place``, or, for downloads, in this computer's."""

    def __init__(self, root: Path, holder: int) -> None:
        self.root = root
        self._holder = holder

    def argv(self, command: Sequence[str]) -> list[str]:
        """What runs a command there, in the network of whoever starts it."""
        return ["nsenter", f"--mount=/proc/{self._holder}/ns/mnt", "--", "chroot", str(self.root), *command]

    def run(
        self,
        *command: str,
        place: Place | None = None,
        check: bool = True,
        text: str | None = None,
        user: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command there, as root or as a user with that user's groups."""
        words = list(command)
        if user is not None:
            words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--", *words]
        argv, environment = self.argv(words), {**ENVIRONMENT, **(env or {})}
        if place is not None:
            done = place.run(argv, check=False, input=text, env=environment, timeout=300)
        else:
            done = subprocess.run(
                argv, check=False, input=text, env=environment, timeout=300, capture_output=True, text=True
            )
        assert not check or done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
        return done

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
    policy = machine.path("/usr/sbin/policy-rc.d")
    policy.write_text("#!/bin/sh\nexit 101\n")  # no daemon starts because its package is installed
    policy.chmod(0o755)
    for name in ("resolv.conf", "hosts"):
        shutil.copyfile(f"/etc/{name}", machine.path(f"/etc/{name}"))
    proxy = Path("/etc/apt/apt.conf.d")
    for file in proxy.glob("*proxy*"):
        shutil.copyfile(file, machine.path(str(file)))
    machine.run(
        "apt-get", "update", "-qq", env={name: os.environ[name] for name in ("http_proxy",) if name in os.environ}
    )
