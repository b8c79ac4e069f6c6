"""Who signed a file, as Windows itself judges signatures? (wintrust.dll, crypt32.dll)"""

import ctypes
import uuid
from typing import Final

from wgtray.platforms.windows.library import Library
from wgtray.platforms.windows.winapi_types import (
    CRYPT_PROVIDER_CERT,
    GUID,
    WINTRUST_DATA,
    WINTRUST_FILE_INFO,
    wide,
)

GENERIC_VERIFY_V2: Final = uuid.UUID("00aac56b-cd44-11d0-8cc2-00c04fc295ee")
"""softpub.h: WINTRUST_ACTION_GENERIC_VERIFY_V2, Authenticode."""

# wintrust.h, wincrypt.h
_NO_WINDOWS, _FILE, _VERIFY, _CLOSE = 2, 1, 1, 2
_NO_REVOCATION, _CACHE_ONLY = 0, 0x1000  # this computer may have no network before there is a tunnel
_SIMPLE_DISPLAY_NAME = 4
_NAME_LENGTH = 256


def signer(path: str) -> str | None:
    """The name in the certificate that a file is signed with; None where Windows does not trust its signature."""
    trust, name = Library("wintrust"), wide(path)
    file = WINTRUST_FILE_INFO(ctypes.sizeof(WINTRUST_FILE_INFO), ctypes.addressof(name))
    data = WINTRUST_DATA(cbStruct=ctypes.sizeof(WINTRUST_DATA), dwUIChoice=_NO_WINDOWS, dwUnionChoice=_FILE)
    data.fdwRevocationChecks, data.dwProvFlags = _NO_REVOCATION, _CACHE_ONLY
    data.pFile, data.dwStateAction = ctypes.addressof(file), _VERIFY
    action = GUID.from_buffer_copy(GENERIC_VERIFY_V2.bytes_le)
    nobody = ctypes.c_void_p(-1)  # INVALID_HANDLE_VALUE: nobody is to be asked
    code = trust.WinVerifyTrust(nobody, ctypes.byref(action), ctypes.byref(data))
    try:
        return _name(trust, data) if code == 0 else None
    finally:
        data.dwStateAction = _CLOSE
        trust.WinVerifyTrust(nobody, ctypes.byref(action), ctypes.byref(data))


def _name(trust: Library, data: WINTRUST_DATA) -> str | None:
    """Of the first signer, from what was verified, not from the file."""
    verified = trust.pointer("WTHelperProvDataFromStateData", ctypes.c_void_p(data.hWVTStateData))
    first = trust.pointer("WTHelperGetProvSignerFromChain", ctypes.c_void_p(verified), 0, False, 0)
    certificate = trust.pointer("WTHelperGetProvCertFromChain", ctypes.c_void_p(first), 0)
    if not certificate:
        return None
    context = ctypes.c_void_p(CRYPT_PROVIDER_CERT.from_address(certificate).pCert)
    room = (ctypes.c_uint16 * _NAME_LENGTH)()
    Library("crypt32").CertGetNameStringW(context, _SIMPLE_DISPLAY_NAME, 0, None, room, _NAME_LENGTH)
    return "".join(map(chr, room)).partition("\0")[0] or None
