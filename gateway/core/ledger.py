"""Points, cashback and session packs as lots: earned, usable from some day, used up, over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from contract.messages import Text

DAY_MS = 86_400_000
GRACE_MS = 30 * DAY_MS  # what comes back from an undone sale can be used for at least a month
SOON_MS = 30 * DAY_MS  # what ends later is no news to a shopper: they will come again before


class Currency(StrEnum):
    """What is counted, always in whole units."""

    POINTS = "points"
    VND = "vnd"  # cashback
    SESSIONS = "sessions"  # of a pack, as ten visits to the spa


class Posting(StrEnum):
    """What was done to an account."""

    EARN = "earn"
    BURN = "burn"
    REVERSE = "reverse"
    FOLLOW = "follow"  # an imported file said another amount than the file before it


class Result(StrEnum):
    """How it went; a closed list."""

    DONE = "done"
    NOT_ENOUGH = "not_enough"
    UNDONE_BEFORE = "undone_before"
    NOTHING_THERE = "nothing_there"
    KEY_REUSED = "key_reused"


SENTENCES = {
    Result.DONE: Text("Đã ghi nhận.", "Done."),
    Result.NOT_ENOUGH: Text("Số dư hiện không đủ.", "The balance is not enough just now."),
    Result.UNDONE_BEFORE: Text(
        "Giao dịch này đã được hoàn lại trước đó.", "This has been undone before."
    ),
    Result.NOTHING_THERE: Text(
        "Không có giao dịch nào để hoàn lại.", "There is nothing here that could be undone."
    ),
    Result.KEY_REUSED: Text(
        "Yêu cầu này trùng số với một yêu cầu khác; hãy bắt đầu lại.",
        "This request carries another request's number; please start again.",
    ),
}


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of one earning, and when it can be used."""

    lot: int
    left: int
    usable_from_ms: int
    expires_at_ms: int | None  # None: never

    def is_over(self, now_ms: int) -> bool:
        """Whether it can never be used again."""
        return self.expires_at_ms is not None and self.expires_at_ms <= now_ms


@dataclass(frozen=True, slots=True)
class Balance:
    """What can be used now, and what can be later."""

    usable: int
    pending: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands: what a screen and a staff page say of it."""

    usable: int = 0
    pending: int = 0
    ending: int = 0  # of what is usable, the part that is over first, if that is soon
    ends_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """So much of one lot."""

    lot: int
    amount: int


def balance(lots: Collection[Lot], now_ms: int) -> Balance:
    """The one balance, in the shop and online."""
    alive = [lot for lot in lots if not lot.is_over(now_ms)]
    usable = sum(lot.left for lot in alive if lot.usable_from_ms <= now_ms)
    return Balance(usable, sum(lot.left for lot in alive) - usable)


def standing(lots: Collection[Lot], now_ms: int) -> Standing:
    """The balance, and how much of it is over next, if within a month."""
    both = balance(lots, now_ms)
    ends = [
        (lot.expires_at_ms, lot.left)
        for lot in lots
        if lot.left and lot.usable_from_ms <= now_ms and not lot.is_over(now_ms)
        if lot.expires_at_ms is not None and lot.expires_at_ms <= now_ms + SOON_MS
    ]
    if not ends:
        return Standing(both.usable, both.pending)
    first_ms = min(end_ms for end_ms, _ in ends)
    ending = sum(left for end_ms, left in ends if end_ms == first_ms)
    return Standing(both.usable, both.pending, ending, first_ms)


def spend(lots: Collection[Lot], amount: int, now_ms: int) -> list[Part] | None:
    """Which lots an amount is taken from: what is over first, goes first. None: not enough."""
    usable = [lot for lot in lots if lot.usable_from_ms <= now_ms and not lot.is_over(now_ms)]
    parts = take(usable, amount)
    return parts if sum(part.amount for part in parts) == amount else None


def take(lots: Collection[Lot], amount: int) -> list[Part]:
    """As much of an amount as there is, from what is over first; equals in the order they came."""
    parts = []
    for lot in sorted(lots, key=_end):
        part = min(lot.left, amount)
        if part > 0:
            parts.append(Part(lot.lot, part))
            amount -= part
    return parts


def claw_back(lots: Collection[Lot], earned: int, amount: int) -> list[Part]:
    """Take an earning back: from its own lot, then from the others. What was spent stays spent.

    A balance never falls below zero; what is missing then is the shop's loss.
    """
    own = take([lot for lot in lots if lot.lot == earned], amount)
    rest = amount - sum(part.amount for part in own)
    return own + take([lot for lot in lots if lot.lot != earned], rest)


def returned_until_ms(expires_at_ms: int | None, now_ms: int) -> int | None:
    """How long what comes back is good: as before, but never less than a month."""
    return None if expires_at_ms is None else max(expires_at_ms, now_ms + GRACE_MS)


def _end(lot: Lot) -> tuple[bool, int, int]:
    return lot.expires_at_ms is None, lot.expires_at_ms or 0, lot.lot
