"""Two spellings of one number are one member."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.external_ids import IdKind, external_id, spellings


@pytest.mark.parametrize(
    ("kind", "said", "is_"),
    [
        ("phone", "0901 234 512", "phone:+84901234512"),
        ("phone", "(090) 123.45-12", "phone:+84901234512"),
        ("phone", "+84901234512", "phone:+84901234512"),
        ("phone", "84901234512", "phone:+84901234512"),
        ("phone", "0084901234512", "phone:+84901234512"),
        ("phone", "+1 415 555 0132", "phone:+14155550132"),
        ("phone", "113", None),
        ("phone", "+0901234512", None),
        ("phone", "٠٩٠١٢٣٤٥١٢", None),
        ("phone", "090123451x", None),
        ("phone", "+1234567890123456", None),
        ("email", " An.Nhien@Example.VN", "email:an.nhien@example.vn"),
        ("email", "an@localhost", None),
        ("email", "an@b@c.vn", None),
        ("email", "an nhien@example.vn", None),
        ("zalo", "4318657068771012646", "zalo:4318657068771012646"),
        ("shop", "shopify:207119551", "shop:shopify:207119551"),
        ("shop", "x" * 81, None),
        ("shop", "a\nb", None),
    ],
)
def test_each_id_has_one_spelling_or_none(kind: str, said: str, is_: str | None) -> None:
    assert external_id(IdKind(kind), said) == is_


@given(st.text(max_size=40))
def test_what_was_written_once_is_written_so_again(said: str) -> None:
    for written in spellings(said):
        kind, _, value = written.partition(":")
        assert external_id(IdKind(kind), value) == written
