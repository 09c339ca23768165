"""What may become of a redemption, in one table: reserve, then confirm or let go, perhaps undo."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

LOCK_MS = 120_000  # long enough to pay; a shopper who walked away blocks nobody for longer


class State(StrEnum):
    """Where a redemption stands."""

    REFUSED = "refused"
    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    RELEASED = "released"  # let go before it was confirmed
    EXPIRED = "expired"  # nobody confirmed it in time
    ROLLED_BACK = "rolled_back"  # the sale was undone


class Step(StrEnum):
    """What may be done with one."""

    CONFIRM = "confirm"
    RELEASE = "release"
    EXPIRE = "expire"
    ROLL_BACK = "roll_back"


STEPS: Mapping[Step, tuple[State, State]] = {
    Step.CONFIRM: (State.RESERVED, State.CONFIRMED),
    Step.RELEASE: (State.RESERVED, State.RELEASED),
    Step.EXPIRE: (State.RESERVED, State.EXPIRED),
    Step.ROLL_BACK: (State.CONFIRMED, State.ROLLED_BACK),
}
HOLDING = (State.RESERVED, State.CONFIRMED)  # these count against caps, and use a code


def after(state: State, step: Step, *, is_late: bool) -> State | None:
    """Where a step leads; None if it cannot be taken from there.

    A step that was taken already leads nowhere new and is no mistake. A reservation whose time
    is over can only expire, and only such a one can.
    """
    before, then = STEPS[step]
    if state is then:
        return then
    if state is not before:
        return None
    if state is State.RESERVED and is_late is not (step is Step.EXPIRE):
        return None
    return then
