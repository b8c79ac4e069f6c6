"""What the calls to the filtering platform come to, over a platform in memory that keeps its rules."""

import copy
import ctypes
import uuid
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import pytest

from wgtray.core.firewall import Firewall
from wgtray.platforms.windows import native_wfp
from wgtray.platforms.windows.boot import AT_ONCE, render
from wgtray.platforms.windows.native_wfp import KEPT, PROVIDER, STATE, SUBLAYERS
from wgtray.platforms.windows.winapi import Condition, Filter, SeenWall
from wgtray.platforms.windows.winapi_types import FWPM_FILTER0, FWPM_SUBLAYER0, GUID, text_at, wide

EXISTS, NO_FILTER, NO_PROVIDER, NO_SUBLAYER, IN_USE, MISMATCH = (
    0x80320009,
    0x80320003,
    0x80320005,
    0x80320007,
    0x8032000A,
    0x80320016,
)
"""fwpmu.h: FWP_E_ALREADY_EXISTS and so on."""

RUNNING: Final = Filter("a web page", "wall", "connect4", True, 3, (Condition("remote", "203.0.113.0/24"),))
EVERYTHING: Final = render(Firewall(everything=True, closes_learned=True), (), ())


class Thing(msgspec.Struct):
    """A provider, sublayer or filter, as far as the platform's rules go."""

    flags: int
    provider: uuid.UUID | None = None
    sublayer: uuid.UUID | None = None
    name: str = ""
    data: bytes = b""
    service: str = ""


class Platform:
    """Providers, sublayers and filters by key; ``told`` is what was called."""

    def __init__(self) -> None:
        self.things: dict[str, dict[uuid.UUID, Thing]] = {"Provider": {}, "SubLayer": {}, "Filter": {}}
        self.early: set[uuid.UUID] = set()
        """Filters of a start that Windows does not know any more, and keeps."""
        self.told: list[str] = []
        self.breaks = ""
        self._before: dict[str, dict[uuid.UUID, Thing]] = {}
        self._kept: list[Any] = []

    def __getattr__(self, function: str) -> Any:  # noqa: ANN401 - as ctypes
        def call(*arguments: Any) -> int:  # noqa: ANN401
            self.told.append(function)
            if function == self.breaks:
                return 0x80320001
            found = getattr(type(self), f"do_{function.removeprefix('Fwpm').removesuffix('0')}", None)
            return 0 if found is None else int(found(self, *arguments))

        return call

    def reboot(self) -> None:
        """Persistent things stay, and filters of a start are not known any more."""
        self.early |= {key for key, one in self.things["Filter"].items() if one.flags & 2}
        self.things = {kind: {k: v for k, v in known.items() if v.flags & 1} for kind, known in self.things.items()}

    def do_TransactionBegin(self, engine: Any, flags: int) -> int:  # noqa: ANN401
        self._before = copy.deepcopy(self.things)
        return 0

    def do_TransactionAbort(self, engine: Any) -> int:  # noqa: ANN401
        self.things = self._before
        return 0

    def do_ProviderAdd(self, engine: Any, one: Any, descriptor: Any) -> int:  # noqa: ANN401
        given = one._obj
        thing = Thing(given.flags, service=text_at(given.serviceName))
        return self._add("Provider", key_of(given.providerKey), thing)

    def do_SubLayerAdd(self, engine: Any, one: Any, descriptor: Any) -> int:  # noqa: ANN401
        given: FWPM_SUBLAYER0 = one._obj
        data = ctypes.string_at(given.providerData.data, given.providerData.size) if given.providerData.size else b""
        thing = Thing(given.flags, key_of(given.providerKey.contents), data=data)
        return self._add("SubLayer", key_of(given.subLayerKey), thing)

    def do_FilterAdd(self, engine: Any, one: Any, descriptor: Any, number: Any) -> int:  # noqa: ANN401
        given: FWPM_FILTER0 = one._obj
        sublayer, provider = key_of(given.subLayerKey), key_of(given.providerKey.contents)
        thing = Thing(given.flags, provider, sublayer, text_at(given.displayData.name))
        above = [self.things["Provider"].get(provider), self.things["SubLayer"].get(sublayer)]
        if thing.flags & 3 and not all(one is not None and one.flags & 1 for one in above):
            return MISMATCH
        code = self._add("Filter", key_of(given.filterKey), thing)
        self.early -= {key_of(given.filterKey)}
        return code

    def do_FilterDeleteByKey(self, engine: Any, key: Any) -> int:  # noqa: ANN401
        return self._delete("Filter", key, NO_FILTER)

    def do_SubLayerDeleteByKey(self, engine: Any, key: Any) -> int:  # noqa: ANN401
        if any(one.sublayer == key_of(key._obj) for one in self.things["Filter"].values()):
            return IN_USE
        return self._delete("SubLayer", key, NO_SUBLAYER)

    def do_ProviderDeleteByKey(self, engine: Any, key: Any) -> int:  # noqa: ANN401
        below = [*self.things["Filter"].values(), *self.things["SubLayer"].values()]
        if any(one.provider == key_of(key._obj) for one in below):
            return IN_USE
        return self._delete("Provider", key, NO_PROVIDER)

    def do_SubLayerGetByKey(self, engine: Any, key: Any, found: Any) -> int:  # noqa: ANN401
        thing = self.things["SubLayer"].get(key_of(key._obj))
        if thing is None:
            return NO_SUBLAYER
        one, data = FWPM_SUBLAYER0(), ctypes.create_string_buffer(thing.data, max(1, len(thing.data)))
        one.providerData.size, one.providerData.data = len(thing.data), ctypes.addressof(data)
        self._kept += [one, data]
        _point(found, ctypes.addressof(one))
        return 0

    def do_FilterEnum(self, engine: Any, handle: Any, most: int, entries: Any, count: Any) -> int:  # noqa: ANN401
        listed = []
        for key, thing in self.things["Filter"].items():
            one, name, provider = (
                FWPM_FILTER0(),
                wide(thing.name),
                GUID.from_buffer_copy((thing.provider or PROVIDER).bytes_le),
            )
            one.filterKey, one.flags = GUID.from_buffer_copy(key.bytes_le), thing.flags
            one.displayData.name, one.providerKey = ctypes.addressof(name), ctypes.pointer(provider)
            self._kept += [one, name, provider]
            listed.append(ctypes.pointer(one))
        rows = (ctypes.POINTER(FWPM_FILTER0) * max(1, len(listed)))(*listed)
        self._kept.append(rows)
        _point(entries, ctypes.addressof(rows))
        count._obj.value = len(listed)
        return 0

    def _add(self, kind: str, key: uuid.UUID, thing: Thing) -> int:
        known = self.things[kind]
        if key in known:
            return EXISTS
        if thing.provider is not None and thing.provider not in self.things["Provider"]:
            return NO_PROVIDER
        if thing.sublayer is not None and thing.sublayer not in self.things["SubLayer"]:
            return NO_SUBLAYER
        known[key] = thing
        return 0

    def _delete(self, kind: str, key: Any, missing: int) -> int:  # noqa: ANN401
        return 0 if self.things[kind].pop(key_of(key._obj), None) is not None else missing


