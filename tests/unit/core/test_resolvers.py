"""What a hosts file says, as glibc reads it."""

from wgtray.core.resolvers import hosts


def test_hosts_are_found_by_every_name_in_any_case() -> None:
    known = hosts("127.0.0.1 localhost\n203.0.113.5 FRA.example.com. fra # gateway\nx fra\n2001:db8::5 fra\n")
    assert known["fra.example.com"] == ("203.0.113.5",)
    assert known["fra"] == ("203.0.113.5", "2001:db8::5")
    assert "gateway" not in known
