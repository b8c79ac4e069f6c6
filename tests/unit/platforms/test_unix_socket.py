"""The socket as a file: whose it is from its first moment on, and what the kernel says of who connects."""

import asyncio
import contextlib
import grp
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.helper.serving import EVERYBODY, listen
from wgtray.helper.rights import Admission
from wgtray.platforms.api import SocketTaken
from wgtray.platforms.linux import peer
from wgtray.platforms.unix_socket import UnixListener, kernel_uid


def test_the_kernel_says_who_connected() -> None:
    one, other = socket.socketpair()
    with one, other:
        assert kernel_uid(one) == os.getuid()
    assert kernel_uid(one) is None


def test_members_can_reach_the_socket_under_the_umask_of_the_helper(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir(mode=0o700)
    path = mine / "run" / "wgtray" / "helper.sock"
    before = os.umask(0o077)
    try:
        listen(path, EVERYBODY).close()
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)
    assert [stat.S_IMODE(one.stat().st_mode) for one in (mine, mine / "run", path.parent)] == [0o700, 0o755, 0o755]


@pytest.mark.parametrize(
    ("groups", "mode", "owner"),
    [({"wgtray", "gone"}, 0o660, 4000), ({"wgtray", "admins"}, 0o666, 0), ({"admins"}, 0o660, 3000), (set(), 0o600, 0)],
)
def test_the_socket_belongs_to_the_one_group_there_is_and_with_more_the_kernel_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, groups: set[str], mode: int, owner: int
) -> None:
    numbers = {"wgtray": 4000, "admins": 3000}

    def known(name: str) -> grp.struct_group:
        return grp.struct_group((name, "x", numbers[name], []))

    monkeypatch.setattr(grp, "getgrnam", known)
    owned: list[int] = []
    monkeypatch.setattr(os, "chown", lambda path, uid, gid: owned.append(gid))
    path = tmp_path / "helper.sock"
    listen(path, Admission(frozenset(), frozenset(groups))).close()
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert owned == ([owner] if owner else [])


@pytest.mark.threat("T04")
def test_the_socket_is_roots_until_its_mode_is_set_and_a_stale_one_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "run" / "helper.sock"
    listen(path, Admission(frozenset(), frozenset({"no-such-group"}))).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = listen(path, Admission(frozenset({os.getuid()}), frozenset({"no-such-group"})))
    assert stat.S_IMODE(path.stat().st_mode) == 0o666
    with pytest.raises(SocketTaken):
        listen(path, EVERYBODY)
    again.close()


def test_something_else_in_the_place_of_the_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "helper.sock"
    path.write_text("somebody's file")
    with pytest.raises(FileExistsError):
        listen(path, EVERYBODY)
    assert path.read_text() == "somebody's file"


CLIENT = "import socket, sys; one = socket.socket(socket.AF_UNIX); one.connect(sys.argv[1]); sys.stdin.read()"


@pytest.mark.threat("T03")
def test_a_process_is_held_by_more_than_its_number_until_the_connection_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "helper.sock"

    async def play(listener: UnixListener, client: "subprocess.Popen[bytes]") -> None:
        async with asyncio.timeout(20):
            accepted = await listener.accept()
        found = accepted.caller()
        assert found is not None
        assert found.pid == client.pid
        assert not found.has_gone()
        client.communicate()
        if found.process is None:
            pytest.skip("before Linux 6.5 the kernel holds nothing")
        assert found.has_gone()
        accepted.close()
        assert found.has_gone()

    with contextlib.closing(UnixListener(listen(path, EVERYBODY), peer.caller)) as listener:
        argv = [sys.executable, "-c", CLIENT, str(path)]
        with subprocess.Popen(argv, stdin=subprocess.PIPE) as client:
            asyncio.run(play(listener, client))
