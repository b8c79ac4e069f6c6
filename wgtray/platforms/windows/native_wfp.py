"""How are filters of the Windows Filtering Platform listed, added and removed for real? (fwpuclnt.dll, fwpmu.h)

One session each time, not a dynamic one: what we add stays when this process ends, and goes at a restart of the
computer unless it is marked to stay. All changes of one call are one transaction.
"""

import contextlib
import ctypes
import ipaddress
import uuid
from collections.abc import Collection, Iterator
from typing import Any, Final, TypeAlias

from wgtray.platforms.windows.boot import AT_ONCE, SIGN
from wgtray.platforms.windows.library import Library
from wgtray.platforms.windows.service import NAME
from wgtray.platforms.windows.winapi import Condition, Field, Filter, Lasting, Layer, SeenWall, Sublayer
from wgtray.platforms.windows.winapi_types import (
    FWP_BYTE_BLOB,
    FWP_V4_ADDR_AND_MASK,
    FWP_V6_ADDR_AND_MASK,
    FWPM_FILTER0,
    FWPM_FILTER_CONDITION0,
    FWPM_PROVIDER0,
    FWPM_SUBLAYER0,
    GUID,
    text_at,
    wide,
)

Engine: TypeAlias = ctypes.c_void_p

PROVIDER: Final = uuid.UUID("6e7c0b52-1f0b-4f3e-8f5b-64c2a7a5d001")
KEPT: Final = uuid.UUID("6e7c0b52-1f0b-4f3e-8f5b-64c2a7a5d002")
"""The provider of what Windows keeps, which may not belong to one that it forgets. It names our service: where an
administrator has switched that off, Windows leaves out the provider's filters at the next start."""

STATE: Final = uuid.UUID("6e7c0b52-1f0b-4f3e-8f5b-64c2a7a5d010")
"""A sublayer without filters, whose data is the text that goes with them: it can be replaced at any time."""

SUBLAYERS: Final[dict[Sublayer, tuple[uuid.UUID, int]]] = {
    "wall": (uuid.UUID("6e7c0b52-1f0b-4f3e-8f5b-64c2a7a5d011"), 0xFFF0),
    "routes": (uuid.UUID("6e7c0b52-1f0b-4f3e-8f5b-64c2a7a5d012"), 0xFFF1),
    "programs": (uuid.UUID("6e7c0b52-1f0b-4f3e-8f5b-64c2a7a5d013"), 0xFFF2),
    "boot": (uuid.UUID("6e7c0b52-1f0b-4f3e-8f5b-64c2a7a5d014"), 0xFFF3),
}
"""Keys, and weights: before the sublayers of others, whose blocks count all the same."""

LAYERS: Final[dict[Layer, uuid.UUID]] = {
    "connect4": uuid.UUID("c38d57d1-05a7-4c33-904f-7fbceee60e82"),
    "connect6": uuid.UUID("4a72393b-319f-44bc-84c3-ba54dcb3b6b4"),
    "accept4": uuid.UUID("e1cd9fe7-f4b5-4273-96c0-592e487b8650"),
    "accept6": uuid.UUID("a3b42c97-9f04-4672-b87e-cee9c483257f"),
    "forward4": uuid.UUID("a82acc24-4ee1-4ee1-b465-fd1d25cb10a4"),
    "forward6": uuid.UUID("7b964818-19c7-493a-b71f-832c3684d28c"),
}
"""fwpmu.h: FWPM_LAYER_ALE_AUTH_CONNECT_V4 and so on, ALE_AUTH_RECV_ACCEPT, IPFORWARD."""

FIELDS: Final[dict[Field, uuid.UUID]] = {
    "remote": uuid.UUID("b235ae9a-1d64-49b8-a44c-5ff3d9095045"),
    "local": uuid.UUID("d9ee00de-c1ef-4617-bfe3-ffd8f5a08957"),
    "protocol": uuid.UUID("3971ef2b-623e-4f9a-8cb1-6e79b806b9a7"),
    "remote-port": uuid.UUID("c35a604d-d22b-4e1a-91b4-68f674ee674b"),
    "local-port": uuid.UUID("0c1ba1af-5765-453f-af22-a8f791ac775b"),
    "program": uuid.UUID("d78e1e87-8644-4ea5-9437-d809ecefc971"),
    "user": uuid.UUID("af043a0a-b34d-4f86-979c-c90371af6e66"),
    "interface": uuid.UUID("4cd62a49-59c3-4969-b7f3-bda5d32890a4"),
    "loopback": uuid.UUID("632ce23b-5167-435c-86d7-e903684aa80c"),
    "from": uuid.UUID("ae96897e-2e94-4bc9-b313-b27ee80e574d"),
    "to": uuid.UUID("2d79133b-b390-45c6-8699-acaceaafed33"),
    "out-interface": uuid.UUID("1076b8a5-6323-4c5e-9810-e8d3fc9e6136"),
}
"""fwpmu.h: FWPM_CONDITION_IP_REMOTE_ADDRESS and so on; ``loopback`` is FLAGS."""

