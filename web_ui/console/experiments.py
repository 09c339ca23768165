"""Experiments as an owner reads them: what each arm did, and what may be said of it by now.

It starts and ends none: an experiment is part of its offer's terms.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from gateway.core.comparing import Comparison, comparisons
from gateway.core.offers.drawing import Arm
from gateway.core.offers.model import Experiment, Goal, Offer
from gateway.core.shop_days import day_of
from gateway.core.uplift import Share, wilson
from gateway.store import experiments, offers
from gateway.store.experiments import Standing
from web_ui.desk.context import desk, session
from web_ui.shared import charts
from web_ui.shared.i18n import later, spoken

bp = Blueprint("experiments", __name__, url_prefix="/experiments")

ARMS = {
    Arm.HOLDOUT: later("without the offer"),
    Arm.A: later("with the offer"),
    Arm.B: later("with the other variant"),
}
GOALS = {
    Goal.RETURNED: later("came again"),
    Goal.PICKED_UP: later("picked up an order"),
    Goal.REDEEMED: later("redeemed this offer"),
}
LEFT, WIDE = 8, 704  # of a drawing 720 wide


@dataclass(frozen=True)
class Drawn:
    """An arm's share as a line with a dot, on a scale all arms have in common."""

    arm: Arm
    share: Share
    low_x: float
    x: float
    high_x: float


@dataclass(frozen=True)
class Told:
    """One experiment."""

    offer: Offer
    experiment: Experiment
    standing: Standing
    drawn: list[Drawn]
    scale: list[tuple[float, float]]  # where a share stands, and what it is
    answers: list[Comparison]
    fewest: int  # members in the smallest arm


@bp.get("/")
def index() -> str:
    """The page: all experiments of the shop's offers, those that run first."""
    db, now_ms = session(), desk().now_ms()
    told = []
    for offer in offers.every(db):
        experiment = offer.terms.experiment
        if experiment is not None:
            standing = experiments.standing(db, offer.content.id, experiment, now_ms)
            told.append(_told(offer, experiment, standing))
    today = day_of(now_ms)
    told.sort(
        key=lambda one: (
            not one.offer.starts_on <= today <= one.offer.ends_on,
            one.offer.content.id,
        )
    )
    return render_template(
        "console/experiments.html",
        told=told,
        arms=ARMS,
        goals=GOALS,
        percent=_percent,
        of_hundred=_of_hundred,
    )


def _told(offer: Offer, experiment: Experiment, standing: Standing) -> Told:
    shares = standing.shares[experiment.goal]
    intervals = {arm: wilson(share) for arm, share in shares.items() if share.of}
    top = charts.nice(max([0.1, *(one.high for one in intervals.values())]))

    def at(share: float) -> float:
        return round(LEFT + WIDE * share / top, 1)

    drawn = [
        Drawn(arm, shares[arm], at(one.low), at(shares[arm].value), at(one.high))
        for arm, one in intervals.items()
    ]
    scale = [(at(top * step / 4), top * step / 4) for step in range(5)]
    fewest = min(standing.seen.get(arm, 0) for arm in shares)
    answers = comparisons(shares, experiment.enough)
    return Told(offer, experiment, standing, drawn, scale, answers, fewest)


def _percent(share: float) -> str:
    return f"{spoken().number(round(100 * share, 1))} %"


def _of_hundred(share: float) -> str:
    """A share of a hundred people, without its sign: words say which way."""
    return spoken().number(round(abs(100 * share), 1))
