"""What goes wrong gets its sentence and exit code, never a traceback, and leaves nothing behind."""

import shutil
import signal
import subprocess
import sys

import pytest

from tests.network.conftest import Desk, as_user, until
from tests.network.wire import Wire
from wgtray.ipc import messages
from wgtray.lab import Lab

pytestmark = pytest.mark.network

NOBODY = 65534
COMPANY = "10.20.0.10"


def said(done: subprocess.CompletedProcess[str], code: int, *fragments: str) -> None:
    """One sentence on standard error with these fragments, and this exit code."""
    assert done.returncode == code, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr + done.stdout
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for fragment in fragments:
        assert fragment in done.stderr, done.stderr


def test_a_wrong_profile_is_refused_with_every_line_that_is_wrong(desk: Desk, lab: Lab) -> None:
    text = lab.profile_toml().replace("10.20.0.0/16", "10.20.0.1/16").replace("203.0.113.12:51820", "203.0.113.12")
    done = desk.wgtray("profile", "import", "-", stdin=text)
    assert done.returncode == 1
    assert "write 10.20.0.0/16" in done.stderr
    assert "HOST:PORT" in done.stderr
    assert desk.snapshot().profile is None


@pytest.mark.slow
def test_a_key_that_no_node_knows_is_named_for_the_administrator(desk: Desk, lab: Lab) -> None:
    text = lab.profile_toml().replace(lab.client.private_key, "6PIYYdpNQ7kzQbd4JgeUEFfDBhQXEZ7tPIGxOnDK1n4=")
    desk.imported(text)
    said(desk.wgtray("connect", "--wait", "10"), 1, str(desk.snapshot().public_key), "keeps trying")
    assert desk.wgtray("disconnect").returncode == 0
    assert desk.network() == desk.clean


def test_unreachable_nodes_are_said_and_the_helper_keeps_trying(desk: Desk, lab: Lab) -> None:
    desk.imported()
    for node in lab.nodes:
        node.silent()
    said(desk.wgtray("connect", "--wait", "9"), 1, "keeps trying")
    assert desk.snapshot().state == "blocked"
    lab.node("ams").normal()
    assert desk.wgtray("connect").returncode == 0
    assert desk.snapshot().node == "ams"
    desk.wgtray("disconnect")
    assert desk.network() == desk.clean


@pytest.mark.parametrize("tool", ["wg", "wg-quick", "wireguard-go", "nft"])
def test_a_missing_tool_is_named_with_its_package_and_the_company_is_held(bare: Desk, tool: str) -> None:
    hide = ["unshare", "--mount", "sh", "-c", f'mount --bind /dev/null {shutil.which(tool)} && exec "$@"', "sh"]
    bare.start(wrapper=hide)
    bare.imported()

    def ask() -> None:
        bare.place.run(["ping", "-c1", "-W1", COMPANY], check=False)

    with Wire(bare.place) as wire:
        assert COMPANY in wire.during(ask), "the capture would not see a leak"
        said(bare.wgtray("connect"), 1, tool, "install")
        assert COMPANY not in wire.during(ask)
    assert bare.wgtray("disconnect").returncode == 0
    assert bare.network() == bare.clean


def test_a_stranger_is_closed_out_before_a_byte_is_read(desk: Desk) -> None:
    said(desk.wgtray("status", user=NOBODY), 4, "usermod -aG wgtray")


def test_a_user_named_at_start_may(bare: Desk) -> None:
    bare.start("--allow-uid", str(NOBODY))
    assert bare.wgtray("status", user=NOBODY).returncode == 0


def test_a_user_reaches_a_socket_in_a_directory_that_the_helper_made(bare: Desk) -> None:
    bare.socket = str(bare.lab.runtime_dir / "run" / "wgtray" / "helper.sock")
    bare.start("--allow-uid", str(NOBODY))
    assert bare.wgtray("status", user=NOBODY).returncode == 0


def test_who_may_not_disconnect_may_not_swap_or_remove_the_profile_either(bare: Desk, lab: Lab) -> None:
    bare.start("--allow-uid", str(NOBODY))
    bound = lab.profile_toml() + '\n[policy]\nuser_may = ["mode", "node"]\n'
    bare.imported(bound)
    said(bare.wgtray("profile", "remove", user=NOBODY), 4, "remove the profile")
    again = bare.wgtray("profile", "import", "-", "--keys", "helper", stdin=bound, user=NOBODY)
    assert (again.returncode, "You may not import a profile" in again.stderr) == (4, True), again.stderr
    assert bare.snapshot().profile == "Acme"
    assert bare.wgtray("profile", "remove").returncode == 0


