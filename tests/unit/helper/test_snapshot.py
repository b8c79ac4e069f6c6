"""What the outside sees of a state that it could not see at all if it were too much."""

import msgspec
import pytest

from tests.unit.core import worlds
from wgtray.core.desired import desired
from wgtray.core.profile import Profile, Split
from wgtray.helper.snapshot import Seen, snapshot
from wgtray.ipc import codec, messages
from wgtray.platforms.api import Capabilities


def crowded(networks: int, name: str) -> Profile:
    """Many networks that all name the node of that name."""
    nodes = tuple(
        msgspec.structs.replace(node, name=name) if node.name == "sin" else node for node in worlds.profile().nodes
    )
    entries = [{"net": f"fd20:1111:2222:{number:x}::/64", "via": [name]} for number in range(networks)]
    return worlds.profile(nodes=nodes, split=msgspec.convert({"networks": entries}, Split))


@pytest.mark.parametrize("name", ["sin", "n" * 64, "ü" * 64, '"' * 64, "\N{OGHAM LETTER BEITH}" * 64])
@pytest.mark.parametrize("networks", [2000, 4000])
def test_a_profile_that_is_let_in_fits_into_a_frame_and_two_thousand_networks_are(networks: int, name: str) -> None:
    profile = crowded(networks, name)
    if networks > 2000 and not messages.showable(profile):
        return
    assert messages.showable(profile)
    state = worlds.connected(profile)
    goal = desired(state)
    shown = snapshot(
        state,
        Seen(
            wanted=goal,
            observed=goal,
            interface="wgtray0",
            measured=None,
            capabilities=Capabilities(full_tunnel=True),
            now=0.0,
            wall_offset_s=0.0,
            switch_ms=None,
        ),
    )
    assert (len(shown.networks), shown.protected) == (networks, True)
    codec.encode_answer(messages.Answer(1, messages.SnapshotNow(shown)))
    codec.encode_answer(messages.Answer(1, messages.ProfileNow(profile)))
