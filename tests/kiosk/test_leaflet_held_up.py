"""A leaflet's QR code held to a whole kiosk, before or after its holder says who they are."""

from __future__ import annotations

import pytest

from contract.events import Followed, Scanned
from contract.messages import Level
from kiosk.core.leaflets import Leaflets
from kiosk.core.screen_state import Attract, Refused
from tests.kiosk.whole_kiosk import Kiosk

LINK = "https://shop.example/?utm_campaign=tet-2027&utm_medium=poster"
FOREIGN = "https://other.example/?utm_campaign=secret-of-somebody"


@pytest.mark.parametrize("link_first", [True, False])
def test_its_campaign_is_told_with_the_session_of_whose_page_is_open(
    kiosk: Kiosk, *, link_first: bool
) -> None:
    kiosk.app.leaflets = Leaflets(frozenset({"shop.example"}))
    if link_first:
        kiosk.hold_up(LINK)
        assert isinstance(kiosk.screen(), Attract), "it is no wrong code"
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL, name="Ngọc")
    session = kiosk.app.state.session
    if not link_first:
        kiosk.hold_up(LINK)
    kiosk.wait(1)
    assert kiosk.sent[-1] == Followed(session, "tet-2027", "", "poster")
    assert [type(one) for one in kiosk.sent] == [Scanned, Followed]
    assert kiosk.app.state.session == session, "their page stays"


def test_nothing_is_told_of_who_stays_unknown_or_of_anybody_elses_link(kiosk: Kiosk) -> None:
    kiosk.app.leaflets = Leaflets(frozenset({"shop.example"}))
    kiosk.hold_up(LINK)
    kiosk.wait(60)
    kiosk.hold_up(FOREIGN)
    assert isinstance(kiosk.screen(), Refused)
    kiosk.wait(1)
    assert "secret" not in repr(kiosk.sent)
    assert not any(isinstance(one, Followed) for one in kiosk.sent)
