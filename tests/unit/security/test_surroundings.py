"""What of the surroundings of the root process reaches it: no environment, no shell, no place that users write to."""

import ast
import asyncio
import contextlib
import functools
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.core.worlds import PRIVATE, PUBLIC, profile
from wgtray.core.events import Target
from wgtray.core.problems import WgtrayError
from wgtray.helper import environment, safekeeping
from wgtray.helper.lines import OneLine
from wgtray.helper.store import Import, Store
from wgtray.ipc import messages
from wgtray.platforms import command
from wgtray.platforms.api import CommandFailed

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "wgtray"

POISON = (
    *(
        "PATH",
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "LD_AUDIT",
        "BASH_ENV",
        "ENV",
        "IFS",
        "HOME",
        "TMPDIR",
        "LANG",
        "SHELLOPTS",
    ),
    *("PYTHONPATH", "PYTHONSTARTUP", "PYTHONHOME", "OPENSSL_CONF", "SSL_CERT_FILE", "DYLD_INSERT_LIBRARIES"),
    *(
        "WG_QUICK_USERSPACE_IMPLEMENTATION",
        "WG_ENDPOINT_RESOLUTION_RETRIES",
        "RES_OPTIONS",
        "LOCALDOMAIN",
        "GCONV_PATH",
    ),
)


@pytest.mark.threat("T20")
def test_nothing_that_somebody_put_into_our_environment_reaches_a_tool(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in POISON:
        monkeypatch.setenv(name, str(tmp_path))
    said = asyncio.run(command.run(["env"])).splitlines()
    assert dict(line.split("=", 1) for line in said) == command.ENVIRONMENT
    assert str(tmp_path) not in asyncio.run(command.run(["sh", "-c", "set"]))


@pytest.mark.threat("T20")
def test_the_root_process_keeps_what_its_service_manager_says_and_forgets_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = {"NOTIFY_SOCKET": "/run/systemd/notify", "LISTEN_FDS": "1", "_PYI_APPLICATION_HOME_DIR": "/usr/lib/wgtray"}
    for name in POISON:
        monkeypatch.setenv(name, "/tmp/evil")
    for name, value in kept.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(os, "environ", os.environ.copy())  # the tests' own stays
    environment.scrub()
    assert kept.items() <= os.environ.items()
    assert not set(os.environ) & (set(POISON) - environment.KEPT)


@pytest.mark.threat("T20", "T23")
@pytest.mark.parametrize("name", ["wg", "wg-quick", "ip", "nft", "pkcheck", "resolvectl", "resolvconf"])
def test_a_tool_of_that_name_in_the_path_of_the_caller_is_not_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o777)  # as a place where anybody plants something
    planted, marker = tmp_path / name, tmp_path / "ran"
    planted.write_text(f"#!/bin/sh\n: > {marker}\n")
    planted.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    subprocess.run([name], check=True)
    assert marker.exists(), "by its name alone the planted one would have been run"
    marker.unlink()
    with contextlib.suppress(CommandFailed):
        asyncio.run(command.run([name, "--version"], timeout_s=5))
    with contextlib.suppress(CommandFailed):
        asyncio.run(command.run([str(planted)]))  # a place of ours that is not root's alone
    assert not marker.exists()


STARTERS = {
    "subprocess.run": {"wgtray/platforms/command.py"},
    "loop.subprocess_exec": {"wgtray/platforms/command.py"},
    "os.posix_spawn": {"wgtray/platforms/linux/apps.py"},
}
"""How the service starts processes, and the only files that do; what runs as the user is not looked at."""

AS_THE_USER = ("cli", "desktop", "gui", "lab", "fleet")
_STARTS = re.compile(
    r"subprocess\.\w+|(?:os|loop|asyncio)\.(?:system|popen|fork\w*|exec\w+|spawn\w+|posix_spawnp?|(?:create_)?subprocess_\w+)"
)


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """(file, what is called, the call) of everything that may start a process."""
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).parts[0] in AS_THE_USER:
            continue
        for node in calls_in(path):
            name = ast.unparse(node.func)
            if _STARTS.fullmatch(name):
                yield str(path.relative_to(ROOT)), name, node


