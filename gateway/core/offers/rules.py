"""The offers of a store, made ready once, and judged for one shopper at one moment.

A redemption asks the same `judge` as the screen did: what is granted can be redeemed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from gateway.core.consent import Purpose
from gateway.core.offers.conditions import ALWAYS, All, Condition, Leaf, Op, Questions, Test, leaves
from gateway.core.offers.drawing import Arm, Draw
from gateway.core.offers.facts import FACTS, Known, Value
from gateway.core.offers.model import Caps, Effect, EffectKind, Mode, Offer, Stacking, Terms
from gateway.core.offers.reasons import Reason
from gateway.core.tiers import Tier

SHOWN_AT_MOST = 3  # what fits on the reference screen without scrolling
SURE_ENOUGH = 0.6  # a tag and a "yes, this is me"


@dataclass(frozen=True, slots=True)
class Situation:
    """One shopper at one moment: all that offers are chosen by. `at` is the shop's own time.

    `who` is drawn by in experiments, and nothing else; nobody known is in none.
    """

    at: datetime
    store: str
    channel: str
    consents: Collection[Purpose] = frozenset()
    facts: Mapping[str, Value] = field(default_factory=dict)
    who: str = ""


@dataclass(frozen=True, slots=True)
class Used:
    """How often an offer is given or reserved already, as far as one shopper's caps see it."""

    total: int = 0
    store: int = 0
    day: int = 0
    profile: int = 0
    visit: int = 0
    spent_vnd: int = 0
    quiet_s: float | None = None  # since this profile had it last


UNUSED = Used()


class Decision(NamedTuple):
    """What became of one offer; `offer` is None if there was none, `leaf` is what did not hold.

    `arm` is what an experiment drew for the shopper, if they fit its offer.
    """

    offer: Offer | None
    reason: Reason
    leaf: Leaf | None = None
    arm: Arm | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One offer, ready to be judged."""

    offer: Offer
    who: Condition
    trigger: Condition
    purposes: frozenset[Purpose]
    is_triggered: Test | None  # None: it needs no trigger
    fits: Test
    is_capped: bool
    is_placed: bool  # its terms say where or when, beyond its first and last day
    group: str
    granted: Decision
    draw: Draw | None  # None: it is no experiment
    granted_to: Mapping[Arm, Decision]  # what is granted in each of its arms


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Every offer in its total order, most important first, and which facts any of them asks."""

    rules: tuple[Rule, ...]
    questions: Questions
    groups: Mapping[str, Stacking]
    capped: tuple[str, ...]  # the offers whose use must be counted
    tested: tuple[int, ...]  # the places of those that are experiments

    @property
    def reads(self) -> frozenset[str]:
        """The facts that any offer asks for."""
        return self.questions.paths


@dataclass(frozen=True, slots=True)
class Moment:
    """A situation as the rules look at it."""

    situation: Situation
    known: Known
    failing: frozenset[int]  # the numbers of the questions that do not hold
    today: date
    minute: int
    weekday: int
    consents: frozenset[Purpose]


def compiled(offers: Collection[Offer], key: bytes = b"") -> RuleSet:
    """Make offers ready; as often as they change, and not for every shopper.

    With the shop's own key experiments draw their lots.
    """
    questions = Questions()
    rules = tuple(
        _rule(one, questions, key)
        for one in sorted(offers, key=lambda one: (-one.priority, one.content.id))
    )
    groups: dict[str, Stacking] = {}
    for rule in rules:
        groups.setdefault(rule.group, rule.offer.terms.stacking)
    capped = tuple(rule.offer.content.id for rule in rules if rule.is_capped)
    tested = tuple(number for number, rule in enumerate(rules) if rule.draw is not None)
    return RuleSet(rules, questions, groups, capped, tested)


def moment_of(rules: RuleSet, situation: Situation) -> Moment:
    """The same, with what follows from the time, and every question asked."""
    at = situation.at
    minute, weekday = at.hour * 60 + at.minute, at.isoweekday()
    known = {
        **situation.facts,
        "store": situation.store,
        "channel": situation.channel,
        "time.clock": minute,
        "time.weekday": weekday,
        "time.day": at.date().isoformat(),
    }
    failing = rules.questions.failing(known)
    return Moment(
        situation, known, failing, at.date(), minute, weekday, frozenset(situation.consents)
    )


def evaluate(
    rules: RuleSet,
    situation: Situation,
    used: Mapping[str, Used],
    shown_at_most: int = SHOWN_AT_MOST,
) -> list[Decision]:
    """Decide on every offer, in the total order."""
    if not rules.rules:
        return [Decision(None, Reason.NOTHING_RUNS)]
    moment = moment_of(rules, situation)
    decisions = [
        judge(rule, moment, used.get(rule.offer.content.id, UNUSED)) for rule in rules.rules
    ]
    fitting = [number for number, one in enumerate(decisions) if one.reason is Reason.GRANTED]
    held = [number for number in rules.tested if decisions[number].arm is Arm.HOLDOUT]
    if held:
        return _held_out(rules, moment, decisions, fitting, shown_at_most)
    for number, reason in _losers(rules, moment, decisions, fitting, shown_at_most):
        decisions[number] = Decision(decisions[number].offer, reason)
    return decisions


