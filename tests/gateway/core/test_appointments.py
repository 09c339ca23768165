"""Who may check in when, and where each step leads; every no has its sentence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Text
from gateway.core.appointments import (
    MINUTE_MS,
    OPEN,
    SENTENCES,
    STANDARD,
    STEPS,
    Hitch,
    Settlement,
    VisitState,
    VisitStep,
    VisitType,
    When,
    after,
    is_settled,
    punctual,
)

DAY = date(2026, 3, 1)
AT = When(1_000 * MINUTE_MS, DAY)
USUAL = VisitType(Text("Tư vấn", "Consultation"))
BOOKED, WAITING, SERVING = VisitState.BOOKED, VisitState.WAITING, VisitState.SERVING


@pytest.mark.parametrize(
    ("minutes", "hitch"),
    [
        pytest.param(-31, Hitch.TOO_EARLY, id="too early"),
        pytest.param(-30, None, id="as early as may be"),
        pytest.param(0, None, id="on time"),
        pytest.param(15, None, id="as late as may be"),
        pytest.param(16, Hitch.TOO_LATE, id="too late"),
    ],
)
def test_who_comes_within_the_time_may_check_in(minutes: int, hitch: Hitch | None) -> None:
    assert punctual(USUAL, AT, When(AT.at_ms + minutes * MINUTE_MS, DAY)) is hitch


def test_another_day_is_told_so_even_a_minute_before_midnight() -> None:
    assert punctual(USUAL, AT, When(AT.at_ms - 1, date(2026, 2, 28))) is Hitch.WRONG_DAY


@pytest.mark.parametrize(
    ("state", "step", "end"),
    [
        pytest.param(BOOKED, VisitStep.CHECK_IN, WAITING, id="they come"),
        pytest.param(WAITING, VisitStep.CHECK_IN, WAITING, id="held up again"),
        pytest.param(WAITING, VisitStep.SERVE, SERVING, id="a host comes"),
        pytest.param(SERVING, VisitStep.FINISH, VisitState.DONE, id="it is over"),
        pytest.param(BOOKED, VisitStep.MISS, VisitState.NO_SHOW, id="nobody comes"),
        pytest.param(WAITING, VisitStep.MISS, VisitState.NO_SHOW, id="they left again"),
        pytest.param(WAITING, VisitStep.CANCEL, VisitState.CANCELLED, id="called off"),
        pytest.param(BOOKED, VisitStep.SERVE, Hitch.NOT_HERE, id="served before they come"),
        pytest.param(WAITING, VisitStep.FINISH, Hitch.NOT_HERE, id="finished before it began"),
        pytest.param(SERVING, VisitStep.SERVE, Hitch.ALREADY, id="a second host"),
        pytest.param(SERVING, VisitStep.CHECK_IN, Hitch.ALREADY, id="checked in while served"),
        pytest.param(VisitState.DONE, VisitStep.CHECK_IN, Hitch.OVER, id="after the end"),
        pytest.param(VisitState.CANCELLED, VisitStep.CHECK_IN, Hitch.CANCELLED, id="cancelled"),
    ],
)
def test_where_steps_lead(state: VisitState, step: VisitStep, end: VisitState | Hitch) -> None:
    assert after(state, step) is end


@given(st.lists(st.sampled_from(VisitStep)))
def test_whatever_is_tried_what_is_over_stays_over(steps: list[VisitStep]) -> None:
    state = BOOKED
    for step in steps:
        then = after(state, step)
        if isinstance(then, VisitState):
            assert state in OPEN
            state = then


def test_every_word_is_accounted_for_and_rules_make_sense() -> None:
    assert {*SENTENCES} == {*Hitch}
    names = [kind.name for kind in STANDARD.values()]
    assert all(text.vi != text.en for text in (*SENTENCES.values(), *names) if text.vi)
    assert {*STEPS} == {*VisitStep}
    with pytest.raises(ValueError, match="late_ms"):
        VisitType(Text("Tư vấn", "Consultation"), late_ms=2, no_show_ms=1)


GOODS, TALK = STANDARD["return"], STANDARD["consultation"]


@pytest.mark.parametrize(
    ("kind", "outcome", "note", "is_enough"),
    [
        pytest.param(TALK, None, "", True, id="a talk is over when it is over"),
        pytest.param(TALK, Settlement.EXCHANGED, "", False, id="a talk is no exchange"),
        pytest.param(GOODS, None, "torn", False, id="goods and no word of what became of them"),
        pytest.param(GOODS, Settlement.TAKEN_BACK, "", True, id="taken back"),
        pytest.param(GOODS, Settlement.DECLINED, " ", False, id="declined without a reason"),
        pytest.param(GOODS, Settlement.DECLINED, "worn", True, id="declined, because"),
    ],
)
def test_goods_that_are_brought_back_end_in_a_word_and_a_no_has_its_reason(
    kind: VisitType, outcome: Settlement | None, note: str, is_enough: bool
) -> None:
    assert is_settled(kind, outcome, note) is is_enough
