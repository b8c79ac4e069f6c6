"""Where in a lab can commands be run?"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from wgtray.lab import netns


@dataclass(frozen=True)
class Place:
    """A network namespace; `netns` is its name. Files, cgroups and users are the machine's own there."""

    netns: str

    def run(
        self,
        command: Sequence[str],
        *,
        check: bool = True,
        timeout: float | None = 60.0,
        input: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command there and keep its output as text."""
        argv = netns.enter(self.netns, command)
        return subprocess.run(argv, check=check, timeout=timeout, input=input, env=env, capture_output=True, text=True)

    def popen(
        self,
        command: Sequence[str],
        *,
        stdin: int | None = subprocess.DEVNULL,
        stdout: int | IO[bytes] | None = None,
        stderr: int | IO[bytes] | None = None,
        env: Mapping[str, str] | None = None,
        start_new_session: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a command there. The pid is the command's own; the lab's end kills it."""
        return subprocess.Popen(
            netns.enter(self.netns, command),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=env,
            start_new_session=start_new_session,
        )


@dataclass(frozen=True)
class Client(Place):
    """An employee's machine; `lan`, `gateway` and `tunnel` are IPv4 and IPv6 addresses outside and inside."""

    name: str
    lan: tuple[str, str]
    gateway: tuple[str, str]
    tunnel: tuple[str, str]
    public_key: str
    private_key: str = field(repr=False)
