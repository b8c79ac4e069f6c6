"""Which helper says exactly what a test tells it to? A socket or pipe and a thread that speak real frames."""

import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from tests.unit.cli import scripted_pipe
from wgtray.ipc.codec import Frames, decode_call, encode_answer
from wgtray.ipc.messages import (
    Answer,
    AnyRequest,
    Capabilities,
    Done,
    NodeView,
    ProblemView,
    ProfileNow,
    Refused,
    Snapshot,
    SnapshotNow,
    Status,
    Switch,
    Traffic,
    Watch,
    WaysNow,
)

Payload = Done | Refused | SnapshotNow | ProfileNow | WaysNow
Reply = Payload | bytes | None
"""An answer; or bytes to send as they are; or None to close the connection instead of answering."""

NODES = (
    NodeView("fra", "Frankfurt, DE", "up", 23.1, 0.8, 0.0, 12, True, 1.8e9, "203.0.113.5:51820"),
    NodeView("gru", "São Paulo, BR", "down", None, None, 1.0, None, False, 1.8e9, "203.0.113.6:51820"),
)
ON = Snapshot(
    version="0.1.0",
    state="connected",
    wanted=True,
    protected=True,
    interface="wgtray0",
    profile="Acme",
    mode="split",
    node="fra",
    node_choice="auto",
    since=1.8e9,
    paused_until=None,
    nodes=NODES,
    networks=(),
    apps=(),
    traffic=Traffic(1, 2),
    last_switch=Switch(1.8e9, "gru", "fra", "no-reply", 180.0, 6.0),
    problems=(),
    capabilities=Capabilities(),
)
OFF = msgspec.structs.replace(ON, state="off", wanted=False, interface=None, protected=None, last_switch=None)
CONNECTING = msgspec.structs.replace(ON, state="connecting")


def troubled(snapshot: Snapshot, code: str, severity: str = "error", **args: str) -> Snapshot:
    """The same with a problem more."""
    problem = ProblemView(code, severity, dict(args), f"text of {code}")
    return msgspec.structs.replace(snapshot, problems=(*snapshot.problems, problem))


class Scripted:
    """Answers ``Status`` and ``Watch`` with ``snapshot``, the rest with ``Done``, unless ``replies`` says otherwise."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.snapshot = OFF
        self.replies: dict[type, Reply] = {}
        self.after_watch: list[Snapshot] = []
        """Sent one after the other once ``Watch`` is answered; then the connection stays open ..."""
        self.ends_watch = False
        """... or is closed."""
        self.closes_at_once = False
        self.on_request: Callable[[AnyRequest], None] = lambda request: None
        self.seen: list[AnyRequest] = []

    def of(self, kind: type) -> list[AnyRequest]:
        """What was asked, of one kind."""
        return [request for request in self.seen if isinstance(request, kind)]

    def serve(self, listener: socket.socket | scripted_pipe.Listener) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:  # the test is over
                return
            with connection:
                if not self.closes_at_once:
                    self._converse(connection)

    def _converse(self, connection: socket.socket | scripted_pipe.Connection) -> None:
        frames = Frames()
        while data := connection.recv(1 << 16):
            for frame in frames.feed(data):
                call = decode_call(frame)
                self.seen.append(call.call)
                self.on_request(call.call)
                reply = self._reply(call.call)
                if reply is None:
                    return
                connection.sendall(reply if isinstance(reply, bytes) else encode_answer(Answer(call.id, reply)))
                if isinstance(call.call, Watch):
                    for snapshot in self.after_watch:
                        connection.sendall(encode_answer(Answer(0, SnapshotNow(snapshot))))
                    if self.ends_watch:
                        return

    def _reply(self, request: AnyRequest) -> Reply:
        if type(request) in self.replies:
            return self.replies[type(request)]
        return SnapshotNow(self.snapshot) if isinstance(request, Status | Watch) else Done()


@contextlib.contextmanager
def scripted(path: Path) -> Iterator[Scripted]:
    """A scripted helper on that path, until the block ends."""
    helper = Scripted(path)
    with contextlib.ExitStack() as stack:
        listener: socket.socket | scripted_pipe.Listener
        if sys.platform == "win32":
            helper.path = scripted_pipe.name_for(path)
            listener = scripted_pipe.Listener(helper.path)
        else:
            listener = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            listener.bind(helper.path)
            listener.listen()
        thread = threading.Thread(target=helper.serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield helper
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)
