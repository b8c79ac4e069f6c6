"""Do events survive a restart, without growing for ever or breaking on what lies there?"""

from pathlib import Path

from wgtray.gui.events import Event
from wgtray.gui.journal import DAY_LIMIT_BYTES, DAYS_KEPT, Journal

DAY_S = 86_400.0


def event(at: float) -> Event:
    return Event(at, "connection", "connected", {"node": "Frankfurt"})


def test_what_was_added_is_read_back_in_order(tmp_path: Path) -> None:
    events = [event(day * DAY_S) for day in range(3)]
    Journal(tmp_path / "a" / "b").add(events)
    assert Journal(tmp_path / "a" / "b").read() == events
    assert len(list((tmp_path / "a" / "b").iterdir())) == 3


def test_a_month_is_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for day in range(DAYS_KEPT + 10):
        journal.add([event(day * DAY_S)])
    assert [each.at for each in journal.read()] == [day * DAY_S for day in range(10, DAYS_KEPT + 10)]


def test_a_day_does_not_grow_for_ever(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.add([event(0)])
    (path,) = tmp_path.iterdir()
    path.write_bytes(b"x" * (DAY_LIMIT_BYTES + 1))
    journal.add([event(1)])
    assert path.stat().st_size == DAY_LIMIT_BYTES + 1


def test_lines_that_are_no_events_are_passed_over(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.add([event(0)])
    (path,) = tmp_path.iterdir()
    path.write_bytes(b'\xff\n{"at": 1}\n[]\n' + path.read_bytes() + b"cut off")
    (tmp_path / "other.txt").write_text("x")
    assert journal.read() == [event(0)]


def test_a_place_that_cannot_be_written_costs_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    journal = Journal(tmp_path / "file" / "folder")
    journal.add([event(0)])
    assert journal.read() == []
