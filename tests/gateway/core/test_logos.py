"""Logos from anybody's hands: what draws stays, what could do anything else goes."""

from __future__ import annotations

import struct
import zlib
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.looks import LOGO_BYTES, LogoKind
from gateway.core.logos import ATTRIBUTES, SHAPES, LogoError, cleaned


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 2, height: int = 2, *extra: bytes, rows: int | None = None) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    lines = (b"\0" + b"\1\2\3\4" * min(width, 64)) * (height if rows is None else rows)
    picture = chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + picture


def svg(inside: str, attributes: str = "") -> bytes:
    where = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {where} viewBox="0 0 9 9" {attributes}>{inside}</svg>'.encode()


def test_a_picture_stays_and_what_was_said_beside_it_goes() -> None:
    secret = chunk(b"tEXt", b"Comment\0Nguyen Van A") + chunk(b"eXIf", b"where it was taken")
    assert cleaned(png(2, 2, secret)) == (LogoKind.PNG, png())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (png()[:-4], "check sums|too early"),
        (png().replace(b"\1\2", b"\1\3", 1)[:-1] + b"x", "check sums"),
        (png(2_000, 2), "2000 by 2 pixels"),
        (png(2, 2, rows=1), "not as large"),
        (png(2, 2, rows=90_000), "not as large"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), "not in order"),
        (png() + b"<script>", "too early|check sums"),
        (b"GIF89a", "neither PNG nor SVG"),
        (b"\0" * (LOGO_BYTES + 1), "at most 48"),
        (b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + svg("&a;"), "document type"),
        (svg("<g>"), "cannot be read"),
        (b"<svg>", "cannot be read"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no viewBox"),
        (svg("<g>" * 40 + "</g>" * 40), "too deep"),
        (svg("<path/>" * 2_001), "more than 2000"),
    ],
)
def test_what_is_no_clean_logo_is_refused_with_the_reason(data: bytes, why: str) -> None:
    with pytest.raises(LogoError, match=why):
        cleaned(data)


def test_of_an_svg_only_shapes_and_colours_stay() -> None:
    dirty = svg(
        "<script>alert(1)</script><style>@import url(//x)</style>"
        '<a xlink:href="javascript:x()"><path d="M0 0"/></a>'
        '<image href="http://x/y.png"/><use href="#p"/><foreignObject/><animate/>'
        '<circle r="3" fill="url(#own)" stroke="url(http://x)" onclick="x()" style="fill:red"/>'
        '<rect fill="&#106;avascript:x" width="3"/>',
        'onload="x()"',
    )
    kind, clean = cleaned(dirty)

    assert kind is LogoKind.SVG
    assert clean == (
        b'<svg viewBox="0 0 9 9" xmlns="http://www.w3.org/2000/svg">'
        b'<circle r="3" fill="url(#own)" /><rect width="3" /></svg>'
    )


words = st.text(st.characters(codec="ascii", exclude_characters='<&"\0'), max_size=20)
names = st.sampled_from([*sorted(SHAPES), "script", "image", "use", "a", "style", "iframe"])
attributes = st.sampled_from([*sorted(ATTRIBUTES), "onload", "href", "style", "onclick", "src"])


@given(st.lists(st.tuples(names, attributes, words), max_size=6))
def test_whatever_an_svg_holds_nothing_runs_or_loads(parts: list[tuple[str, str, str]]) -> None:
    try:
        _, clean = cleaned(svg("".join(f'<{tag} {name}="{value}"/>' for tag, name, value in parts)))
    except LogoError:
        return  # control characters: no XML
    for one in ET.fromstring(clean).iter():
        assert one.tag.partition("}")[2] in SHAPES
        assert set(one.attrib) <= ATTRIBUTES
        assert not any(":" in value or "//" in value for value in one.attrib.values())
