"""What is handed to Windows, byte by byte, as far as it can be built anywhere."""

import ctypes
import ipaddress
import uuid

import pytest

from wgtray.platforms.windows import native_policies
from wgtray.platforms.windows.firewall import SYSTEM_ONLY
from wgtray.platforms.windows.layouts import LAYOUTS, members
from wgtray.platforms.windows.native import rows_of, sockaddr
from wgtray.platforms.windows.native_wfp import FIELDS, KEPT, LAYERS, PROVIDER, SUBLAYERS, Built, guid
from wgtray.platforms.windows.winapi import Condition, Filter, Lasting, Policy
from wgtray.platforms.windows.winapi_types import (
    FWP_BYTE_BLOB,
    FWP_V4_ADDR_AND_MASK,
    FWP_V6_ADDR_AND_MASK,
    FWPM_FILTER0,
    MIB_IPFORWARD_ROW2,
    MIB_IPFORWARD_TABLE2,
)

SIZES = {
    "GUID": 16,
    "SOCKADDR_INET": 28,
    "IP_ADDRESS_PREFIX": 32,
    "MIB_IPFORWARD_ROW2": 104,
    "MIB_UNICASTIPADDRESS_ROW": 80,
    "MIB_IPINTERFACE_ROW": 168,
    "MIB_IF_ROW2": 1352,
    "FWP_VALUE0": 16,
    "FWPM_FILTER_CONDITION0": 40,
    "FWPM_ACTION0": 20,
    "FWPM_FILTER0": 200,
    "FWPM_SUBLAYER0": 72,
    "FWPM_PROVIDER0": 64,
    "FWPM_SESSION0": 72,
}
"""In 64-bit Windows, as a C compiler says them; ``tests/wine`` compares every offset with the headers."""


def test_structures_are_as_large_as_windows_has_them() -> None:
    sizes = {name: ctypes.sizeof(kind) for kind, name, _ in LAYOUTS}
    assert {name: sizes[name] for name in SIZES} == SIZES
    assert all(members(kind) for kind, _, _ in LAYOUTS)


def test_rows_of_a_table_begin_where_windows_puts_them() -> None:
    place = MIB_IPFORWARD_TABLE2.Table.offset
    room = ctypes.create_string_buffer(place + 2 * ctypes.sizeof(MIB_IPFORWARD_ROW2))
    table = MIB_IPFORWARD_TABLE2.from_buffer(room)
    table.NumEntries = 2
    MIB_IPFORWARD_ROW2.from_buffer(room, place + ctypes.sizeof(MIB_IPFORWARD_ROW2)).Metric = 7
    assert [row.Metric for row in rows_of(table, MIB_IPFORWARD_ROW2)] == [0, 7]


@pytest.mark.parametrize(("address", "raw"), [("10.1.2.3", "020000000a010203"), ("fd66::1", "1700000000000000fd66")])
def test_an_address_is_written_as_windows_reads_it(address: str, raw: str) -> None:
    assert bytes(sockaddr(address)).hex().startswith(raw)


def test_keys_of_layers_fields_and_sublayers_are_all_different_and_in_windows_order() -> None:
    assert len(set(LAYERS.values())) == len(LAYERS)
    assert len(set(FIELDS.values())) == len(FIELDS)
    assert len({key for key, _ in SUBLAYERS.values()}) == len(SUBLAYERS)
    assert bytes(guid(uuid.UUID("c38d57d1-05a7-4c33-904f-7fbceee60e82"))).hex() == "d1578dc3a705334c904f7fbceee60e82"


def test_a_filter_becomes_the_structures_that_say_the_same() -> None:
    one = Filter(
        "nodes",
        "wall",
        "connect4",
        blocks=False,
        weight=13 << 8,
        conditions=(
            Condition("interface", 1 << 40),
            Condition("loopback", 1),
            Condition("program", "C:\\wg.exe"),
            Condition("protocol", 17),
            Condition("remote", "10.20.0.0/16"),
            Condition("remote", "fd20::/64"),
            Condition("remote-port", 51820),
            Condition("user", SYSTEM_ONLY),
        ),
    )
    built = Built(one, lambda path: path.encode("utf-16-le"), lambda text: text.encode())
    filter_, weight = built.filter, ctypes.c_uint64.from_address(built.filter.weight.pointer)
    assert isinstance(filter_, FWPM_FILTER0)
    assert (filter_.weight.type, weight.value, filter_.action.type, filter_.flags) == (4, 13 << 8, 0x1002, 0)
    assert bytes(filter_.filterKey) == one.key.bytes_le
    found = [filter_.filterCondition[place] for place in range(filter_.numFilterConditions)]
    assert [condition.conditionValue.type for condition in found] == [4, 3, 12, 1, 0x100, 0x101, 2, 14]
    assert [condition.matchType for condition in found] == [0, 6, 0, 0, 0, 0, 0, 0]
    values = [condition.conditionValue for condition in found]
    assert ctypes.c_uint64.from_address(values[0].pointer).value == 1 << 40
    four = FWP_V4_ADDR_AND_MASK.from_address(values[4].pointer)
    assert (four.addr, four.mask) == (int(ipaddress.ip_address("10.20.0.0")), 0xFFFF0000)
    six = FWP_V6_ADDR_AND_MASK.from_address(values[5].pointer)
    assert (bytes(six.addr), six.prefixLength) == (ipaddress.ip_address("fd20::").packed, 64)
    assert (values[3].uint8, values[6].uint16) == (17, 51820)
    blob = FWP_BYTE_BLOB.from_address(values[2].pointer)
    assert ctypes.string_at(blob.data, blob.size) == "C:\\wg.exe".encode("utf-16-le")


def test_a_connection_policy_names_the_program_and_the_interface() -> None:
    one = Policy(r"C:\gui.exe", SYSTEM_ONLY, 1 << 40, 4)
    built = native_policies.Built(one, lambda path: path.encode("utf-16-le"), lambda text: text.encode())
    assert [condition.conditionValue.type for condition in built.conditions.array] == [12, 14]
    context = built.context
    assert (ctypes.sizeof(context), type(context).networkConnectionPolicy.offset, context.type) == (88, 72, 13)
    settings = context.networkConnectionPolicy.contents
    setting = settings.settings[0]
    assert (settings.numSettings, ctypes.sizeof(setting), setting.type, setting.value.type) == (1, 24, 1, 4)
    assert ctypes.c_uint64.from_address(setting.value.pointer).value == 1 << 40
    everybody = native_policies.Built(Policy("x", "", 1, 6), lambda path: b"", lambda text: b"")
    assert everybody.conditions.count == 1


def test_a_block_is_a_last_word_and_a_permit_is_none() -> None:
    def flags(blocks: bool) -> int:
        one = Filter("", "wall", "connect6", blocks, 0)
        return int(Built(one, lambda _: b"", lambda _: b"").filter.flags)

    assert (flags(True), flags(False)) == (8, 0)


@pytest.mark.parametrize(
    ("lasting", "flags", "provider"), [("running", 8, PROVIDER), ("restart", 9, KEPT), ("boot", 10, KEPT)]
)
def test_what_windows_keeps_belongs_to_a_provider_that_it_keeps(
    lasting: Lasting, flags: int, provider: uuid.UUID
) -> None:
    built = Built(Filter("", "boot", "connect4", True, 0, (), lasting), lambda _: b"", lambda _: b"").filter
    assert (built.flags, bytes(built.providerKey.contents)) == (flags, provider.bytes_le)
