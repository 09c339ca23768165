from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import tracked_links
from contract.tracked_links import LONGEST, TAG_MAX, Shown

LINK = "https://Shop.example/tet?utm_campaign=tet-2027&utm_source=to-roi&utm_medium=poster&x=1"


def test_a_link_says_its_host_and_where_it_was_shown() -> None:
    assert tracked_links.host(LINK) == "shop.example"
    assert tracked_links.shown(LINK) == Shown("tet-2027", "to-roi", "poster")


@pytest.mark.parametrize(
    "text",
    ["", "MD1:XYZ", "ftp://shop.example/x", "https://[1", "https://", "x" * (LONGEST + 1)],
)
def test_what_is_no_link_is_nobodys(text: str) -> None:
    assert tracked_links.host(text) == ""


def test_tags_are_cut_and_hold_nothing_unseen() -> None:
    long = "a" * 100
    link = f"https://s.example/?utm_campaign=%20te%00t%0A&utm_source={long}"
    assert tracked_links.shown(link) == Shown("tet", "a" * TAG_MAX, "")


@given(st.text(max_size=60))
def test_no_text_whatever_stops_it(text: str) -> None:
    tracked_links.host(text)
    tracked_links.shown(f"https://s.example/?{text}")
