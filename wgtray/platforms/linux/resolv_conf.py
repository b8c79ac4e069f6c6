"""How does the machine's resolver file become ours, and how is it given back byte for byte, whatever happens meanwhile?

What stood there is first written to a journal in the state directory, and is on disk before the file changes; the file
is then replaced in one stroke. So whoever comes later (the next helper, ``wgtray-helper cleanup``) sees one of these:

* no journal: the file is not ours;
* a journal, the file ours: put back what the journal says;
* a journal, the file not ours: we were cut off before or after the change, or somebody else wrote the file since, a
  DHCP client for one. What stands there is the newest truth and stays.

A file that cannot be replaced because it is a mount of its own (containers) is overwritten in place. What stood there
also remains in our file as comments, in case another program gives it back when we and our journal are long gone.
"""

import contextlib
import errno
import os
import stat
from pathlib import Path

import msgspec

from wgtray.core.fields import address
from wgtray.core.names import FORWARDER, Server

JOURNAL = "resolv-conf.json"

MARK = "# wgtray: its service answers for names while it is connected. What stood here before:"
BEFORE = "#| "

SERVERS = 3
"""resolv.conf(5), MAXNS: no program asks more of them."""

_LENGTH_LIMIT = 1 << 16
_IN_PLACE = (errno.EBUSY, errno.EROFS, errno.EACCES, errno.EPERM, errno.EXDEV)
"""Of a file that is a mount of its own, or whose directory cannot be written to."""


class Before(msgspec.Struct, frozen=True):
    """What stood at ``path``: a link, a file, or nothing."""

    path: str
    link: str | None = None
    content: bytes | None = None
    mode: int = 0o644
    owner: tuple[int, int] = (0, 0)


def parse_servers(text: str) -> tuple[Server, ...]:
    """The name servers of a resolver file without ours; lines that no program would understand are passed over."""
    found: list[Server] = []
    for line in text.split("\n"):
        words = line.split()
        if len(words) >= 2 and words[0] == "nameserver":
            plain, _, zone = words[1].partition("%")
            with contextlib.suppress(ValueError):
                server = Server(address(plain), zone)
                if server.address != FORWARDER and server not in found:
                    found.append(server)
    return tuple(found[:SERVERS])


def render(before: str) -> str:
    """Our file in the place of that one: its settings stay, its servers do not."""
    lines = before.removesuffix("\n").split("\n") if before else []
    kept = [line for line in lines if line[:1] not in ("", "#", ";") and line.split()[:1] != ["nameserver"]]
    return "\n".join([MARK, *(BEFORE + line for line in lines), f"nameserver {FORWARDER}", *kept, ""])


def parse_before(ours: str) -> str:
    """What stood there before, by our own file."""
    lines = [line.removeprefix(BEFORE) for line in ours.split("\n") if line.startswith(BEFORE)]
    return "".join(f"{line}\n" for line in lines)


class ResolverFile:
    """One resolver file; the journal is in ``state_dir``. Methods raise OSError."""

    def __init__(self, path: Path, state_dir: Path) -> None:
        self.path = path
        self._journal = state_dir / JOURNAL

    def is_in_place(self) -> bool:
        """Whether the file is ours to the letter, given what it has to keep of the one before."""
        before = self._before()
        return before is not None and before.path == str(self.path) and _ours_at(self.path) == _ours(before)

    def put(self) -> None:
        """Make the file ours; what somebody else has written meanwhile is what will be given back."""
        if self.is_in_place():
            return
        before = self._before()
        if before is not None and before.path != str(self.path):
            self.restore()
            before = None
        if before is None or _ours_at(self.path) is None:
            before = _taken(self.path)
            self._write_journal(before)
        _replace(self.path, Before(str(self.path), content=_ours(before)))

    def restore(self, *, alone: bool = True) -> bool:
        """Give back what stood there; whether there was anything to do.

        ``alone``: nobody else's helper can have put ours there, so that even without a journal it is given back.
        """
        before = self._before()
        path = self.path if before is None else Path(before.path)
        ours = _ours_at(path) if alone or before is not None else None
        if ours is not None:
            _replace(path, before or Before(str(path), content=_bytes(parse_before(_text(ours)))))
        for left_over in (_draft(path), _draft(self._journal)):
            with contextlib.suppress(OSError):  # of a directory that nobody can write to
                left_over.unlink()
        self._journal.unlink(missing_ok=True)
        return ours is not None

    def former(self) -> tuple[Server, ...]:
        """The servers that programs would ask without us, as they are now."""
        before, ours = self._before(), _ours_at(self.path)
        if ours is None:
            return parse_servers(_text(_content(self.path)))
        return parse_servers(parse_before(_text(ours)) if before is None else _text(_before_now(before)))

    def watched(self) -> tuple[Path, ...]:
        """The files whose change matters: this one, and where a link before it led."""
        before = self._before()
        return (self.path,) if before is None or before.link is None else (self.path, _target(before))

    def _before(self) -> Before | None:
        try:
            return msgspec.json.decode(self._journal.read_bytes(), type=Before)
        except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
            return None  # a journal is replaced whole, so a damaged one is none of ours

    def _write_journal(self, before: Before) -> None:
        draft = Before(str(self._journal), content=msgspec.json.encode(before), mode=0o600)
        _rename(self._journal, draft)


def _taken(path: Path) -> Before:
    """What stands there now."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return Before(str(path))
    if stat.S_ISLNK(found.st_mode):
        return Before(str(path), link=os.readlink(path))
    if not stat.S_ISREG(found.st_mode) or found.st_size > _LENGTH_LIMIT:
        raise OSError(errno.EINVAL, "no resolver file", str(path))
    return Before(str(path), None, path.read_bytes(), stat.S_IMODE(found.st_mode), (found.st_uid, found.st_gid))


def _replace(path: Path, wanted: Before) -> None:
    if wanted.link is None and wanted.content is None:
        path.unlink(missing_ok=True)
        return
    try:
        _rename(path, wanted)
    except OSError as error:
        if error.errno not in _IN_PLACE or wanted.content is None:
            raise
        _overwrite(path, wanted)


def _rename(path: Path, wanted: Before) -> None:
    draft = _draft(path)
    draft.unlink(missing_ok=True)
    try:
        if wanted.link is not None:
            draft.symlink_to(wanted.link)
        else:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                _fill(file.fileno(), wanted)
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.wgtray")


def _overwrite(path: Path, wanted: Before) -> None:
    """Never truncated first: cut off in the middle, it still begins as ours does."""
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _fill(descriptor, wanted)
    finally:
        os.close(descriptor)


def _fill(descriptor: int, wanted: Before) -> None:
    content = wanted.content or b""
    written = os.pwrite(descriptor, content, 0)
    if written != len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.ftruncate(descriptor, len(content))
    os.fchown(descriptor, *wanted.owner)
    os.fchmod(descriptor, wanted.mode)
    os.fsync(descriptor)


def _ours(before: Before) -> bytes:
    return _bytes(render(_text(_before_now(before))))


def _before_now(before: Before) -> bytes | None:
    """A link may lead to a file that its owner keeps up to date."""
    return before.content if before.link is None else _content(_target(before))


def _target(before: Before) -> Path:
    return Path(before.path).parent / (before.link or "")


def _content(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(_LENGTH_LIMIT)
    except OSError:
        return None


def _ours_at(path: Path) -> bytes | None:
    """Our file, if that is what stands there."""
    found = None if path.is_symlink() else _content(path)
    return found if found is not None and found.startswith(MARK.encode()) else None


def _text(content: bytes | None) -> str:
    return (content or b"").decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
