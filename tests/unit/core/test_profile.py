"""Can no profile be built wrong, and does one name everything that is wrong with it?"""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from tests.unit.core.strategies import profiles
from wgtray.core import secret
from wgtray.core.fields import Address
from wgtray.core.profile import CheckTarget, Invalid, Profile, Value, check_target

KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
NODE = {"name": "fra", "public_key": KEY, "endpoint": "fra.example:1"}


def decoded(**parts: object) -> Profile:
    return msgspec.convert({"schema": 1, "name": "Acme"} | parts, Profile, dec_hook=secret.dec_hook)


def complaints(kind: type[Value], **values: object) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        kind(**values)
    return dict(caught.value.complaints)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(profiles())
def test_a_profile_survives_the_wire(profile: Profile) -> None:
    sent = msgspec.json.encode(profile, enc_hook=secret.enc_hook)
    assert msgspec.json.decode(sent, type=Profile, dec_hook=secret.dec_hook) == profile


def test_fields_are_canonical_once_built() -> None:
    profile = decoded(node=[NODE | {"endpoint": "FRA.Example:00001"}], interface={"addresses": ["10.66.0.10"]})
    assert profile.nodes[0].endpoint == "fra.example:1"
    assert profile.interface.addresses == ("10.66.0.10/32",)
    assert profile.node("fra") is profile.nodes[0]
    assert profile.node("ams") is None


def test_every_malformed_entry_of_every_list_is_named() -> None:
    parts = {kind.__name__: kind for kind in Value.__subclasses__()}
    assert set(complaints(parts["Dns"], servers=("x", "10.0.0.1", "y"), domains=("a_b",))) == {
        "servers[0]",
        "servers[2]",
        "domains[0]",
    }
    assert set(complaints(parts["Network"], net="10.0.0.0/8", proto="tcp", ports=(1, 0, 70000))) == {
        "ports[1]",
        "ports[2]",
    }
    assert set(complaints(parts["Failover"], interval_s=0, latency_limit_ms=0, failback_after_s=-1, check="x")) == {
        "interval_s",
        "latency_limit_ms",
        "failback_after_s",
        "check",
    }
    assert set(complaints(parts["AppRule"], name="x", linux=("a",), windows=("/a", "C:\\a", ""))) == {
        "linux[0]",
        "windows[0]",
        "windows[2]",
    }
    assert set(complaints(parts["Policy"], portal_minutes=61)) == {"portal_minutes"}


@pytest.mark.parametrize(
    ("parts", "part"),
    [
        ({"schema": 2}, "schema: 2 is not known"),
        ({"requires": ["x"]}, 'requires[0]: this version of wgtray has no "x"'),
        ({"node": [NODE, NODE]}, 'node[1].name: the same as node[0] ("fra")'),
        ({"node": [NODE, NODE | {"name": "ams"}]}, "node[1].public_key: the same as"),
        ({"app": [{"name": "x"}, {"name": "x"}]}, "app[1].name: the same as"),
        ({"app": [{"name": "x", "route": "direct", "domains": ["a.example"]}]}, "domains: the names of a"),
        ({"split": {"networks": [{"net": "10.0.0.0/8", "via": ["x"]}]}}, "split.networks[0].via[0]: no node is called"),
        (
            {"node": [NODE], "split": {"networks": [{"net": "10.0.0.0/8", "via": ["fra", "fra"]}]}},
            'via[1]: "fra" twice',
        ),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_what_does_not_fit_together_is_refused(parts: dict[str, object], part: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        decoded(**parts)
    assert part in str(caught.value)
    assert KEY not in str(caught.value)


def test_a_check_names_a_target_behind_the_nodes() -> None:
    assert check_target("tcp://10.20.0.10:443") == CheckTarget("tcp", Address("10.20.0.10"), 443)
    assert check_target("icmp://[fd20::1]").address == "fd20::1"
    for wrong in ("10.20.0.10", "tcp://10.20.0.10", "udp://10.20.0.10:1", "icmp://name", "tcp://10.20.0.10:0"):
        with pytest.raises(ValueError, match="write tcp://"):
            check_target(wrong)
