"""Whoever agreed to whatever, whatever offers there are, whatever happens: no consent, no deed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json
from sqlalchemy import delete, func, select

from contract.events import Arrived, Body, Called, Left, Moved, Scanned, Touch, Touched, Verdict
from contract.messages import Level
from gateway.core.alerts import AlertKind, Outcome
from gateway.core.consent import Method, Purpose
from gateway.store import alerts, consents, follow_ups, messages
from gateway.store.alerts import AlertRow
from gateway.store.consents import Proof
from gateway.store.offers import OfferRow
from gateway.store.outgoing import OutgoingEventRow
from gateway.store.visits import VisitRow
from tests.gateway.shop import NOON_MS, STORE, Outbox, Shop, pass_of

HOUR_MS = 3_600_000
RADIO = {"near", "moved", "left"}
ANNOUNCED = (AlertKind.VIP, AlertKind.PICK_UP)
NEEDS: tuple[list[str], ...] = ([], ["zalo"], ["profiling"], ["staff_context", "sms"])
CHANNELS = (Purpose.EMAIL, Purpose.SMS, Purpose.ZALO)
CONSENTS = st.frozensets(st.sampled_from(list(Purpose)))
DEEDS = st.lists(
    st.sampled_from(
        ["near", "moved", "left", "hello", "confirm", "scan", "call", "choose", "message"]
    ),
    max_size=8,
)
MEMBERS = count(1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One shop for all examples; each has a member, an hour and a kiosk's memory of its own."""
    made = Shop(tmp_path_factory.mktemp("consents"))
    for number, needs in enumerate(NEEDS):
        for is_personal in (False, True):
            name = f"o-{number}-{is_personal}"
            made.offer(name, is_personal=is_personal)
            with made.writers.begin() as db:
                db.get_one(OfferRow, name).terms = json.encode({"consents": needs}).decode()
    made.staff("Hạnh")
    yield made
    made.engine.dispose()


def needed(offer: str) -> set[str]:
    """What an offer that somebody is shown needed, by what its owner wrote and by what it is."""
    _, number, is_personal = offer.split("-")
    return {*NEEDS[int(number)], *(["personal_offers"] if is_personal == "True" else [])}


class Example:
    """One member, and what became of what they did."""

    def __init__(self, shop: Shop, agreed: frozenset[Purpose]) -> None:
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
        visits, cards = self._visits(), self._announced()
        outcome = self.shop.handle(self.outbox.says(self._body(deed), self.at_ms))
        assert deed not in RADIO or Purpose.PRESENCE in self.agreed or self._visits() == visits
        assert Purpose.STAFF_CONTEXT in self.agreed or self._announced() == cards
        for _, show in outcome.shows:
            assert show.level is not Level.CONFIRM or Purpose.PRESENCE in self.agreed
            for offer in show.offers:
                assert needed(offer.id) <= set(map(str, self.agreed)), offer.id

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
            found = db.execute(columns.filter_by(member=self.member).order_by(VisitRow.visit))
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


@given(CONSENTS, DEEDS, CONSENTS)
def test_nothing_is_shown_sent_or_announced_without_consent(
    store: Shop, agreed: frozenset[Purpose], deeds: list[str], wanted: frozenset[Purpose]
) -> None:
    example = Example(store, agreed)
    for deed in deeds:
        example.does(deed, wanted)
    example.ends()
