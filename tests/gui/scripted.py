"""Which helper says exactly what a test tells it to? A QLocalServer that speaks real frames.

``python -m tests.gui.scripted SOCKET NAME`` runs one as a process, for ``shot.py``.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from wgtray.ipc.codec import Frames, decode_call, encode_answer
from wgtray.ipc.messages import (
    Answer,
    Call,
    Capabilities,
    ChooseNode,
    Connect,
    Disconnect,
    Done,
    NodeView,
    ProblemView,
    Refused,
    Snapshot,
    SnapshotNow,
    Status,
    Traffic,
    Watch,
)


def node(name: str, location: str, rtt_ms: float | None, health: str = "up", *, active: bool = False) -> NodeView:
    return NodeView(name, location, health, rtt_ms, 1.0, 0.0, 12, active, 1.8e9, "203.0.113.5:51820")


FRA = node("fra", "Frankfurt, DE", 23.1)
AMS = node("ams", "Amsterdam, NL", 31.4)
SIN = node("sin", "Singapore", 184.0)
SAO = node("sao", "São Paulo, BR", None, "down")

OFF = Snapshot(
    version="0.1.0",
    state="off",
    wanted=False,
    protected=None,
    interface=None,
    profile="Acme",
    mode="split",
    node=None,
    node_choice="auto",
    since=time.time() - 40 * 60,
    paused_until=None,
    nodes=(FRA, AMS, SIN, SAO),
    networks=(),
    apps=(),
    traffic=Traffic(None, None),
    last_switch=None,
    problems=(),
    capabilities=Capabilities(),
    user_may=("mode", "node", "apps", "disconnect", "pause"),
)


def changed(snapshot: Snapshot, **fields: object) -> Snapshot:
    return msgspec.structs.replace(snapshot, **fields)


def connected(name: str = "fra") -> Snapshot:
    nodes = tuple(msgspec.structs.replace(each, active=each.name == name) for each in OFF.nodes)
    return changed(OFF, state="connected", wanted=True, protected=True, interface="wgtray0", node=name, nodes=nodes)


SNAPSHOTS = {
    "off": OFF,
    "connecting": changed(OFF, state="connecting", wanted=True, node="fra"),
    "connected": connected(),
    "pinned": changed(connected("ams"), node_choice="ams"),
    "full": changed(connected(), mode="full"),
    "degraded": changed(
        connected(),
        nodes=(node("fra", "Frankfurt, DE", 240.0, "slow", active=True), node("ams", "Amsterdam, NL", None, "down")),
    ),
    "blocked": changed(
        OFF,
        state="blocked",
        wanted=True,
        protected=True,
        nodes=tuple(msgspec.structs.replace(each, health="down", rtt_ms=None) for each in OFF.nodes),
        problems=(ProblemView("no-node-answers", "error", {}, ""),),
    ),
    "locked": changed(connected(), user_may=()),
    "no-profile": changed(OFF, profile=None, nodes=(), problems=(ProblemView("no-profile", "info", {}, ""),)),
}


class Scripted(QObject):
    """Answers as a helper would, and remembers what it was asked."""

    asked = Signal(object)

    def __init__(self, path: Path, snapshot: Snapshot = OFF) -> None:
        super().__init__()
        self.path = path
        self.snapshot = snapshot
        self.requests: list[object] = []
        self.refuse: Refused | None = None
        self.mute = False
        self.connections = 0
        self._server = QLocalServer()
        self._server.newConnection.connect(self._accept)
        self._peers: list[QLocalSocket] = []
        self.listen()

    def listen(self) -> None:
        QLocalServer.removeServer(str(self.path))
        assert self._server.listen(str(self.path)), self._server.errorString()

    def stop(self) -> None:
        """As when the process ends: no socket, no connections."""
        self._server.close()
        self.hang_up()

    def hang_up(self) -> None:
        for peer in self._peers:
            peer.abort()
        self._peers.clear()

    def show(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.send(encode_answer(Answer(0, SnapshotNow(snapshot))))

    def send(self, data: bytes) -> None:
        for peer in self._peers:
            peer.write(data)
            peer.flush()

    def _accept(self) -> None:
        peer = self._server.nextPendingConnection()
        frames = Frames()
        self.connections += 1
        self._peers.append(peer)
        peer.readyRead.connect(lambda: self._read(peer, frames))

    def _read(self, peer: QLocalSocket, frames: Frames) -> None:
        for frame in frames.feed(bytes(peer.readAll().data())):
            call = decode_call(frame)
            self.requests.append(call.call)
            if not self.mute:
                peer.write(encode_answer(self._answer(call)))
            self.asked.emit(call.call)

    def _answer(self, call: Call) -> Answer:
        match call.call:
            case Watch() | Status():
                return Answer(call.id, SnapshotNow(self.snapshot))
            case _ if self.refuse is not None:
                return Answer(call.id, self.refuse)
            case _:
                return Answer(call.id, Done())


def obey(helper: Scripted) -> Callable[[object], None]:
    """A helper that does at once what it is asked."""

    def react(request: object) -> None:
        match request:
            case Connect():
                helper.show(SNAPSHOTS["connected"])
            case Disconnect():
                helper.show(OFF)
            case ChooseNode(name) if helper.snapshot.state == "connected":
                helper.show(changed(connected(name or "fra"), node_choice=name or "auto"))
            case ChooseNode(name):
                helper.show(changed(helper.snapshot, node_choice=name or "auto"))

    return react


def main() -> int:
    application = QCoreApplication(sys.argv)
    helper = Scripted(Path(sys.argv[1]), SNAPSHOTS[sys.argv[2]])
    helper.asked.connect(obey(helper))
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
