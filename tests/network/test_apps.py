"""Programs with a rule on real WireGuard: never past the tunnel, from their first packet on, whatever fails."""

import contextlib
import json
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.network.conftest import Desk, until
from tests.network.programs import OTHER, PUBLIC, Sender
from tests.network.wire import Wire
from wgtray.ipc import messages
from wgtray.lab import Lab

pytestmark = [pytest.mark.network, pytest.mark.timeout(240)]

STARTS = 500
USER = 54321
"""Of nobody on this machine."""


@pytest.fixture
def sender(tmp_path: Path) -> Sender:
    """The program with a rule; a user who is not root can reach it."""
    for directory in (tmp_path, *tmp_path.parents[:2]):
        directory.chmod(0o755)
    return Sender(tmp_path / "sender")


@pytest.fixture
def free(tmp_path: Path) -> Sender:
    """The same program without a rule."""
    return Sender(tmp_path / "free")


@pytest.fixture
def wire(lab: Lab) -> Iterator[Wire]:
    with Wire(lab.clients[0]) as open_wire:
        yield open_wire


@pytest.fixture
def ruled(desk: Desk, sender: Sender) -> Desk:
    """Connected, in split mode, with a locked rule of the company for ``sender``."""
    desk.imported(desk.lab.profile_toml(extra=sender.toml(locked=True)))
    desk.connected()
    until(lambda: enforcement(desk) == "routed")
    return desk


def enforcement(desk: Desk) -> str:
    (view,) = desk.snapshot().apps
    return view.enforcement


def codes(desk: Desk) -> set[str]:
    return {problem.code for problem in desk.snapshot().problems}


@contextlib.contextmanager
def streaming(desk: Desk, sender: Sender) -> Iterator[None]:
    """It speaks all the time meanwhile."""
    talking = sender.stream(desk.place)
    try:
        time.sleep(0.3)
        yield
        assert talking.poll() is None
    finally:
        talking.send_signal(signal.SIGKILL)
        talking.wait()


def assert_cut_off(desk: Desk, sender: Sender, free: Sender, wire: Wire) -> None:
    """It gets nowhere, and nothing of it is on the wire; a program without a rule gets out as ever."""
    wire.destinations()
    assert sender.answers(desk.place, 20, wait_s=0.2) == 0
    assert PUBLIC not in wire.destinations()
    assert OTHER in wire.during(lambda: desk.place.run(["ping", "-c1", "-W2", OTHER]))
    assert free.is_answered(desk.place)
    assert PUBLIC in wire.destinations()


@pytest.mark.threat("T48")
def test_500_programs_that_speak_at_once_are_all_answered_through_the_tunnel_and_none_in_the_clear(
    ruled: Desk, sender: Sender, free: Sender, wire: Wire
) -> None:
    assert PUBLIC in wire.during(lambda: free.is_answered(ruled.place)), "the capture sees what goes past the tunnel"
    wire.destinations()
    began = time.monotonic()
    answered = sender.answers(ruled.place, STARTS)
    print(f"{STARTS} starts in {time.monotonic() - began:.1f} s")
    assert PUBLIC not in wire.destinations()
    assert answered == STARTS


@pytest.mark.threat("T48")
def test_children_are_under_the_rule_of_what_started_them(
    ruled: Desk, sender: Sender, free: Sender, wire: Wire
) -> None:
    assert PUBLIC in wire.during(lambda: free.is_answered(ruled.place))
    nested = [str(sender.path), "-c", f"{free.path} -c '{free.argv()[2]}'; true"]
    assert PUBLIC not in wire.during(lambda: ruled.place.run(nested))
    assert ruled.place.run(nested).stdout == "h\n"


def silence(desk: Desk) -> None:
    for node in desk.lab.nodes:
        node.silent()


def delete_link(desk: Desk) -> None:
    desk.place.run(["ip", "link", "delete", str(desk.snapshot().interface)])


