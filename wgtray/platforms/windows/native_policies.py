"""How are connection policies put for real? (fwpuclnt.dll, fwpmu.h of Windows 11's SDK)

In a session of their own that is dynamic and stays open: Windows removes them with this process. Other policies mean
another session, so that there is no list to compare with.
"""

import contextlib
import ctypes
import uuid
from collections.abc import Collection
from ctypes import POINTER, Structure, c_int32, c_uint32, c_uint64, c_void_p
from typing import Any, ClassVar, Final

import msgspec

from wgtray.platforms.windows.library import Library
from wgtray.platforms.windows.native_wfp import Conditions, app_id, descriptor, guid, said
from wgtray.platforms.windows.winapi import NAMESPACE, Condition, Policy
from wgtray.platforms.windows.winapi_types import (
    FWP_BYTE_BLOB,
    FWP_VALUE0,
    FWPM_DISPLAY_DATA0,
    FWPM_SESSION0,
    GUID,
    Fields,
    wide,
)

# fwpmtypes.h, fwptypes.h of the SDK 10.0.26100
_CONTEXT_TYPE: Final = 13  # FWPM_NETWORK_CONNECTION_POLICY_CONTEXT
_NEXT_HOP_INTERFACE: Final = 1  # FWP_NETWORK_CONNECTION_POLICY_NEXT_HOP_INTERFACE
_VERSIONS: Final = {4: 0, 6: 1}  # FWP_IP_VERSION_V4, _V6
_UINT64: Final = 4
_DYNAMIC: Final = 1  # FWPM_SESSION_FLAG_DYNAMIC
_WEIGHT: Final = 1 << 16
_RPC_C_AUTHN_DEFAULT: Final = 0xFFFFFFFF


class FWPM_NETWORK_CONNECTION_POLICY_SETTING0(Structure):
    _fields_: ClassVar[Fields] = [("type", c_int32), ("value", FWP_VALUE0)]


class FWPM_NETWORK_CONNECTION_POLICY_SETTINGS0(Structure):
    _fields_: ClassVar[Fields] = [
        ("numSettings", c_uint32),
        ("settings", POINTER(FWPM_NETWORK_CONNECTION_POLICY_SETTING0)),
    ]


class FWPM_PROVIDER_CONTEXT3(Structure):
    """Of the union the pointer to settings."""

    _fields_: ClassVar[Fields] = [
        ("providerContextKey", GUID),
        ("displayData", FWPM_DISPLAY_DATA0),
        ("flags", c_uint32),
        ("providerKey", c_void_p),
        ("providerData", FWP_BYTE_BLOB),
        ("type", c_int32),
        ("networkConnectionPolicy", POINTER(FWPM_NETWORK_CONNECTION_POLICY_SETTINGS0)),
        ("providerContextId", c_uint64),
    ]


class Built:
    """The structures of one policy, with all that they point to."""

    def __init__(self, one: Policy, app_id: Any, descriptor: Any) -> None:  # noqa: ANN401 - functions, one a fake
        who = (Condition("program", one.program), *([Condition("user", one.user)] if one.user else []))
        self.conditions = Conditions(who, app_id, descriptor)
        self._name, self._luid = wide("wgtray: into the tunnel"), c_uint64(one.luid)
        self.setting = FWPM_NETWORK_CONNECTION_POLICY_SETTING0(_NEXT_HOP_INTERFACE)
        self.setting.value.type, self.setting.value.pointer = _UINT64, ctypes.addressof(self._luid)
        self.settings = FWPM_NETWORK_CONNECTION_POLICY_SETTINGS0(1, ctypes.pointer(self.setting))
        self.context = FWPM_PROVIDER_CONTEXT3()
        self.context.providerContextKey = guid(uuid.uuid5(NAMESPACE, msgspec.json.encode(one).decode()))
        self.context.displayData.name = ctypes.addressof(self._name)
        self.context.type = _CONTEXT_TYPE
        self.context.networkConnectionPolicy = ctypes.pointer(self.settings)


class Policies:
    """Those of this process."""

    def __init__(self) -> None:
        self._dll: Library | None = None
        self._engine = c_void_p()

    def put(self, policies: Collection[Policy]) -> None:
        """As ``Windows.put_policies``."""
        self._close()
        if not policies:
            return
        self._dll = Library("fwpuclnt")
        session = FWPM_SESSION0(flags=_DYNAMIC)
        arguments = (None, _RPC_C_AUTHN_DEFAULT, None, ctypes.byref(session), ctypes.byref(self._engine))
        said(self._dll.FwpmEngineOpen0(*arguments), "opening the firewall")
        try:
            for one in sorted(policies):
                self._add(self._dll, one)
        except OSError:
            self._close()
            raise

    def _add(self, dll: Library, one: Policy) -> None:
        try:
            built = Built(one, lambda path: app_id(dll, path), descriptor)
        except FileNotFoundError:
            return  # a program that is not there sends nothing
        count, conditions = built.conditions.count, built.conditions.array
        version, weight = _VERSIONS[one.family], c_uint64(_WEIGHT)
        code = dll.FwpmConnectionPolicyAdd0(
            self._engine, ctypes.byref(built.context), version, weight, count, conditions, None
        )
        said(code, "adding a connection policy")

    def _close(self) -> None:
        if self._dll is not None:
            with contextlib.suppress(OSError):
                self._dll.FwpmEngineClose0(self._engine)
            self._dll, self._engine = None, c_void_p()
