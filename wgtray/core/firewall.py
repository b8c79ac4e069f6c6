"""What may leave, arrive or be passed on, whatever the routes say? The firewall of a machine as one value.

A program can bind its socket to a device and so pass by every route; what must not leave in the clear is therefore
closed here as well. The value names destinations and sources only; which packets WireGuard and the helper may send is
the same in every state and stands in the renderer of each operating system. What leaves through our interface, or
stays on this computer, always may. ``core/passage.py`` says what a value means for a packet.
"""

import msgspec

from wgtray.core.fields import Address, Endpoint, Prefix


class Aim(msgspec.Struct, frozen=True, order=True):
    """A destination; with ``ports`` only these of ``proto``."""

    prefix: Prefix
    proto: str | None = None
    ports: tuple[int, ...] = ()


class Firewall(msgspec.Struct, frozen=True):
    """What our one table holds."""

    closed: frozenset[Aim] = frozenset()
    """Leaves through our interface or not at all."""
    closes_learned: bool = False
    """The same holds for learned addresses (``HostState.learned``)."""
    everything: bool = False
    """Nothing leaves but through our interface, to ``lan`` and as ``portal`` says."""
    names: bool = False
    """Nobody but us asks for names (port 53) past our interface."""
    forced: frozenset[Aim] = frozenset()
    """Port rules: marked, and by their mark routed into the tunnel."""
    endpoints: frozenset[Endpoint] = frozenset()
    """Literal ones: where WireGuard's own packets may go, and the helper's pings."""
    asked: frozenset[Aim] = frozenset()
    """What else the helper itself may ask past the tunnel."""
    lan: frozenset[Prefix] = frozenset()
    """Validated subnets on the link (``core/lan.py``); of meaning where ``everything`` is closed."""
    own: frozenset[Address] = frozenset()
    """Our addresses in the tunnel; what arrives for them elsewhere is dropped (CVE-2019-14899)."""
    sources: frozenset[Prefix] | None = None
    """Who may send us something through the tunnel unasked; None: anybody (full tunnel)."""
    portal: bool = False
    """A captive portal may be opened: web and names pass in the clear, closed destinations aside."""
    altered: bool = False
    """Only ever observed: the table is not what we loaded, and has to be made again."""

    @property
    def fails_closed(self) -> bool:
        """Whether what is forced goes nowhere while there is no tunnel for it."""
        return self.everything or self.forced <= self.closed


ALTERED = Firewall(altered=True)
