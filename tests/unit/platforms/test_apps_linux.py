"""What of programs and their rules does Linux say, and what is it told?"""

import os
import struct
from pathlib import Path

import pytest

from wgtray.core.apps import Programs, Rule
from wgtray.core.fields import Address, Interface, Name
from wgtray.platforms.linux import appways, bpf, cgroups, connector, fanotify, marks, programs
from wgtray.platforms.linux.appways import Ways
from wgtray.platforms.linux.orders import Lines, Orders, Report, encoded

UNIFIED = "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate"
HYBRID = "30 29 0:27 / /sys/fs/cgroup/unified rw,relatime shared:5 - cgroup2 cgroup2 rw"
LEGACY = "31 29 0:28 / /sys/fs/cgroup/cpu rw shared:6 - cgroup cgroup rw,cpu"
READ_ONLY = "32 23 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup ro"
WAYS = Ways(
    "wgtray0", frozenset({Interface("10.66.0.10/32"), Interface("fd66::10/128")}), frozenset({Address("192.0.2.53")})
)


def test_groups_are_found_on_unified_and_hybrid_machines_and_where_they_cannot_be_written_there_are_none() -> None:
    assert cgroups.parse_mounts(UNIFIED) == ("/sys/fs/cgroup", 0)
    assert cgroups.parse_mounts(f"{LEGACY}\n{HYBRID}") == ("/sys/fs/cgroup/unified", 0)
    assert cgroups.parse_mounts(f"{LEGACY}\n{READ_ONLY}") is None
    assert cgroups.parse_mounts(UNIFIED.replace("0:26 / ", "0:26 /lxc/one ")) == ("/sys/fs/cgroup", 2)
    assert cgroups.parse_mounts(UNIFIED.replace("/sys/fs/cgroup", r"/a\040b")) == ("/a b", 0)


def test_nft_is_told_a_group_from_its_own_root_and_its_level_from_the_hierarchy_s() -> None:
    assert cgroups.Tree("/sys/fs/cgroup", 7).match("tunnel") == 'socket cgroupv2 level 3 "wgtray/7/tunnel"'
    hybrid = cgroups.Tree("/sys/fs/cgroup/unified", 7, depth=2)
    assert hybrid.match("direct") == 'socket cgroupv2 level 5 "unified/wgtray/7/direct"'


def test_a_process_s_group_of_version_2_is_the_line_without_a_controller() -> None:
    assert cgroups.parse_group("3:cpu:/x\n0::/wgtray/7/tunnel/a\n") == "/wgtray/7/tunnel/a"
    assert cgroups.parse_group("3:cpu:/x\n") is None


def test_the_table_matches_by_group_and_closes_every_other_way() -> None:
    script = appways.render_table(cgroups.Tree("/sys/fs/cgroup", 7), WAYS)
    assert 'socket cgroupv2 level 3 "wgtray/7/tunnel" goto tunnel' in script
    assert 'meta mark 0x57474154 oifname != { "lo", "wgtray0" } drop' in script
    assert 'oifname "wgtray0" meta mark 0x57474154 masquerade' in script
    assert "ip daddr 192.0.2.53 meta l4proto { tcp, udp } th dport 53 meta mark set 0x5747414e accept" in script


@pytest.mark.parametrize("name", [None, "wg*", 'x" accept'])
def test_without_an_interface_or_with_a_name_that_nft_would_read_otherwise_nothing_is_open(name: str | None) -> None:
    script = appways.render_table(cgroups.Tree("/sys/fs/cgroup", 7), Ways(name))
    assert 'meta mark 0x57474154 oifname != { "lo" } drop' in script
    assert '""' not in script


def test_rules_that_stand_are_left_and_those_of_another_address_go() -> None:
    lines = appways.render_rules(WAYS, 4, []).splitlines()
    said = [line.removeprefix("rule add priority ").replace(" ", ":\t", 1) for line in lines]
    assert appways.render_rules(WAYS, 4, said) == ""
    assert "rule add priority 5209 from all fwmark 0x57474154 unreachable" in lines
    assert lines[0].startswith("rule add priority 5209"), "what closes comes first"
    stale = "5208:\tfrom 10.66.0.99 lookup 22091"
    assert appways.render_rules(WAYS, 4, [*said, stale]) == "rule del priority 5208 from 10.66.0.99 lookup 22091\n"


