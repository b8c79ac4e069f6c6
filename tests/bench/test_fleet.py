"""What a fleet of 10,000 users on 20 nodes costs: to read, to render, to load into nft."""

import os
import resource
import time
from pathlib import Path

import msgspec

from tests.bench.figures import WIDE, show, wall_ms
from tests.unit.fleet.fleets import TEXT, fleet, key
from wgtray.fleet.document import read
from wgtray.fleet.render import files_of
from wgtray.fleet.users import added, user_text

USERS, NODES = 10_000, 20
GROUPS = (("staff",), ("finance",), ("staff", "finance"), ("operations",))
READ_LIMIT_S, RENDER_LIMIT_S, LOAD_LIMIT_S = 20.0, 5.0, 1.0


def company(place: Path) -> None:
    """A directory with the fleet file and 10,000 users' files."""
    text = TEXT
    for number in range(NODES - 4):
        site = f'[[site]]\nname = "s{number}"\nendpoint = "198.51.100.{100 + number}:51820"\n'
        site += f'addresses = ["10.66.254.{number + 1}"]\npublic_key = "{key(100_000 + number)}"\n'
        text += f'{site}\n[[node]]\nname = "n{number}"\nsite = "s{number}"\n\n'
    (place / "fleet.toml").write_text(text)
    (place / "users").mkdir()
    one = added(fleet(), (), "user", key(1), ["staff"])
    for number in range(USERS):
        high, low = divmod(number + 1, 250)
        user = msgspec.structs.replace(
            one,
            name=f"user-{number:05}",
            public_key=key(number + 1),
            groups=GROUPS[number % len(GROUPS)],
            addresses=(f"10.66.{high}.{low + 1}", f"fd66::{number + 1:x}"),
        )
        (place / "users" / f"{user.name}.toml").write_text(user_text(user))


def test_ten_thousand_users_on_twenty_nodes(tmp_path: Path) -> None:
    company(tmp_path)
    began = time.perf_counter()
    reading = read(tmp_path)
    read_s = time.perf_counter() - began
    assert (len(reading.users), len(reading.fleet.nodes)) == (USERS, NODES)
    began = time.perf_counter()
    files = files_of(reading.fleet, reading.users)
    render_s = time.perf_counter() - began
    for path, text in files.items():
        target = tmp_path / "rendered" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    figures = {"read": read_s * 1000, "render": render_s * 1000}
    size = sum(len(text) for text in files.values())
    print(f"\n{len(files)} files, {size / 1e6:.1f} MB")
    if os.geteuid() == 0:
        rendered = tmp_path / "rendered"
        argv = ["nft", "-I", str(rendered / "common"), "-f", str(rendered / "nodes" / "n0" / "node.nft")]
        used, figures["nft load"] = _times_ms(["unshare", "-n", *argv])
        figures["nft load, processor"] = used
        assert used < WIDE * LOAD_LIMIT_S * 1000, "of the processor: what others do meanwhile is not counted"
    show(f"a fleet of {USERS} users on {NODES} nodes", figures, "render")
    assert read_s < WIDE * READ_LIMIT_S
    assert render_s < WIDE * RENDER_LIMIT_S


def _times_ms(argv: list[str]) -> tuple[float, float]:
    """The best of three runs: what it used of the processor, and how long it took."""
    runs = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken = wall_ms(argv)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        runs.append((used * 1000, taken))
    return min(used for used, _ in runs), min(taken for _, taken in runs)
