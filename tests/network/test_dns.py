"""Company names go to the company's servers through the tunnel; the resolver file is given back whatever happens."""

import contextlib
import json
import signal
import sys
import time
from collections.abc import Iterator, Mapping

import dns.exception
import dns.rcode
import pytest

from tests.network import nameservers
from tests.network.conftest import RESOLV_CONF, Desk, until
from tests.network.nameservers import COMPANY, PUBLIC, NameServer, addresses, ask, resolved
from tests.network.wire import Wire
from wgtray.lab import Lab

pytestmark = pytest.mark.network

INTRANET = "intranet.corp.example"
ELSEWHERE = "www.elsewhere.example"
MANY = [f"10.30.1.{number}" for number in range(1, 61)]

COMPANY_RECORDS = [
    f"--host-record={INTRANET},10.20.0.10,fd20::10",
    f"--host-record={ELSEWHERE},198.51.100.7",
    *(f"--host-record=many.corp.example,{address}" for address in MANY),
    "--txt-record=long.corp.example," + ",".join(["x" * 250] * 8),
]
PUBLIC_RECORDS = [
    f"--host-record={INTRANET},198.51.100.66",  # whoever asks here for company names is sent into a trap
    f"--host-record={ELSEWHERE},198.51.100.7",
]

SECTIONS = {"dns": {"servers": [COMPANY], "domains": ["corp.example"]}}


FRAIL = """
import sys
from wgtray.helper import app, dnsproxy
whole = dnsproxy.Forwarder.answer
async def answer(self, wire, *, tcp):
    if b"crash" in wire:
        raise RuntimeError("nobody thought of this")
    return await whole(self, wire, tcp=tcp)
dnsproxy.Forwarder.answer = answer
sys.exit(app.main())
"""
"""A helper with a question on which its forwarder fails."""


@pytest.fixture(scope="module")
def servers(lab: Lab) -> Iterator[Mapping[str, NameServer]]:
    with nameservers.both(lab, COMPANY_RECORDS, PUBLIC_RECORDS) as running:
        yield running


@pytest.fixture
def named(desk: Desk, lab: Lab, servers: Mapping[str, NameServer]) -> Desk:
    """A machine whose profile has company names, not connected."""
    desk.imported(lab.profile_toml(sections=SECTIONS))
    return desk


def test_company_names_take_the_tunnel_and_the_others_do_not(named: Desk, servers: Mapping[str, NameServer]) -> None:
    with Wire(named.place) as ear:
        assert addresses(ask(named, INTRANET)) == ["198.51.100.66"]
        assert ear.naming("intranet"), "the capture has to see what goes out in the clear"
        named.connected()
        ear.packets()
        assert resolved(named, INTRANET) == ["10.20.0.10"]
        assert resolved(named, INTRANET, "AAAA") == ["fd20::10"]
        assert not ear.naming("intranet")
        assert resolved(named, ELSEWHERE) == ["198.51.100.7"]
        assert ear.naming("elsewhere")
    assert (INTRANET, named.lab.client.tunnel[0]) in servers["company"].asked()
    assert (ELSEWHERE, named.lab.client.lan[0]) in servers["public"].asked()
    assert ELSEWHERE not in servers["company"].names()


def test_in_full_mode_every_name_takes_the_tunnel(named: Desk, servers: Mapping[str, NameServer]) -> None:
    with Wire(named.place) as ear:
        ask(named, ELSEWHERE)
        assert ear.to(PUBLIC), "the capture has to see what goes out in the clear"
        assert named.wgtray("mode", "full").returncode == 0
        named.connected()
        assert named.snapshot().mode == "full"
        ear.packets()
        assert resolved(named, ELSEWHERE) == ["198.51.100.7"]
        assert not ear.to(PUBLIC)
    assert ELSEWHERE in servers["company"].names()


def test_company_names_fail_closed_while_no_node_answers(named: Desk, lab: Lab) -> None:
    named.connected()
    assert resolved(named, INTRANET) == ["10.20.0.10"]
    for node in lab.nodes:
        node.silent()
    until(lambda: named.snapshot().state == "blocked")
    with Wire(named.place) as ear:
        assert ask(named, INTRANET).rcode() == dns.rcode.SERVFAIL
        assert not ear.naming("intranet")
        assert resolved(named, ELSEWHERE) == ["198.51.100.7"]
        assert ear.naming("elsewhere"), "the capture has to see what goes out in the clear"


def test_browsers_are_told_to_use_the_systems_resolver(named: Desk) -> None:
    named.connected()
    assert ask(named, "use-application-dns.net").rcode() == dns.rcode.NXDOMAIN


def test_long_answers_come_over_tcp(named: Desk) -> None:
    named.connected()
    resolved(named, INTRANET)
    for name, kind in (("many.corp.example", "A"), ("long.corp.example", "TXT")):
        short = ask(named, name, kind)
        assert short.flags & dns.flags.TC
        assert not short.answer
        assert ask(named, name, kind, tcp=True).answer
    assert len(addresses(ask(named, "many.corp.example", tcp=True))) == len(MANY)


def test_a_hint_leads_no_browser_past_the_tunnel(named: Desk) -> None:
    named.connected()
    resolved(named, INTRANET)
    answer = ask(named, INTRANET, "HTTPS")
    assert (answer.rcode(), answer.answer) == (dns.rcode.NOERROR, [])