FAILURES: dict[str, Callable[[Desk], object]] = {
    "every node silent": silence,
    "helper killed": lambda desk: desk.stop(signal.SIGKILL),
    "helper killed, then the link": lambda desk: (
        (name := desk.snapshot().interface)
        and (desk.stop(signal.SIGKILL), desk.place.run(["ip", "link", "delete", name]))
    ),
    "helper stopped": lambda desk: desk.stop(),
    "rules flushed with the helper away": lambda desk: (
        desk.stop(),
        desk.place.run(["nft", "flush", "ruleset"]),
        desk.place.run(["ip", "rule", "del", "priority", "5206"]),
    ),
    "disconnected": lambda desk: desk.wgtray("disconnect"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_whatever_fails_a_program_with_a_rule_is_cut_off_and_others_are_not(
    ruled: Desk, sender: Sender, free: Sender, wire: Wire, failure: str
) -> None:
    assert PUBLIC in wire.during(lambda: free.is_answered(ruled.place))
    goes_on_in_the_tunnel = failure == "helper killed"
    with streaming(ruled, sender):
        wire.destinations()
        FAILURES[failure](ruled)
        time.sleep(1)
        assert PUBLIC not in wire.destinations(), "of the program that was running"
    if goes_on_in_the_tunnel:  # a helper that is gone takes nothing down
        assert PUBLIC not in wire.during(lambda: sender.answers(ruled.place, 20))
        assert sender.is_answered(ruled.place)
    else:
        assert_cut_off(ruled, sender, free, wire)


@pytest.mark.parametrize("harm", ["nft flush ruleset", "ip rule del priority 5206", "ip route flush table 22091"])
def test_rules_that_somebody_else_removes_let_nothing_out_and_come_back(
    ruled: Desk, sender: Sender, free: Sender, wire: Wire, harm: str
) -> None:
    assert PUBLIC in wire.during(lambda: free.is_answered(ruled.place))
    with streaming(ruled, sender):
        wire.destinations()
        for _ in range(3):
            ruled.place.run(harm.split(), check=False)  # the last time may not be mended yet
            time.sleep(0.5)
        assert PUBLIC not in wire.destinations()
        until(
            lambda: sender.is_answered(ruled.place, wait_s=0.3), 45
        )  # by the next reading of the machine at the latest
        assert PUBLIC not in wire.destinations()
    assert enforcement(ruled) == "routed"


def test_a_link_that_goes_and_comes_back_lets_nothing_out(
    ruled: Desk, sender: Sender, free: Sender, wire: Wire
) -> None:
    assert PUBLIC in wire.during(lambda: free.is_answered(ruled.place))
    with streaming(ruled, sender):
        wire.destinations()
        delete_link(ruled)
        until(lambda: sender.is_answered(ruled.place, wait_s=0.3), 30)
        assert PUBLIC not in wire.destinations()


@pytest.mark.threat("T46")
def test_a_switch_lets_nothing_out(ruled: Desk, sender: Sender, free: Sender, wire: Wire) -> None:
    assert PUBLIC in wire.during(lambda: free.is_answered(ruled.place))
    with streaming(ruled, sender):
        wire.destinations()
        for node in ("ams", "fra", "sin", "fra"):
            ruled.ask(messages.ChooseNode(node))
            time.sleep(0.3)
        assert sender.is_answered(ruled.place)
        assert PUBLIC not in wire.destinations()


def test_a_dead_gate_is_replaced_and_finds_what_came_through(ruled: Desk, sender: Sender, wire: Wire) -> None:
    (gate,) = gates(ruled)
    ruled.place.run(["kill", "-9", str(gate)])
    until(lambda: gates(ruled) not in ([], [gate]) and enforcement(ruled) == "routed")
    assert PUBLIC not in wire.during(lambda: sender.answers(ruled.place, 50))


def gates(desk: Desk) -> list[int]:
    netns = Path("/run/netns", desk.place.netns).stat().st_ino
    groups = list(Path("/sys/fs/cgroup").glob(f"**/wgtray/{netns}/gate/cgroup.procs"))
    return [int(line) for path in groups for line in path.read_text().split()]


def test_disconnected_its_programs_are_blocked_and_the_snapshot_says_which_and_why(ruled: Desk, sender: Sender) -> None:
    ruled.wgtray("disconnect")
    shown = ruled.snapshot()
    assert (shown.state, shown.protected) == ("off", True)
    (view,) = shown.apps
    assert (view.name, view.enforcement, view.reason, view.locked) == ("sender", "blocked", "not-connected", True)
    assert "apps-blocked" in codes(ruled)
    ruled.connected()
    until(lambda: enforcement(ruled) == "routed")
    assert "apps-blocked" not in codes(ruled)
    assert sender.is_answered(ruled.place)


def test_without_lockdown_a_disconnect_leaves_nothing(desk: Desk, sender: Sender) -> None:
    desk.imported(desk.lab.profile_toml(extra=sender.toml(), sections={"policy": {"lockdown": "off"}}))
    desk.connected()
    assert desk.network() != desk.clean
    desk.wgtray("disconnect")
    assert desk.network() == desk.clean
    assert gates(desk) == []
    assert (enforcement(desk), desk.snapshot().protected) == ("unavailable", None)


def test_a_running_program_is_moved_and_to_be_restarted(desk: Desk, sender: Sender, wire: Wire) -> None:
    old = sender.hold(desk.place)
    try:
        assert PUBLIC in wire.during(lambda: time.sleep(0.5))
        desk.imported(desk.lab.profile_toml(extra=sender.toml()))
        desk.connected()
        until(lambda: enforcement(desk) == "routed" and "app-restart" in codes(desk))
        until(lambda: desk.snapshot().apps[0].running == 1)
        assert PUBLIC not in wire.during(lambda: sender.is_answered(desk.place)) or old.poll() is None
    finally:
        old.kill()
        old.wait()
    until(lambda: "app-restart" not in codes(desk))


@pytest.mark.parametrize("mode", ["split", "full"])
def test_a_direct_program_goes_past_the_tunnel_in_full_mode_too(
    desk: Desk, sender: Sender, free: Sender, wire: Wire, mode: str
) -> None:
    desk.imported(desk.lab.profile_toml(extra=sender.toml(route="direct"), sections={"policy": {"default_mode": mode}}))
    desk.connected()
    until(lambda: enforcement(desk) == "routed")
    wire.destinations()
    assert sender.is_answered(desk.place)
    assert PUBLIC in wire.destinations()
    assert free.is_answered(desk.place)
    assert (PUBLIC in wire.destinations()) == (mode == "split")
    assert not sender.is_answered(desk.place, "10.20.0.10", wait_s=0.5)


def test_a_strict_reverse_path_check_lets_in_what_comes_back_by_a_way_of_ours(desk: Desk, sender: Sender) -> None:
    conf = "net.ipv4.conf"
    desk.place.run(
        ["sysctl", "-qw", f"{conf}.all.rp_filter=1", f"{conf}.default.rp_filter=1", f"{conf}.lan0.rp_filter=1"]
    )
    try:
        full = {"policy": {"default_mode": "full"}}
        desk.imported(desk.lab.profile_toml(extra=sender.toml(route="direct"), sections=full))
        desk.connected()
        until(lambda: enforcement(desk) == "routed")
        assert desk.place.run(["ping", "-c1", "-W2", "10.20.0.10"], check=False).returncode == 0
        assert sender.is_answered(desk.place)
        desk.place.run(["sysctl", "-qw", f"{conf}.all.src_valid_mark=0"])
        assert not sender.is_answered(desk.place, wait_s=0.5), "the check is not in force"
    finally:
        desk.place.run(
            ["sysctl", "-qw", f"{conf}.all.rp_filter=0", f"{conf}.lan0.rp_filter=0", f"{conf}.default.rp_filter=0"]
        )


@pytest.mark.parametrize("mode", ["split", "full"])
def test_with_everything_locked_a_tunnel_program_works_and_a_direct_one_is_blocked(
    desk: Desk, sender: Sender, free: Sender, wire: Wire, mode: str
) -> None:
    policy = {"policy": {"lockdown": "all", "default_mode": mode}}
    assert free.is_answered(desk.place)
    assert PUBLIC in wire.destinations(), "the capture would not see a leak"
    desk.imported(desk.lab.profile_toml(extra=sender.toml(), sections=policy))
    desk.connected()
    until(lambda: enforcement(desk) == "routed")
    wire.destinations()
    assert sender.is_answered(desk.place)
    assert sender.is_answered(desk.place, "10.20.0.10")
    assert free.is_answered(desk.place, wait_s=0.5) is (mode == "full")
    assert not wire.destinations() & {PUBLIC, "10.20.0.10"}
    desk.imported(desk.lab.profile_toml(extra=sender.toml(route="direct"), sections=policy))
    until(lambda: enforcement(desk) == "blocked")
    wire.destinations()
    for host in (PUBLIC, "10.20.0.10"):
        assert not sender.is_answered(desk.place, host, wait_s=0.5)
    assert not wire.destinations() & {PUBLIC, "10.20.0.10"}


def test_a_user_s_rule_is_for_the_processes_of_that_user(desk: Desk, sender: Sender, wire: Wire) -> None:
    desk.stop()
    desk.start("--allow-uid", str(USER))
    desk.imported()
    desk.connected()
    made = desk.wgtray("apps", "add", str(sender.path), "--name", "mine", user=USER)
    assert made.returncode == 0, made.stderr
    until(lambda: enforcement(desk) == "routed")
    as_user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--", *sender.argv()]
    assert PUBLIC not in wire.during(lambda: desk.place.run(as_user))
    assert desk.place.run(as_user).stdout == "h\n"
    assert PUBLIC in wire.during(lambda: sender.is_answered(desk.place)), "root's own goes as before"
    assert desk.wgtray("apps", "remove", "mine").returncode == 1, "it is not root's"
    assert desk.wgtray("apps", "remove", "mine", user=USER).returncode == 0
    until(lambda: desk.place.run(as_user, check=False).stdout == "h\n")
    assert PUBLIC in wire.destinations()


def test_a_locked_rule_is_listed_and_cannot_be_removed(ruled: Desk, sender: Sender) -> None:
    listed = json.loads(ruled.wgtray("apps", "--json").stdout)
    assert [(each["name"], each["locked"], each["enforcement"]) for each in listed] == [("sender", True, "routed")]
    assert "locked" in ruled.wgtray("apps").stdout
    refused = ruled.wgtray("apps", "remove", "sender")
    assert (refused.returncode, refused.stdout) == (4, "")
    assert "locked by Acme" in refused.stderr


def test_wgtray_run_starts_any_program_in_the_tunnel(ruled: Desk, free: Sender, wire: Wire) -> None:
    assert PUBLIC in wire.during(lambda: free.is_answered(ruled.place))
    wire.destinations()
    done = ruled.wgtray("run", "--", *free.argv())
    assert (done.stdout, done.stderr, done.returncode) == ("h\n", "", 0)
    assert PUBLIC not in wire.destinations()


def test_an_upgraded_program_stays_under_its_rule(ruled: Desk, sender: Sender, wire: Wire) -> None:
    new = Sender(sender.path.with_suffix(".new"))
    new.path.rename(sender.path)
    time.sleep(0.2)
    assert PUBLIC not in wire.during(lambda: sender.answers(ruled.place, 20))
    assert sender.is_answered(ruled.place)


def test_a_restarted_helper_takes_over_without_a_gap(ruled: Desk, sender: Sender, wire: Wire) -> None:
    before = gates(ruled)
    with streaming(ruled, sender):
        wire.destinations()
        ruled.stop(signal.SIGKILL)
        assert gates(ruled) == before
        ruled.start()
        until(lambda: ruled.snapshot().state == "connected" and enforcement(ruled) == "routed")
        assert sender.answers(ruled.place, 20) == 20
        assert PUBLIC not in wire.destinations()
    assert len(gates(ruled)) == 1
    assert gates(ruled) != before
