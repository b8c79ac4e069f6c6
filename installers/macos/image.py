"""How is a compressed disk image (UDIF) made where there is no hdiutil? For checks on other systems than macOS.

xorriso makes the file system, this wraps it: chunks of zlib, a property list of where they lie, and a trailer ("koly").
Layout as dmg2img and 7-Zip read it.
"""

import plistlib
import struct
import uuid
import zlib
from pathlib import Path
from typing import Final

SECTOR: Final = 512
_CHUNK_SECTORS: Final = 2048
_ZLIB, _RAW, _ZERO, _END = 0x80000005, 1, 2, 0xFFFFFFFF

_TABLE: Final = struct.Struct(">4sIQQQII24x")  # mish: version, first sector, sectors, data offset, buffers, descriptors
_RUN: Final = struct.Struct(">IIQQQQ")


def wrap(raw: Path, image: Path) -> None:
    """The image of a raw disk."""
    data = raw.read_bytes()
    data += bytes(-len(data) % SECTOR)
    sectors = len(data) // SECTOR
    runs: list[bytes] = []
    body = bytearray()
    for first in range(0, sectors, _CHUNK_SECTORS):
        chunk = data[first * SECTOR : (first + _CHUNK_SECTORS) * SECTOR]
        kind, packed = _packed(chunk)
        runs.append(_RUN.pack(kind, 0, first, len(chunk) // SECTOR, len(body), len(packed)))
        body += packed
    runs.append(_RUN.pack(_END, 0, sectors, 0, len(body), 0))
    crc = zlib.crc32(data)
    table = _TABLE.pack(b"mish", 1, 0, sectors, 0, _CHUNK_SECTORS + 8, 0) + _checksum(crc)
    table += struct.pack(">I", len(runs)) + b"".join(runs)
    name = "whole disk (Apple_HFS : 0)"
    blocks = {"Attributes": "0x0050", "CFName": name, "Name": name, "ID": "0", "Data": table}
    listing = plistlib.dumps({"resource-fork": {"blkx": [blocks], "plst": []}})
    image.write_bytes(bytes(body) + listing + _trailer(bytes(body), len(listing), sectors, crc))


def _packed(chunk: bytes) -> tuple[int, bytes]:
    if not any(chunk):
        return _ZERO, b""
    small = zlib.compress(chunk, 9)
    return (_ZLIB, small) if len(small) < len(chunk) else (_RAW, chunk)


def _checksum(crc: int) -> bytes:
    return struct.pack(">III", 2, 32, crc) + bytes(124)


def _trailer(body: bytes, listing: int, sectors: int, crc: int) -> bytes:
    head = struct.pack(">4sIIIQQQQQII", b"koly", 4, SECTOR, 1, 0, 0, len(body), 0, 0, 1, 1)
    middle = uuid.uuid4().bytes + _checksum(zlib.crc32(body)) + struct.pack(">QQ", len(body), listing) + bytes(120)
    return head + middle + _checksum(zlib.crc32(struct.pack(">I", crc))) + struct.pack(">IQ", 1, sectors) + bytes(12)
