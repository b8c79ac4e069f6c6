"""A resolver file that becomes ours and is given back, whatever is cut off or written in between."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wgtray.core.fields import Address
from wgtray.core.names import Server
from wgtray.platforms.linux import resolv_conf
from wgtray.platforms.linux.resolv_conf import ResolverFile, parse_before, parse_servers, render

HOME = b"# by hand\nnameserver 192.168.1.1\nsearch lan home.arpa\noptions edns0 timeout:1\n"
CAFE = b"nameserver 10.0.0.1\n"


class Cut(Exception):
    """The power went, or kill -9 came."""


class Machine:
    """A directory with a resolver file and one with our state."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = root / "etc" / "resolv.conf"
        self.state = root / "state"
        for directory in (self.path.parent, self.state):
            directory.mkdir()
        self.path.write_bytes(HOME)
        self.path.chmod(0o640)

    @property
    def file(self) -> ResolverFile:
        """As a freshly started program sees it."""
        return ResolverFile(self.path, self.state)

    def looks(self) -> object:
        """Everything about the file that must come back."""
        if self.path.is_symlink():
            return self.path.readlink()
        if not self.path.exists():
            return None
        found = self.path.stat()
        return self.path.read_bytes(), stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def link(machine: Machine) -> None:
    run = machine.root / "run"
    run.mkdir()
    (run / "resolv.conf").write_bytes(HOME)
    machine.path.unlink()
    machine.path.symlink_to("../run/resolv.conf")


def nothing(machine: Machine) -> None:
    machine.path.unlink()


def plain(machine: Machine) -> None:
    assert machine.path.exists()


@pytest.mark.parametrize("scene", [plain, link, nothing])
def test_what_stood_there_comes_back_as_it_was(machine: Machine, scene: Callable[[Machine], None]) -> None:
    scene(machine)
    before = machine.looks()
    machine.file.put()
    assert machine.file.is_in_place()
    assert parse_servers(machine.path.read_text()) == ()
    assert machine.looks() != before
    assert machine.file.restore()
    assert machine.looks() == before
    assert not machine.file.restore()
    assert sorted(os.listdir(machine.state)) == []


def test_a_file_that_is_ours_already_is_not_written_again(machine: Machine) -> None:
    machine.file.put()
    before = machine.path.stat()
    machine.file.put()
    assert machine.path.stat() == before


