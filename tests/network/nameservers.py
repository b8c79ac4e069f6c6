"""Who answers for names in the lab? dnsmasq, in the company and on the internet, and what each of them was asked."""

import contextlib
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import dns.message
import dns.query
import dns.rdatatype
import dns.resolver

from tests.network.conftest import Desk, until
from wgtray.lab import Lab, netns
from wgtray.lab.place import Place

PUBLIC = "198.51.100.53"
COMPANY = "10.20.0.53"

ASKED = re.compile(r"query\[(\w+)\] (\S+) from (\S+)")


class NameServer:
    """dnsmasq on one address; ``asked`` is what it was asked, as (name, who)."""

    def __init__(self, place: Place, address: str, log: Path, records: Sequence[str]) -> None:
        self.place, self.address, self._log = place, address, log
        log.unlink(missing_ok=True)
        place.run(["ip", "address", "replace", f"{address}/32", "dev", "lo"])
        argv = ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--user=root", "--no-hosts"]
        argv += ["--no-resolv", "--bind-interfaces", f"--listen-address={address}", "--except-interface=none"]
        argv += ["--log-queries", f"--log-facility={log}", "--local=/#/", "--local-ttl=60", *records]
        self._process = place.popen(argv, stderr=subprocess.DEVNULL)
        until(lambda: log.exists() and "started" in log.read_text())

    def asked(self) -> set[tuple[str, str]]:
        """Who asked for what so far."""
        return {(name, sender) for _, name, sender in ASKED.findall(self._log.read_text())}

    def names(self) -> set[str]:
        """What was asked for so far."""
        return {name for name, _ in self.asked()}

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(10)
        self.place.run(["ip", "address", "delete", f"{self.address}/32", "dev", "lo"], check=False)


@contextlib.contextmanager
def serving(place: Place, address: str, log: Path, records: Sequence[str]) -> Iterator[NameServer]:
    server = NameServer(place, address, log, records)
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def both(lab: Lab, company: Sequence[str], public: Sequence[str]) -> Iterator[Mapping[str, NameServer]]:
    """The company's and the internet's."""
    route = ["ip", "route", "replace", PUBLIC, "via", lab.public_host[0]]
    lab.wan.run(route)
    with (
        serving(lab.corp, COMPANY, lab.runtime_dir / "company-names.log", company) as inside,
        serving(lab.pub, PUBLIC, lab.runtime_dir / "public-names.log", public) as outside,
    ):
        yield {"company": inside, "public": outside}


def ask(desk: Desk, name: str, kind: str = "A", *, tcp: bool = False, timeout_s: float = 5.0) -> dns.message.Message:
    """What the machine's own resolver file leads to; raises dns.exception.Timeout."""
    server = str(dns.resolver.Resolver(filename=str(desk.resolv_conf)).nameservers[0])
    query = dns.message.make_query(name, kind)
    way = dns.query.tcp if tcp else dns.query.udp
    return netns.inside(desk.place.netns, lambda: way(query, server, timeout=timeout_s))


def addresses(answer: dns.message.Message) -> list[str]:
    """The addresses in an answer."""
    kinds = (dns.rdatatype.A, dns.rdatatype.AAAA)
    return sorted(str(record) for rrset in answer.answer if rrset.rdtype in kinds for record in rrset)


def resolved(desk: Desk, name: str, kind: str = "A", timeout_s: float = 10.0) -> list[str]:
    """The addresses once there are some."""
    deadline = time.monotonic() + timeout_s
    while not (found := addresses(ask(desk, name, kind))):
        assert time.monotonic() < deadline, "the name has no address"
        time.sleep(0.05)
    return found
