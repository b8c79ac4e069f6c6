"""What we change of the machine's reverse path check is put back, and nothing else is."""

from pathlib import Path

import pytest

from wgtray.platforms.linux import strictness


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kernel's settings in files."""
    for link, name, value in (("all", "src_valid_mark", "0\n"), ("wgtray0", "rp_filter", "1\n")):
        (tmp_path / "conf" / link).mkdir(parents=True)
        (tmp_path / "conf" / link / name).write_text(value)
    monkeypatch.setattr(strictness, "_SYSCTL", tmp_path / "conf")
    monkeypatch.setattr(strictness, "_MARKS", tmp_path / "conf" / "all" / "src_valid_mark")
    return tmp_path


def test_our_link_is_checked_loosely_and_marks_count_while_it_is_there(conf: Path) -> None:
    marks = conf / "conf" / "all" / "src_valid_mark"
    strictness.loosen(conf, "wgtray0")
    assert ((conf / "conf" / "wgtray0" / "rp_filter").read_text(), marks.read_text()) == ("2", "1")
    strictness.loosen(conf, "wgtray0")
    strictness.restore(conf)
    assert marks.read_text() == "0"
    marks.write_text("1")
    strictness.restore(conf)
    assert marks.read_text() == "1", "somebody else's, by now"


def test_what_the_machine_had_on_stays_on(conf: Path) -> None:
    marks = conf / "conf" / "all" / "src_valid_mark"
    marks.write_text("1\n")
    strictness.loosen(conf, "wgtray0")
    strictness.restore(conf)
    assert marks.read_text() == "1\n"
