"""A logo from anybody's hands: only what draws it is kept, built anew from the parts we know.

A PNG keeps its picture and loses every other chunk; an SVG keeps shapes and colours and loses
everything that could run, load or say something. What cannot be understood is refused.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from contract.looks import LOGO_BYTES, LogoKind

MOST_PX = 1_024  # a kiosk shows it 60 pixels high; a printed sheet 300
PNG = b"\x89PNG\r\n\x1a\n"
KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type; PNG (ISO 15948), 11.2.2
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = frozenset(
    {"svg", "g", "title", "defs", "path", "rect", "circle", "ellipse", "line", "polyline"}
    | {"polygon", "linearGradient", "radialGradient", "stop", "clipPath"}
)
ATTRIBUTES = frozenset(
    {"viewBox", "width", "height", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx"}
    | {"ry", "fx", "fy", "points", "transform", "id", "offset", "gradientUnits", "fill-rule"}
    | {"gradientTransform", "fill", "stroke", "stroke-width", "stroke-linecap", "opacity"}
    | {"stroke-linejoin", "fill-opacity", "stroke-opacity", "stop-color", "stop-opacity"}
    | {"clip-path", "clip-rule", "spreadMethod", "preserveAspectRatio", "stroke-miterlimit"}
)
_VALUE = re.compile(r"[^<>&\"'\\:;@]*")  # no scheme, no style rule, no escape
_OWN_URL = re.compile(r"url\(#[\w-]+\)")
_NO_URL = re.compile(r"(?!.*(url|script|expression)).*", re.IGNORECASE | re.DOTALL)
MOST_SHAPES = 2_000


class LogoError(ValueError):
    """It is no logo we can keep: say why, keep the one that is there."""


def cleaned(
    data: bytes, most_bytes: int = LOGO_BYTES, most_px: int = MOST_PX
) -> tuple[LogoKind, bytes]:
    """The logo as it is kept. LogoError says what is wrong with it."""
    if len(data) > most_bytes:
        raise LogoError(f"it has {len(data) // 1024} KB, at most {most_bytes // 1024} are possible")
    if data.startswith(PNG):
        return LogoKind.PNG, _png(data, most_px)
    if b"<svg" in data[:4096]:
        return LogoKind.SVG, _svg(data)
    raise LogoError("it is neither PNG nor SVG")


def _png(data: bytes, most_px: int) -> bytes:
    kept = [chunk for chunk in _chunks(data) if chunk[0] in KEPT]
    names = [name for name, _ in kept]
    if not names or names[0] != b"IHDR" or names[-1] != b"IEND" or names.count(b"IHDR") != 1:
        raise LogoError("its PNG chunks are not in order")
    size = _picture_bytes(kept[0][1], most_px)
    packed = b"".join(body for name, body in kept if name == b"IDAT")
    unpacker = zlib.decompressobj()
    try:
        picture = unpacker.decompress(packed, size + 1)
    except zlib.error as error:
        raise LogoError(f"its picture cannot be unpacked ({error})") from error
    if len(picture) != size:
        raise LogoError("its picture is not as large as it says")
    return PNG + b"".join(_chunk(name, body) for name, body in kept)


def _picture_bytes(header: bytes, most_px: int) -> int:
    """How many bytes the unpacked picture has, with a filter byte for each row."""
    if len(header) != 13:
        raise LogoError("its PNG header is broken")
    numbers: tuple[int, ...] = struct.unpack(">IIBBBBB", header)
    width, height, depth, colour, _, _, interlace = numbers
    if not (0 < width <= most_px and 0 < height <= most_px):
        raise LogoError(f"it has {width} by {height} pixels, at most {most_px} each are possible")
    if depth not in DEPTHS.get(colour, ()) or interlace:
        raise LogoError("save it as an ordinary PNG, not interlaced")
    return height * (1 + (width * depth * CHANNELS[colour] + 7) // 8)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG)
    while at < len(data):
        if at + 12 > len(data):
            raise LogoError("it ends too early")
        length, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        if data[at + 8 + length : at + 12 + length] != _sum(name, body):
            raise LogoError("its check sums do not fit: it is damaged")
        yield name, body
        at += 12 + length


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body), name) + body + _sum(name, body)


def _sum(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(name + body))


def _svg(data: bytes) -> bytes:
    if b"<!DOCTYPE" in data.upper() or b"<!ENTITY" in data.upper():
        raise LogoError("its SVG declares a document type; save it without")
    try:
        root = ET.fromstring(data)  # noqa: S314 (no document type: nothing to expand or load)
    except (ET.ParseError, ValueError, RecursionError) as error:
        raise LogoError(f"its SVG cannot be read ({error})") from error
    if root.tag != f"{SVG}svg":
        raise LogoError("it is no SVG")
    if sum(1 for _ in root.iter()) > MOST_SHAPES:
        raise LogoError(f"its SVG has more than {MOST_SHAPES} shapes")
    clean = _shape(root, 0)
    clean.set("xmlns", SVG[1:-1])
    if "viewBox" not in clean.attrib:
        raise LogoError("its SVG has no viewBox, so nobody knows how large it is")
    return ET.tostring(clean)


def _shape(one: ET.Element, depth: int) -> ET.Element:
    if depth > 32:
        raise LogoError("its SVG is nested too deep")
    clean = ET.Element(one.tag.removeprefix(SVG))
    for name, value in one.attrib.items():
        if name in ATTRIBUTES and (_OWN_URL.fullmatch(value) or _is_plain(value)):
            clean.set(name, value)
    if clean.tag == "title":
        clean.text = one.text
    for part in one:
        if part.tag.removeprefix(SVG) in SHAPES:
            clean.append(_shape(part, depth + 1))
    return clean


def _is_plain(value: str) -> bool:
    return bool(_VALUE.fullmatch(value) and _NO_URL.fullmatch(value))