def test_one_user_with_too_many_connections_hears_that_it_is_busy_and_root_does_not_notice(bare: Desk) -> None:
    bare.start("--allow-uid", str(NOBODY))
    hold = (
        "import socket, sys; held = [socket.socket(socket.AF_UNIX) for _ in range(16)]\n"
        "for one in held: one.connect(sys.argv[1])\n"
        "print(flush=True); sys.stdin.read()"
    )
    argv = [*as_user(NOBODY), "/usr/bin/python3", "-c", hold]
    holder = bare.place.popen([*argv, bare.socket], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        said(bare.wgtray("status", user=NOBODY), 1, "busy")
        assert bare.wgtray("status").returncode == 0
    finally:
        holder.communicate()


def test_no_helper_says_how_to_start_it(bare: Desk) -> None:
    for words in (("status",), ("connect",), ("node", "auto"), ("profile", "show")):
        said(bare.wgtray(*words), 3, "wgtray-helper")


def test_a_second_helper_on_the_same_directory_or_socket_is_refused(desk: Desk) -> None:
    run = [sys.executable, "-m", "wgtray.helper.app", "run", "--state-dir"]
    same_dir = [*run, str(desk.state_dir), "--socket", desk.socket + "2"]
    said(desk.place.run(same_dir, check=False), 1, "Another wgtray-helper", "--state-dir")
    same_socket = [*run, str(desk.state_dir) + "2", "--socket", desk.socket]
    said(desk.place.run(same_socket, check=False), 1, "Another wgtray-helper", "--socket")
    cleanup = [sys.executable, "-m", "wgtray.helper.app", "cleanup", "--state-dir", str(desk.state_dir)]
    said(desk.place.run(cleanup, check=False), 1, "Stop the helper first")
    assert desk.wgtray("status").returncode == 0


def test_a_state_directory_that_others_may_write_to_is_refused(bare: Desk) -> None:
    bare.state_dir.mkdir(mode=0o700)
    run = [sys.executable, "-m", "wgtray.helper.app", "run", "--state-dir", str(bare.state_dir)]
    bare.state_dir.chmod(0o770)
    said(bare.place.run([*run, "--socket", bare.socket], check=False), 1, "belongs to root")
    bare.state_dir.chmod(0o700)


def test_a_closed_terminal_leaves_the_network_in_order(connected: Desk) -> None:
    connected.wgtray("disconnect")
    assert connected.stop(signal.SIGHUP) == 0
    assert connected.network() == connected.clean


def test_a_helper_without_root_says_so(bare: Desk) -> None:
    argv = [*as_user(NOBODY), sys.executable, "-m", "wgtray.helper.app", "run"]
    said(bare.place.run(argv, check=False), 4, "root")


def test_a_full_disk_refuses_the_import_and_keeps_what_was(bare: Desk, lab: Lab) -> None:
    small = lab.runtime_dir / "small"
    small.mkdir()
    bare.state_dir = small / "state"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], check=True)
    try:
        bare.start()
        bare.imported()
        filler = small / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 512)
            except OSError:
                pass
        said(bare.wgtray("profile", "import", "-", "--keys", "helper", stdin=lab.profile_toml()), 1, "no space left")
        said(bare.wgtray("connect"), 1, "no space left")
        assert bare.snapshot().profile == "Acme"
        filler.unlink()
        assert bare.wgtray("connect").returncode == 0
        assert bare.wgtray("disconnect").returncode == 0
        assert bare.network() == bare.clean
        bare.stop()
    finally:
        subprocess.run(["umount", "--lazy", str(small)], check=True)


def test_a_damaged_state_file_is_said_and_nothing_is_open(desk: Desk) -> None:
    desk.imported()
    desk.stop()
    (desk.state_dir / "target.json").write_text('{"connected": fal')
    desk.start()
    shown = desk.snapshot()
    assert shown.wanted
    assert "state-unreadable" in [problem.code for problem in shown.problems]


def test_a_computer_whose_ipv6_is_switched_off_connects_all_the_same() -> None:
    with Lab.up(clients=1) as without:
        off = [f"net.ipv6.conf.{name}.disable_ipv6=1" for name in ("all", "default")]
        without.clients[0].run(["sysctl", "-q", "-w", *off])
        bare = Desk(without)
        try:
            bare.start()
            bare.imported()
            bare.connected()
            bare.place.run(["ping", "-q", "-c", "1", "-W", "2", "10.20.0.10"])
            assert [problem.code for problem in bare.snapshot().problems] == []
            assert bare.wgtray("disconnect").returncode == 0
            assert bare.network() == bare.clean
        finally:
            bare.end()


def test_an_interface_that_somebody_renames_stays_the_tunnel_and_goes_with_it(connected: Desk) -> None:
    connected.place.run(["ip", "link", "set", "dev", str(connected.snapshot().interface), "name", "foo0"])
    until(lambda: connected.snapshot().interface == "foo0")
    connected.place.run(["ping", "-q", "-c", "1", "-W", "2", "10.20.0.10"])
    assert connected.snapshot().state == "connected"
    assert connected.wgtray("disconnect").returncode == 0
    assert connected.network() == connected.clean


@pytest.mark.slow
def test_computers_that_connect_at_the_same_instant_both_get_an_interface(lab: Lab) -> None:
    desks = [Desk(lab, number) for number in range(2)]
    try:
        for desk in desks:
            desk.start()
            desk.imported()
        for _ in range(5):
            for desk in desks:
                assert isinstance(desk.ask(messages.Connect()), messages.Done)
            for desk in desks:
                desk.connected()
            assert len({desk.snapshot().interface for desk in desks}) == 2
            for desk in desks:
                assert desk.wgtray("disconnect").returncode == 0
                assert desk.network() == desk.clean
    finally:
        for desk in desks:
            desk.end()