@functools.cache
def calls_in(path: Path) -> list[ast.Call]:
    """By a plain name or an attribute of one: what a function of a module is called by."""
    found = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    return [node for node in found if isinstance(node.func, (ast.Name, ast.Attribute))]


@pytest.mark.threat("T23")
def test_one_place_starts_tools_by_absolute_path_without_a_shell_and_with_an_end() -> None:
    found: dict[str, set[str]] = {}
    for file, name, call in calls():
        found.setdefault(name, set()).add(file)
        words = {keyword.arg for keyword in call.keywords}
        assert "shell" not in words, (file, call.lineno)
        if name == "subprocess.run":
            assert {"timeout", "env", "cwd"} <= words, (file, call.lineno)
    assert found == STARTERS


@pytest.mark.threat("T23")
def test_what_is_started_is_where_only_root_writes() -> None:
    seen: list[tuple[object, ...]] = []
    watching = True

    def heard(event: str, args: tuple[object, ...]) -> None:
        if watching and event == "subprocess.Popen":
            seen.append(args)

    sys.addaudithook(heard)
    try:
        assert asyncio.run(command.run(["cat"], stdin="x")) == "x"
    finally:
        watching = False
    ((program, argv, directory, environment),) = seen
    assert str(program).rpartition("/")[0] in command.PLACES
    assert (directory, environment) == ("/", command.ENVIRONMENT)
    assert isinstance(argv, list)


@pytest.mark.threat("T32")
def test_no_request_makes_the_service_write_where_a_user_says() -> None:
    paths = {
        (request.__struct_config__.tag, field)
        for request in messages.AnyRequest.__args__
        for field in request.__struct_fields__
        if field in ("path", "file", "directory", "folder", "argv", "command", "url", "text")
    }
    # A program that is looked for, never opened to be written or run; and a profile's own text.
    assert paths == {("add-app", "path"), ("set-signed", "text"), ("update-profile", "text")}


@pytest.mark.threat("T32")
def test_the_service_opens_files_to_write_in_its_own_directory_alone() -> None:
    """Whoever writes a file elsewhere adds it here, with its reason."""
    writers = {
        "wgtray/helper/app.py": "what came of provisioning, in the state directory",
        "wgtray/helper/safekeeping.py": "the state directory",
        "wgtray/helper/store.py": "the lock of the state directory",
        "wgtray/platforms/linux/files.py": "confs, in the state directory",
        "wgtray/platforms/linux/resolv_conf.py": "the resolver file, and its journal in the state directory",
        "wgtray/platforms/linux/cgroups.py": "control groups",
        "wgtray/platforms/linux/gate.py": "its own place among those that are ended when memory is short",
        "wgtray/platforms/linux/strictness.py": "the reverse path check of our interface",
        "wgtray/platforms/linux/ipv6.py": "whether our interface speaks IPv6",
        "wgtray/platforms/linux/tunnel.py": "confs, in the state directory",
    }
    found = {file for file, name, _ in opened_to_write()}
    assert found <= set(writers), found - set(writers)


def opened_to_write() -> Iterator[tuple[str, str, ast.Call]]:
    for package in ("core", "ipc", "helper", "platforms/linux"):
        for path in (PACKAGE / package).rglob("*.py"):
            for node in calls_in(path):
                name = ast.unparse(node.func)
                if name.endswith((".write_text", ".write_bytes")):
                    yield str(path.relative_to(ROOT)), name, node
                elif name.endswith("open"):
                    words = ast.unparse(node)
                    if any(sign in words for sign in ("O_CREAT", "O_WRONLY", "O_RDWR", "'w", "'a", "'x", "r+")):
                        yield str(path.relative_to(ROOT)), name, node


class Killed(BaseException):
    """The process ends here."""


STEPS = ("unlink", "open", "fdopen", "fsync", "replace", "fsync of the directory")


