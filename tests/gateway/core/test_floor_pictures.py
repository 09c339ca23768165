from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.floor_pictures import MOST_PX, PICTURE_BYTES, PictureKind, cleaned
from gateway.core.logos import LogoError
from tests.gateway.core.test_logos import png, svg

START, END = b"\xff\xd8", b"\xff\xd9"


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def frame(width: int = 8, height: int = 8, marker: int = 0xC0) -> bytes:
    return segment(marker, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")


SCAN = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\0\x34\xff\xd0\x56"
TABLE = segment(0xDB, bytes(65))
WHERE = segment(0xE1, b"Exif\0\0 10.77 N 106.69 E Nguyen Van A")
PICTURE = START + TABLE + frame() + SCAN + END


def test_a_photograph_keeps_its_picture_and_nothing_of_where_it_was_taken() -> None:
    told = segment(0xFE, b"by Nguyen Van A") + segment(0xED, b"Photoshop")
    taken = START + WHERE + TABLE + told + frame() + SCAN + END + b"hidden behind the end"

    assert cleaned(taken) == (PictureKind.JPEG, PICTURE)


def test_many_scans_and_adobes_colours_stay() -> None:
    adobe = segment(0xEE, b"Adobe\0d\0\0\0\0\0")
    progressive = START + adobe + TABLE + frame(marker=0xC2) + SCAN + segment(0xC4, b"\0") + SCAN
    assert cleaned(progressive + END)[1] == progressive + END


@pytest.mark.parametrize(
    "data",
    [
        START + frame() + SCAN,
        START + frame() + END,
        START + SCAN + END,
        START + frame() + frame() + SCAN + END,
        START + frame(MOST_PX + 1) + SCAN + END,
        START + frame(0) + SCAN + END,
        START + frame(marker=0xC3) + SCAN + END,
        START + frame() + b"no marker" + END,
        PICTURE[:9],
        PICTURE + bytes(PICTURE_BYTES),
        b"GIF89a",
        b"",
    ],
    ids=[
        *("no end", "no scan", "no frame", "two", "too wide", "empty", "lossless", "damaged"),
        *("cut", "too large", "a GIF", "nothing"),
    ],
)
def test_what_is_no_ordinary_picture_is_refused(data: bytes) -> None:
    with pytest.raises(LogoError):
        cleaned(data)


def test_png_and_svg_are_cleaned_as_logos_are_and_may_be_larger() -> None:
    assert cleaned(png(2, 1_500))[0] is PictureKind.PNG
    kind, kept = cleaned(svg('<script>alert(1)</script><rect width="9" onclick="x()"/>'))
    assert kind is PictureKind.SVG
    assert b"script" not in kept
    assert b"onclick" not in kept


@given(st.binary(max_size=200), st.integers(0, len(PICTURE) - 1))
def test_any_bytes_are_cleaned_or_refused(noise: bytes, at: int) -> None:
    for data in (START + b"\xff" + noise, PICTURE[:at] + noise + PICTURE[at:]):
        try:
            _kind, kept = cleaned(data)
        except LogoError:
            continue
        assert cleaned(kept)[1] == kept
