"""Files that others write, replace and remove."""

import struct
from pathlib import Path

import pytest

from wgtray.platforms.linux import inotify
from wgtray.platforms.linux.inotify import FileWatch


def event(name: bytes) -> bytes:
    padded = name + b"\0" * (-len(name) % 16) if name else b""
    return struct.pack("=iIII", 1, 0x8, 0, len(padded)) + padded


def test_every_name_of_a_packet_is_read() -> None:
    assert inotify.parse_names(event(b"resolv.conf") + event(b"") + event(b"other")) == {b"resolv.conf", b"", b"other"}
    assert inotify.parse_names(b"") == set()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "resolv.conf"
    path.write_text("before\n")
    return path


def test_a_write_a_replacement_and_a_removal_are_seen_once(file: Path) -> None:
    with FileWatch(lambda: [file]) as watch:
        assert not watch.changed()
        file.write_text("after\n")
        assert watch.changed()
        assert not watch.changed()
        draft = file.with_name("draft")
        draft.write_text("newer\n")
        assert not watch.changed(), "another file of the directory"
        draft.replace(file)
        assert watch.changed()
        file.write_text("the new file is watched too\n")
        assert watch.changed()
        file.unlink()
        assert watch.changed()


def test_reading_is_no_change(file: Path) -> None:
    with FileWatch(lambda: [file]) as watch:
        watch.changed()
        file.read_text()
        assert not watch.changed()
