from __future__ import annotations

import pytest

from contract.events import Followed
from contract.messages import Level, Show
from kiosk.core.leaflets import WAIT_S, Leaflets
from kiosk.core.own_page import Offers
from kiosk.core.screen_state import Attract

LINK = "https://shop.example/tet?utm_campaign=tet-2027&utm_source=to-roi"
S1 = "0000000000000001"
MINE = Offers(Show(S1, "0" * 32, Level.PERSONAL))


def _leaflets() -> Leaflets:
    return Leaflets(frozenset({"shop.example"}))


@pytest.mark.parametrize(
    "text",
    [
        "https://other.example/tet?utm_campaign=tet-2027",
        "https://shop.example.evil.example/?utm_campaign=x",
        "https://shop.example/tet",
        "https://shop.example/tet?utm_campaign=",
        "MD1:NOTHING",
        "",
    ],
)
def test_what_is_not_a_tracked_link_of_ours_is_not_kept(text: str) -> None:
    leaflets = _leaflets()
    assert not leaflets.read(text, 0)
    assert leaflets.due(MINE, S1, 1) == []


def test_a_kiosk_without_hosts_keeps_none() -> None:
    assert not Leaflets().read(LINK, 0)


def test_a_link_waits_until_somebody_s_own_page_is_open_and_is_told_once() -> None:
    leaflets = _leaflets()
    assert leaflets.read(LINK, 0)
    assert leaflets.due(Attract(), "", 1) == []
    assert leaflets.due(MINE, S1, 2) == [Followed(S1, "tet-2027", "to-roi", "")]
    assert leaflets.due(MINE, S1, 3) == []


def test_who_comes_later_did_not_hold_it() -> None:
    leaflets = _leaflets()
    leaflets.read(LINK, 0)
    assert leaflets.due(MINE, S1, WAIT_S + 0.1) == []
    assert leaflets.due(MINE, S1, 1) == [], "nor does it come back"
