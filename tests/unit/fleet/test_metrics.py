"""Does a node's text file say what WireGuard, nft and tc said, by name and without a key?"""

import importlib.util
import re
from types import ModuleType

import pytest

from wgtray.shipped import shipped

PRIVATE = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="
DUMP = (
    f"{PRIVATE}\tpub\t51820\toff\n"
    "key-a\t(none)\t203.0.113.9:1000\t10.66.0.2/32\t1000\t11\t22\toff\n"
    "key-b\t(none)\t(none)\t10.66.0.3/32\t0\t0\t0\toff\n"
)
SETS = {
    "nftables": [
        {"metainfo": {}},
        {"set": {"elem": [{"elem": {"val": "10.66.0.2", "counter": {"packets": 3, "bytes": 180}}}]}},
        {"set": {"elem": [{"elem": {"val": "fd66::2", "counter": {"packets": 2, "bytes": 160}}}]}},
        {"set": {}},
    ]
}
CLASSES = """\
class htb 1:1 root rate 60Mbit ceil 60Mbit burst 32Kb cburst 32Kb
 Sent 999 bytes 9 pkt (dropped 0, overlimits 0 requeues 0)
class htb 1:a parent 1:1 leaf a: prio 0 rate 36Mbit ceil 60Mbit burst 32Kb cburst 32Kb
 Sent 1234 bytes 5 pkt (dropped 7, overlimits 1 requeues 0)
 backlog 0b 0p requeues 0
"""


@pytest.fixture(scope="module")
def metrics() -> ModuleType:
    spec = importlib.util.spec_from_file_location("metrics", shipped("fleet", "metrics.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_users_are_named_and_the_nodes_own_line_is_left_out(metrics: ModuleType) -> None:
    said = list(metrics.peers(DUMP, {"key-a": "alice"}, 1100.0))
    assert "wgtray_peers 2" in said
    assert "wgtray_peers_active 1" in said
    assert 'wgtray_handshake_age_seconds{user="alice"} 100' in said
    assert 'wgtray_bytes_total{user="alice",direction="sent"} 22' in said
    assert not any(PRIVATE in line or "203.0.113.9" in line for line in said)


def test_refusals_of_both_addresses_are_one_users(metrics: ModuleType) -> None:
    names = {"10.66.0.2": "alice", "fd66::2": "alice"}
    assert list(metrics.refusals(SETS, names)) == [
        'wgtray_refused_packets_total{user="alice"} 5',
        'wgtray_refused_bytes_total{user="alice"} 340',
    ]


def test_classes_are_numbered_as_in_the_fleet_file(metrics: ModuleType) -> None:
    assert list(metrics.class_lines({"wg0": CLASSES})) == [
        'wgtray_class_bytes_total{device="wg0",class="1"} 1234',
        'wgtray_class_dropped_total{device="wg0",class="1"} 7',
    ]


def test_every_line_is_one_that_prometheus_reads(metrics: ModuleType) -> None:
    text = metrics.document([*metrics.peers(DUMP, {}, 1100.0), *metrics.class_lines({"wg0": CLASSES})])
    sample = re.compile(r'(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? \d+)')
    assert all(sample.fullmatch(line) for line in text.splitlines())
    assert text.count("# TYPE") == len(metrics.METRICS)
