"""Draws who of an offer's shoppers is held out of it and who sees its other variant, for ever.

The lot is a keyed hash of the experiment's name and the shopper: it needs no memory, nobody can
guess or choose it, and the lots of two experiments have nothing to do with each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2b
from struct import Struct

from contract.messages import ShownOffer, Text
from gateway.core.offers.model import Experiment, Offer, Variant

_TWO_LOTS = Struct(">II")  # one for being held out, one for the variant: each may change alone


class Arm(StrEnum):
    """What a shopper of an experiment gets."""

    HOLDOUT = "holdout"  # nothing, and is not told
    A = "a"
    B = "b"


@dataclass(frozen=True, slots=True)
class Draw:
    """An offer's lots, ready to be drawn."""

    experiment: Experiment
    a: Offer
    b: Offer | None
    _held_below: int
    _urn: blake2b

    @classmethod
    def of(cls, offer: Offer, key: bytes) -> Draw | None:
        """None if the offer is no experiment. The key is the shop's own, and kept."""
        experiment = offer.terms.experiment
        if experiment is None:
            return None
        urn = blake2b(experiment.name.encode() + b"\0", key=key, digest_size=_TWO_LOTS.size)
        held_below = (experiment.holdout_pct << 32) // 100
        return cls(experiment, offer, _other(offer, experiment), held_below, urn)

    def arm(self, who: str) -> Arm:
        """The same one for the same shopper, whenever and wherever they come."""
        urn = self._urn.copy()
        urn.update(who.encode())
        held, variant = _TWO_LOTS.unpack(urn.digest())
        if held < self._held_below:
            return Arm.HOLDOUT
        return Arm.B if self.b is not None and variant & 1 else Arm.A

    def offer(self, arm: Arm) -> Offer:
        """The offer as who is in an arm sees it, or would."""
        return self.b if arm is Arm.B and self.b is not None else self.a


def _other(offer: Offer, experiment: Experiment) -> Offer | None:
    other = experiment.other
    if other is None:
        return None
    effects = offer.terms.effects if other.effects is None else other.effects
    terms = replace(offer.terms, effects=effects)
    return replace(offer, content=_reworded(offer.content, other), terms=terms)


def _reworded(content: ShownOffer, other: Variant) -> ShownOffer:
    def said(name: str, text: Text) -> Text:
        return Text(other.words.get(f"{name}_vi", text.vi), other.words.get(f"{name}_en", text.en))

    return ShownOffer(
        id=content.id,
        tone=content.tone,
        kind=said("kind", content.kind),
        badge=said("badge", content.badge),
        until=said("until", content.until),
        title=said("title", content.title),
        why=said("why", content.why),
        price_vnd=content.price_vnd if other.price_vnd is None else other.price_vnd,
        was_vnd=content.was_vnd,
    )
