"""Whom of the staff a card asks first, whom next, and when everybody: decides, and asks nobody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

NEXT_AFTER_MS = 45_000  # nobody came: somebody else is asked
ALL_AFTER_MS = 90_000  # still nobody: everybody is
LOOK_AGAIN_MS = 10_000  # how soon it is noticed that a shopper has left whom nobody took
MOST_OPEN = 3  # cards of one person at a time: who has more serves none of them well


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody on duty."""

    staff: str
    skills: frozenset[str] = frozenset()  # kinds of cards, interests of shoppers
    zones: frozenset[str] = frozenset()  # kiosks; none: all
    open_cards: int = 0  # theirs, and those that ask them now
    asked_at_ms: int = 0  # when a card asked them last


@dataclass(frozen=True, slots=True)
class Waiting:
    """A card nobody has taken, in the present round of asking."""

    kiosk: str
    wants: frozenset[str]  # which skills would help
    regular: str | None  # who served this shopper last
    round_at_ms: int  # when the round began
    asked: tuple[str, ...] = ()  # whom in this round, in order
    but_not: str | None = None  # who gave it back


@dataclass(frozen=True, slots=True)
class Ask:
    """What a card does now, until somebody looks at it again."""

    staff: str | None  # None: everybody
    look_at_ms: int
    asked: tuple[str, ...]


def ask(card: Waiting, on_duty: Collection[Colleague], now_ms: int) -> Ask:
    """Whom a card asks now. Everybody if nobody is free: no card is forgotten for being nobody's.

    Somebody asked goes off duty, or fills up, and the next one is asked before their time.
    """
    waited_ms = now_ms - card.round_at_ms
    due = 0 if waited_ms < NEXT_AFTER_MS else 1 if waited_ms < ALL_AFTER_MS else 2
    if due < 2:
        current = card.asked[-1] if card.asked else None
        is_there = any(one.staff == current for one in on_duty)
        if current is not None and is_there and len(card.asked) > due:
            return Ask(current, _look(card, due, now_ms), card.asked)
        found = _best(card, on_duty)
        if found is not None:
            return Ask(found, _look(card, due, now_ms), (*card.asked, found))
    return Ask(None, now_ms + LOOK_AGAIN_MS, card.asked)


def _look(card: Waiting, due: int, now_ms: int) -> int:
    next_ms = card.round_at_ms + (NEXT_AFTER_MS, ALL_AFTER_MS)[due]
    return min(next_ms, now_ms + LOOK_AGAIN_MS)


def _best(card: Waiting, on_duty: Collection[Colleague]) -> str | None:
    """Who served them last; else zone, skill, who has least to do, who was asked longest ago."""
    tired = {*card.asked, card.but_not}
    free = [one for one in on_duty if one.open_cards < MOST_OPEN and one.staff not in tired]
    if not free:
        return None

    def rank(one: Colleague) -> tuple[bool, bool, int, int, int, str]:
        return (
            one.staff != card.regular,
            bool(one.zones) and card.kiosk not in one.zones,
            -len(one.skills & card.wants),
            one.open_cards,
            one.asked_at_ms,
            one.staff,
        )

    return min(free, key=rank).staff
