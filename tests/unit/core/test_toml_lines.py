"""Are the lines in findings the lines of the file?"""

import tomllib
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.core.strategies import profiles
from wgtray.core import toml_lines
from wgtray.core.profile import Profile
from wgtray.core.toml_text import render_toml

ODD = r'''# schema = 9
schema = 1  # [node]
text = """
[not.a.table]
key = "no" # no comment""""
raw = \'\'\'
[[node]]\'\'\'
"quoted key" = 'a = "b" # c'
split.networks = [ # one
  "10.0.0.0/8", # ]
  { net = "10.1.0.0/16", via = ["fra", "[sin]"] },

  [1, [2,
    3]],
]
when = 1979-05-27 07:32:00
"es\"caped\u0041" = "\" # \\"
[ policy . sub ]
x.y = {}
[policy]
allow_lan = true
[[node]]
name = "fra"
[node.extra]
a = 1
[[node]]
name = "ams"
[[node.list]]
[[node.list]]
b = 2'''.replace(r"\'\'\'", "'''")

FRAGMENTS = st.sampled_from(
    [
        *("[a]\n", "[[n]]\n", "[n.s]\n", "[[n.l]]\n", "[a.'b c']\n", "x", "y", "a.b", '"q.k"', "''", " = ", " = 1\n"),
        *('= "#"\n', '= """\n"#\n""""\n', "= '''\n[z]'''\n", "= [", "]", ", ", "{ ", " }", "\n", " # c = 1\n"),
        "= {x = 1, y.z = [2]}\n",
    ]
)


def paths(value: object, path: str = "") -> Iterator[str]:
    """Every path that tomllib's result has."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, toml_lines.below(path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, f"{path}[{index}]")


def test_every_value_of_an_odd_document_is_found_on_its_line() -> None:
    found = toml_lines.lines(ODD)
    assert set(found) == set(paths(tomllib.loads(ODD)))
    expected = {
        "schema": 2,
        "text": 3,
        "raw": 6,
        '"quoted key"': 8,
        "split": 9,
        "split.networks": 9,
        "split.networks[0]": 10,
        "split.networks[1].via[1]": 11,
        "split.networks[2]": 13,
        "split.networks[2][1][1]": 14,
        "when": 16,
        '"es\\"capedA"': 17,
        "policy.sub.x.y": 19,
        "policy": 20,
        "policy.allow_lan": 21,
        "node": 22,
        "node[0].name": 23,
        "node[0].extra.a": 25,
        "node[1]": 26,
        "node[1].list[1].b": 30,
    }
    assert {path: found[path] for path in expected} == expected


def test_what_is_missing_is_on_the_line_of_the_closest_thing_around_it() -> None:
    found = toml_lines.lines(ODD)
    assert toml_lines.line_of(found, "node[1].endpoint") == 26
    assert toml_lines.line_of(found, 'node[0].extra."x.y"[3].z') == 24
    assert toml_lines.line_of(found, "policy.allow_lan[0]") == 21
    assert toml_lines.line_of(found, "name") is None
    assert toml_lines.line_of(found, "") is None


@settings(max_examples=12, deadline=None)
@given(profiles())
def test_everything_in_a_written_profile_is_found(profile: Profile) -> None:
    text = render_toml(profile, secrets=True)
    found = toml_lines.lines(text)
    assert set(found) == set(paths(tomllib.loads(text)))
    for path, line in found.items():
        key = path.rpartition(".")[2].partition("[")[0]
        assert path.endswith("]") or key in text.split("\n")[line - 1]


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS, max_size=12).map("".join))
def test_whatever_tomllib_accepts_is_walked_as_tomllib_walks_it(text: str) -> None:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(toml_lines.lines(text)) == set(paths(table))
