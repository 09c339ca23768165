"""Whoever agreed to whatever, whatever offers there are, whatever happens: no consent, no deed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json
from sqlalchemy import delete, func, select

from contract.drawn_codes import draw
from contract.events import (
    Arrived,
    Body,
    Called,
    Left,
    Moved,
    Promised,
    PurseOpened,
    Scanned,
    Touch,
    Touched,
    Verdict,
)
from contract.messages import Level
from gateway import lending, redemptions
from gateway.core.alerts import AlertKind, Outcome
from gateway.core.consent import Method, Purpose
from gateway.core.offers.reasons import Reason
from gateway.core.redemption import Step
from gateway.redemptions import Wish
from gateway.store import alerts, consents, follow_ups, messages, offers, profiles
from gateway.store.alerts import AlertRow
from gateway.store.consents import Proof
from gateway.store.experiments import ExposureRow
from gateway.store.offers import OfferRow
from gateway.store.outgoing import OutgoingEventRow
from gateway.store.visits import VisitRow
from gateway.store.weeks_of_visits import by_week
from tests.gateway.shop import NOON_MS, STORE, Outbox, Shop, pass_of

HOUR_MS = 3_600_000
RADIO = {"near", "moved", "left"}
ANNOUNCED = (AlertKind.VIP, AlertKind.PICK_UP)
NEEDS: tuple[list[str], ...] = ([], ["zalo"], ["profiling"], ["staff_context", "sms"])
# Questions that everybody's answer fits, so that nothing but consent keeps an offer from them; and
# what each needs, as docs/offers.md says it.
OFFERS, BEHAVIOUR = {"personal_offers"}, {"personal_offers", "profiling"}
QUESTIONS: tuple[tuple[dict[str, Any], set[str]], ...] = (
    ({}, set()),
    ({"fact": "visit.dwell_s", "at_least": 0}, set()),
    ({"fact": "profile.points", "at_least": 0}, OFFERS),
    ({"fact": "profile.tier", "at_least": "member"}, OFFERS),
    ({"fact": "orders.open", "at_least": 0}, OFFERS),
    ({"not": {"fact": "interests", "has": "coffee"}}, OFFERS),
    ({"fact": "visits.count", "at_least": 1}, BEHAVIOUR),
    ({"not": {"fact": "interests.viewed", "has": "coffee"}}, BEHAVIOUR),
    (
        {"any": [{"fact": "visit.dwell_s", "at_least": 0}, {"fact": "visits.count", "is": 9}]},
        BEHAVIOUR,
    ),
)
EXTRAS: tuple[dict[str, Any], ...] = (
    {},
    {"caps": {"total": 1_000}},
    {"experiment": {"name": "tea", "holdout_pct": 40, "other": {"title_vi": "Trà"}}},
)
WRITTEN = st.tuples(
    st.booleans(), st.sampled_from(NEEDS), st.sampled_from(QUESTIONS), st.sampled_from(EXTRAS)
)
# Always among them: one that is tested, one about other visits, one that a kiosk gives out alone.
ALWAYS = (
    (False, NEEDS[0], QUESTIONS[0], EXTRAS[2]),
    (False, NEEDS[0], QUESTIONS[-3], EXTRAS[0]),
    (False, NEEDS[0], QUESTIONS[0], EXTRAS[1]),
)
CHANNELS = (Purpose.EMAIL, Purpose.SMS, Purpose.ZALO)
CONSENTS = st.frozensets(st.sampled_from(list(Purpose)))
DEEDS = st.lists(
    st.sampled_from(
        [
            *("near", "moved", "left", "hello", "confirm", "scan", "call"),
            *("choose", "message", "redeem", "promise"),
        ]
    ),
    max_size=8,
)
OFFERS_AT_ONCE = len(ALWAYS) + 2
MEMBERS = count(1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One shop for all examples; each has a member, an hour and a kiosk's memory of its own."""
    made = Shop(tmp_path_factory.mktemp("consents"))
    for number in range(OFFERS_AT_ONCE):
        made.offer(f"o-{number}")
    made.staff("Hạnh")
    made.handle(Outbox("quay-2", "f" * 16).says(PurseOpened("f" * 16)))
    yield made
    made.engine.dispose()


def write(shop: Shop, written: Sequence[Any]) -> dict[str, set[str]]:
    """The shop's offers are these from now on; what each needs, by what it is and asks."""
    needed = {}
    with shop.writers.begin() as db:
        for number, (is_personal, needs, (when, asks), extra) in enumerate(written):
            row = db.get_one(OfferRow, f"o-{number}")
            terms = {"consents": needs, **({"when": when} if when else {}), **extra}
            row.is_personal, row.interest = is_personal, "tra" if is_personal else ""
            row.terms = json.encode(terms).decode()
            needed[row.offer] = {*needs, *asks, *(["personal_offers"] if is_personal else [])}
    return needed


