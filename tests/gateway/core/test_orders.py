"""An order is handed over at most once, whatever is tried; every no has its sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.orders import OPEN, SENTENCES, STEPS, OrderState, OrderStep, Stop, after

PREPARE, READY, ARRIVE = OrderStep.PREPARE, OrderStep.MAKE_READY, OrderStep.ARRIVE
GIVE, CANCEL = OrderStep.HAND_OVER, OrderStep.CANCEL


def walk(steps: list[OrderStep]) -> OrderState | Stop:
    state = OrderState.PLACED
    for step in steps:
        then = after(state, step)
        if isinstance(then, Stop):
            return then
        state = then
    return state


@pytest.mark.parametrize(
    ("steps", "end"),
    [
        pytest.param([PREPARE, READY, ARRIVE, GIVE], OrderState.HANDED_OVER, id="the usual way"),
        pytest.param([READY, GIVE], OrderState.HANDED_OVER, id="nobody said they arrived"),
        pytest.param([READY, OrderStep.HAND_OVER_PARTLY], OrderState.PARTLY, id="in part"),
        pytest.param([READY, ARRIVE, OrderStep.REFUSE], OrderState.REFUSED, id="not wanted"),
        pytest.param([READY, OrderStep.EXPIRE], OrderState.EXPIRED, id="nobody came"),
        pytest.param([READY, ARRIVE, CANCEL], OrderState.CANCELLED, id="cancelled at the counter"),
        pytest.param([ARRIVE], Stop.NOT_READY, id="too early"),
        pytest.param([PREPARE, GIVE], Stop.NOT_READY, id="handed over before it is ready"),
        pytest.param([READY, GIVE, GIVE], Stop.HANDED_OVER, id="a second bag"),
        pytest.param([READY, GIVE, CANCEL], Stop.HANDED_OVER, id="cancelled too late"),
        pytest.param([READY, CANCEL, GIVE], Stop.CANCELLED, id="cancelled just before"),
        pytest.param([READY, OrderStep.EXPIRE, ARRIVE], Stop.OVER, id="came too late"),
        pytest.param([READY, ARRIVE, OrderStep.EXPIRE], Stop.ALREADY, id="who stands there waits"),
        pytest.param([READY, PREPARE], Stop.ALREADY, id="backwards"),
    ],
)
def test_where_steps_lead(steps: list[OrderStep], end: OrderState | Stop) -> None:
    assert walk(steps) is end


def test_nothing_unpaid_is_handed_over_but_it_may_be_refused() -> None:
    assert after(OrderState.READY, GIVE, 1) is Stop.UNPAID
    assert after(OrderState.ARRIVED, OrderStep.HAND_OVER_PARTLY, 1) is Stop.UNPAID
    assert after(OrderState.READY, OrderStep.REFUSE, 1) is OrderState.REFUSED


@given(st.lists(st.sampled_from(OrderStep)))
def test_whatever_is_tried_an_order_ends_at_most_once_and_stays_ended(
    steps: list[OrderStep],
) -> None:
    state, ends = OrderState.PLACED, 0
    for step in steps:
        then = after(state, step)
        if isinstance(then, Stop):
            continue
        assert state in OPEN
        ends += then not in OPEN
        state = then
    assert ends == (state not in OPEN)


def test_every_reason_and_every_state_is_accounted_for() -> None:
    assert {*SENTENCES} == {*Stop}
    assert all(text.vi and text.en and text.vi != text.en for text in SENTENCES.values())
    assert {*STEPS} == {*OrderStep}
    assert {then for _, then in STEPS.values()} == {*OrderState} - {OrderState.PLACED}