# fwptypes.h, fwpmtypes.h
_UINT8, _UINT16, _UINT32, _UINT64, _BYTE_BLOB, _SECURITY_DESCRIPTOR, _V4, _V6 = 1, 2, 3, 4, 12, 14, 0x100, 0x101
_EQUAL, _FLAGS_ALL_SET = 0, 6
_BLOCK, _PERMIT = 0x1001, 0x1002
_CLEAR_ACTION_RIGHT = 8
"""A block with it is a last word."""
_PERSISTENT = 1
"""fwpmu.h: the same for providers, sublayers and filters."""
_BOOT_TIME = 2
_LASTING: Final[dict[Lasting, int]] = {"running": 0, "restart": _PERSISTENT, "boot": _BOOT_TIME}
_RPC_C_AUTHN_DEFAULT = 0xFFFFFFFF
_ALREADY_EXISTS, _FILTER_NOT_FOUND, _SUBLAYER_NOT_FOUND, _PROVIDER_NOT_FOUND = (
    0x80320009,
    0x80320003,
    0x80320007,
    0x80320005,
)
_NOT_FOUND = (_FILTER_NOT_FOUND, _SUBLAYER_NOT_FOUND, _PROVIDER_NOT_FOUND, 0x80320008)
_FILE_NOT_FOUND, _PATH_NOT_FOUND = 2, 3
_PAGE = 1000


def seen() -> SeenWall | None:
    """As ``Windows.wall``."""
    with _engine() as (dll, engine):
        text = _text(dll, engine)
        filters = dict(_listed(dll, engine))
    return None if text is None and not filters else SeenWall(text or b"", filters)


def put(text: bytes | None, gained: Collection[Filter], lost: Collection[uuid.UUID]) -> None:
    """As ``Windows.put_wall``."""
    with _engine() as (dll, engine):
        _renew(dll, engine, lost)
        with _transaction(dll, engine):
            _ensure(dll, engine)
            _remove(dll, engine, lost)
            for one in gained:
                _add(dll, engine, one)
            if text is not None:
                said(dll.FwpmSubLayerDeleteByKey0(engine, ctypes.byref(guid(STATE))), "its state", _NOT_FOUND)
                _sublayer(dll, engine, STATE, 0, text)


def drop() -> None:
    """As ``Windows.drop_wall``."""
    with _engine() as (dll, engine):
        there = {key for key, _ in _listed(dll, engine)}
        early = {one.key for one in AT_ONCE} if there & SIGN else set()
        _renew(dll, engine, early)
        with _transaction(dll, engine):
            _remove(dll, engine, there | early)
            for key in (STATE, *(key for key, _ in SUBLAYERS.values())):
                said(dll.FwpmSubLayerDeleteByKey0(engine, ctypes.byref(guid(key))), "removing a sublayer", _NOT_FOUND)
            for key in (PROVIDER, KEPT):
                said(dll.FwpmProviderDeleteByKey0(engine, ctypes.byref(guid(key))), "removing a provider", _NOT_FOUND)


def guid(value: uuid.UUID) -> GUID:
    """The same as Windows stores it."""
    return GUID.from_buffer_copy(value.bytes_le)