def key_of(given: GUID) -> uuid.UUID:
    return uuid.UUID(bytes_le=bytes(given))


def _point(where: Any, address: int) -> None:  # noqa: ANN401
    ctypes.c_void_p.from_address(ctypes.addressof(where._obj)).value = address


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    made = Platform()
    monkeypatch.setattr(native_wfp, "Library", lambda name: made)
    yield made
    assert made.told.count("FwpmEngineOpen0") == made.told.count("FwpmEngineClose0")


def keys(filters: list[Filter]) -> set[uuid.UUID]:
    return {one.key for one in filters if one.lasting != "boot"}


def test_what_is_put_is_seen_and_dropped_to_the_last_object(platform: Platform) -> None:
    assert native_wfp.seen() is None
    native_wfp.put(b"text", [RUNNING, *EVERYTHING], [])
    seen = native_wfp.seen()
    assert seen is not None
    assert (seen.text, set(seen.filters)) == (b"text", keys([RUNNING, *EVERYTHING]))
    assert seen.filters[RUNNING.key] == "a web page"
    native_wfp.drop()
    assert native_wfp.seen() is None
    assert not any(platform.things.values())


def test_only_what_is_to_outlive_a_restart_does(platform: Platform) -> None:
    native_wfp.put(b"text", [RUNNING, *EVERYTHING], [])
    assert platform.things["Provider"][KEPT] == Thing(1, service="wgtray-helper")
    assert platform.things["Provider"][PROVIDER] == Thing(0)
    platform.reboot()
    assert set(platform.things["Filter"]) == {one.key for one in EVERYTHING if one.lasting == "restart"}
    assert set(platform.things["SubLayer"]) == {SUBLAYERS["boot"][0]}
    assert platform.early == {one.key for one in AT_ONCE}
    seen = native_wfp.seen()
    assert seen is not None
    assert seen.text == b""


@pytest.mark.parametrize("way", ["drop", "put"])
def test_a_filter_of_the_last_start_that_windows_does_not_know_any_more_is_removed_too(
    platform: Platform, way: str
) -> None:
    native_wfp.put(b"text", [RUNNING, *EVERYTHING], [])
    platform.reboot()
    if way == "drop":
        native_wfp.drop()
        assert not any(platform.things.values())
    else:
        native_wfp.put(b"other", [RUNNING], [one.key for one in EVERYTHING])
        assert native_wfp.seen() == SeenWall(b"other", {RUNNING.key: "a web page"})
    assert platform.early == set()


def test_the_text_is_replaced_and_left_alone_where_none_is_given(platform: Platform) -> None:
    for text, wanted in ((b"one", b"one"), (b"two", b"two"), (None, b"two")):
        native_wfp.put(text, [], [])
        assert platform.things["SubLayer"][STATE].data == wanted


def test_a_change_that_fails_leaves_everything_as_it_was(platform: Platform) -> None:
    native_wfp.put(b"text", [RUNNING], [])
    platform.breaks = "FwpmFilterAdd0"
    with pytest.raises(OSError, match="0x80320001"):
        native_wfp.put(b"other", [*EVERYTHING[:3]], [RUNNING.key])
    assert native_wfp.seen() == SeenWall(b"text", {RUNNING.key: "a web page"})


def test_a_computer_whose_engine_does_not_answer_is_an_error(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "told", ["FwpmEngineClose0"])
    platform.breaks = "FwpmEngineOpen0"
    with pytest.raises(OSError, match="opening the firewall"):
        native_wfp.seen()
