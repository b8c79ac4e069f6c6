"""Is each field canonical when it is well formed, and explained when it is not?"""

import contextlib
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.core.strategies import addresses, domains, endpoints, interfaces, keys, names, prefixes
from wgtray.core import fields
from wgtray.core.fields import Endpoint

KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
CANON: list[Callable[[str], str]] = [
    fields.address,
    fields.interface,
    fields.prefix,
    fields.endpoint,
    fields.key,
    fields.name,
    fields.domain,
]


@pytest.mark.parametrize(
    ("canonical", "text", "value"),
    [
        (fields.address, " 10.20.0.53 ", "10.20.0.53"),
        (fields.address, "FD20:0::0053", "fd20::53"),
        (fields.interface, "10.66.0.10", "10.66.0.10/32"),
        (fields.interface, "FD66::10/64", "fd66::10/64"),
        (fields.prefix, "10.20.0.0/16", "10.20.0.0/16"),
        (fields.prefix, "10.20.0.7", "10.20.0.7/32"),
        (fields.prefix, "::/0", "::/0"),
        (fields.endpoint, "FRA.Example.COM:51820", "fra.example.com:51820"),
        (fields.endpoint, "[2001:DB8::1]:1", "[2001:db8::1]:1"),
        (fields.endpoint, "bücher.example:00001", "xn--bcher-kva.example:1"),
        (fields.key, f" {KEY}\n", KEY),
        (fields.name, "  SAP GUI ", "SAP GUI"),
        (fields.domain, "*.Corp.Example.", "corp.example"),
        (fields.domain, ".corp.example", "corp.example"),
    ],
)
def test_well_formed_text_becomes_canonical(canonical: Callable[[str], str], text: str, value: str) -> None:
    assert canonical(text) == value


@pytest.mark.parametrize(
    ("canonical", "text", "part"),
    [
        (fields.address, "10.20.0.0/16", "not an IP address"),
        (fields.address, "fe80::1%eth0", "leave out everything from the % sign"),
        (fields.interface, "127.0.0.1/8", "unicast"),
        (fields.interface, "10.66.0.10/255.255.255.0", "not an address"),
        (fields.prefix, "10.20.5.1/16", "write 10.20.0.0/16"),
        (fields.prefix, "10.0.0.0/0.0.0.255", "not a network"),
        (fields.prefix, "224.0.0.0/4", "unicast network"),
        (fields.endpoint, "fra.example.com", "HOST:PORT"),
        (fields.endpoint, "2001:db8::1:51820", "IPv6 address in brackets"),
        (fields.endpoint, "fra.example.com:70000", "outside 1 to 65535"),
        (fields.endpoint, "127.0.0.1:51820", "not an address that a node can have"),
        (fields.endpoint, "10.0.0.256:51820", "not a valid host name"),
        (fields.endpoint, f"{'a' * 300}:1", "not a valid host name"),
        (fields.key, KEY[:-1], "wg genkey"),
        (fields.key, "A" * 43 + "=", "wg genkey"),
        (fields.name, " ", "empty"),
        (fields.name, "x" * 65, "longer than 64"),
        (fields.name, "a\u202eb", "cannot be printed"),
        (fields.domain, "corp_example", "letters, digits, hyphens"),
        (fields.domain, "-corp.example", "letters, digits, hyphens"),
        (fields.domain, "", "not a valid host name"),
    ],
)
@pytest.mark.threat("T13", "T14", "T15")
def test_malformed_text_is_explained(canonical: Callable[[str], str], text: str, part: str) -> None:
    with pytest.raises(ValueError, match=re.escape(part)):
        canonical(text)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(CANON), st.text() | st.text(st.sampled_from("0123456789abcdef.:/[]%*-+ ")))
def test_no_text_is_answered_with_anything_but_a_value_error(canonical: Callable[[str], str], text: str) -> None:
    with contextlib.suppress(ValueError):
        assert canonical(canonical(text)) == canonical(text)


@settings(max_examples=40, deadline=None)
@given(st.tuples(addresses, interfaces(), prefixes(), endpoints, keys, names, domains))
def test_canonical_values_stay_as_they_are(values: tuple[str, ...]) -> None:
    assert [canonical(value) for canonical, value in zip(CANON, values, strict=True)] == list(values)


def test_quoted_text_is_short_printable_and_without_keys() -> None:
    assert fields.shown("a" * 30 + "b\x1b[2J\ud800") == '"' + "a" * 30 + 'b\\x1b[2J\\ud800"'
    assert len(fields.shown("a." * 100)) == 62
    assert fields.shown(f"x {KEY} y") == '"x (a key) y"'
    assert fields.shown(f"PrivateKey{KEY}") == '"(a key)"'


def test_an_endpoint_knows_whether_it_needs_a_resolver() -> None:
    assert [fields.is_literal(Endpoint(text)) for text in ("10.0.0.1:1", "[::1]:1", "a.example:1")] == [
        True,
        True,
        False,
    ]
