"""Shoppers between the web and the shop, and the truth of which touch led them where.

It plays day by day and each shopper remembers by themselves what they saw; nothing is looked up
afterwards. So what the product finds out can be held against what happened here. It reaches
nothing: whoever plays it passes on what is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

DAY_MS = 86_400_000
REMEMBERS_MS = 30 * DAY_MS  # so long a shopper knows why they came, and what they came for
CAMPAIGNS = (("link", "tet"), ("link", "sale-8-3"), ("qr", "poster"), ("code", "zalo-oa"))
SEES, COMES, ANYWAY, BUYS = 0.05, 0.12, 0.02, 0.45  # chances on a day, or of a visit
OPENS_MS, HOURS_MS = 9 * 3_600_000, 11 * 3_600_000
STAYS_MS = (120_000, 1_500_000)
ONLINE_MS = 3_600_000  # touches come before the shop opens or on another day: each at its instant


@dataclass(frozen=True, slots=True)
class Seen:
    """A touch."""

    member: str
    at_ms: int
    key: str
    campaign: str


@dataclass(frozen=True, slots=True)
class Came:
    """A visit."""

    member: str
    from_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Paid:
    """A sale."""

    member: str
    at_ms: int
    amount_vnd: int


@dataclass
class Truth:
    """What really happened."""

    began: Counter[tuple[str, str]] = field(default_factory=Counter)  # journeys, by first touch
    came: Counter[tuple[str, str]] = field(default_factory=Counter)
    bought: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: Counter[tuple[str, str]] = field(default_factory=Counter)  # visits, by first touch
    last: Counter[tuple[str, str]] = field(default_factory=Counter)
    sold: Counter[tuple[str, str]] = field(default_factory=Counter)  # sales, by last touch


@dataclass
class Mind:
    """What one shopper remembers."""

    seen: list[Seen] = field(default_factory=list)  # not forgotten yet, oldest first
    journey: Seen | None = None
    touched_ms: int = 0  # when they last saw anything of this journey
    came_ms: int | None = None

    def forget(self, now_ms: int) -> None:
        """What is too long ago is as if it never was."""
        self.seen = [one for one in self.seen if now_ms - one.at_ms <= REMEMBERS_MS]


@dataclass
class Web:
    """Some shoppers over some days."""

    members: Sequence[str]
    random: Random
    truth: Truth = field(default_factory=Truth)
    minds: dict[str, Mind] = field(default_factory=dict)

    def day(self, midnight_ms: int) -> Iterator[Seen | Came | Paid]:
        """All that happens on a day, told in no order."""
        for member in self.members:
            yield from self._of(member, self.minds.setdefault(member, Mind()), midnight_ms)

    def _of(self, member: str, mind: Mind, midnight_ms: int) -> Iterator[Seen | Came | Paid]:
        chance = self.random.random
        if chance() < SEES:
            at_ms = midnight_ms + int(chance() * ONLINE_MS)
            seen = Seen(member, at_ms, *self.random.choice(CAMPAIGNS))
            self._sees(mind, seen)
            yield seen
        mind.forget(midnight_ms)
        if chance() >= (COMES if mind.seen else ANYWAY):
            return
        from_ms = midnight_ms + OPENS_MS + int(chance() * HOURS_MS)
        came = Came(member, from_ms, from_ms + self.random.randint(*STAYS_MS))
        self._comes(mind, came)
        yield came
        if chance() < BUYS:
            paid = Paid(member, came.until_ms, self.random.randint(20, 900) * 1_000)
            self._buys(mind, paid)
            yield paid

    def _sees(self, mind: Mind, seen: Seen) -> None:
        if mind.journey is None or seen.at_ms - mind.touched_ms > REMEMBERS_MS:
            mind.journey, mind.came_ms = seen, None
            self.truth.began[seen.key, seen.campaign] += 1
        mind.touched_ms = seen.at_ms
        mind.seen.append(seen)

    def _comes(self, mind: Mind, came: Came) -> None:
        mind.forget(came.from_ms)
        if mind.seen:
            first, last = mind.seen[0], mind.seen[-1]
            self.truth.first[first.key, first.campaign] += 1
            self.truth.last[last.key, last.campaign] += 1
        why = mind.journey
        is_fresh = came.from_ms - mind.touched_ms <= REMEMBERS_MS
        if why is not None and mind.came_ms is None and is_fresh:
            mind.came_ms = came.from_ms
            self.truth.came[why.key, why.campaign] += 1

    def _buys(self, mind: Mind, paid: Paid) -> None:
        mind.forget(paid.at_ms)
        if mind.seen:
            last = mind.seen[-1]
            self.truth.sold[last.key, last.campaign] += 1
        why = mind.journey
        came_ms = mind.came_ms
        if why is not None and came_ms is not None and paid.at_ms - came_ms <= REMEMBERS_MS:
            self.truth.bought[why.key, why.campaign] += 1
            mind.journey = None  # they have it: the next touch begins another
