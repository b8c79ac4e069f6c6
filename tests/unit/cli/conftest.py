"""What do the command line's tests share? A helper that follows a script, a keyring in memory, a way to run."""

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring.backends.fail
import keyring.core
import pytest
from keyring.backend import KeyringBackend

from tests.unit.cli.scripted import Scripted, scripted
from wgtray.__main__ import main

KEY = "gI6EdUSYvn8ugXOt8QQD6Yc+JyiZxIhp3GInSWRfWGE="
PUBLIC = "gN65BkIKy1eCE9pP1wdc8ROUtkHLF2PfAqYdyYBz6EA="
PSK = "/UwcSPg38hW/D9Y3tcS1FOV0K1wuURMbS0sesJEP5ak="
NODE_KEY = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets everything at the end."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring is not typed
        self.kept: dict[tuple[str, str], str] = {}
        self.broken: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        self._raise()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._raise()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._raise()
        del self.kept[service, username]

    def _raise(self) -> None:
        if self.broken is not None:
            raise self.broken


class Result:
    """How a command line ended and what it said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def says_one_sentence(self, *parts: str) -> None:
        """One line on standard error with these parts, nothing on standard output, no traceback, no key."""
        assert self.out == ""
        assert self.err.count("\n") == 1, self.err
        assert self.err.endswith("\n")
        assert "Traceback" not in self.err
        for part in parts:
            assert part in self.err


Run = Callable[..., Result]


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    with scripted(tmp_path / "helper.sock") as served:
        monkeypatch.setenv("WGTRAY_SOCKET", served.path)
        yield served


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run one command line; no key may ever show up in what it prints."""

    def command(*argv: str) -> Result:
        code = main(argv)
        out, err = (text.decode() for text in capfdbinary.readouterr())
        for secret in (KEY, PSK):
            assert secret not in out + err
        return Result(code, out, err)

    return command


@pytest.fixture
def memory_keyring(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    memory = MemoryKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", memory)
    return memory


@pytest.fixture
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]  # keyring is not typed
