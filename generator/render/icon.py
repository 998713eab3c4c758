"""An icon that is drawn of a module's name, the same for the same name."""

from __future__ import annotations

import colorsys
import hashlib
import struct
import zlib
from typing import Final

_SIDE: Final = 128
_CELLS: Final = 5
_EDGE: Final = 19
_CELL: Final = (_SIDE - 2 * _EDGE) // _CELLS


def icon(name: str) -> bytes:
    """Return a PNG of 128 pixels a side: a pattern that mirrors itself."""
    digest = hashlib.sha256(name.encode()).digest()
    colour = _colour(digest[0] / 255, 0.42, 0.55)
    paper = _colour(digest[0] / 255, 0.95, 0.45)
    rows = b"".join(
        b"\x00"
        + b"".join(colour if _filled(digest, x, y) else paper for x in range(_SIDE))
        for y in range(_SIDE)
    )
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows, 9))
        + _chunk(b"IEND", b"")
    )


def _colour(hue: float, light: float, saturation: float) -> bytes:
    red, green, blue = colorsys.hls_to_rgb(hue, light, saturation)
    return bytes(round(part * 255) for part in (red, green, blue))


def _filled(digest: bytes, x: int, y: int) -> bool:
    column, row = (x - _EDGE) // _CELL, (y - _EDGE) // _CELL
    if not (0 <= column < _CELLS and 0 <= row < _CELLS):
        return False
    mirrored = min(column, _CELLS - 1 - column)
    return digest[1 + mirrored * _CELLS + row] % 2 == 0


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
