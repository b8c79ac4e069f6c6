"""Which structures of Windows do we declare, and what does C call them?"""

from typing import Any, Final

from wgtray.platforms.windows.native_policies import FWPM_NETWORK_CONNECTION_POLICY_SETTING0
from wgtray.platforms.windows.winapi_types import (
    CRYPT_PROVIDER_CERT,
    DATA_BLOB,
    FWP_BYTE_BLOB,
    FWP_V4_ADDR_AND_MASK,
    FWP_V6_ADDR_AND_MASK,
    FWP_VALUE0,
    FWPM_ACTION0,
    FWPM_DISPLAY_DATA0,
    FWPM_FILTER0,
    FWPM_FILTER_CONDITION0,
    FWPM_PROVIDER0,
    FWPM_SESSION0,
    FWPM_SUBLAYER0,
    GUID,
    IP_ADAPTER_ADDRESSES,
    IP_ADAPTER_DNS_SERVER_ADDRESS,
    IP_ADDRESS_PREFIX,
    MIB_IF_ROW2,
    MIB_IF_TABLE2,
    MIB_IPFORWARD_ROW2,
    MIB_IPFORWARD_TABLE2,
    MIB_IPINTERFACE_ROW,
    MIB_UNICASTIPADDRESS_ROW,
    MIB_UNICASTIPADDRESS_TABLE,
    SOCKADDR_INET,
    SOCKET_ADDRESS,
    WINTRUST_DATA,
    WINTRUST_FILE_INFO,
)

LAYOUTS: Final[tuple[tuple[type[Any], str, str], ...]] = (
    (GUID, "GUID", "guiddef.h"),
    (SOCKADDR_INET, "SOCKADDR_INET", "ws2ipdef.h"),
    (IP_ADDRESS_PREFIX, "IP_ADDRESS_PREFIX", "netioapi.h"),
    (MIB_IPFORWARD_ROW2, "MIB_IPFORWARD_ROW2", "netioapi.h"),
    (MIB_IPFORWARD_TABLE2, "MIB_IPFORWARD_TABLE2", "netioapi.h"),
    (MIB_UNICASTIPADDRESS_ROW, "MIB_UNICASTIPADDRESS_ROW", "netioapi.h"),
    (MIB_UNICASTIPADDRESS_TABLE, "MIB_UNICASTIPADDRESS_TABLE", "netioapi.h"),
    (MIB_IPINTERFACE_ROW, "MIB_IPINTERFACE_ROW", "netioapi.h"),
    (MIB_IF_ROW2, "MIB_IF_ROW2", "netioapi.h"),
    (MIB_IF_TABLE2, "MIB_IF_TABLE2", "netioapi.h"),
    (SOCKET_ADDRESS, "SOCKET_ADDRESS", "ws2def.h"),
    (IP_ADAPTER_DNS_SERVER_ADDRESS, "IP_ADAPTER_DNS_SERVER_ADDRESS_XP", "iptypes.h"),
    (IP_ADAPTER_ADDRESSES, "IP_ADAPTER_ADDRESSES_LH", "iptypes.h"),
    (DATA_BLOB, "DATA_BLOB", "wincrypt.h"),
    (FWP_BYTE_BLOB, "FWP_BYTE_BLOB", "fwptypes.h"),
    (FWP_V4_ADDR_AND_MASK, "FWP_V4_ADDR_AND_MASK", "fwptypes.h"),
    (FWP_V6_ADDR_AND_MASK, "FWP_V6_ADDR_AND_MASK", "fwptypes.h"),
    (FWP_VALUE0, "FWP_VALUE0", "fwptypes.h"),
    (FWP_VALUE0, "FWP_CONDITION_VALUE0", "fwptypes.h"),
    (FWPM_DISPLAY_DATA0, "FWPM_DISPLAY_DATA0", "fwptypes.h"),
    (FWPM_FILTER_CONDITION0, "FWPM_FILTER_CONDITION0", "fwpmtypes.h"),
    (FWPM_ACTION0, "FWPM_ACTION0", "fwpmtypes.h"),
    (FWPM_FILTER0, "FWPM_FILTER0", "fwpmtypes.h"),
    (FWPM_SUBLAYER0, "FWPM_SUBLAYER0", "fwpmtypes.h"),
    (FWPM_PROVIDER0, "FWPM_PROVIDER0", "fwpmtypes.h"),
    (FWPM_SESSION0, "FWPM_SESSION0", "fwpmtypes.h"),
    # Newer than MinGW's headers, and by the SDK's laid out like this older one.
    (FWPM_NETWORK_CONNECTION_POLICY_SETTING0, "FWPM_CLASSIFY_OPTION0", "fwpmtypes.h"),
    (WINTRUST_FILE_INFO, "WINTRUST_FILE_INFO", "wintrust.h"),
    (WINTRUST_DATA, "WINTRUST_DATA", "wintrust.h"),
    (CRYPT_PROVIDER_CERT, "CRYPT_PROVIDER_CERT", "wintrust.h"),
)
"""Structure, its name in C, its header."""

PREFIXES: Final = frozenset({"IP_ADAPTER_ADDRESSES_LH", "CRYPT_PROVIDER_CERT", "WINTRUST_DATA"})
"""Of these ours is the beginning: the offsets are the same, the size is smaller."""


def members(kind: type[Any]) -> list[tuple[str, int]]:
    """The members of a structure that C calls by the same name, each with its offset in bytes."""
    inner = getattr(kind, "_anonymous_", ())
    return [(name, getattr(kind, name).offset) for name, *_ in kind._fields_ if name not in inner]
