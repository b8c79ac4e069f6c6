"""Does the rendered playbook make nodes of bare machines, and leave alone what is right? With Debian's Ansible."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.network.fleet.asking import Flow, until_answered
from tests.network.fleet.stage import Stage

TEXT = (Path(__file__).parent / "fleet.toml").read_text()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),  # Ansible starts a Python for every task and host
    pytest.mark.skipif(shutil.which("ansible-playbook", path="/usr/bin") is None, reason="needs Debian's ansible-core"),
]


def changed(stage: Stage, *options: str) -> dict[str, int]:
    """Tasks that changed something, by host."""
    done = stage.playbook(*options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert stage.keys["fra"].private not in done.stdout
    return {host: int(count) for host, count in re.findall(r"^(\S+) +: ok=.*changed=(\d+)", done.stdout, re.MULTILINE)}


def test_bare_machines_become_nodes_and_a_second_run_changes_nothing() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root for network namespaces")
    with Stage.up(TEXT, {"alice": ["staff"]}) as stage:
        stage.render()
        first = changed(stage)
        assert set(first) == set(stage.nodes)
        assert all(first.values())
        flows: set[Flow] = {("tcp", "10.20.0.10", 443), ("tcp", "fd20::10", 443)}
        for node in stage.nodes:
            stage.connect("alice", node)
            until_answered(stage.users["alice"].netns, flows)
        assert set(changed(stage).values()) == {0}
        assert {home.joinpath("private.key").stat().st_mode & 0o777 for home in stage.homes.values()} == {0o600}
