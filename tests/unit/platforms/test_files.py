"""Which files of the state directory are taken for confs of ours."""

import errno
import os
from pathlib import Path

import pytest

from wgtray.platforms.linux import files


@pytest.fixture(autouse=True)
def _ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests is root enough."""
    if os.geteuid() != 0:
        monkeypatch.setattr(files, "ROOT", os.geteuid())


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [("wgtray0", ["wgtray0.conf", "wgtray12.conf"]), ("wgtray", ["wgtray.conf", "wgtray0.conf", "wgtray12.conf"])],
)
def test_only_files_named_like_our_interfaces_are_confs(tmp_path: Path, wanted: str, taken: list[str]) -> None:
    names = [
        "wgtray0.conf",
        "wgtray12.conf",
        "wgtray.conf",
        "wg0.conf",
        "xwgtray0.conf",
        "wgtray0b.conf",
        "wgtray0.conf~",
    ]
    for name in names:
        files.write_private(tmp_path / name, "")
    assert [path.name for path in files.confs(tmp_path, wanted)] == taken


@pytest.mark.threat("T30")
def test_a_file_that_others_could_have_written_is_none_of_ours(tmp_path: Path) -> None:
    conf = tmp_path / "wgtray0.conf"
    files.write_private(conf, "")
    for mode, count in ((0o600, 1), (0o644, 1), (0o620, 0), (0o602, 0)):
        conf.chmod(mode)
        assert len(files.confs(tmp_path, "wgtray0")) == count
    conf.rename(tmp_path / "elsewhere")
    conf.symlink_to("elsewhere")
    assert files.confs(tmp_path, "wgtray0") == []
    conf.unlink()
    conf.mkdir()
    assert files.confs(tmp_path, "wgtray0") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_of_another_user_is_none_of_ours(tmp_path: Path) -> None:
    conf = tmp_path / "wgtray0.conf"
    files.write_private(conf, "")
    os.chown(conf, 65534, -1)
    assert files.confs(tmp_path, "wgtray0") == []


def test_a_full_disk_and_a_read_only_one_are_told_apart() -> None:
    path = Path("/x/wgtray0.conf")
    assert files.problem(OSError(errno.ENOSPC, "full"), path).code == "disk-full"
    assert files.problem(OSError(errno.EROFS, "Read-only file system"), path).args["detail"] == "Read-only file system"
