"""What happens here reaches others: signed, once or again under one id, or is given up and said."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.connections import Endpoint, endpoints
from gateway.connectors.standard import VENDOR
from gateway.connectors.vendor import Incoming, Keys, Verified
from gateway.core import telling
from gateway.core.alerts import Outcome
from gateway.core.consent import Purpose
from gateway.core.standard_webhooks import secret_of
from gateway.core.telling import ATTEMPTS_MAX, Kind
from gateway.sending import HELD_MS, Sender
from gateway.settings import Outgoing
from gateway.store import alerts, follow_ups, outgoing
from gateway.store.alerts import AlertRow
from gateway.store.orders import OrderRow
from gateway.store.outgoing import OutgoingState
from gateway.store.profiles import ConsentRow
from runtime.errors import UnavailableError
from runtime.outbound import Outbound, Request, Response
from tests.gateway.porch import Web, order
from tests.gateway.shop import NGOC, NOON_MS, STORE, Shop

KEY = b"a key of thirty-two bytes, only!"
PLACE = Path("crm.secret")
URL = "https://crm.example/hooks"


@dataclass
class Crm:
    """An endpoint that answers as a test wants, and keeps what it was told."""

    answers: Callable[[int], int | str] = lambda _: 204
    requests: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        answer = self.answers(len(self.requests))
        if isinstance(answer, str):
            raise UnavailableError(answer)
        return Response(answer, {}, b"")


class Teller:
    """A gateway with one endpoint, and a clock."""

    def __init__(self, shop: Shop, kinds: tuple[Kind, ...] = tuple(Kind)) -> None:
        self.shop, self.crm, self.now_ms = shop, Crm(), NOON_MS
        settings = Outgoing(url=URL, secret_file=PLACE, events=kinds)
        self.sender = self.another(Endpoint("crm", URL, KEY, settings))
        self.sender.round()  # it hears only of what comes

    def another(self, endpoint: Endpoint) -> Sender:
        return Sender(self.shop.readers, endpoint, self.crm, lambda: self.now_ms, lambda: 0.0)

    def happens(self, alert: int = 1, kind: Kind = Kind.ALERT_CLOSED) -> None:
        with self.shop.writers.begin() as db:
            outgoing.tell(db, kind, {"alert": alert}, self.now_ms)

    @property
    def counts(self) -> tuple[int, int, int]:
        with self.shop.read() as db:
            found = outgoing.counts(db, "crm")
        return tuple(found[state] for state in ("waiting", "sent", "dead"))  # type: ignore[return-value, index]


@pytest.fixture
def teller(shop: Shop) -> Teller:
    return Teller(shop)


def test_what_is_sent_is_signed_as_we_ask_others_to_sign(teller: Teller) -> None:
    teller.happens()
    assert teller.sender.round() == 1

    [request] = teller.crm.requests
    headers = {name.lower(): text for name, text in request.headers.items()}
    incoming = Incoming(headers, request.body, teller.now_ms)
    verified = VENDOR.verify(Keys((secret_of(KEY),)), incoming)
    assert isinstance(verified, Verified)
    assert verified.delivery.startswith("msg_")
    assert json.loads(request.body) == {
        "type": "alert.closed",
        "timestamp": "2026-03-01T05:00:00.000+00:00",
        "data": {"alert": 1},
    }
    assert (request.method, request.url) == ("POST", URL)
    assert teller.counts == (0, 1, 0)
    assert teller.sender.round() == 0


def test_who_fails_is_asked_again_later_and_later_under_the_same_id(teller: Teller) -> None:
    teller.crm.answers = lambda times: ("nobody answers", 500, 302, 204)[times - 1]
    teller.happens()
    at: list[int] = []
    while teller.counts[1] == 0:
        teller.sender.round()
        if len(teller.crm.requests) > len(at):
            at.append((teller.now_ms - NOON_MS) // 1000)
        teller.now_ms += 5_000

    assert at == [0, 5, 20, 65]
    assert len({request.headers["webhook-id"] for request in teller.crm.requests}) == 1
    times = [int(request.headers["webhook-timestamp"]) for request in teller.crm.requests]
    assert times == [NOON_MS // 1000 + seconds for seconds in at], "each is signed anew"


def test_it_is_given_up_after_forty_hours_said_and_sent_again_when_asked_to(
    teller: Teller,
) -> None:
    teller.crm.answers = lambda _: 500
    teller.happens()
    teller.sender.round()
    while teller.counts[0]:
        teller.now_ms += telling.LONGEST_WAIT_MS
        teller.sender.round()
    assert len(teller.crm.requests) == ATTEMPTS_MAX
    assert teller.counts == (0, 0, 1)

    teller.crm.answers = lambda _: 200
    with teller.shop.writers.begin() as db:
        assert outgoing.revive(db, "crm", teller.now_ms) == 1
    assert teller.sender.round() == 1


def test_who_says_gone_is_not_asked_again(teller: Teller) -> None:
    teller.crm.answers = lambda _: 410
    teller.happens()
    teller.sender.round()

    assert teller.counts == (0, 0, 1)


def test_one_that_is_away_is_asked_once_a_round_and_the_rest_is_not_lost(teller: Teller) -> None:
    teller.crm.answers = lambda times: "nobody answers" if times == 1 else 204
    for number in range(5):
        teller.happens(number)
    assert teller.sender.round() == 0
    assert len(teller.crm.requests) == 1

    assert teller.sender.round() == 4
    teller.now_ms += telling.FIRST_WAIT_MS
    assert teller.sender.round() == 1
    told = [json.loads(request.body)["data"]["alert"] for request in teller.crm.requests]
    assert told == [0, 1, 2, 3, 4, 0]


def test_a_crash_between_sending_and_writing_it_down_sends_again_and_not_before(
    teller: Teller,
) -> None:
    teller.happens()
    with teller.shop.writers.begin() as db:
        outgoing.spread(db, "crm", list(Kind), teller.now_ms)
        assert len(outgoing.take(db, "crm", teller.now_ms, 9, teller.now_ms + HELD_MS)) == 1

    assert teller.sender.round() == 0, "another process has it in hand"
    teller.now_ms += HELD_MS
    assert teller.sender.round() == 1


def test_everybody_is_told_what_they_want_to_know_from_when_they_came(shop: Shop) -> None:
    teller = Teller(shop, kinds=(Kind.ORDER_HANDED_OVER,))
    teller.happens(1, Kind.ALERT_CLOSED)
    teller.happens(2, Kind.ORDER_HANDED_OVER)
    late = teller.another(Endpoint("late", URL, KEY, teller.sender.endpoint.settings))
    late.round()
    teller.happens(3, Kind.ORDER_HANDED_OVER)
    teller.sender.round()
    late.round()

    told = [json.loads(request.body)["data"]["alert"] for request in teller.crm.requests]
    assert told == [2, 3, 3]


def test_into_our_own_network_nothing_is_sent_unless_it_is_allowed(teller: Teller) -> None:
    guarded = Outbound(resolve=lambda *_: ["192.168.1.9"])
    sender = Sender(
        teller.shop.readers, teller.sender.endpoint, guarded, lambda: teller.now_ms, lambda: 0.0
    )
    teller.happens()

    assert sender.round() == 0
    with teller.shop.read() as db:
        [row] = db.query(outgoing.OutgoingDeliveryRow)
    assert "private network" in row.problem


def test_how_a_card_ended_is_told_in_ids_and_of_nobody_who_did_not_agree(teller: Teller) -> None:
    shop = teller.shop
    shop.staff("Hanh")
    shop.member(consents=frozenset({Purpose.PRESENCE}))
    told = [close(teller, NGOC), close(teller, None)]

    assert told[0] == {
        "alert": 1,
        "kind": "help",
        "store": STORE,
        "order": None,
        "outcome": "assisted",
        "staff": "hanh",
        "waited_ms": 30_000,
        "follow_up_on": None,
        "note": "",
        "member": None,
        "known_as": {},
    }
    assert told[1]["member"] is None
    assert shop.count(outgoing.OutgoingEventRow) == 2


def test_the_crm_hears_whom_it_knows_under_its_own_name_and_what_was_handed_over(
    teller: Teller,
) -> None:
    shop = teller.shop
    shop.staff("Hanh")
    web = Web(shop)
    web.shopify("orders/create", order())
    web.apply()
    with shop.writers.begin() as db:
        [made] = db.query(OrderRow)
        made.state, made.unpaid_vnd = "arrived", 0
        agreed = {"granted_at_ms": 0, "text_version": 1, "evidence": "test"}
        db.add(ConsentRow(member=made.member, purpose=Purpose.STAFF_CONTEXT, **agreed))

    told = close(teller, made.member, made.order, Outcome.HANDED_OVER)

    handed = json.loads(teller.crm.requests[-2].body)["data"]
    assert handed == {
        "order": "shopify-501",
        "store": STORE,
        "by": "staff:hanh",
        "to": "customer",
    }
    assert (told["member"], told["known_as"]) == (made.member, {"shopify": "7001"})


def close(
    teller: Teller,
    member: str | None,
    order_id: str | None = None,
    outcome: Outcome = Outcome.ASSISTED,
) -> dict[str, object]:
    """Staff take and close a card; what is told of it."""
    with teller.shop.writers.begin() as db:
        card = AlertRow(store=STORE, kiosk="quay-1", kind="help", state="offered", member=member)
        card.offered_at_ms, card.order = NOON_MS, order_id
        db.add(card)
        db.flush()
        alerts.claim(db, card.alert, "hanh", NOON_MS + 30_000)
        alerts.serve(db, card.alert, "hanh")
        for _ in range(2):  # twice is once
            moved = alerts.close(db, card.alert, "hanh", outcome, NOON_MS + 60_000)
            follow_ups.told(db, card.alert, moved, NOON_MS + 60_000)
    teller.sender.round()
    told: dict[str, object] = json.loads(teller.crm.requests[-1].body)["data"]
    return told


def test_endpoints_come_from_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "crm.secret"
    file.write_text(secret_of(KEY))
    [made] = endpoints({"crm": Outgoing(url=URL, secret_file=file)})

    assert (made.name, made.url, made.key) == ("crm", URL, KEY)
    assert KEY.decode() not in repr(made)


def test_all_waits_together_are_forty_hours() -> None:
    waits_ms = [telling.wait_ms(attempts, 0.0) for attempts in range(1, ATTEMPTS_MAX)]

    assert 40 < sum(waits_ms) / 3_600_000 < 42


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 5), (2, 15), (3, 45), (8, 10_935), (9, 21_600), (40, 21_600)]
)
def test_each_wait_is_three_times_longer_up_to_six_hours(attempts: int, seconds: int) -> None:
    assert telling.wait_ms(attempts, 0.0) == seconds * 1_000
    assert telling.wait_ms(attempts, 1.0) == seconds * 1_200


def test_states_are_counted_even_where_there_are_none(shop: Shop) -> None:
    with shop.read() as db:
        assert outgoing.counts(db, "nobody") == dict.fromkeys(OutgoingState, 0)