def test_programs_of_the_system_resolve_company_names(named: Desk) -> None:
    named.connected()
    resolved(named, INTRANET)
    script = f"mount --bind {named.resolv_conf} /etc/resolv.conf && getent ahostsv4 {INTRANET}"
    done = named.place.run(["unshare", "--mount", "sh", "-c", script])
    assert done.stdout.split()[0] == "10.20.0.10"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_resolver_file_comes_back_byte_for_byte(named: Desk, how: signal.Signals) -> None:
    before, mode = named.resolv_conf.read_bytes(), named.resolv_conf.stat().st_mode
    named.connected()
    assert named.resolv_conf.read_bytes() != before
    named.stop(how)
    assert (named.resolv_conf.read_bytes() == before) is (how == signal.SIGTERM)
    named.start()
    until(lambda: named.snapshot().state == "connected")
    assert resolved(named, INTRANET) == ["10.20.0.10"]
    assert named.wgtray("disconnect").returncode == 0
    assert named.resolv_conf.read_bytes() == before
    assert named.resolv_conf.stat().st_mode == mode


def test_cleanup_gives_the_file_of_a_killed_helper_back(named: Desk) -> None:
    before = named.resolv_conf.read_bytes()
    named.connected()
    named.stop(signal.SIGKILL)
    assert named.resolv_conf.read_bytes() != before
    argv = [sys.executable, "-m", "wgtray.helper.app", "cleanup", "--state-dir", str(named.state_dir)]
    assert "resolver" in named.place.run(argv).stdout
    assert named.resolv_conf.read_bytes() == before


def test_a_dhcp_client_that_writes_the_file_is_believed_and_company_names_still_work(named: Desk) -> None:
    named.connected()
    resolved(named, INTRANET)
    newer = b"# from DHCP\nnameserver 198.51.100.53\noptions edns0\n"
    named.resolv_conf.write_bytes(newer)
    until(lambda: b"127.22.8.7" in named.resolv_conf.read_bytes())
    assert b"options edns0" in named.resolv_conf.read_bytes().splitlines()
    assert resolved(named, INTRANET) == ["10.20.0.10"]
    assert named.wgtray("disconnect").returncode == 0
    assert named.resolv_conf.read_bytes() == newer
    named.clean = named.network()


def test_names_are_back_within_a_second_after_the_helper_was_killed(named: Desk) -> None:
    named.connected()
    resolved(named, INTRANET)
    named.stop(signal.SIGKILL)
    with pytest.raises((dns.exception.Timeout, OSError)):
        ask(named, ELSEWHERE, timeout_s=0.3)
    began = time.monotonic()
    named.start()
    listening_s = time.monotonic() - began
    until(lambda: _is_resolved(named, ELSEWHERE))
    took_s = time.monotonic() - began
    print(f"started to names resolved: {took_s:.2f} s, of which {listening_s:.2f} s until the helper listens")
    assert took_s - listening_s < 1
    assert resolved(named, INTRANET) == ["10.20.0.10"]


def test_a_file_that_is_a_mount_of_its_own_is_given_back_too(named: Desk, lab: Lab) -> None:
    mounted = lab.runtime_dir / "mounted.conf"
    mounted.write_bytes(before := b"# of a container\nnameserver 198.51.100.53\n")
    named.place.run(["mount", "--bind", str(mounted), str(named.resolv_conf)])
    try:
        named.connected()
        assert resolved(named, INTRANET) == ["10.20.0.10"]
        assert b"127.22.8.7" in mounted.read_bytes()
        named.stop(signal.SIGKILL)
        named.start()
        until(lambda: named.snapshot().state == "connected")
        assert named.wgtray("disconnect").returncode == 0
        assert mounted.read_bytes() == before
    finally:
        named.place.run(["umount", str(named.resolv_conf)])


def test_a_question_that_breaks_the_forwarder_costs_the_next_one_nothing(
    bare: Desk, lab: Lab, servers: Mapping[str, NameServer]
) -> None:
    bare.start(program=("-c", FRAIL))
    bare.imported(lab.profile_toml(sections=SECTIONS))
    bare.connected()
    resolved(bare, INTRANET)
    with pytest.raises(dns.exception.Timeout):
        ask(bare, "crash.elsewhere.example", timeout_s=0.3)
    began = time.monotonic()
    assert addresses(ask(bare, INTRANET, timeout_s=1)) == ["10.20.0.10"]
    print(f"an answer right after the forwarder failed: {(time.monotonic() - began) * 1000:.0f} ms")
    assert "nobody thought of this" in bare.log.read_text()


def test_a_taken_port_is_a_problem_and_costs_names_only(named: Desk) -> None:
    holder = named.place.popen(
        ["dnsmasq", "-k", "-C", "/dev/null", "--pid-file=", "--user=root", "-a", "127.22.8.7", "-z", "-R", "-h"]
    )
    try:
        until(lambda: _answers(named, "127.22.8.7"))
        named.connected()
        shown = named.snapshot()
        assert "names-port-taken" in [problem.code for problem in shown.problems]
        assert shown.protected is False
        assert named.resolv_conf.read_text() == RESOLV_CONF
        assert named.place.run(["ping", "-c1", "-W2", "10.20.0.10"], check=False).returncode == 0
    finally:
        holder.kill()
        holder.wait(10)


def test_capabilities_say_so(named: Desk) -> None:
    said = json.loads(named.wgtray("status", "--json").stdout)["capabilities"]
    assert said["split_dns"] is True
    assert said["domain_rules"] is True


def _is_resolved(desk: Desk, name: str) -> bool:
    with contextlib.suppress(dns.exception.Timeout):
        return bool(addresses(ask(desk, name, timeout_s=0.1)))
    return False


def _answers(desk: Desk, address: str) -> bool:
    listening = desk.place.run(["ss", "-Hlun", "src", address]).stdout
    return bool(listening.strip())
