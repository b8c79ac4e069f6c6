"""Which way do packets go? The answer to whoever asks for the way to a host."""

from wgtray.core import fields
from wgtray.core.host import HostState
from wgtray.core.machine import State
from wgtray.core.problems import WgtrayError
from wgtray.core.way import Way, way
from wgtray.ipc.messages import PortView, WaysNow, WayView, WhichWay


def ways(request: WhichWay, state: State, observed: HostState) -> WaysNow:
    """Raises WgtrayError at what is no address."""
    found = []
    for text in request.addresses:
        try:
            address = fields.address(text)
        except ValueError:
            raise WgtrayError("not-an-address", value=text[:64]) from None
        found.append(_shown(way(state, observed, address, request.name)))
    return WaysNow(tuple(found))


def _shown(found: Way) -> WayView:
    ports = (PortView(one.network, one.proto, one.ports, one.goes) for one in found.ports)
    return WayView(found.address, found.goes, found.rule.kind, found.rule.detail, found.node, tuple(ports))