class Example:
    """One member, and what became of what they did."""

    def __init__(
        self, shop: Shop, agreed: frozenset[Purpose], needed: Mapping[str, set[str]]
    ) -> None:
        self.needed, self.deeds = needed, count()
        number = next(MEMBERS)
        self.shop, self.member, self.agreed = shop, f"{number:012x}", agreed
        self.at_ms = NOON_MS + number * 3 * HOUR_MS
        self.outbox = Outbox(epoch=f"{number:016x}")
        self.session = f"{number:016x}"
        shop.member(self.member, tier="gold", consents=agreed)
        shop.order(f"A-{number}", self.member)

    def does(self, deed: str, wanted: frozenset[Purpose]) -> None:
        """One thing happens, and nothing is shown that was not agreed to."""
        self.at_ms += 1_000
        if deed == "choose":
            with self.shop.writers.begin() as db:
                consents.choose(db, self.member, wanted, Proof(self.at_ms, Method.PHONE, "", ""))
            self.agreed = wanted
            return
        if deed == "message":
            self._write()
            return
        if deed in ("redeem", "promise"):
            self._redeems(f"o-{next(self.deeds) % OFFERS_AT_ONCE}", is_promised=deed == "promise")
            return
        visits, cards = self._visits(), self._announced()
        outcome = self.shop.handle(self.outbox.says(self._body(deed), self.at_ms))
        assert deed not in RADIO or Purpose.PRESENCE in self.agreed or self._visits() == visits
        assert Purpose.STAFF_CONTEXT in self.agreed or self._announced() == cards
        for _, show in outcome.shows:
            assert show.level is not Level.CONFIRM or Purpose.PRESENCE in self.agreed
            for offer in show.offers:
                assert self.needed[offer.id] <= set(self.agreed), offer.id

    def _redeems(self, offer: str, *, is_promised: bool) -> None:
        """At a till: by the offer, or by the code that a kiosk without network gave them."""
        code = draw(random.SystemRandom().randrange) if is_promised else ""
        if is_promised:
            self.shop.handle(self.outbox.says(Promised(self.session, offer, code), self.at_ms))
        visits = self._visits()
        wish = Wish(
            f"{self.member}-{next(self.deeds)}",
            STORE,
            "staff",
            offer="" if is_promised else offer,
            code=code,
            member=self.member,
            visit=visits[-1][0] if visits else None,
        )
        with self.shop.writers.begin() as db:
            answer = redemptions.reserve(db, offers.rules(db), wish, self.at_ms)
            if answer.redemption is not None:
                redemptions.step(db, answer.redemption, Step.RELEASE, self.at_ms)
        assert answer.reason is not Reason.GRANTED or self.needed[offer] <= set(self.agreed)

    def _body(self, deed: str) -> Body:
        bodies: dict[str, Callable[[], Body]] = {
            "near": lambda: Arrived(f"t-{self.member}", "quay-1", -60, self.session),
            "moved": lambda: Moved(f"t-{self.member}", "quay-2"),
            "left": lambda: Left(f"t-{self.member}", "quay-1", 9),
            "hello": lambda: Touched(self.session, Touch.HELLO),
            "confirm": lambda: Touched(self.session, Touch.CONFIRM),
            "scan": lambda: Scanned(self.session, Verdict.GOOD, pass_of(self.member, self.at_ms)),
            "call": lambda: Called(self.session),
        }
        return bodies[deed]()

    def _visits(self) -> list[tuple[int, int]]:
        columns = select(VisitRow.visit, VisitRow.last_at_ms)
        with self.shop.read() as db:
            mine = VisitRow.member == self.member, by_week(VisitRow.first_at_ms)
            found = db.execute(columns.where(*mine).order_by(VisitRow.visit))
            return [(visit, last_ms) for visit, last_ms in found]

    def _announced(self) -> int:
        mine = select(func.count()).select_from(AlertRow).filter_by(member=self.member)
        with self.shop.read() as db:
            return db.scalar(mine.where(AlertRow.kind.in_(ANNOUNCED))) or 0

    def _write(self) -> None:
        for channel in CHANNELS:
            with self.shop.writers.begin() as db:
                refused = messages.permit(db, self.member, channel, "crm", self.at_ms)
            assert refused is not None or channel in self.agreed

    def ends(self) -> None:
        """Staff look at their board and close what there is; others are told of it."""
        with self.shop.writers.begin() as db:
            for card in alerts.board(db, STORE):
                assert not (card.name or card.member) or Purpose.STAFF_CONTEXT in self.agreed
                alerts.claim(db, card.alert, "hạnh", self.at_ms)
                alerts.serve(db, card.alert, "hạnh")
                moved = alerts.close(db, card.alert, "hạnh", Outcome.ASSISTED, self.at_ms)
                assert follow_ups.told(db, card.alert, moved, self.at_ms) == alerts.Moved()
            told = b"".join(db.scalars(select(OutgoingEventRow.body)))
            assert Purpose.STAFF_CONTEXT in self.agreed or self.member.encode() not in told
            db.execute(delete(OutgoingEventRow))
            is_tested = db.get(ExposureRow, ("tea", self.member)) is not None
            assert Purpose.PROFILING in self.agreed or not is_tested

    def kiosks_hear(self) -> None:
        """What a kiosk may do alone: recognise who agreed, and give out what needs nothing."""
        now = datetime.fromtimestamp(self.at_ms / 1000, UTC)
        with self.shop.writers.begin() as db:
            trust = profiles.next_trust(db, STORE, now)
            known = f"t-{self.member}" in {one.tag for one in trust.tags}
            assert known is (Purpose.PRESENCE in self.agreed)
            rules = offers.rules(db)
            lending.lend(db, rules, self.at_ms)
            told = lending.allowances(db, rules, self.at_ms)
        lent = {one.content.id for kiosk in told.values() for one in kiosk.offers}
        assert lent <= {offer for offer, needs in self.needed.items() if not needs}
        assert "o-2" in lent, "else this proves nothing"


@given(CONSENTS, DEEDS, CONSENTS, st.tuples(WRITTEN, WRITTEN))
def test_nothing_is_shown_sent_or_announced_without_consent(
    store: Shop,
    agreed: frozenset[Purpose],
    deeds: list[str],
    wanted: frozenset[Purpose],
    written: tuple[Any, ...],
) -> None:
    example = Example(store, agreed, write(store, (*ALWAYS, *written)))
    for deed in ("scan", *deeds, "scan"):
        example.does(deed, wanted)
    example.ends()
    example.kiosks_hear()