def _held_out(
    rules: RuleSet,
    moment: Moment,
    decisions: list[Decision],
    fitting: Sequence[int],
    shown_at_most: int,
) -> list[Decision]:
    """With some held out: who else would have seen the offer is told apart from who would not.

    The screen then shows what it would if the offers held out did not exist.
    """
    lost = dict(_losers(rules, moment, decisions, fitting, shown_at_most))
    others = [number for number in fitting if decisions[number].arm is not Arm.HOLDOUT]
    for number in set(fitting) - set(others):
        reason = lost.get(number, Reason.HOLDOUT)
        decisions[number] = decisions[number]._replace(reason=reason)
    for number, reason in _losers(rules, moment, decisions, others, shown_at_most):
        decisions[number] = Decision(decisions[number].offer, reason)
    return decisions


def judge(rule: Rule, moment: Moment, used: Used = UNUSED) -> Decision:
    """Whether a shopper may have an offer, as if it were the only one and held out of nobody."""
    offer = rule.offer
    if moment.today < offer.starts_on:
        return Decision(offer, Reason.NOT_STARTED)
    if moment.today > offer.ends_on:
        return Decision(offer, Reason.ENDED)
    reason = _not_now(offer.terms, moment) if rule.is_placed else None
    if reason is not None:
        return Decision(offer, reason)
    if not rule.purposes <= moment.consents:
        return Decision(offer, Reason.CONSENT_MISSING)
    if rule.is_triggered is not None:
        failed = rule.is_triggered(moment.failing)
        if failed is not None:
            return Decision(offer, Reason.NOT_TRIGGERED, failed)
    failed = rule.fits(moment.failing)
    if failed is not None:
        is_known = failed.fact.path in moment.known
        return Decision(offer, failed.fact.reason if is_known else _unknown(failed), failed)
    granted = rule.granted if rule.draw is None else _drawn(rule, rule.draw, moment)
    if rule.is_capped:
        reason = _over(granted.offer or offer, used, moment.known)
        if reason is not None:
            return Decision(offer, reason)
    return granted


def _drawn(rule: Rule, draw: Draw, moment: Moment) -> Decision:
    """To be counted what one does later is profiling: without that consent nobody is drawn."""
    who = moment.situation.who
    if not who or Purpose.PROFILING not in moment.consents:
        return rule.granted
    return rule.granted_to[draw.arm(who)]


def value_vnd(offer: Offer, known: Known) -> int:
    """What an offer is worth to the shopper, as far as that is money."""
    total = known.get("basket.total_vnd")
    base = int(total) if isinstance(total, int | float) else offer.content.was_vnd or 0
    value = 0
    for effect in offer.terms.effects:
        worth = _worth_vnd(effect, base, offer.content.was_vnd or base)
        value += worth if effect.max_vnd is None else min(worth, effect.max_vnd)
    return value


def _worth_vnd(effect: Effect, base_vnd: int, was_vnd: int) -> int:
    match effect.kind:
        case EffectKind.DISCOUNT_PCT:
            return base_vnd * effect.amount // 100
        case EffectKind.DISCOUNT_VND:
            return min(effect.amount, base_vnd) if base_vnd else effect.amount
        case EffectKind.FIXED_PRICE_VND:
            return max(0, was_vnd - effect.amount)
        case EffectKind.CASHBACK_VND:
            return effect.amount
    return 0


def cost_vnd(offer: Offer, known: Known) -> int:
    """What an offer costs the shop, for its budget: what it is worth, or at most may be.

    A free item's cost is its `max_vnd`, for nothing else here knows its price.
    """
    cost = value_vnd(offer, known)
    for effect in offer.terms.effects:
        if effect.max_vnd is not None and effect.kind is EffectKind.FREE_ITEM:
            cost += effect.max_vnd
    return cost


def _rule(offer: Offer, questions: Questions, key: bytes) -> Rule:
    own: list[Condition] = []
    if offer.tier is not Tier.MEMBER:
        own.append(Leaf(FACTS["profile.tier"], Op.AT_LEAST, str(offer.tier)))
    if offer.is_personal:
        own.append(Leaf(FACTS["visit.confidence"], Op.AT_LEAST, SURE_ENOUGH))
    if offer.interest:
        own.append(Leaf(FACTS["interests"], Op.HAS, offer.interest))
    terms = offer.terms
    who, trigger = (questions.same(one) for one in (All((*own, terms.when)), terms.trigger))
    asked = (leaf for condition in (who, trigger) for leaf in leaves(condition))
    purposes = terms.purposes.union(*(leaf.fact.purposes for leaf in asked))
    if offer.is_personal:
        purposes |= {Purpose.PERSONAL_OFFERS}
    draw = Draw.of(offer, key)
    return Rule(
        offer,
        who,
        trigger,
        purposes,
        None if trigger == ALWAYS else questions.test_of(trigger),
        questions.test_of(who),
        terms.caps != Caps(),
        bool(terms.is_paused or terms.stores or terms.channels or terms.hours or terms.not_on),
        terms.stacking.group or f"={offer.content.id}",
        Decision(offer, Reason.GRANTED),
        draw,
        {arm: Decision(draw.offer(arm), Reason.GRANTED, None, arm) for arm in Arm} if draw else {},
    )


