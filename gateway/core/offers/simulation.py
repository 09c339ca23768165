"""An offer over visits of the past: how often it would have been given, for how much, till when.

It assumes that whoever is shown an offer takes it, which is the most it can cost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from gateway.core.offers.explanations import Explanation, explain
from gateway.core.offers.model import Offer
from gateway.core.offers.reasons import Reason
from gateway.core.offers.rules import (
    RuleSet,
    Situation,
    Used,
    compiled,
    cost_vnd,
    evaluate,
    moment_of,
)

EXAMPLES = 20  # as many as a person reads
SPENT_UP = (Reason.TOTAL_LIMIT, Reason.BUDGET_SPENT)  # from then on nobody gets it any more


@dataclass(frozen=True, slots=True)
class Occasion:
    """Once that somebody stood at a screen and offers were chosen for them."""

    situation: Situation
    member: str
    visit: int


@dataclass(slots=True)
class Outcome:
    """What would have become of the offer."""

    occasions: int = 0
    granted: int = 0
    cost_vnd: int = 0
    members: set[str] = field(default_factory=set)
    refused: Counter[Reason] = field(default_factory=Counter)
    spent_up_at: datetime | None = None
    examples: list[tuple[Occasion, Explanation]] = field(default_factory=list)


@dataclass(slots=True)
class _Counts:
    """How often it was given so far, by scope."""

    used: Counter[tuple[str, object]] = field(default_factory=Counter)
    spent_vnd: int = 0
    last: dict[str, datetime] = field(default_factory=dict)

    def of(self, one: Occasion) -> Used:
        last = self.last.get(one.member)
        total, store, day, profile, visit = (self.used[scope] for scope in _scopes(one))
        quiet_s = None if last is None else (one.situation.at - last).total_seconds()
        return Used(total, store, day, profile, visit, self.spent_vnd, quiet_s)

    def add(self, one: Occasion, cost: int) -> None:
        self.used.update(_scopes(one))
        self.spent_vnd += cost
        self.last[one.member] = one.situation.at


def as_if_running(
    offers: Iterable[Offer], wanted: str, key: bytes = b""
) -> tuple[RuleSet, Offer | None]:
    """All offers as they are, but the wanted one on every day and not paused; None: no such."""
    running = []
    chosen = None
    for offer in offers:
        if offer.content.id == wanted:
            terms = replace(offer.terms, is_paused=False)
            chosen = replace(offer, starts_on=date.min, ends_on=date.max, terms=terms)
            running.append(chosen)
        else:
            running.append(offer)
    return compiled(running, key), chosen


def simulate(
    rules: RuleSet,
    offer: Offer,
    occasions: Iterable[Occasion],
    heard: Callable[[], None] = lambda: None,
) -> Outcome:
    """Go through the past in its order; `heard` is called once an occasion, to show progress."""
    name, outcome, counts = offer.content.id, Outcome(), _Counts()
    at = next(n for n, rule in enumerate(rules.rules) if rule.offer.content.id == name)
    for one in occasions:
        used = {name: counts.of(one)}
        decision = evaluate(rules, one.situation, used)[at]
        reason = decision.reason
        outcome.occasions += 1
        if len(outcome.examples) < EXAMPLES:
            outcome.examples.append((one, explain(rules, one.situation, used)[at]))
        if reason is Reason.GRANTED:
            cost = cost_vnd(decision.offer or offer, moment_of(rules, one.situation).known)
            counts.add(one, cost)
            outcome.granted += 1
            outcome.cost_vnd += cost
            outcome.members.add(one.member)
        else:
            outcome.refused[reason] += 1
            if reason in SPENT_UP and outcome.spent_up_at is None:
                outcome.spent_up_at = one.situation.at
        heard()
    return outcome


def _scopes(one: Occasion) -> list[tuple[str, object]]:
    """In the order of `Used`."""
    at = one.situation
    return [
        ("total", ""),
        ("store", at.store),
        ("day", at.at.date()),
        ("profile", one.member),
        ("visit", one.visit),
    ]
