"""The order of a change, carried out line by line by a WireGuard made of paper."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.core import worlds
from wgtray.core.fields import Key, Prefix
from wgtray.core.host import HostState, Peer, Tunnel
from wgtray.core.plan import PutPeers, applied, plan
from wgtray.core.secret import Secret
from wgtray.platforms import uapi
from wgtray.platforms.moves import NOBODY, Move, moves

SHARED = Secret("Wx9bFbvcl4E6r3b0nxgKWGPwK7fBYhRSNDkJZ4W0mI0=")
PREFIXES = tuple(Prefix(text) for text in ("0.0.0.0/0", "::/0", "10.1.0.0/16", "10.2.0.0/16"))
A, B, C = map(Key, worlds.KEYS)

Owners = dict[Prefix, Key]


def peer(key: Key, *prefixes: str, shared: Secret | None = None) -> Peer:
    return Peer(key, None, frozenset(map(Prefix, prefixes)), 25, shared)


@st.composite
def tunnels(draw: st.DrawFn) -> HostState:
    """Some of three peers, each prefix with one owner or none."""
    keys = draw(st.sets(st.sampled_from((A, B, C))))
    owners = {prefix: draw(st.sampled_from((*sorted(keys), None))) for prefix in PREFIXES}
    secrets = {key: draw(st.sampled_from((None, SHARED))) for key in sorted(keys)}
    peers = [peer(key, *(p for p in PREFIXES if owners[p] == key), shared=secrets[key]) for key in keys]
    return HostState(tunnel=Tunnel(frozenset(), None, None, frozenset(peers)))


def present(host: HostState) -> dict[Key, Peer]:
    assert host.tunnel is not None
    return {one.public_key: one for one in host.tunnel.peers}


def owners(host: HostState) -> Owners:
    return {prefix: key for key, one in present(host).items() for prefix in one.allowed_ips}


def carried_out(text: str, before: dict[Key, Peer]) -> tuple[list[Owners], set[Key], dict[Key, str]]:
    """What wireguard-go's IpcSetOperation makes of a message: the owners after each line, peers, preshared keys."""
    table = {prefix: key for key, one in before.items() for prefix in one.allowed_ips}
    peers = set(before)
    secrets: dict[Key, str] = {}
    history = [dict(table)]
    now, dummy, created = A, True, False
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name == "public_key":
            now = Key(uapi._base64(value))
            dummy, created = False, now not in peers
            peers.add(now)
        elif name == "update_only" and created:
            peers.discard(now)
            dummy = True
        elif name == "remove" and not dummy:
            peers.discard(now)
            table = {prefix: key for prefix, key in table.items() if key != now}
            dummy = True
        elif name == "replace_allowed_ips" and not dummy:
            table = {prefix: key for prefix, key in table.items() if key != now}
        elif name == "allowed_ip" and not dummy:
            table[Prefix(value)] = now
        elif name == "preshared_key" and not dummy:
            secrets[now] = value
        history.append(dict(table))
    return history, peers, secrets


@given(tunnels(), tunnels())
def test_a_change_ends_as_wanted_and_no_wanted_prefix_is_ownerless_on_the_way(old: HostState, new: HostState) -> None:
    for step in plan(old, new):
        assert isinstance(step, PutPeers)
        history, peers, secrets = carried_out(
            uapi.render_set(moves(step.peers, step.stale, present(old))), present(old)
        )
        assert history[-1] == owners(applied(old, step)) == owners(new)
        assert peers == set(present(new))
        for prefix in owners(old).keys() & owners(new).keys():
            held = [table.get(prefix) for table in history]
            straight = [owners(old)[prefix], owners(new)[prefix]]
            assert [key for key, _ in itertools.groupby(held)] in (straight, straight[:1])
        for key, one in present(new).items():
            was = present(old)[key].preshared_key if key in present(old) else None
            assert (key in secrets) == (one.preshared_key != was)


def test_a_switch_gives_and_takes_nothing_first() -> None:
    gaining, losing = peer(B, "0.0.0.0/0", "10.66.255.2/32"), peer(A, "10.66.255.1/32")
    before = {A: peer(A, "0.0.0.0/0", "10.66.255.1/32"), B: peer(B, "10.66.255.2/32")}
    assert moves((gaining, losing), (), before) == (
        Move(B, gain=(Prefix("0.0.0.0/0"), Prefix("10.66.255.2/32")), keepalive_s=25),
        Move(A, gain=(Prefix("10.66.255.1/32"),), keepalive_s=25),
    )


def test_what_nobody_shall_own_goes_with_a_peer_that_lives_for_one_message() -> None:
    *_, made, removed = moves((peer(A, "10.1.0.0/16"),), (), {A: peer(A, "10.1.0.0/16", "10.2.0.0/16")})
    assert made == Move(NOBODY, gain=(Prefix("10.2.0.0/16"),), new=True)
    assert removed == Move(NOBODY, remove=True)


def test_stale_peers_go_last_when_others_own_what_was_theirs() -> None:
    assert moves((peer(B, "0.0.0.0/0"),), (A,), {A: peer(A, "0.0.0.0/0")})[-1] == Move(A, remove=True)


def test_a_preshared_key_is_said_only_when_it_changes() -> None:
    said = [
        moves((peer(A, shared=wanted),), (), {A: peer(A, shared=had)})[0].preshared_key
        for had, wanted in ((None, None), (SHARED, SHARED), (None, SHARED), (SHARED, None))
    ]
    assert said == [None, None, SHARED, "none"]
    assert SHARED.reveal() not in repr(said)