@pytest.mark.parametrize("scene", [plain, link, nothing])
@pytest.mark.parametrize("work", ["put", "restore"])
def test_cut_off_at_any_call_to_the_system_it_is_given_back_by_the_next_start(
    machine: Machine, scene: Callable[[Machine], None], work: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene(machine)
    before = machine.looks()
    for step in range(100):
        if work == "restore":
            machine.file.put()
        done = cut_at(step, monkeypatch, getattr(machine.file, work))
        machine.file.restore()
        assert machine.looks() == before, step
        left = [*os.listdir(machine.state), *(name for name in os.listdir(machine.path.parent) if name[0] == ".")]
        assert left == [], step
        if done:
            break
    else:
        pytest.fail("it never came to its end")
    assert step >= 2, "a test that cuts nowhere proves nothing"


def cut_at(step: int, monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> bool:
    """Do it until call number ``step`` to the system; whether it came to its end before."""
    left = step

    def cutting(real: Callable[..., object]) -> Callable[..., object]:
        def called(*args: object, **kwargs: object) -> object:
            nonlocal left
            if left == 0:
                raise Cut
            left -= 1
            return real(*args, **kwargs)

        return called

    with monkeypatch.context() as patched:
        for name in ("open", "pwrite", "ftruncate", "fchown", "fchmod", "fsync", "replace", "unlink", "symlink"):
            patched.setattr(os, name, cutting(getattr(os, name)))
        try:
            work()
        except Cut:
            return False
    return True


def test_what_a_dhcp_client_writes_meanwhile_is_what_comes_back(machine: Machine) -> None:
    machine.file.put()
    machine.path.write_bytes(CAFE)
    assert not machine.file.is_in_place()
    assert machine.file.former() == (Server(Address("10.0.0.1")),)
    machine.file.put()
    assert machine.file.is_in_place()
    assert machine.file.former() == (Server(Address("10.0.0.1")),)
    machine.file.restore()
    assert machine.path.read_bytes() == CAFE


def test_what_is_written_while_no_helper_lives_is_left_alone(machine: Machine) -> None:
    machine.file.put()
    machine.path.write_bytes(CAFE)
    assert not machine.file.restore()
    assert machine.path.read_bytes() == CAFE
    assert not (machine.state / resolv_conf.JOURNAL).exists()


def test_servers_behind_a_link_are_read_where_their_owner_keeps_them(machine: Machine) -> None:
    link(machine)
    machine.file.put()
    assert machine.file.former() == (Server(Address("192.168.1.1")),)
    (machine.root / "run" / "resolv.conf").write_bytes(CAFE + b"search cafe\n")
    assert machine.file.former() == (Server(Address("10.0.0.1")),)
    assert not machine.file.is_in_place(), "the new search list has to be taken over"
    machine.file.put()
    assert "search cafe" in machine.path.read_text().splitlines()
    assert machine.root / "run" / "resolv.conf" in [path.resolve() for path in machine.file.watched()]


def test_a_file_that_is_a_mount_of_its_own_is_overwritten_in_place(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, inode = machine.looks(), machine.path.stat().st_ino

    def busy(draft: Path, target: Path) -> Path:
        if target == machine.path:
            raise OSError(errno.EBUSY, "Device or resource busy")
        os.replace(draft, target)
        return target

    monkeypatch.setattr(Path, "replace", busy)
    machine.file.put()
    assert machine.file.is_in_place()
    assert machine.file.restore()
    assert (machine.looks(), machine.path.stat().st_ino) == (before, inode)


def test_a_helper_that_is_told_of_another_file_gives_the_first_one_back(machine: Machine) -> None:
    before = machine.looks()
    machine.file.put()
    other = machine.root / "etc" / "other.conf"
    other.write_bytes(CAFE)
    ResolverFile(other, machine.state).put()
    assert machine.looks() == before
    assert machine.file.restore(), "cleanup knows from the journal which file it is"
    assert other.read_bytes() == CAFE


def test_without_the_journal_the_file_itself_says_what_stood_there(machine: Machine) -> None:
    machine.file.put()
    (machine.state / resolv_conf.JOURNAL).unlink()
    assert machine.file.former() == (Server(Address("192.168.1.1")),)
    assert not machine.file.is_in_place()
    assert machine.file.restore()
    assert machine.path.read_bytes() == HOME


def test_a_damaged_journal_counts_as_none(machine: Machine) -> None:
    machine.file.put()
    (machine.state / resolv_conf.JOURNAL).write_bytes(b'{"path": 1}')
    assert machine.file.restore()
    assert machine.path.read_bytes() == HOME


def test_what_is_no_resolver_file_is_not_touched(machine: Machine) -> None:
    machine.path.unlink()
    machine.path.mkdir()
    with pytest.raises(OSError, match="no resolver file"):
        machine.file.put()
    assert machine.path.is_dir()


def test_settings_stay_and_servers_do_not() -> None:
    ours = render(HOME.decode())
    assert [line for line in ours.splitlines() if not line.startswith("#")] == [
        "nameserver 127.22.8.7",
        "search lan home.arpa",
        "options edns0 timeout:1",
    ]
    assert parse_before(ours) == HOME.decode()


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        ("nameserver fe80::1%eth0\nnameserver 2001:DB8::53", [("fe80::1", "eth0"), ("2001:db8::53", "")]),
        ("nameserver 127.22.8.7\nnameserver 127.0.0.53", [("127.0.0.53", "")]),
        ("# nameserver 1.2.3.4\n;nameserver 1.2.3.4\nnameserver\nnameserver nonsense\n", []),
        ("nameserver 1.2.3.4 # mine\r\nnameserver 1.2.3.4\n", [("1.2.3.4", "")]),
        ("".join(f"nameserver 10.0.0.{n}\n" for n in range(9)), [(f"10.0.0.{n}", "") for n in range(3)]),
    ],
)
def test_servers_are_read_as_programs_read_them(text: str, servers: list[tuple[str, str]]) -> None:
    assert [(server.address, server.zone) for server in parse_servers(text)] == servers


@given(st.binary(max_size=400))
def test_no_content_is_too_strange_to_stand_aside(content: bytes) -> None:
    text = content.decode("utf-8", "surrogateescape")
    ours = render(text)
    assert parse_servers(ours) == ()
    recovered = parse_before(ours)
    assert recovered.removesuffix("\n") == text.removesuffix("\n")
