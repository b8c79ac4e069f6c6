"""Is everything personal gone, and does the rest still say what happened?"""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wgtray.core.redaction import Redaction

KEYS = st.binary(min_size=32, max_size=32).map(lambda raw: base64.b64encode(raw).decode())
LABELS = st.from_regex(r"[a-z][a-z0-9]{2,8}", fullmatch=True)
HOSTS = st.lists(LABELS, min_size=2, max_size=4).map(lambda parts: ".".join([*parts, "example"]))
AROUND = st.sampled_from(["{}", '"{}"', "[{}]", "endpoint={}", "to {}: lost", "{}/16", '{{"a":"{}"}}', "{},"])


@given(KEYS, AROUND)
@pytest.mark.threat("T18")
def test_no_key_is_left(key: str, around: str) -> None:
    assert key not in Redaction().of(around.format(key))


@given(st.ip_addresses(v=4).filter(lambda a: not (a.is_loopback or a.is_unspecified)), AROUND)
def test_no_address_is_left(address: object, around: str) -> None:
    assert str(address) not in Redaction().of(around.format(address))


@given(st.ip_addresses(v=6).filter(lambda a: not (a.is_loopback or a.is_unspecified)), AROUND)
def test_no_address_of_the_new_kind_is_left(address: object, around: str) -> None:
    assert Redaction().of(around.format(address)).count("ipv6-1") == 1
    assert str(address) not in Redaction().of(around.format(address))


@given(HOSTS, AROUND)
def test_no_name_of_a_host_is_left(host: str, around: str) -> None:
    assert host not in Redaction().of(around.format(host))


@pytest.mark.parametrize(
    "secret",
    ["Alice", "alice", "laptop-7", "LAPTOP-7", "alice@corp.example", "02:42:ac:11:00:02", "fe80::1", "/home/alice/x"],
)
def test_people_hosts_and_homes_are_gone(secret: str) -> None:
    text = Redaction(["laptop-7"], ["alice"], ["/home/alice"]).of(f'at 14:03 "{secret}" said so')
    assert secret not in text
    assert "alice" not in text.lower()
    assert text.startswith("at 14:03")


def test_the_same_thing_keeps_its_word() -> None:
    redaction = Redaction()
    first = redaction.of("10.20.0.53 asked 10.20.0.1")
    assert first == "ipv4-1 asked ipv4-2"
    assert redaction.of("10.20.0.1 answered 10.20.0.53:53") == "ipv4-2 answered ipv4-1:53"


@pytest.mark.parametrize(
    "plain",
    [
        "Python 3.11.7",
        "at 14:03:22",
        "127.0.0.1 and ::1 and 0.0.0.0/0",
        "/usr/bin/sapgui",
        "acme.toml",
        "rtt_ms 23.1, loss 0.5",
        "version 1.0.0",
    ],
)
def test_what_is_no_secret_stays(plain: str) -> None:
    assert Redaction(["laptop"], ["al"]).of(plain) == plain
