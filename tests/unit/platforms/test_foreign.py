"""Whatever else is in a machine's tables, no command of ours names it."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from wgtray.core.fields import Prefix
from wgtray.core.host import Route
from wgtray.platforms.linux import routes
from wgtray.platforms.linux.routes import TABLE, TABLE_FORCED, Into

NETS = ("10.20.0.0/16", "192.0.2.0/24", "0.0.0.0/0", "198.51.100.7/32")
OURS = re.compile(
    rf"route (replace|del) (unreachable |throw |blackhole |prohibit )?\S+( dev \S+)? "
    rf"table ({TABLE}|{TABLE_FORCED}) proto {routes.PROTOCOL} metric \d+"
)
RULES = {f"rule {what} {words}" for what in ("add", "del") for words in routes._rules().values()}
RULES |= {
    routes.render_forced(present, not present).strip()
    for present in (frozenset({routes.PRIORITY_FORCED}), frozenset[int]())
}

said_routes = st.lists(
    st.fixed_dictionaries(
        {
            "dst": st.sampled_from((*NETS, "default")),
            "type": st.sampled_from(("unicast", "unreachable", "throw", "blackhole")),
            "dev": st.sampled_from(("wgtray0", "lan0", "tun0")),
            "metric": st.sampled_from((0, 50, 60, 100, 9000)),
            "table": st.sampled_from(("main", "22087", "22088", "22089", "52", "default")),
            "protocol": st.sampled_from(("142", "kernel", "dhcp", "static", "186", "141")),
        }
    ),
    max_size=12,
)
said_rules = st.lists(
    st.fixed_dictionaries(
        {
            "priority": st.sampled_from((0, 5199, 5200, 5205, 5218, 5220, 5221, 32766)),
            "src": st.sampled_from(("all", "192.0.2.0/24")),
            "table": st.sampled_from(("main", "22087", "22088", "22090", "52", "local")),
            "fwmark": st.sampled_from(("0", "0x57475254", "0x57475355", "0xca6c")),
        }
    ),
    max_size=12,
)
wanted_routes = st.frozensets(
    st.builds(Route, prefix=st.sampled_from(tuple(map(Prefix, NETS))), to=st.sampled_from(("tunnel", "held", "lan")))
)


@given(said_routes, wanted_routes, st.sampled_from((TABLE, TABLE_FORCED)), st.sampled_from(("wgtray0", None)))
def test_only_routes_with_our_number_in_our_tables_are_ever_put_or_removed(
    said: list[dict[str, object]], wanted: frozenset[Route], table: int, name: str | None
) -> None:
    entries = routes.parse_entries(json.dumps(said), 4)
    into = Into(name)
    wanted = wanted if name else frozenset(route for route in wanted if route.to != "tunnel")
    present = routes.understood(entries, into, table)
    mine = [entry for entry in entries if entry.table == table]
    text = routes.render_routes(present, wanted, into, table) + routes.render_astray(mine, into)
    assert all(OURS.fullmatch(line) for line in text.splitlines()), text
    theirs = [one for one in said if one["protocol"] != "142" or one["table"] not in ("22087", "22088")]
    assert len(entries) == len(said) - len(theirs)


@given(said_rules, st.booleans())
def test_only_rules_that_say_what_ours_say_are_ever_put_or_removed(said: list[dict[str, object]], wanted: bool) -> None:
    present = routes.parse_rules(json.dumps(said))
    text = routes.render_rules(present, wanted) + routes.render_forced(present, wanted)
    assert set(text.splitlines()) <= RULES
