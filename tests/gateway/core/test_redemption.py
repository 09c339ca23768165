"""The one table of what may become of a redemption."""

from __future__ import annotations

from itertools import product

from gateway.core.redemption import State, Step, after

TAKEN = {
    (State.RESERVED, Step.CONFIRM, False): State.CONFIRMED,
    (State.RESERVED, Step.RELEASE, False): State.RELEASED,
    (State.RESERVED, Step.EXPIRE, True): State.EXPIRED,
    (State.CONFIRMED, Step.ROLL_BACK, False): State.ROLLED_BACK,
    (State.CONFIRMED, Step.ROLL_BACK, True): State.ROLLED_BACK,
    # asked again: the same answer, however late
    (State.CONFIRMED, Step.CONFIRM, False): State.CONFIRMED,
    (State.CONFIRMED, Step.CONFIRM, True): State.CONFIRMED,
    (State.RELEASED, Step.RELEASE, False): State.RELEASED,
    (State.RELEASED, Step.RELEASE, True): State.RELEASED,
    (State.EXPIRED, Step.EXPIRE, False): State.EXPIRED,
    (State.EXPIRED, Step.EXPIRE, True): State.EXPIRED,
    (State.ROLLED_BACK, Step.ROLL_BACK, False): State.ROLLED_BACK,
    (State.ROLLED_BACK, Step.ROLL_BACK, True): State.ROLLED_BACK,
}


def test_these_steps_can_be_taken_and_no_others() -> None:
    for state, step, is_late in product(State, Step, (False, True)):
        assert after(state, step, is_late=is_late) is TAKEN.get((state, step, is_late))
