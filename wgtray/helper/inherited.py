"""What does the machine still show of an earlier helper?"""

from collections.abc import Iterator

from wgtray.core.desired import EVERYTHING
from wgtray.core.events import Adopted, Event, Learned
from wgtray.core.host import HostState
from wgtray.core.names import NO_DESTINATION
from wgtray.core.profile import Profile
from wgtray.core.secret import Secret, public_key
from wgtray.helper.store import Import


def carriers(profile: Profile, observed: HostState) -> Iterator[Event]:
    """The node that carries the traffic of the interface: the best to begin with."""
    owners = () if observed.tunnel is None else observed.tunnel.peers
    keys = {peer.public_key for peer in owners if peer.allowed_ips & frozenset(EVERYTHING)}
    for node in profile.nodes:
        if node.public_key in keys:
            yield Adopted(node.name)


def live_key(imported: Import, observed: HostState) -> Secret | None:
    """The key of the interface, when it is the imported one."""
    key = None if observed.tunnel is None else observed.tunnel.private_key
    return key if key is not None and public_key(key) == imported.public_key else None


def learned(observed: HostState) -> Event:
    """The addresses of names; what stands for routes that lead elsewhere is none."""
    return Learned(frozenset(address for address in observed.learned if address not in NO_DESTINATION))