@pytest.mark.threat("T31")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the dead close nothing
@pytest.mark.parametrize("step", range(len(STEPS) + 1))
@pytest.mark.parametrize("half", [False, True], ids=["before", "after"])
def test_a_file_is_the_old_or_the_new_one_wherever_writing_it_ends(
    step: int, half: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "target.json"
    old, new = b'{"connected":true}', b'{"connected":false}'
    safekeeping.write(path, old)
    count = 0

    def ending(real: Callable[..., object]) -> Callable[..., object]:
        def call(*words: object, **named: object) -> object:
            nonlocal count
            count += 1
            if count - 1 == step and not half:
                raise Killed
            done = real(*words, **named)
            if count - 1 == step:
                raise Killed
            return done

        return call

    with monkeypatch.context() as patch:
        for name in ("open", "fdopen", "fsync", "replace", "unlink", "close"):
            patch.setattr(os, name, ending(getattr(os, name)))
        with contextlib.suppress(Killed):
            safekeeping.write(path, new)
    assert safekeeping.read(path) in (old, new)
    assert path.stat().st_mode & 0o777 == 0o600
    safekeeping.write(path, new)  # what a dead one left behind is in nobody's way
    assert safekeeping.read(path) == new


@pytest.mark.threat("T31")
def test_profile_and_wish_are_never_both_lost_wherever_keeping_them_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in range(1, 12):
        store = Store(tmp_path / str(limit))
        store.save_import(Import(profile(), PUBLIC, PRIVATE))
        store.save_target(Target(connected=True))
        count = 0
        real = os.fsync

        def fsync(descriptor: int, limit: int = limit, real: Callable[[int], None] = real) -> None:
            nonlocal count
            count += 1
            if count == limit:
                raise Killed
            real(descriptor)

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fsync)
            with contextlib.suppress(Killed):
                store.save_import(Import(profile(name="Other"), PUBLIC, PRIVATE))
                store.save_target(Target(connected=True, chosen_mode="full"))
        store.close()
        found = Store(tmp_path / str(limit)).load()
        assert found.imported is not None
        assert found.imported.profile.name in ("Acme", "Other")
        assert found.target.connected
        assert found.damage is None


@pytest.mark.threat("T30")
@pytest.mark.parametrize("what", ["a link", "a hard link", "a pipe", "a directory"])
def test_what_lies_in_place_of_a_draft_is_not_written_through(what: str, tmp_path: Path) -> None:
    path, victim = tmp_path / "target.json", tmp_path / "victim"
    victim.write_text("precious")
    draft = tmp_path / f".{path.name}.new"
    match what:
        case "a link":
            draft.symlink_to(victim)
        case "a hard link":
            os.link(victim, draft)
        case "a pipe":
            os.mkfifo(draft)
        case _:
            draft.mkdir()
            with pytest.raises(WgtrayError, match="command-failed"):
                safekeeping.write(path, b"{}")
            return
    safekeeping.write(path, b"{}")
    assert victim.read_text() == "precious"
    assert safekeeping.read(path) == b"{}"


@pytest.mark.threat("T18")
@pytest.mark.parametrize("hostile", ["\n", "\r\n", "\0", "\x1b[2J", "\x85", "\u2028", "\u202e", "\x7f"])
def test_nobody_writes_a_line_of_the_log_but_us(hostile: str) -> None:
    text = f"x{hostile}INFO audit: user 0: disconnect"
    record = logging.LogRecord("wgtray", logging.WARNING, "", 0, "refused %s", (text,), None)
    (line,) = OneLine().format(record).splitlines()
    assert line.startswith("WARNING refused x")
    assert line.isprintable()
    try:
        raise ValueError(text)
    except ValueError:
        failed = logging.LogRecord("wgtray", logging.ERROR, "", 0, "dropped", (), sys.exc_info())
    first, *rest = OneLine().format(failed).splitlines()
    assert first == "ERROR dropped"
    assert rest
    assert all(line.startswith("  ") and line.isprintable() for line in rest)
