"""The screen of a kiosk that belongs to nobody yet: a code for the owner to compare.

It decides no more than what a person sees; who lets the kiosk in is the gateway.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

AGAIN_AFTER_S = 60.0  # somebody who was called away finds the sentence; then there is a new code


class Step(StrEnum):
    """How far it has come."""

    SEARCHING = "searching"  # no gateway answers
    WAITING = "waiting"  # the code is on the screen
    REFUSED = "refused"  # the owner said no; asked again only by touch
    EXPIRED = "expired"  # nobody said anything in time
    UNFIT = "unfit"  # these settings cannot work: the detail says which


@dataclass(frozen=True, slots=True)
class NewHere:
    """A new kiosk."""

    step: Step
    code: str = ""  # while WAITING
    detail: str = ""  # for who set it up, in the words of the log


def is_asking(step: Step, still_s: float, *, is_touched: bool) -> bool:
    """Whether a kiosk at this step asks (again) now; `still_s` since it got there."""
    match step:
        case Step.WAITING:
            return False
        case Step.SEARCHING:
            return True
        case Step.REFUSED:
            return is_touched
    return is_touched or still_s >= AGAIN_AFTER_S
