"""Which files are marked, and who runs one of them already? The gate's second thread, which may wait for a disk."""

import contextlib
import logging
import os
import select
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from wgtray.core import apps
from wgtray.core.apps import FileId, Programs, Rule
from wgtray.platforms.linux import cgroups, fanotify, programs
from wgtray.platforms.linux.orders import Lines, Orders, Report, encoded

if TYPE_CHECKING:
    from wgtray.platforms.linux.gate import Gate

log = logging.getLogger("wgtray")

COUNT_S = 2.0
"""How many run is counted this often."""
SWEEP_S = 10.0
"""Everybody is looked at this often, for what no event told."""
RESOLVE_S = 30.0
"""Paths are looked up this often without a hint that anything changed: a mount gives none."""
RESOLVE_GAP_S = 0.02
"""With hints, at most this often."""
FILES_OF_A_DIRECTORY = 20_000
"""More than any application brings (a whole LibreOffice: 6000)."""

_INOTIFY = struct.Struct("=iIII")
_READ_SIZE = 1 << 16

Mark = tuple[int, int, bool]
"""Device, inode, whether it is a directory."""


class Lookup(msgspec.Struct, frozen=True):
    """What the paths of all rules are on this machine now."""

    entries: list[tuple[Rule, str, FileId, bool]]
    marks: dict[Mark, str]
    watched: dict[str, set[str] | None]
    """Directories in which these names matter, or every name."""
    missing: tuple[str, ...]
    refused: dict[str, str]


