"""Why a shopper does not get some offers, as their own screen may say it: kindly, and little of it.

It says what would help or that nothing would, never what is known of them, and names no offer that
needs a consent they did not give.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contract.messages import ShownReason, Text
from gateway.core.offers.conditions import Leaf, Op
from gateway.core.offers.explanations import written
from gateway.core.offers.facts import Kind
from gateway.core.offers.reasons import Reason
from gateway.core.offers.rules import Decision
from gateway.core.offers.sentences import SENTENCES
from gateway.core.tiers import TIER_NAMES, Tier

TOLD_AT_MOST = 3  # a list of everything one does not get is no kindness

# What somebody can do something about first, then what time mends, then what nothing mends.
# The others are about what we know of people, or about the shop's own plans.
SAYABLE = (
    *(Reason.MIN_SPEND, Reason.MIN_QTY, Reason.ITEM_MISSING),
    *(Reason.CONDITION_UNMET, Reason.FACT_UNKNOWN),
    *(Reason.IDENTITY_TOO_WEAK, Reason.TIER, Reason.CONSENT_MISSING),
    *(Reason.OUTSIDE_HOURS, Reason.COOLDOWN, Reason.VISIT_LIMIT, Reason.DAY_LIMIT),
    *(Reason.PROFILE_LIMIT, Reason.STORE_LIMIT, Reason.TOTAL_LIMIT, Reason.BUDGET_SPENT),
)
# Of conditions, only those over what shoppers see of themselves on the same page, or in their hand.
SEEN = frozenset({"profile.points", "basket.total_vnd", "basket.items"})
# No sentence of these helps anybody without what it is that was asked for: at a kiosk nobody knows
# the basket, and "from 300,000 ₫" is worth saying all the same.
BY_WHAT_IS_ASKED = (Reason.CONDITION_UNMET, Reason.FACT_UNKNOWN)
CHOSEN = Text("Ưu đãi chọn riêng cho từng người", "Offers chosen for one person")


def told(decisions: Iterable[Decision]) -> tuple[ShownReason, ...]:
    """The few that are said, what can be helped first."""
    found = sorted(_sayable(decisions), key=lambda one: SAYABLE.index(one.reason))
    said = dict.fromkeys(map(_said, found))  # the missing consent once, however many need it
    return tuple(said)[:TOLD_AT_MOST]


def _sayable(decisions: Iterable[Decision]) -> Iterator[Decision]:
    for one in decisions:
        if one.offer is None or one.reason not in SAYABLE:
            continue
        if one.reason not in BY_WHAT_IS_ASKED or _required(one.leaf) is not None:
            yield one


def _said(one: Decision) -> ShownReason:
    if one.offer is None or one.reason is Reason.CONSENT_MISSING:
        return ShownReason(CHOSEN, SENTENCES[Reason.CONSENT_MISSING])
    return ShownReason(one.offer.content.title, _required(one.leaf) or SENTENCES[one.reason])


def _required(leaf: Leaf | None) -> Text | None:
    """What is asked for, never what is: the screen stands in a shop."""
    if leaf is None or leaf.turned or leaf.op is not Op.AT_LEAST:
        return None
    if leaf.fact.kind is Kind.TIER:
        tier = TIER_NAMES[Tier(str(leaf.value))]
        return Text(f"Dành cho hạng {tier.vi} trở lên.", f"For the {tier.en} tier and above.")
    if leaf.fact.path not in SEEN:
        return None
    least, name = written(leaf.value, leaf.fact.kind), leaf.fact.name
    return Text(f"Cần {name.vi} từ {least.vi}.", f"It needs: {name.en}, at least {least.en}.")