def _not_now(terms: Terms, moment: Moment) -> Reason | None:
    """What is wrong with the place and the hour, whoever asks."""
    if terms.is_paused:
        return Reason.PAUSED
    if terms.stores and moment.situation.store not in terms.stores:
        return Reason.WRONG_STORE
    if terms.channels and moment.situation.channel not in terms.channels:
        return Reason.WRONG_CHANNEL
    if moment.today in terms.not_on:
        return Reason.OUTSIDE_HOURS
    if terms.hours and not any(
        moment.weekday in one.days and one.from_minute <= moment.minute < one.to_minute
        for one in terms.hours
    ):
        return Reason.OUTSIDE_HOURS
    return None


def _unknown(leaf: Leaf) -> Reason:
    """Nobody is known who could be the right one: that is about identity, not about a fact."""
    is_who = leaf.fact.reason in (Reason.IDENTITY_TOO_WEAK, Reason.SEGMENT, Reason.TIER)
    return leaf.fact.reason if is_who else Reason.FACT_UNKNOWN


def _over(offer: Offer, used: Used, known: Known) -> Reason | None:
    """Which cap one more would break."""
    caps = offer.terms.caps
    for cap, count, reason in limits(caps, used):
        if cap is not None and count >= cap:
            return reason
    if caps.spend_vnd is not None and used.spent_vnd + cost_vnd(offer, known) > caps.spend_vnd:
        return Reason.BUDGET_SPENT
    if caps.cooldown_s is not None and used.quiet_s is not None and used.quiet_s < caps.cooldown_s:
        return Reason.COOLDOWN
    return None


def limits(caps: Caps, used: Used) -> tuple[tuple[int | None, int, Reason], ...]:
    """Each count, its cap and what to say when it is reached."""
    return (
        (caps.total, used.total, Reason.TOTAL_LIMIT),
        (caps.per_store, used.store, Reason.STORE_LIMIT),
        (caps.per_day, used.day, Reason.DAY_LIMIT),
        (caps.per_profile, used.profile, Reason.PROFILE_LIMIT),
        (caps.per_visit, used.visit, Reason.VISIT_LIMIT),
    )


def _losers(
    rules: RuleSet,
    moment: Moment,
    decisions: Sequence[Decision],
    fitting: Sequence[int],
    shown_at_most: int,
) -> list[tuple[int, Reason]]:
    """Those of the fitting offers that others keep out: first in their group, then beside all."""
    in_group: dict[str, list[int]] = {}
    for number in fitting:
        in_group.setdefault(rules.rules[number].group, []).append(number)
    winners: set[int] = set()
    for group, members in in_group.items():
        offers = {
            number: decisions[number].offer or rules.rules[number].offer for number in members
        }
        winners.update(_winners(offers, moment, rules.groups[group]))
    losers: list[tuple[int, Reason]] = []
    given: list[Rule] = []
    for number in fitting:
        rule = rules.rules[number]
        if number not in winners:
            losers.append((number, Reason.BETTER_OFFER_APPLIED))
        elif any(_keep_apart(rule, other) for other in given):
            losers.append((number, Reason.EXCLUDED_BY_GROUP))
        elif len(given) >= shown_at_most:
            losers.append((number, Reason.BETTER_OFFER_APPLIED))
        else:
            given.append(rule)
    return losers


def _winners(offers: Mapping[int, Offer], moment: Moment, stacking: Stacking) -> Sequence[int]:
    members = list(offers)
    most = stacking.at_most
    if most is None:
        most = len(members) if stacking.mode is Mode.STACK else 1
    match stacking.mode:  # sorted() keeps the total order among equals
        case Mode.BEST_FOR_SHOPPER:
            members.sort(key=lambda one: -value_vnd(offers[one], moment.known))
        case Mode.LOWEST_COST:
            members.sort(key=lambda one: cost_vnd(offers[one], moment.known))
    return members[:most]


def _keep_apart(one: Rule, other: Rule) -> bool:
    mine, theirs = one.offer.terms.stacking, other.offer.terms.stacking
    return (
        mine.is_exclusive
        or theirs.is_exclusive
        or other.group in mine.excludes
        or one.group in theirs.excludes
    )
