"""What is one visit, judged by the time things happened."""

from __future__ import annotations

import pytest

from contract.events import Called, ClockTrust, Event
from gateway.core.visits import AHEAD_MS, QUIET_MS, UNREPORTED_MS, Span, happened_ms

NOW_MS = 1_772_341_200_000


@pytest.mark.parametrize(
    ("one", "other", "is_one_visit"),
    [
        pytest.param((0, 10), (10 + 120_000, 10 + 120_000), True, id="two minutes later"),
        pytest.param((0, 10), (10 + 120_001, 10 + 120_001), False, id="a moment later still"),
        pytest.param((300_000, 400_000), (180_000, 180_000), True, id="late, from before"),
        pytest.param((300_000, 400_000), (179_999, 179_999), False, id="late, from long before"),
        pytest.param((0, 900_000), (500_000, 500_000), True, id="in the middle"),
    ],
)
def test_less_than_two_quiet_minutes_between_make_one_visit(
    one: tuple[int, int], other: tuple[int, int], is_one_visit: bool
) -> None:
    assert Span(*one).meets(Span(*other)) is is_one_visit
    assert Span(*other).meets(Span(*one)) is is_one_visit


def test_a_tag_still_heard_is_still_here_but_not_for_ever() -> None:
    seen = Span(0, 0)

    assert seen.while_heard(0) == seen
    assert seen.while_heard(2).meets(Span(3_600_000, 3_600_000))
    assert not seen.while_heard(1).meets(Span(*[UNREPORTED_MS + QUIET_MS + 1] * 2))


@pytest.mark.parametrize(
    ("clock", "says_ms", "believed_ms"),
    [
        pytest.param(ClockTrust.TRUSTED, NOW_MS - 86_400_000, NOW_MS - 86_400_000, id="late"),
        pytest.param(ClockTrust.HOLDOVER, NOW_MS - 5, NOW_MS - 5, id="coasting"),
        pytest.param(ClockTrust.TRUSTED, NOW_MS + AHEAD_MS, NOW_MS + AHEAD_MS, id="a bit ahead"),
        pytest.param(ClockTrust.TRUSTED, NOW_MS + AHEAD_MS + 1, NOW_MS, id="from the future"),
        pytest.param(ClockTrust.FLOOR, 0, NOW_MS, id="booted in 1970"),
        pytest.param(ClockTrust.SUSPECT, NOW_MS - 5, NOW_MS, id="jumped"),
    ],
)
def test_a_clock_that_cannot_be_believed_is_not(
    clock: ClockTrust, says_ms: int, believed_ms: int
) -> None:
    event = Event("", "", "", "", 1, says_ms, clock, Called("0" * 16), "")

    assert happened_ms(event, NOW_MS) == believed_ms
