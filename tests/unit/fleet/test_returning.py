"""What does BIRD get to read?"""

from wgtray.core.fields import Address
from wgtray.fleet.returning import Session, node_conf, router_conf

FOUR = Session(Address("10.6.1.1"), Address("10.6.1.254"))
SIX = Session(Address("fd06:1::1"), Address("fd06:1::fe"))


def test_a_node_announces_its_claims_and_hears_those_of_others() -> None:
    text = node_conf(Address("10.6.1.1"), [FOUR, SIX])
    assert text.count("protocol bgp ") == 2
    assert text.count("kernel table 100;") == text.count("kernel table 101;") == 2
    assert "if krt_source != 87 then reject; preference = 2 * krt_metric;" in text
    assert "preference = 2 * bgp_local_pref + 1;" in text, "of equal numbers nobody's own is above the other's"
    assert "bgp_local_pref = krt_metric" in text
    assert "krt_metric = bgp_local_pref" in text
    assert "kernel table 254" not in text, "a node's own routes are not BIRD's"


def test_a_router_takes_host_routes_of_the_pools_alone_and_tells_every_node() -> None:
    text = router_conf(Address("10.6.0.254"), [FOUR, SIX], ["10.66.0.0/16", "fd66::/64"])
    assert text.count("rr client;") == 2
    assert "import where net ~ [ 10.66.0.0/16{32,32} ];" in text
    assert "import where net ~ [ fd66::/64{128,128} ];" in text
    assert text.count("kernel table 254;") == 2


def test_one_family_is_enough() -> None:
    assert "ipv6" not in node_conf(Address("10.6.1.1"), [FOUR])
    assert "ipv6" not in router_conf(Address("10.6.0.254"), [FOUR], ["10.66.0.0/16"])


def test_the_same_input_gives_the_same_text() -> None:
    assert node_conf(Address("10.6.1.1"), [FOUR, SIX]) == node_conf(Address("10.6.1.1"), [FOUR, SIX])
