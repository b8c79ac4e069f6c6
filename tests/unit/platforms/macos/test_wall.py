"""Main rules of others are given back whole, with our reference where it has to stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.mac import grammar
from tests.fakes.mac.pf import MAIN_NAT, MAIN_RULES, Pf
from wgtray.platforms.macos.wall import leading_to_us, leads_to_us

REFERENCE = 'anchor "com.apple/*" all'
SCRUB = 'scrub-anchor "com.apple/*" all fragment reassemble'
THEIRS = (
    "pass out quick on en0 all",
    "block return out quick proto tcp from any to any port = 25",
    'anchor "them/*" all',
    "pass in on en0 inet proto tcp from any to any port = 22 flags S/SA keep state",
)


@pytest.mark.parametrize(
    ("rules", "leads"),
    [
        (MAIN_RULES, True),
        (MAIN_NAT, True),
        ([], False),
        ([SCRUB], False),
        (['anchor "com.apple.internet-sharing" all', *MAIN_RULES], True),
        ([THEIRS[0], REFERENCE], False),
        ([THEIRS[2], REFERENCE], True),
        ([REFERENCE, THEIRS[0]], True),
        (['anchor "com.apple/250.ApplicationFirewall" all'], False),
    ],
)
def test_whether_we_are_asked_first_is_read_from_the_listing(rules: list[str], leads: bool) -> None:
    assert leads_to_us("".join(f"{rule}\n" for rule in rules)) is leads


@given(theirs=st.lists(st.sampled_from([REFERENCE, *THEIRS]), unique=True), scrub=st.booleans())
def test_what_is_loaded_again_is_theirs_in_their_order_and_asks_us_first(theirs: list[str], scrub: bool) -> None:
    rules = [*([SCRUB] if scrub else []), *theirs]
    script = leading_to_us("".join(f"{rule}\n" for rule in rules), REFERENCE)
    assert leads_to_us(script)
    lines = script.splitlines()
    assert lines.count(REFERENCE) == 1
    assert [line for line in lines if line != REFERENCE] == [rule for rule in rules if rule != REFERENCE]
    grammar.check(["pfctl", "-R", "-f", "-"], script)
    pf = Pf()
    pf.pfctl(["-R", "-f", "-"], script)  # in an order that pf takes
    assert pf.pfctl(["-s", "rules"], "") == script
