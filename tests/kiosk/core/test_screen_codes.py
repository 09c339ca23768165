"""Which codes a screen shows and honours, second by second."""

from __future__ import annotations

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from contract.messages import ShownCode
from contract.screen_codes import digest
from kiosk.core.screen_codes import Codes, is_good, renew, told

FIRST, SECOND = f"{1:016x}", f"{2:016x}"


class Screen:
    """Draws codes 1, 2, 3 … as time passes."""

    def __init__(self) -> None:
        self.codes: Codes = ()
        self._numbers = count(1)

    def at(self, now_s: float) -> str:
        """The code that is shown then."""
        self.codes = renew(self.codes, now_s, lambda: f"{next(self._numbers):016x}")
        return self.codes[0].session


def test_a_code_is_shown_for_sixty_seconds_and_good_for_thirty_more() -> None:
    screen = Screen()

    assert [screen.at(s) for s in (0, 30, 59.9, 60, 89.9)] == [FIRST] * 3 + [SECOND] * 2
    assert is_good(screen.codes, FIRST, 89.9)
    assert not is_good(screen.codes, FIRST, 90.0)
    assert is_good(screen.codes, SECOND, 90.0)


def test_a_code_ends_by_itself_also_while_nobody_renews_it() -> None:
    screen = Screen()
    screen.at(0)

    assert is_good(screen.codes, FIRST, 89.9)
    assert not is_good(screen.codes, FIRST, 90.0)
    assert told(screen.codes, 90.0) == ()


def test_a_code_that_was_never_shown_is_not_good() -> None:
    screen = Screen()
    screen.at(0)

    assert not is_good(screen.codes, SECOND, 1)
    assert not is_good((), FIRST, 0)
    assert not is_good(screen.codes, "", 1)


def test_what_a_kiosk_tells_is_how_long_each_is_good_and_no_code() -> None:
    screen = Screen()
    screen.at(0)
    screen.at(60)

    assert told(screen.codes, 70) == (
        ShownCode(digest(SECOND), 80_000),
        ShownCode(digest(FIRST), 20_000),
    )


@given(st.lists(st.floats(min_value=0, max_value=200), max_size=30))
def test_one_or_two_codes_are_good_at_any_time_and_the_newest_is_shown(gaps: list[float]) -> None:
    screen, now_s = Screen(), 0.0
    for gap_s in gaps:
        now_s += gap_s
        shown = screen.at(now_s)

        assert len(screen.codes) in (1, 2)
        assert is_good(screen.codes, shown, now_s)
        assert all(0 < one.left_ms <= 90_000 for one in told(screen.codes, now_s))
