"""A shop's plan as a picture from anybody's hands: only what draws it is kept.

PNG and SVG as a logo is; of a JPEG, its picture without where and with what it was taken.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from enum import StrEnum

from gateway.core import logos
from gateway.core.logos import LogoError

PICTURE_BYTES = 256 * 1024  # a plan of 2,000 pixels, as draughtsmen's programs write it
MOST_PX = 4_096  # a telephone's photograph of a plan on paper
JPEG, END, SCAN = b"\xff\xd8\xff", 0xD9, 0xDA
# Tables, frames of the three common sorts, restarts, and how its colours are meant (Adobe's).
KEPT = frozenset({0xDB, 0xC4, 0xDD, 0xC0, 0xC1, 0xC2, 0xEE, SCAN})
FRAMES = frozenset({0xC0, 0xC1, 0xC2})


class PictureKind(StrEnum):
    """In which format a plan is kept."""

    PNG = "png"
    SVG = "svg"
    JPEG = "jpeg"


def cleaned(data: bytes) -> tuple[PictureKind, bytes]:
    """The plan as it is kept. LogoError says what is wrong with it."""
    if data.startswith(JPEG) and len(data) <= PICTURE_BYTES:
        return PictureKind.JPEG, _jpeg(data)
    kind, clean = logos.cleaned(data, PICTURE_BYTES, MOST_PX)
    return PictureKind(kind.value), clean


def _jpeg(data: bytes) -> bytes:
    parts = list(_segments(data))
    frames = [body for marker, body in parts if marker in FRAMES]
    if len(frames) != 1 or len(frames[0]) < 9 or all(marker != SCAN for marker, _ in parts):
        raise LogoError("its JPEG has not one picture")
    height, width = struct.unpack_from(">HH", frames[0], 5)
    if not (0 < width <= MOST_PX and 0 < height <= MOST_PX):
        raise LogoError(f"it has {width} by {height} pixels, at most {MOST_PX} each are possible")
    kept = b"".join(body for marker, body in parts if marker in KEPT)
    return JPEG[:2] + kept + bytes([0xFF, END])


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker with all that belongs to it, up to the end of the picture (ITU T.81, B)."""
    at = 2
    while data[at : at + 2] != bytes([0xFF, END]):
        if at + 4 > len(data) or data[at] != 0xFF:
            raise LogoError("its JPEG ends too early, or is damaged")
        marker, length = struct.unpack_from(">BH", data, at + 1)
        end = at + 2 + length
        if marker == SCAN:
            end = _scanned(data, end)
        if length < 2 or end > len(data):
            raise LogoError("its JPEG ends too early, or is damaged")
        yield marker, data[at:end]
        at = end


def _scanned(data: bytes, at: int) -> int:
    """Where a scan's picture ends: at the first marker that is no part of it."""
    while at + 1 < len(data):
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            break
        if data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
            at += 2
        else:
            return at
    raise LogoError("its JPEG ends too early, or is damaged")