class Conditions:
    """The structures of conditions, with all that they point to. ``app_id`` and ``descriptor`` give bytes."""

    def __init__(self, said: Collection[Condition], app_id: Any, descriptor: Any) -> None:  # noqa: ANN401 - functions, one a fake
        self._kept: list[Any] = []
        self._app_id, self._descriptor = app_id, descriptor
        self.count = len(said)
        self.array = (FWPM_FILTER_CONDITION0 * max(1, len(said)))()
        for place, condition in enumerate(said):
            self._fill(self.array[place], condition)

    def _fill(self, place: FWPM_FILTER_CONDITION0, condition: Condition) -> None:
        place.fieldKey = guid(FIELDS[condition.field])
        place.matchType = _FLAGS_ALL_SET if condition.field == "loopback" else _EQUAL
        value, said = place.conditionValue, condition.value
        match condition.field:
            case "remote" | "local" | "from" | "to":
                network = ipaddress.ip_network(str(said))
                if isinstance(network, ipaddress.IPv4Network):
                    pair = FWP_V4_ADDR_AND_MASK(int(network.network_address), int(network.netmask))
                    value.type, value.pointer = _V4, self._address(pair)
                else:
                    raw = (ctypes.c_uint8 * 16)(*network.network_address.packed)
                    value.type, value.pointer = _V6, self._address(FWP_V6_ADDR_AND_MASK(raw, network.prefixlen))
            case "protocol":
                value.type, value.uint8 = _UINT8, int(said)
            case "remote-port" | "local-port":
                value.type, value.uint16 = _UINT16, int(said)
            case "loopback":
                value.type, value.uint32 = _UINT32, int(said)
            case "interface" | "out-interface":
                value.type, value.pointer = _UINT64, self._address(ctypes.c_uint64(int(said)))
            case "program":
                value.type, value.pointer = _BYTE_BLOB, self._blob(self._app_id(str(said)))
            case "user":
                value.type, value.pointer = _SECURITY_DESCRIPTOR, self._blob(self._descriptor(str(said)))

    def _blob(self, raw: bytes) -> int:
        content = self._keep((ctypes.c_uint8 * len(raw)).from_buffer_copy(raw))
        return self._address(FWP_BYTE_BLOB(len(raw), ctypes.addressof(content)))

    def _address(self, thing: Any) -> int:  # noqa: ANN401 - anything of ctypes
        return ctypes.addressof(self._keep(thing))

    def _keep(self, thing: Any) -> Any:  # noqa: ANN401
        self._kept.append(thing)
        return thing


class Built:
    """The structures of one filter."""

    def __init__(self, one: Filter, app_id: Any, descriptor: Any) -> None:  # noqa: ANN401 - functions, one a fake
        self._conditions = Conditions(one.conditions, app_id, descriptor)
        self._name, self._weight = wide(f"wgtray: {one.name}"), ctypes.c_uint64(one.weight)
        self._provider = guid(PROVIDER if one.lasting == "running" else KEPT)
        self.filter = FWPM_FILTER0()
        self.filter.filterKey = guid(one.key)
        self.filter.displayData.name = ctypes.addressof(self._name)
        self.filter.flags = (_CLEAR_ACTION_RIGHT if one.blocks else 0) | _LASTING[one.lasting]
        self.filter.providerKey = ctypes.pointer(self._provider)
        self.filter.layerKey = guid(LAYERS[one.layer])
        self.filter.subLayerKey = guid(SUBLAYERS[one.sublayer][0])
        self.filter.weight.type = _UINT64
        self.filter.weight.pointer = ctypes.addressof(self._weight)
        self.filter.numFilterConditions = self._conditions.count
        self.filter.filterCondition = ctypes.cast(self._conditions.array, ctypes.POINTER(FWPM_FILTER_CONDITION0))
        self.filter.action.type = _BLOCK if one.blocks else _PERMIT


def _renew(dll: Library, engine: Engine, lost: Collection[uuid.UUID]) -> None:
    """Windows knows a filter of the last start no more, and keeps it all the same: made anew it can be removed."""
    early = [one for one in AT_ONCE if one.key in lost]
    if early:
        with _transaction(dll, engine):
            _ensure(dll, engine)
            for one in early:
                _add(dll, engine, one)


def _remove(dll: Library, engine: Engine, keys: Collection[uuid.UUID]) -> None:
    for key in keys:
        said(dll.FwpmFilterDeleteByKey0(engine, ctypes.byref(guid(key))), "removing a filter", _NOT_FOUND)


def _add(dll: Library, engine: Engine, one: Filter) -> None:
    try:
        built = Built(one, lambda path: app_id(dll, path), descriptor)
    except FileNotFoundError:
        return  # a program that is not there sends nothing; the next look finds it when it is
    number = ctypes.c_uint64()
    code = dll.FwpmFilterAdd0(engine, ctypes.byref(built.filter), None, ctypes.byref(number))
    said(code, f"adding the filter {one.name}", (_ALREADY_EXISTS,))


def _ensure(dll: Library, engine: Engine) -> None:
    name, service = wide("wgtray"), wide(NAME)
    for key in (PROVIDER, KEPT):
        provider = FWPM_PROVIDER0()
        provider.providerKey = guid(key)
        provider.displayData.name = ctypes.addressof(name)
        if key == KEPT:
            provider.flags, provider.serviceName = _PERSISTENT, ctypes.addressof(service)
        said(dll.FwpmProviderAdd0(engine, ctypes.byref(provider), None), "adding a provider", (_ALREADY_EXISTS,))
    for sublayer, (key, weight) in SUBLAYERS.items():
        _sublayer(dll, engine, key, weight, b"", kept=sublayer == "boot")


