"""Who asks the administrator about whom? Against a stand-in for pkcheck that writes down what it was asked."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wgtray.platforms import command
from wgtray.platforms.api import Authority, Caller
from wgtray.platforms.linux import polkit
from wgtray.platforms.linux.polkit import Polkit, parse_started, render

NOBODY = frozenset[str]()


class Pkcheck:
    """Ends as it is told, after so many seconds; ``asked`` are the command lines."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._log = place / "asked"
        self.ends(0)

    def ends(self, status: int, after_s: float = 0) -> None:
        program = self._place / "pkcheck"
        program.write_text(f'#!/bin/sh\necho "$@" >> {self._log}\nsleep {after_s}\nexit {status}\n')
        program.chmod(0o755)

    @property
    def asked(self) -> list[str]:
        return self._log.read_text().splitlines() if self._log.exists() else []


@pytest.fixture
def pkcheck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pkcheck:
    monkeypatch.setattr(command, "PLACES", (str(tmp_path),))
    return Pkcheck(tmp_path)


@pytest.fixture
def client() -> Iterator[Caller]:
    """A process of an ordinary user, where we may start one; else one of our own user's."""
    user = 65534 if os.geteuid() == 0 else None
    process = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, user=user, cwd="/")
    yield Caller(os.geteuid() if user is None else user, NOBODY, process.pid)
    process.communicate()


@pytest.mark.parametrize(
    ("status", "word"), [(0, "yes"), (1, "no"), (3, "no"), (2, "nobody"), (126, "nobody"), (127, "nobody")]
)
def test_only_a_yes_is_a_yes(pkcheck: Pkcheck, client: Caller, status: int, word: str) -> None:
    pkcheck.ends(status)
    assert asyncio.run(Polkit().ask("import-profile", client)) == word


def test_it_is_asked_about_that_process_since_its_start_and_that_user(pkcheck: Pkcheck, client: Caller) -> None:
    asyncio.run(Polkit().ask("lower-protection", client))
    started = Path(f"/proc/{client.pid}/stat").read_text().split()[21]
    assert pkcheck.asked == [
        f"--action-id org.wgtray.lower-protection --process {client.pid},{started},{client.uid} "
        "--allow-user-interaction"
    ]


def test_root_needs_no_dialog(pkcheck: Pkcheck) -> None:
    assert asyncio.run(Polkit().ask("import-profile", Caller(0, NOBODY, 1))) == "yes"
    assert pkcheck.asked == []


def test_a_process_that_is_gone_or_another_users_by_now_is_never_asked_about(pkcheck: Pkcheck, client: Caller) -> None:
    gone = subprocess.Popen(["/bin/true"])
    gone.wait()
    others = Caller(client.uid + 1, NOBODY, client.pid)
    for caller in (Caller(client.uid, NOBODY, gone.pid), Caller(client.uid, NOBODY, None), others):
        assert asyncio.run(Polkit().ask("import-profile", caller)) == "nobody"
    assert pkcheck.asked == []


class Gone:
    """A process whose number is another's by now."""

    def is_there(self) -> bool:
        return False


def test_a_number_that_is_another_processs_by_now_is_never_asked_about(pkcheck: Pkcheck, client: Caller) -> None:
    reused = msgspec.structs.replace(client, process=Gone())
    assert asyncio.run(Polkit().ask("import-profile", reused)) == "nobody"
    assert pkcheck.asked == []


def test_a_user_has_one_question_open_at_a_time_and_another_user_is_not_kept_waiting(
    pkcheck: Pkcheck, client: Caller
) -> None:
    async def ask() -> list[str]:
        authority: Authority = Polkit()
        first = asyncio.ensure_future(authority.ask("import-profile", client))
        await asyncio.sleep(0)
        second = await authority.ask("import-profile", client)
        return [await first, second, await authority.ask("import-profile", client)]

    pkcheck.ends(0, after_s=0.05)
    assert asyncio.run(ask()) == ["yes", "busy", "yes"]


def test_a_dialog_that_nobody_answers_is_taken_back(
    pkcheck: Pkcheck, client: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polkit, "ASK_TIMEOUT_S", 0.05)
    pkcheck.ends(0, after_s=30)
    assert asyncio.run(Polkit().ask("import-profile", client)) == "nobody"


def test_without_polkit_there_is_nobody_to_ask(client: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "PLACES", (str(tmp_path),))
    assert asyncio.run(Polkit().ask("import-profile", client)) == "nobody"


@given(st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=15))
def test_no_name_of_a_program_changes_when_it_started(name: str) -> None:
    rest = " ".join(["S", *map(str, range(4, 22)), "4402908", *map(str, range(23, 53))])
    assert parse_started(f"17 ({name}) {rest}\n") == 4402908


@pytest.mark.parametrize("text", ["", "17 (a", "17 (a) S 1 2", "17"])
def test_what_is_no_such_line_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="no line"):
        parse_started(text)


def test_the_question_holds_nothing_that_a_shell_or_an_option_could_be_made_of() -> None:
    assert render("change-policy", "1,2,3")[1:5] == ["--action-id", "org.wgtray.change-policy", "--process", "1,2,3"]