class Keeper:
    """Keeps marks and rules of a gate current."""

    def __init__(self, gate: "Gate", line: socket.socket) -> None:
        self._gate = gate
        self._line: socket.socket | None = line
        self._lines = Lines()
        self._orders = Orders(-1)
        self._lookup = Lookup([], {}, {}, (), {})
        self._watches: dict[int, str] = {}
        self._watcher = fanotify.watcher()
        self._members: dict[int, tuple[int, Rule]] = {}
        self._restart: dict[int, tuple[int, str]] = {}
        self._told: Report | None = None
        self._resolve_at = self._sweep_at = 0.0

    def run(self) -> None:
        """For ever; a helper that ends leaves the last orders standing."""
        line = self._line
        while True:
            now = time.monotonic()
            sweep_s = SWEEP_S if self._gate.capture == "first" else 0.25
            waiting = [each for each in (self._line, self._watcher) if each is not None]
            ready, _, _ = select.select(waiting, [], [], max(0.0, min(COUNT_S, self._sweep_at - now, sweep_s)))
            if line in ready:
                self._hear()
            if self._watcher in ready and self._hinted():
                time.sleep(max(0.0, self._resolve_at - RESOLVE_S + RESOLVE_GAP_S - time.monotonic()))
                self._resolve()
            now = time.monotonic()
            if now >= self._resolve_at:
                self._resolve()
            if now >= self._sweep_at:
                self._sweep()
                self._sweep_at = time.monotonic() + sweep_s
            self._tell()

    def _hear(self) -> None:
        assert self._line is not None  # noqa: S101
        try:
            data = self._line.recv(_READ_SIZE)
        except OSError:
            data = b""
        if not data:
            self._line.close()
            self._line, self._gate.helper = None, -1
            return
        for text in self._lines.feed(data):
            self._orders = msgspec.json.decode(text, type=Orders)
            self._resolve()
            self._sweep()
            if self._orders.end:
                self._tell()
                os._exit(0)

    def _tell(self) -> None:
        """Report what is new."""
        running = self._count()
        ended = [pid for pid, (began, _) in self._restart.items() if _began(pid) != began]
        for pid in ended:
            del self._restart[pid]
        restart: dict[str, int] = {}
        for _, rule_id in self._restart.values():
            restart[rule_id] = restart.get(rule_id, 0) + 1
        report = Report(
            self._orders.number,
            Programs(
                capture=self._gate.capture,
                running=running,
                missing=self._lookup.missing,
                refused=self._lookup.refused,
                restart=restart,
                failed=self._gate.failed,
            ),
        )
        if report == self._told or self._line is None:
            return
        self._told = report
        with contextlib.suppress(OSError):  # the next reading says that the helper has gone
            self._line.sendall(encoded(report))

    def _count(self) -> dict[str, int]:
        counted: dict[str, int] = {}
        for group in cgroups.rule_groups(self._gate.tree):
            if count := len(cgroups.members(group)):
                counted[group.name] = counted.get(group.name, 0) + count
        return counted

    def _resolve(self) -> None:
        """Look all paths up; new marks come first, then the rules, and what is not wanted any more goes last."""
        self._resolve_at = time.monotonic() + RESOLVE_S
        before, found = self._lookup, looked_up(self._orders.rules)
        group = self._gate.group
        if group is not None:
            for mark in found.marks.keys() - before.marks.keys():
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    fanotify.mark(group, found.marks[mark], directory=mark[2])
        self._lookup = found
        self._gate.index = apps.index(found.entries)
        for directory in found.watched.keys() - set(self._watches.values()):
            with contextlib.suppress(OSError):  # what it would tell is found a little later
                self._watches[fanotify.watch(self._watcher, directory)] = directory
        if group is not None:
            for mark in before.marks.keys() - found.marks.keys():
                with contextlib.suppress(OSError):  # the file itself is gone, and its mark with it
                    if _mark(before.marks[mark], mark[2]) == mark:
                        fanotify.unmark(group, before.marks[mark], directory=mark[2])
        if found.marks != before.marks:
            self._sweep_at = 0.0

    def _hinted(self) -> bool:
        """Whether what changed on disk concerns a rule."""
        try:
            data = os.read(self._watcher, _READ_SIZE)
        except BlockingIOError:
            return False
        at = 0
        while at + _INOTIFY.size <= len(data):
            descriptor, _, _, length = _INOTIFY.unpack_from(data, at)
            name = os.fsdecode(data[at + _INOTIFY.size : at + _INOTIFY.size + length].rstrip(b"\0"))
            wanted = self._lookup.watched.get(self._watches.get(descriptor, ""), set())
            if wanted is None or name in wanted:
                return True
            at += _INOTIFY.size + length
        return False

    def _sweep(self) -> None:
        """Bring everybody who runs under the rule they belong to, and out of the groups of rules that are no more."""
        children: dict[int, list[int]] | None = None
        for pid in list(programs.everybody()):
            try:
                found = programs.program(pid)
                if self._is_placed(pid, found):
                    continue
                rule = self._gate.rule(pid, found)
                if rule is None or cgroups.rule_of(self._gate.tree, pid) == rule.id:
                    continue
                self._take_in(pid, rule)
                children = programs.families() if children is None else children
            except OSError:
                continue
            for child in programs.descendants(pid, children):
                with contextlib.suppress(OSError):
                    if cgroups.rule_of(self._gate.tree, child) is None:
                        self._take_in(child, rule)
        self._return_strays()
        self._release()

    def _is_placed(self, pid: int, found: programs.Program) -> bool:
        """Whether it is where the first rule for its file puts it, which is nearly everybody; raises OSError."""
        near = self._gate.index.files.get(found.file)
        return near is not None and cgroups.rule_of(self._gate.tree, pid) == near[0].id

    def _take_in(self, pid: int, rule: Rule) -> None:
        if programs.netns(pid) != self._gate.tree.netns or programs.descends(pid, self._gate.helper):
            return
        before = programs.has_network_socket(pid)
        self._gate.move(pid, rule)
        if before:
            self._restart[pid] = (programs.started(pid), rule.id)

    def _return_strays(self) -> None:
        """A desktop may have moved somebody's children elsewhere."""
        tree = self._gate.tree
        now: dict[int, tuple[int, Rule]] = {}
        for rule in self._orders.rules:
            for pid in cgroups.members(tree.group(rule.route, rule.id)):
                if pid in self._members:
                    now[pid] = self._members[pid]
                    continue
                with contextlib.suppress(OSError):
                    now[pid] = (programs.started(pid), rule)
        wanted = {rule.id for rule in self._orders.rules}
        for pid, (began, rule) in self._members.items():
            if pid not in now and rule.id in wanted and _began(pid) == began:
                with contextlib.suppress(OSError):
                    if cgroups.rule_of(tree, pid) is None:
                        self._gate.move(pid, rule)
                        self._gate.returned += 1
                        now[pid] = (began, rule)
        self._members = now

    def _release(self) -> None:
        """Processes of rules that are no more go back to the group they came from, if it still exists."""
        gate, wanted = self._gate, {(rule.route, rule.id) for rule in self._orders.rules}
        for group in cgroups.rule_groups(gate.tree):
            if (group.parent.name, group.name) in wanted or (group.name == cgroups.RUN and not self._orders.end):
                continue
            for pid in cgroups.members(group):
                self._send_home(pid)
            with contextlib.suppress(OSError):  # somebody forked: the next sweep
                group.rmdir()

    def _send_home(self, pid: int) -> None:
        with contextlib.suppress(OSError):
            home, ancestor = self._gate.origins.get(pid), pid
            for _ in range(programs.FOREBEARS):
                if home is not None or ancestor <= 1:
                    break
                ancestor = programs.parent(ancestor)
                home = self._gate.origins.get(ancestor)
            try:
                if home is None or not (home / "cgroup.procs").exists():
                    raise FileNotFoundError
                cgroups.move_into(pid, home)
            except OSError:
                cgroups.move_into(pid, Path(self._gate.tree.mount))