def test_only_our_priorities_are_ours() -> None:
    text = "0:\tfrom all lookup local\n5206:\tfrom all fwmark 0x57474154 lookup 22091\n52060:\tfrom all lookup main\n"
    assert appways.parse_rules(text) == ["5206:\tfrom all fwmark 0x57474154 lookup 22091"]


def test_name_servers_on_this_computer_need_no_way_out() -> None:
    text = "# x\nnameserver 127.0.0.53\nnameserver 192.0.2.53\nnameserver fe80::1%eth0\nnameserver nonsense\n"
    assert appways.parse_resolvers(text) == {"192.0.2.53", "fe80::1"}


def test_the_filter_of_a_group_jumps_to_yes_from_every_test_and_else_says_no() -> None:
    code = [struct.unpack("=BBhi", part) for part in struct.iter_unpack("=8s", bpf.render([1, 7], 99)) for part in part]
    assert len(code) == 10
    for at, (kind, _, jump, _) in enumerate(code):
        if kind == 0x15:
            assert code[at + 1 + jump] == (0xB7, 0, 0, 1)
    assert code[6] == (0xB7, 0, 0, 0)
    assert [value for kind, _, _, value in code if kind == 0x15] == [1, 7, 99]


def test_starts_are_read_one_by_one_and_a_queue_that_ran_over_is_none() -> None:
    event = struct.Struct("=IBBHQii")
    data = event.pack(24, 3, 0, 24, 0x40000, 5, 4711) + event.pack(24, 3, 0, 24, 0x4000, -1, 0)
    assert list(fanotify.parse(data)) == [fanotify.Start(5, 4711)]
    with pytest.raises(ValueError, match="version 4"):
        list(fanotify.parse(event.pack(24, 4, 0, 24, 0, 5, 1)))


def test_the_connector_tells_who_executed_something_and_nothing_else() -> None:
    head = bytes(16 + 20)
    started = head + struct.pack("=IIQii", 2, 0, 0, 4711, 4711)
    forked = head + struct.pack("=IIQii", 1, 0, 0, 4711, 4711)
    assert [*connector.parse_started(started), *connector.parse_started(forked)] == [4711]
    assert list(connector.parse_started(b"")) == []


def test_a_process_is_read_whatever_it_calls_itself() -> None:
    stat = "42 (a) b (c) S 17 " + " ".join(str(number) for number in range(5, 40))
    assert programs.parse_stat(stat) == (17, 22)
    assert programs.parse_uid("Name:\tUid:\nUid:\t1000\t0\t0\t0\n") == 1000


def test_orders_and_reports_arrive_as_they_were_sent() -> None:
    lines = Lines()
    sent = encoded(Orders(3, (Rule(Name("x"), "tunnel", ("/x",), 1000),))) + encoded(Report(3, Programs("first")))
    assert lines.feed(sent[:20]) == []
    assert [*lines.feed(sent[20:])] == [line for line in sent.split(b"\n") if line]


@pytest.mark.threat("T17")
def test_a_rule_means_the_very_file_that_its_path_leads_to_and_only_a_program(tmp_path: Path) -> None:
    program, shell = tmp_path / "program", tmp_path / "shell"
    program.write_text("#!/bin/true\n")
    (tmp_path / "bash").write_text("#!/bin/true\n")
    link, to_shell, loop, pipe = (tmp_path / name for name in ("link", "to-shell", "loop", "pipe"))
    link.symlink_to(program)
    to_shell.symlink_to(tmp_path / "bash")
    loop.symlink_to(loop)
    os.mkfifo(pipe)
    asked = [program, link, to_shell, loop, pipe, shell, Path("/dev/null"), program / "below"]
    found = marks.looked_up((Rule(Name("x"), "tunnel", tuple(map(str, asked)), 1000),))
    status = program.stat()
    assert {(path, file) for _, path, file, _ in found.entries} == {(str(program), (status.st_dev, status.st_ino))}
    assert found.refused == {str(to_shell): "app-is-shared"}
    assert found.missing == tuple(sorted(map(str, (loop, pipe, shell, "/dev/null", program / "below"))))
