"""How are the structures of Windows laid out that we hand over or read? Importable everywhere, to be tested there.

``layouts.py`` names each with its C name and header: a C program compiled against those headers says the same sizes and
offsets (``tests/wine``). Only 64-bit Windows counts.
"""

import ctypes
from ctypes import (
    POINTER,
    Structure,
    Union,
    c_char_p,
    c_int,
    c_int32,
    c_int64,
    c_ubyte,
    c_uint8,
    c_uint16,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any, ClassVar, TypeAlias

Fields: TypeAlias = list[tuple[str, Any]]

WIDE_STRING = c_void_p
"""A pointer to UTF-16 text; ``ctypes.c_wchar`` is four bytes wide elsewhere."""


class GUID(Structure):
    _fields_: ClassVar[Fields] = [
        ("Data1", c_uint32),
        ("Data2", c_uint16),
        ("Data3", c_uint16),
        ("Data4", c_uint8 * 8),
    ]


class SOCKADDR_IN(Structure):
    _fields_: ClassVar[Fields] = [
        ("sin_family", c_uint16),
        ("sin_port", c_uint16),
        ("sin_addr", c_uint8 * 4),
        ("sin_zero", c_uint8 * 8),
    ]


class SOCKADDR_IN6(Structure):
    _fields_: ClassVar[Fields] = [
        ("sin6_family", c_uint16),
        ("sin6_port", c_uint16),
        ("sin6_flowinfo", c_uint32),
        ("sin6_addr", c_uint8 * 16),
        ("sin6_scope_id", c_uint32),
    ]


class SOCKADDR_INET(Union):
    _fields_: ClassVar[Fields] = [("Ipv4", SOCKADDR_IN), ("Ipv6", SOCKADDR_IN6), ("si_family", c_uint16)]


class IP_ADDRESS_PREFIX(Structure):
    _fields_: ClassVar[Fields] = [("Prefix", SOCKADDR_INET), ("PrefixLength", c_uint8)]


class MIB_IPFORWARD_ROW2(Structure):
    _fields_: ClassVar[Fields] = [
        ("InterfaceLuid", c_uint64),
        ("InterfaceIndex", c_uint32),
        ("DestinationPrefix", IP_ADDRESS_PREFIX),
        ("NextHop", SOCKADDR_INET),
        ("SitePrefixLength", c_uint8),
        ("ValidLifetime", c_uint32),
        ("PreferredLifetime", c_uint32),
        ("Metric", c_uint32),
        ("Protocol", c_int),
        ("Loopback", c_uint8),
        ("AutoconfigureAddress", c_uint8),
        ("Publish", c_uint8),
        ("Immortal", c_uint8),
        ("Age", c_uint32),
        ("Origin", c_int),
    ]


class MIB_IPFORWARD_TABLE2(Structure):
    _fields_: ClassVar[Fields] = [("NumEntries", c_uint32), ("Table", MIB_IPFORWARD_ROW2 * 1)]


class MIB_UNICASTIPADDRESS_ROW(Structure):
    _fields_: ClassVar[Fields] = [
        ("Address", SOCKADDR_INET),
        ("InterfaceLuid", c_uint64),
        ("InterfaceIndex", c_uint32),
        ("PrefixOrigin", c_int),
        ("SuffixOrigin", c_int),
        ("ValidLifetime", c_uint32),
        ("PreferredLifetime", c_uint32),
        ("OnLinkPrefixLength", c_uint8),
        ("SkipAsSource", c_uint8),
        ("DadState", c_int),
        ("ScopeId", c_uint32),
        ("CreationTimeStamp", c_int64),
    ]


class MIB_UNICASTIPADDRESS_TABLE(Structure):
    _fields_: ClassVar[Fields] = [("NumEntries", c_uint32), ("Table", MIB_UNICASTIPADDRESS_ROW * 1)]


class MIB_IPINTERFACE_ROW(Structure):
    _fields_: ClassVar[Fields] = [
        ("Family", c_uint16),
        ("InterfaceLuid", c_uint64),
        ("InterfaceIndex", c_uint32),
        ("MaxReassemblySize", c_uint32),
        ("InterfaceIdentifier", c_uint64),
        ("MinRouterAdvertisementInterval", c_uint32),
        ("MaxRouterAdvertisementInterval", c_uint32),
        ("AdvertisingEnabled", c_uint8),
        ("ForwardingEnabled", c_uint8),
        ("WeakHostSend", c_uint8),
        ("WeakHostReceive", c_uint8),
        ("UseAutomaticMetric", c_uint8),
        ("UseNeighborUnreachabilityDetection", c_uint8),
        ("ManagedAddressConfigurationSupported", c_uint8),
        ("OtherStatefulConfigurationSupported", c_uint8),
        ("AdvertiseDefaultRoute", c_uint8),
        ("RouterDiscoveryBehavior", c_int),
        ("DadTransmits", c_uint32),
        ("BaseReachableTime", c_uint32),
        ("RetransmitTime", c_uint32),
        ("PathMtuDiscoveryTimeout", c_uint32),
        ("LinkLocalAddressBehavior", c_int),
        ("LinkLocalAddressTimeout", c_uint32),
        ("ZoneIndices", c_uint32 * 16),
        ("SitePrefixLength", c_uint32),
        ("Metric", c_uint32),
        ("NlMtu", c_uint32),
        ("Connected", c_uint8),
        ("SupportsWakeUpPatterns", c_uint8),
        ("SupportsNeighborDiscovery", c_uint8),
        ("SupportsRouterDiscovery", c_uint8),
        ("ReachableTime", c_uint32),
        ("TransmitOffload", c_uint8),
        ("ReceiveOffload", c_uint8),
        ("DisableDefaultRoutes", c_uint8),
    ]


class MIB_IF_ROW2(Structure):
    _fields_: ClassVar[Fields] = [
        ("InterfaceLuid", c_uint64),
        ("InterfaceIndex", c_uint32),
        ("InterfaceGuid", GUID),
        ("Alias", c_uint16 * 257),
        ("Description", c_uint16 * 257),
        ("PhysicalAddressLength", c_uint32),
        ("PhysicalAddress", c_uint8 * 32),
        ("PermanentPhysicalAddress", c_uint8 * 32),
        ("Mtu", c_uint32),
        ("Type", c_uint32),
        ("TunnelType", c_int),
        ("MediaType", c_int),
        ("PhysicalMediumType", c_int),
        ("AccessType", c_int),
        ("DirectionType", c_int),
        ("InterfaceAndOperStatusFlags", c_uint8),
        ("OperStatus", c_int),
        ("AdminStatus", c_int),
        ("MediaConnectState", c_int),
        ("NetworkGuid", GUID),
        ("ConnectionType", c_int),
        *((f"{way}LinkSpeed", c_uint64) for way in ("Transmit", "Receive")),
        *((f"In{what}", c_uint64) for what in ("Octets", "UcastPkts", "NUcastPkts", "Discards", "Errors")),
        *((f"In{what}", c_uint64) for what in ("UnknownProtos", "UcastOctets", "MulticastOctets", "BroadcastOctets")),
        *((f"Out{what}", c_uint64) for what in ("Octets", "UcastPkts", "NUcastPkts", "Discards", "Errors")),
        *((f"Out{what}", c_uint64) for what in ("UcastOctets", "MulticastOctets", "BroadcastOctets", "QLen")),
    ]


class MIB_IF_TABLE2(Structure):
    _fields_: ClassVar[Fields] = [("NumEntries", c_uint32), ("Table", MIB_IF_ROW2 * 1)]


class SOCKET_ADDRESS(Structure):
    _fields_: ClassVar[Fields] = [("lpSockaddr", POINTER(SOCKADDR_INET)), ("iSockaddrLength", c_int)]


class IP_ADAPTER_DNS_SERVER_ADDRESS(Structure):
    pass


IP_ADAPTER_DNS_SERVER_ADDRESS._fields_ = [
    ("Length", c_uint32),
    ("Reserved", c_uint32),
    ("Next", POINTER(IP_ADAPTER_DNS_SERVER_ADDRESS)),
    ("Address", SOCKET_ADDRESS),
]


class IP_ADAPTER_ADDRESSES(Structure):
    """Up to the LUID: what follows differs between versions, and the list is walked by pointers."""


IP_ADAPTER_ADDRESSES._fields_ = [
    ("Length", c_uint32),
    ("IfIndex", c_uint32),
    ("Next", POINTER(IP_ADAPTER_ADDRESSES)),
    ("AdapterName", c_char_p),
    ("FirstUnicastAddress", c_void_p),
    ("FirstAnycastAddress", c_void_p),
    ("FirstMulticastAddress", c_void_p),
    ("FirstDnsServerAddress", POINTER(IP_ADAPTER_DNS_SERVER_ADDRESS)),
    ("DnsSuffix", WIDE_STRING),
    ("Description", WIDE_STRING),
    ("FriendlyName", WIDE_STRING),
    ("PhysicalAddress", c_uint8 * 8),
    ("PhysicalAddressLength", c_uint32),
    ("Flags", c_uint32),
    ("Mtu", c_uint32),
    ("IfType", c_uint32),
    ("OperStatus", c_int),
    ("Ipv6IfIndex", c_uint32),
    ("ZoneIndices", c_uint32 * 16),
    ("FirstPrefix", c_void_p),
    ("TransmitLinkSpeed", c_uint64),
    ("ReceiveLinkSpeed", c_uint64),
    ("FirstWinsServerAddress", c_void_p),
    ("FirstGatewayAddress", c_void_p),
    ("Ipv4Metric", c_uint32),
    ("Ipv6Metric", c_uint32),
    ("Luid", c_uint64),
]


class DATA_BLOB(Structure):
    _fields_: ClassVar[Fields] = [("cbData", c_uint32), ("pbData", c_void_p)]


class FWP_BYTE_BLOB(Structure):
    _fields_: ClassVar[Fields] = [("size", c_uint32), ("data", c_void_p)]


class FWP_V4_ADDR_AND_MASK(Structure):
    _fields_: ClassVar[Fields] = [("addr", c_uint32), ("mask", c_uint32)]


class FWP_V6_ADDR_AND_MASK(Structure):
    _fields_: ClassVar[Fields] = [("addr", c_uint8 * 16), ("prefixLength", c_uint8)]


class _Value(Union):
    _fields_: ClassVar[Fields] = [
        ("uint8", c_uint8),
        ("uint16", c_uint16),
        ("uint32", c_uint32),
        ("pointer", c_void_p),
    ]


class FWP_VALUE0(Structure):
    """Condition values are laid out the same, with more that the pointer may point to."""

    _anonymous_ = ("value",)
    _fields_: ClassVar[Fields] = [("type", c_int32), ("value", _Value)]


class FWPM_DISPLAY_DATA0(Structure):
    _fields_: ClassVar[Fields] = [("name", WIDE_STRING), ("description", WIDE_STRING)]


class FWPM_FILTER_CONDITION0(Structure):
    _fields_: ClassVar[Fields] = [("fieldKey", GUID), ("matchType", c_int32), ("conditionValue", FWP_VALUE0)]


class FWPM_ACTION0(Structure):
    _fields_: ClassVar[Fields] = [("type", c_uint32), ("filterType", GUID)]


class _Context(Union):
    _fields_: ClassVar[Fields] = [("rawContext", c_uint64), ("providerContextKey", GUID)]


class FWPM_FILTER0(Structure):
    _anonymous_ = ("context",)
    _fields_: ClassVar[Fields] = [
        ("filterKey", GUID),
        ("displayData", FWPM_DISPLAY_DATA0),
        ("flags", c_uint32),
        ("providerKey", POINTER(GUID)),
        ("providerData", FWP_BYTE_BLOB),
        ("layerKey", GUID),
        ("subLayerKey", GUID),
        ("weight", FWP_VALUE0),
        ("numFilterConditions", c_uint32),
        ("filterCondition", POINTER(FWPM_FILTER_CONDITION0)),
        ("action", FWPM_ACTION0),
        ("context", _Context),
        ("reserved", POINTER(GUID)),
        ("filterId", c_uint64),
        ("effectiveWeight", FWP_VALUE0),
    ]


class FWPM_SUBLAYER0(Structure):
    """``flags`` is 16 bits wide in one header and 32 in another; what follows lies the same."""

    _fields_: ClassVar[Fields] = [
        ("subLayerKey", GUID),
        ("displayData", FWPM_DISPLAY_DATA0),
        ("flags", c_uint16),
        ("providerKey", POINTER(GUID)),
        ("providerData", FWP_BYTE_BLOB),
        ("weight", c_uint16),
    ]


class FWPM_PROVIDER0(Structure):
    _fields_: ClassVar[Fields] = [
        ("providerKey", GUID),
        ("displayData", FWPM_DISPLAY_DATA0),
        ("flags", c_uint32),
        ("providerData", FWP_BYTE_BLOB),
        ("serviceName", WIDE_STRING),
    ]


class FWPM_SESSION0(Structure):
    _fields_: ClassVar[Fields] = [
        ("sessionKey", GUID),
        ("displayData", FWPM_DISPLAY_DATA0),
        ("flags", c_uint32),
        ("txnWaitTimeoutInMSec", c_uint32),
        ("processId", c_uint32),
        ("sid", c_void_p),
        ("username", WIDE_STRING),
        ("kernelMode", c_int32),
    ]


class WINTRUST_FILE_INFO(Structure):
    _fields_: ClassVar[Fields] = [
        ("cbStruct", c_uint32),
        ("pcwszFilePath", WIDE_STRING),
        ("hFile", c_void_p),
        ("pgKnownSubject", c_void_p),
    ]


class WINTRUST_DATA(Structure):
    """Of the union what names a file; ``pSignatureSettings`` of later headers, after it, is not told of by the size."""

    _fields_: ClassVar[Fields] = [
        ("cbStruct", c_uint32),
        ("pPolicyCallbackData", c_void_p),
        ("pSIPClientData", c_void_p),
        ("dwUIChoice", c_uint32),
        ("fdwRevocationChecks", c_uint32),
        ("dwUnionChoice", c_uint32),
        ("pFile", c_void_p),
        ("dwStateAction", c_uint32),
        ("hWVTStateData", c_void_p),
        ("pwszURLReference", WIDE_STRING),
        ("dwProvFlags", c_uint32),
        ("dwUIContext", c_uint32),
    ]


class CRYPT_PROVIDER_CERT(Structure):
    """Its beginning: what follows is not read."""

    _fields_: ClassVar[Fields] = [("cbStruct", c_uint32), ("pCert", c_void_p)]


def wide(text: str) -> "ctypes.Array[Any]":
    """UTF-16 with its end; keep it as long as anything points to it."""
    raw = text.encode("utf-16-le") + b"\0\0"
    return (c_ubyte * len(raw)).from_buffer_copy(raw)


def text_at(address: int | None) -> str:
    """The UTF-16 text there, up to its end."""
    units: list[int] = []
    while address and (unit := c_uint16.from_address(address + 2 * len(units)).value):
        units.append(unit)
    return b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le", errors="replace")