def looked_up(rules: tuple[Rule, ...]) -> Lookup:
    """What the paths of these rules are on this machine."""
    found = Lookup([], {}, {}, (), {})
    missing: list[str] = []
    for rule in sorted(rules, key=lambda rule: rule.uid is not None):
        for path in rule.paths:
            try:
                _look_up(rule, path, found)
            except OSError:
                missing.append(path)
            _watch(found, os.path.dirname(path), os.path.basename(path))
    return msgspec.structs.replace(found, missing=tuple(sorted(set(missing))))


def _look_up(rule: Rule, written: str, found: Lookup) -> None:
    path = os.path.realpath(apps.alias(written), strict=True)
    is_directory = os.path.isdir(path)
    if not is_directory and not os.path.isfile(path):
        raise FileNotFoundError(path)  # a pipe or a device is no program
    reason = apps.hindrance(path, is_directory=is_directory)
    entries = list(_entries(path)) if is_directory and reason is None else [(path, os.stat(path), is_directory)]
    if len(entries) > FILES_OF_A_DIRECTORY:
        reason = "app-directory-large"
    if reason is not None:
        found.refused[written] = reason
        return
    for place, status, inner in entries:
        file = (status.st_dev, status.st_ino)
        if inner:
            found.marks[(*file, True)] = place
            _watch(found, place, None)
        elif not is_directory:
            found.marks[(*file, False)] = place
            _watch(found, os.path.dirname(place), os.path.basename(place))
        if not inner and apps.hindrance(place) is None:
            found.entries.append((rule, place, file, False))
    if is_directory:
        found.entries.append((rule, path, (0, 0), True))


def _entries(directory: str) -> Iterator[tuple[str, os.stat_result, bool]]:
    """The directory, those in it, and the programs in them; one more than are taken at most."""
    count = 0
    for place, _, files in os.walk(directory):
        yield place, os.stat(place), True
        for name in files:
            count += 1
            if count > FILES_OF_A_DIRECTORY:
                return
            with contextlib.suppress(OSError):
                status = os.stat(os.path.join(place, name), follow_symlinks=False)
                if status.st_mode & 0o111 and status.st_mode & 0o170000 == 0o100000:
                    yield os.path.join(place, name), status, False


def _watch(found: Lookup, directory: str, name: str | None) -> None:
    names = found.watched.setdefault(directory, set())
    if name is None or names is None:
        found.watched[directory] = None
    else:
        names.add(name)


def _mark(path: str, is_directory: bool) -> Mark:
    status = os.stat(path)
    return status.st_dev, status.st_ino, is_directory


def _began(pid: int) -> int | None:
    try:
        return programs.started(pid)
    except OSError:
        return None
