"""By which way is a running WireGuard read and changed? By the fastest that works, and at worst by ``wg``.

A userspace WireGuard answers on its control socket (0.1 ms), the kernel's on generic netlink; ``wg``, a process of
1.5 ms, speaks to both and takes over silently, but for one line in the log.
"""

import logging
from collections.abc import Iterable, Mapping

from wgtray.core.fields import Key
from wgtray.core.host import HostState, Peer, Tunnel
from wgtray.core.plan import PutPeers, applied
from wgtray.platforms.linux import genetlink, process, tunnel
from wgtray.platforms.moves import Move, moves
from wgtray.platforms.uapi import ControlSocket

log = logging.getLogger("wgtray")

_ABSENT = (FileNotFoundError, ConnectionRefusedError)
"""Not a failure: this WireGuard is the other kind."""


class Control:
    """One interface of this namespace; ``peers`` are those it was made with, where that is known.

    Userspace WireGuard keeps the name ``born`` for its control socket when the link is renamed.
    """

    def __init__(self, name: str, born: str, peers: Iterable[Peer] = ()) -> None:
        self.name = name
        self.born = born
        self._socket = ControlSocket(process.control_socket(born))
        self._peers: Mapping[Key, Peer] = _by_key(peers)  # as last read or put: netlink's way reads nothing itself
        self._logged: set[str] = set()

    async def read(self) -> tunnel.Dump:
        """The interface as it is. Raises CommandFailed, ValueError."""
        try:
            dump = await self._socket.get()
        except (OSError, ValueError) as error:
            self._note("control socket", error)
            dump = await tunnel.read(self._known_to_wg())
        self._peers = _by_key(dump.peers)
        return dump

    async def put(self, step: PutPeers) -> None:
        """Change peers; raises CommandFailed."""
        if not await self._by_socket(step) and not await self._by_netlink(step):
            await tunnel.put_peers(self._known_to_wg(), step.peers, step.stale, self._peers)
        self._peers = _after(self._peers, step)

    async def refresh(self) -> None:
        """Tell each peer the endpoint that it has, so that nothing is kept of the way there; raises CommandFailed.

        A userspace WireGuard goes on sending from an address that this machine had once, and fails, for good.
        """
        try:
            self._peers = _by_key((await self._socket.get()).peers)
            await self._socket.set(Move(peer.public_key, endpoint=peer.endpoint) for peer in self._peers.values())
        except (OSError, ValueError) as error:
            self._note("control socket", error)  # the kernel's WireGuard looks for itself

    async def _by_socket(self, step: PutPeers) -> bool:
        try:
            self._peers = _by_key((await self._socket.get()).peers)
            await self._socket.set(moves(step.peers, step.stale, self._peers))
        except (OSError, ValueError) as error:
            self._note("control socket", error)
            return False
        return True

    async def _by_netlink(self, step: PutPeers) -> bool:
        try:
            await genetlink.set_device(self.name, moves(step.peers, step.stale, self._peers))
        except (OSError, ValueError) as error:
            self._note("generic netlink", error)
            return False
        return True

    def _known_to_wg(self) -> str:
        return self.born if self.born != self.name and process.answers(self.born) else self.name

    def _note(self, way: str, error: Exception) -> None:
        if not isinstance(error, _ABSENT) and way not in self._logged:
            self._logged.add(way)
            log.warning("%s: no use of its %s, wg does it instead: %s", self.name, way, type(error).__name__)


def _after(peers: Mapping[Key, Peer], step: PutPeers) -> Mapping[Key, Peer]:
    before = HostState(tunnel=Tunnel(frozenset(), None, None, frozenset(peers.values())))
    after = applied(before, step).tunnel
    return {} if after is None else _by_key(after.peers)


def _by_key(peers: Iterable[Peer]) -> Mapping[Key, Peer]:
    return {peer.public_key: peer for peer in peers}
