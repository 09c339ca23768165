"""What an experiment's arms say beside each other: with the offer or without, one variant or other.

docs/offers.md says how to read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.offers.drawing import Arm
from gateway.core.uplift import Finding, Share, Uplift, finding, uplift


class Question(StrEnum):
    """What an experiment can answer."""

    DOES_IT_WORK = "does_it_work"  # whoever saw it, in any variant, beside who was held out
    WHICH_IS_BETTER = "which_is_better"  # variant B beside A


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question, both shares it is about, and the answer."""

    question: Question
    treated: Share
    control: Share
    uplift: Uplift
    finding: Finding


def comparisons(shares: Mapping[Arm, Share], enough: int) -> list[Comparison]:
    """The questions that these arms can answer."""
    found = []
    if Arm.HOLDOUT in shares:
        seen = [share for arm, share in shares.items() if arm is not Arm.HOLDOUT]
        all_seen = Share(sum(one.hits for one in seen), sum(one.of for one in seen))
        found.append((Question.DOES_IT_WORK, all_seen, shares[Arm.HOLDOUT]))
    if Arm.B in shares:
        found.append((Question.WHICH_IS_BETTER, shares[Arm.B], shares[Arm.A]))
    return [
        Comparison(question, one, other, uplift(one, other), finding(one, other, enough))
        for question, one, other in found
    ]