def _sublayer(dll: Library, engine: Engine, key: uuid.UUID, weight: int, text: bytes, *, kept: bool = False) -> None:
    name, provider = wide("wgtray"), guid(KEPT if kept else PROVIDER)
    content = (ctypes.c_uint8 * max(1, len(text))).from_buffer_copy(text or b"\0")
    sublayer = FWPM_SUBLAYER0()
    sublayer.subLayerKey = guid(key)
    sublayer.flags = _PERSISTENT if kept else 0
    sublayer.displayData.name = ctypes.addressof(name)
    sublayer.providerKey = ctypes.pointer(provider)
    sublayer.providerData = FWP_BYTE_BLOB(len(text), ctypes.addressof(content) if text else None)
    sublayer.weight = weight
    said(dll.FwpmSubLayerAdd0(engine, ctypes.byref(sublayer), None), "adding a sublayer", (_ALREADY_EXISTS,))


def _text(dll: Library, engine: Engine) -> bytes | None:
    found = ctypes.POINTER(FWPM_SUBLAYER0)()
    code = dll.FwpmSubLayerGetByKey0(engine, ctypes.byref(guid(STATE)), ctypes.byref(found))
    if code & 0xFFFFFFFF in _NOT_FOUND:
        return None
    said(code, "reading our state")
    try:
        data = found.contents.providerData
        return ctypes.string_at(data.data, data.size) if data.size else b""
    finally:
        dll.FwpmFreeMemory0(ctypes.byref(found))


def _listed(dll: Library, engine: Engine) -> Iterator[tuple[uuid.UUID, str]]:
    """Our filters, told from others by their provider; those of effect only at a start are left out."""
    handle = ctypes.c_void_p()
    said(dll.FwpmFilterCreateEnumHandle0(engine, None, ctypes.byref(handle)), "listing filters")
    try:
        while True:
            entries, count = ctypes.POINTER(ctypes.POINTER(FWPM_FILTER0))(), ctypes.c_uint32()
            code = dll.FwpmFilterEnum0(engine, handle, _PAGE, ctypes.byref(entries), ctypes.byref(count))
            said(code, "listing filters")
            try:
                for place in range(count.value):
                    one = entries[place].contents
                    whose = uuid.UUID(bytes_le=bytes(one.providerKey.contents)) if one.providerKey else None
                    if whose in (PROVIDER, KEPT) and not one.flags & _BOOT_TIME:
                        name = text_at(one.displayData.name)
                        yield uuid.UUID(bytes_le=bytes(one.filterKey)), name.removeprefix("wgtray: ")
            finally:
                dll.FwpmFreeMemory0(ctypes.byref(entries))
            if count.value < _PAGE:
                return
    finally:
        dll.FwpmFilterDestroyEnumHandle0(engine, handle)


def app_id(dll: Library, path: str) -> bytes:
    """How the platform names a program; raises OSError where there is none."""
    found = ctypes.POINTER(FWP_BYTE_BLOB)()
    name = wide(path)
    code = dll.FwpmGetAppIdFromFileName0(ctypes.c_void_p(ctypes.addressof(name)), ctypes.byref(found))
    if code in (_FILE_NOT_FOUND, _PATH_NOT_FOUND):
        raise FileNotFoundError(2, "no such program", path)
    said(code, f"naming the program {path}")
    try:
        return ctypes.string_at(found.contents.data, found.contents.size)
    finally:
        dll.FwpmFreeMemory0(ctypes.byref(found))


def descriptor(text: str) -> bytes:
    import win32security

    return bytes(memoryview(win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(text, 1)))


@contextlib.contextmanager
def _engine() -> Iterator[tuple[Library, Engine]]:
    dll = Library("fwpuclnt")
    engine = ctypes.c_void_p()
    said(dll.FwpmEngineOpen0(None, _RPC_C_AUTHN_DEFAULT, None, None, ctypes.byref(engine)), "opening the firewall")
    try:
        yield dll, engine
    finally:
        dll.FwpmEngineClose0(engine)


@contextlib.contextmanager
def _transaction(dll: Library, engine: Engine) -> Iterator[None]:
    said(dll.FwpmTransactionBegin0(engine, 0), "changing the firewall")
    try:
        yield
    except BaseException:
        dll.FwpmTransactionAbort0(engine)
        raise
    said(dll.FwpmTransactionCommit0(engine), "changing the firewall")


def said(code: int, what: str, fine: Collection[int] = ()) -> None:
    """Raises OSError for a code that is none of ``fine``."""
    number = code & 0xFFFFFFFF
    if number == 5:
        raise PermissionError(13, f"{what} is not permitted")
    if number and number not in fine:
        raise OSError(0, f"{what} failed with {number:#x}")
