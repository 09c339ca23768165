"""Why an offer is given or not: a closed list. What each sounds like is `sentences`' matter."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """One word for programs; people read a sentence in their own language."""

    GRANTED = "granted"
    NOTHING_RUNS = "nothing_runs"
    # the offer itself
    PAUSED = "paused"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    OUTSIDE_HOURS = "outside_hours"
    WRONG_STORE = "wrong_store"
    WRONG_CHANNEL = "wrong_channel"
    # the person
    CONSENT_MISSING = "consent_missing"
    IDENTITY_TOO_WEAK = "identity_too_weak"
    TIER = "tier"
    SEGMENT = "segment"
    AGE = "age"
    # the moment
    NOT_TRIGGERED = "not_triggered"
    MIN_SPEND = "min_spend"
    MIN_QTY = "min_qty"
    ITEM_MISSING = "item_missing"
    CONDITION_UNMET = "condition_unmet"
    FACT_UNKNOWN = "fact_unknown"
    # how often
    TOTAL_LIMIT = "total_limit"
    STORE_LIMIT = "store_limit"
    DAY_LIMIT = "day_limit"
    PROFILE_LIMIT = "profile_limit"
    VISIT_LIMIT = "visit_limit"
    BUDGET_SPENT = "budget_spent"
    COOLDOWN = "cooldown"
    # a code, or a redemption
    UNKNOWN_CODE = "unknown_code"
    WRONG_RECIPIENT = "wrong_recipient"
    LOCKED_ELSEWHERE = "locked_elsewhere"
    ALREADY_REDEEMED = "already_redeemed"
    RESERVATION_OVER = "reservation_over"
    KEY_REUSED = "key_reused"
    # beside other offers
    EXCLUDED_BY_GROUP = "excluded_by_group"
    BETTER_OFFER_APPLIED = "better_offer_applied"
    # an experiment: no screen of a shopper says it
    HOLDOUT = "holdout"
