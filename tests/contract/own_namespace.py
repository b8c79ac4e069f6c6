"""How does a test get a machine's network of its own, without leaving anything behind?"""

import ctypes
import os
import subprocess

import pytest


class OwnNamespace:
    """This process moves into a fresh network namespace, which ends with the last process in it, and back."""

    def __enter__(self) -> None:
        if os.geteuid() != 0:
            pytest.skip("needs root for a network namespace")
        self._before = os.open("/proc/self/ns/net", os.O_RDONLY)
        name = f"wgt-contract-{os.getpid()}"
        subprocess.run(["ip", "netns", "add", name], check=True)
        try:
            inside = os.open(f"/run/netns/{name}", os.O_RDONLY)
            _setns(inside)
            os.close(inside)
        finally:
            subprocess.run(["ip", "netns", "delete", name], check=True)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)

    def __exit__(self, *_: object) -> None:
        _setns(self._before)
        os.close(self._before)


def _setns(descriptor: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(descriptor, 0x40000000) != 0:  # CLONE_NEWNET
        raise OSError(ctypes.get_errno(), "setns")
