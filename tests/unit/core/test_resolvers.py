"""What a resolver file and a hosts file say, as glibc reads them."""

from wgtray.core.resolvers import MOST, hosts, name_servers


def test_servers_are_read_in_order_with_their_zones_and_without_what_is_none() -> None:
    text = (
        "# nameserver 192.0.2.9\n; nameserver 192.0.2.8\nsearch corp.example\n"
        "nameserver 192.168.1.1\n nameserver\t fe80::1%eth0 # router\nnameserver x\nnameserver\n"
        "nameserver 192.168.1.1\n"
    )
    assert name_servers(text) == ("192.168.1.1", "fe80::1%eth0")


def test_no_more_servers_count_than_with_glibc() -> None:
    assert len(name_servers("".join(f"nameserver 192.0.2.{number}\n" for number in range(9)))) == MOST


def test_hosts_are_found_by_every_name_in_any_case() -> None:
    known = hosts("127.0.0.1 localhost\n203.0.113.5 FRA.example.com. fra # gateway\nx fra\n2001:db8::5 fra\n")
    assert known["fra.example.com"] == ("203.0.113.5",)
    assert known["fra"] == ("203.0.113.5", "2001:db8::5")
    assert "gateway" not in known
