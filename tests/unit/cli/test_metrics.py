"""Does ``wgtray metrics`` write what Prometheus reads, and nothing that is somebody's own business?"""

import re
from pathlib import Path

import msgspec

from tests.unit.cli.conftest import Run
from tests.unit.cli.scripted import OFF, ON, Scripted
from wgtray.cli.metrics import text_of
from wgtray.ipc.messages import Switch

SAMPLE = re.compile(r'(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? [0-9.e+-]+)')


def test_every_line_is_one_that_prometheus_reads_and_none_holds_an_address() -> None:
    text = text_of(ON, {("gru", "fra", "no-reply"): 2})
    assert all(SAMPLE.fullmatch(line) for line in text.splitlines())
    assert 'wgtray_client_switches_total{left="gru",entered="fra",reason="no-reply"} 2' in text
    assert 'wgtray_client_node_rtt_seconds{node="fra"} 0.0231' in text
    assert 'wgtray_client_last_switch_seconds{step="detect"} 0.18' in text
    assert "203.0.113" not in text
    assert "Acme" not in text


def test_what_is_not_known_is_left_out() -> None:
    text = text_of(OFF, {})
    assert "protected" not in text
    assert 'rtt_seconds{node="gru"}' not in text
    assert "switches_total" not in text


def test_moves_are_counted_from_the_start_of_the_command_on(run: Run, helper: Scripted, tmp_path: Path) -> None:
    helper.snapshot = ON
    moved = msgspec.structs.replace(ON, last_switch=Switch(1.9e9, "fra", "gru", "slow", None, None))
    helper.after_watch = [moved, moved]
    helper.ends_watch = True
    file = tmp_path / "wgtray.prom"
    assert run("metrics", str(file)).code == 3  # the service has ended
    counted = re.findall(r"switches_total{.*", file.read_text())
    assert counted == ['switches_total{left="fra",entered="gru",reason="slow"} 1']
