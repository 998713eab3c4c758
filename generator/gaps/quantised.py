"""Matrices of four bits a number: how the sentence model fits into a few megabytes.

Rows are cut into groups of 32 numbers that share a scale: a number is ``scale * (code - 8)``.
Round to nearest with small groups is what needs no calibration data (Dettmers and
Zettlemoyer, "The case for 4-bit precision", 2023).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

GROUP: Final = 32
_MIDDLE: Final = 8
_CLIPS: Final = (1.0, 0.95, 0.9, 0.85, 0.8)


def pack(matrix: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """Return the codes, two a byte, and the scales of *matrix*.

    Args:
        matrix: Its number of columns is a multiple of 32.
    """
    groups = matrix.reshape(matrix.shape[0], -1, GROUP)
    largest = np.abs(groups).max(axis=2, keepdims=True)
    best = np.full_like(largest, np.inf)
    codes = np.zeros(groups.shape, dtype=np.uint8)
    scales = np.zeros_like(largest)
    for clip in _CLIPS:  # what is cut off at the top makes the rest finer
        scale = np.maximum(largest * clip / (_MIDDLE - 1), 1e-7)
        scale = scale.astype(np.float16).astype(np.float32)
        tried = np.clip(np.round(groups / scale), -_MIDDLE, _MIDDLE - 1)
        error = ((groups - tried * scale) ** 2).sum(axis=2, keepdims=True)
        better = error < best
        best = np.where(better, error, best)
        scales = np.where(better, scale, scales)
        codes = np.where(better, (tried + _MIDDLE).astype(np.uint8), codes)
    flat = codes.reshape(matrix.shape[0], -1)
    packed = (flat[:, 0::2] | (flat[:, 1::2] << 4)).astype(np.uint8)
    return packed, scales[:, :, 0].astype(np.float16)


def unpack(
    packed: NDArray[np.uint8], scales: NDArray[np.float16]
) -> NDArray[np.float32]:
    """Return the matrix that *packed* and *scales* stand for."""
    rows = packed.shape[0]
    codes = np.empty((rows, packed.shape[1] * 2), dtype=np.float32)
    codes[:, 0::2] = packed & 15
    codes[:, 1::2] = packed >> 4
    codes -= _MIDDLE
    grouped = codes.reshape(rows, -1, GROUP) * scales[:, :, None].astype(np.float32)
    return grouped.reshape(rows, -1)
