"""An offer as its owner wrote it: what it says, what it gives, when, to whom and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from contract.messages import ShownOffer
from gateway.core.consent import Purpose
from gateway.core.offers.conditions import ALWAYS, Condition
from gateway.core.tiers import Tier


class EffectKind(StrEnum):
    """What an offer gives. None opens a door."""

    MESSAGE = "message"
    VOUCHER = "voucher"
    DISCOUNT_PCT = "discount_pct"
    DISCOUNT_VND = "discount_vnd"
    FIXED_PRICE_VND = "fixed_price_vnd"
    FREE_ITEM = "free_item"
    POINTS = "points"
    CASHBACK_VND = "cashback_vnd"
    UPGRADE_PICKUP = "upgrade_pickup"
    NOTIFY_STAFF = "notify_staff"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing given: how much of it, or which."""

    kind: EffectKind
    amount: int = 0
    word: str = ""  # the free item's article, the message, the task
    max_vnd: int | None = None
    pending_days: int = 0  # points and cashback: so long they cannot be used yet
    valid_days: int | None = None  # and so long from now on they can at most; None: for ever


@dataclass(frozen=True, slots=True)
class Caps:
    """How often, and for how much money; None: no limit. Reserved counts as given."""

    total: int | None = None
    per_store: int | None = None
    per_day: int | None = None
    per_profile: int | None = None
    per_visit: int | None = None
    spend_vnd: int | None = None
    cooldown_s: int | None = None  # between two for one profile


class Mode(StrEnum):
    """Which of a group's offers are given."""

    STACK = "stack"  # as many as `at_most` says, the most important first
    FIRST = "first"  # the most important one
    BEST_FOR_SHOPPER = "best_for_shopper"  # those worth most to the shopper
    LOWEST_COST = "lowest_cost"  # those that cost the shop least


@dataclass(frozen=True, slots=True)
class Stacking:
    """How an offer goes with others. A group follows the rule of its most important offer."""

    group: str = ""  # none: a group of its own
    mode: Mode = Mode.STACK
    at_most: int | None = None
    is_exclusive: bool = False  # alone, or not at all
    excludes: frozenset[str] = frozenset()  # groups that get nothing beside it


@dataclass(frozen=True, slots=True)
class Hours:
    """From one minute of the day up to another, on some weekdays (1 is Monday)."""

    days: frozenset[int]
    from_minute: int
    to_minute: int


class Goal(StrEnum):
    """What an experiment is to bring about, within its window."""

    RETURNED = "returned"  # the shopper comes again
    PICKED_UP = "picked_up"  # the shopper picks up an order
    REDEEMED = "redeemed"  # the shopper redeems this very offer


@dataclass(frozen=True, slots=True)
class Variant:
    """What half of the shoppers see otherwise; all else stays."""

    words: Mapping[str, str] = field(default_factory=dict)  # title_vi, why_en, …
    effects: tuple[Effect, ...] | None = None  # None: the same
    price_vnd: int | None = None


@dataclass(frozen=True, slots=True)
class Experiment:
    """How to find out whether an offer brings about anything, or which of two brings more."""

    name: str  # another name draws other lots and begins to count anew
    holdout_pct: int = 0  # so many of a hundred see nothing of it
    other: Variant | None = None
    goal: Goal = Goal.RETURNED
    window_days: int = 14  # two weekends
    enough: int = 400  # shoppers an arm; with so many 20 % and 29 % are told apart 4 times of 5


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything about an offer that no screen shows. Empty sets mean: no limit."""

    is_paused: bool = False
    when: Condition = ALWAYS
    trigger: Condition = ALWAYS
    effects: tuple[Effect, ...] = ()
    caps: Caps = field(default_factory=Caps)
    stacking: Stacking = field(default_factory=Stacking)
    stores: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    hours: tuple[Hours, ...] = ()
    not_on: frozenset[date] = frozenset()
    purposes: frozenset[Purpose] = frozenset()  # besides those of the facts it asks for
    experiment: Experiment | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer as the owner wrote it."""

    content: ShownOffer
    priority: int
    is_personal: bool
    interest: str = ""  # empty: everybody's
    tier: Tier = Tier.MEMBER  # the lowest tier that gets it
    starts_on: date = date.min
    ends_on: date = date.max
    terms: Terms = field(default_factory=Terms)
