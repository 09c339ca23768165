from __future__ import annotations

from typing import get_args

from contract.vitals import Shown
from kiosk.core.glass import IMPERSONAL, Owed, painted, redacted, shown
from kiosk.core.identify import Identify
from kiosk.core.screen import Attract, Closed, Confirm, Hello, OutOfOrder, Screen


def test_a_picture_is_owed_until_the_browser_has_painted_it() -> None:
    owed = shown(Owed(0, None), 7, 100.0)
    assert owed.behind_s(103.0) == 3.0

    owed = painted(shown(owed, 8, 102.0), 7)
    assert owed.behind_s(103.0) == 3.0, "an older picture is none, and the first debt counts"

    assert painted(owed, 8).behind_s(200.0) == 0.0
    assert shown(painted(owed, 8), 8, 300.0).behind_s(400.0) == 0.0, "nothing new is owed"
    early = painted(Owed(7, None), 8)
    assert shown(early, 8, 300.0).behind_s(400.0) == 0.0, "its word may come first"


def test_only_what_is_known_to_be_nobodys_is_named() -> None:
    assert set(IMPERSONAL) == {Attract, Closed, Identify, OutOfOrder}
    assert set(IMPERSONAL) < set(get_args(Screen))
    assert redacted(Attract()) is Shown.INVITATION
    assert redacted(Confirm("N***")) is Shown.SERVING
    assert redacted(Hello()) is Shown.SERVING
