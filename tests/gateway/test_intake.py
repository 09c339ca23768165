"""The intake against a real broker and a real database: poison, redelivery, a locked database."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import Queue

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from contract import codec, topics
from contract.asks import Ask
from contract.events import Arrived, Called, ClockTrust, Scanned, Verdict
from contract.messages import KioskState, Receipt
from contract.topics import KioskAddress, Leaf
from gateway.core.shop_days import HOUR_MS, span
from gateway.intake import Intake
from gateway.store import dead_letters, stores
from gateway.store.dead_letters import DeadLetterRow
from gateway.store.events import EventRow, Received
from gateway.store.kiosk_days import KioskDayRow
from runtime.clock import SystemClock
from runtime.inbox import Inbox
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink
from tests.broker import Broker
from tests.contract.golden import cases
from tests.gateway.desk import Desk
from tests.gateway.shop import NGOC, NOON_MS, STORE, Outbox, Shop, pass_of
from tests.waiting import until

QUAY = KioskAddress(STORE, "quay-1")
SESSION = "0000000000000001"


class Kiosk:
    """A kiosk at the broker: publishes what a test says, collects receipts."""

    def __init__(self, broker: Broker) -> None:
        self.outbox = Outbox()
        self.receipts: Queue[Receipt] = Queue()
        up = threading.Event()
        self.link = MqttLink(
            LinkOptions("quay-1", (QUAY.topic(Leaf.RECEIPT),), speaks_v5=True),
            lambda delivery: self.receipts.put(codec.decode(Receipt, delivery.payload)),
            lambda _online: up.set(),
        )
        self.link.open(broker.host, broker.port)
        assert up.wait(15)

    def publish(self, received: Received) -> None:
        self.link.publish(QUAY.topic(Leaf.UP), codec.encode_envelope(received.event, received.body))

    def reach(self) -> None:
        """Return once the broker has read all that was published: a word of ours comes back."""
        word = codec.encode(Receipt(self.outbox.epoch, 0, codec.GENESIS))
        self.link.publish(QUAY.topic(Leaf.RECEIPT), word, qos=0)
        self.receipt()

    def receipt(self) -> Receipt:
        return self.receipts.get(timeout=15)


@contextmanager
def running(shop: Shop, broker: Broker) -> Iterator[list[Ask]]:
    """An intake in a thread of its own, and what keypads asked of it."""
    heard: list[Ask] = []
    stopping, subscribed = threading.Event(), threading.Event()
    inbox = Inbox[Delivery](100)
    link = MqttLink(
        LinkOptions(
            "hien-shard-58",
            tuple(topics.every("58", leaf) for leaf in (Leaf.UP, Leaf.STATE, Leaf.ASK)),
            keep_session=True,
            manual_ack=True,
        ),
        inbox.put,
        lambda online: subscribed.set() if online else None,
    )
    link.open(broker.host, broker.port)
    assert subscribed.wait(15)
    intake = Intake(inbox, shop.writers, SystemClock(), link.publish, link.ack, stopping.wait)
    intake.hear_ask = lambda at, ask: heard.append(ask) if at == QUAY else None
    thread = threading.Thread(target=intake.run, args=(stopping.is_set,), name="intake")
    thread.start()
    try:
        yield heard
    finally:
        stopping.set()
        inbox.close()
        thread.join()
        link.close()


def stored(shop: Shop) -> list[int]:
    with shop.read() as db:
        return list(db.scalars(select(EventRow.seq).order_by(EventRow.seq)))


def letters(shop: Shop) -> list[str]:
    with shop.read() as db:
        return [letter.reason for letter in dead_letters.newest_first(db, 1_000)]


@pytest.fixture
def kiosk(broker: Broker) -> Iterator[Kiosk]:
    made = Kiosk(broker)
    yield made
    made.link.close()


def test_what_a_kiosk_publishes_is_committed_and_receipted(
    shop: Shop, broker: Broker, kiosk: Kiosk
) -> None:
    with running(shop, broker):
        kiosk.publish(kiosk.outbox.says(Called(SESSION)))

        assert kiosk.receipt() == Receipt(kiosk.outbox.epoch, 1, kiosk.outbox.chain)
    assert stored(shop) == [1]
    with shop.read() as db:
        (lived,) = db.scalars(select(KioskDayRow)).all()
    noon = span(lived.day).from_ms + 12 * HOUR_MS
    assert (lived.store, lived.kiosk, lived.hours) == (STORE, "quay-1", 1 << 12)
    assert noon == NOON_MS


def test_what_came_while_the_intake_was_away_is_committed_when_it_is_back(
    shop: Shop, broker: Broker, kiosk: Kiosk
) -> None:
    with running(shop, broker):
        kiosk.publish(kiosk.outbox.says(Called(SESSION)))
        kiosk.receipt()
    kiosk.publish(kiosk.outbox.says(Called(SESSION)))

    with running(shop, broker):
        assert kiosk.receipt().upto == 2


def test_what_is_typed_is_heard_once_and_lies_nowhere(
    shop: Shop, broker: Broker, kiosk: Kiosk
) -> None:
    topic, ask = QUAY.topic(Leaf.ASK), Ask(SESSION, "0901234512", "vi")
    before = codec.encode(Ask(SESSION, "0901234599", "vi"))
    kiosk.link.publish(topic, before, retain=True, qos=0)  # a broker's memory is nobody's word
    kiosk.reach()  # who subscribes sooner gets it as if it were said now
    with running(shop, broker) as heard:
        kiosk.publish(kiosk.outbox.says(Called(SESSION)))
        kiosk.receipt()
        kiosk.link.publish(topic, codec.encode(ask), qos=0)
        kiosk.link.publish(topic, b'{"number":"0901234512"}', qos=0)
        kiosk.link.publish(topic, codec.encode(ask) + b" " * 512, qos=0)
        kiosk.publish(kiosk.outbox.says(Called(SESSION)))
        assert kiosk.receipt().upto == 2, "an acknowledgement of nothing would end the line"
        until(lambda: heard == [ask], "it is heard")
    kiosk.link.publish(topic, b"", retain=True)
    with shop.read() as db:
        assert db.scalars(select(DeadLetterRow)).all() == []


BAD = [case["payload"].encode() for case in cases("events.json", "bad")]


def test_poison_goes_to_the_dead_letters_and_the_good_go_on(
    shop: Shop, broker: Broker, kiosk: Kiosk
) -> None:
    topic = QUAY.topic(Leaf.UP)
    with running(shop, broker):
        for payload in BAD:
            kiosk.link.publish(topic, payload)
            kiosk.publish(kiosk.outbox.says(Called(SESSION)))
        until(lambda: len(stored(shop)) == len(BAD), "every good event is stored")

    reasons = letters(shop)
    assert len(reasons) == len(BAD)
    assert any("the only version this build speaks" in reason for reason in reasons)
    assert all(": " in reason for reason in reasons)


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        pytest.param("hien/1/58/hue-1/quay-9/up", "no kiosk quay-9", id="unknown kiosk"),
        pytest.param("hien/1/58/hue-1/quay-2/up", "another's topic", id="in another's name"),
    ],
)
def test_a_kiosk_that_is_not_who_it_says_is_a_dead_letter(
    shop: Shop, broker: Broker, kiosk: Kiosk, topic: str, reason: str
) -> None:
    received = kiosk.outbox.says(Called(SESSION))
    with running(shop, broker):
        kiosk.link.publish(topic, codec.encode_envelope(received.event, received.body))
        until(lambda: letters(shop), "the dead letter is kept")

    assert reason in letters(shop)[0]
    assert stored(shop) == []


def test_a_state_in_anothers_name_is_a_dead_letter(
    shop: Shop, broker: Broker, kiosk: Kiosk
) -> None:
    with running(shop, broker):
        kiosk.link.publish(QUAY.topic(Leaf.STATE), codec.encode(KioskState("quay-2", True)))
        until(lambda: letters(shop), "the dead letter is kept")

    assert "quay-2 spoke on another's topic" in letters(shop)[0]


def test_an_event_that_decisions_stumble_over_is_kept_and_stops_nobody(
    tmp_path: Path, broker: Broker, kiosk: Kiosk
) -> None:
    shop = Shop(tmp_path)
    shop.member()
    with shop.writers.begin() as db:  # a wrong row, as a slip in a later migration might leave it
        stumble = "BEFORE INSERT ON visit BEGIN SELECT RAISE(ABORT, 'no'); END"
        db.execute(text(f"CREATE TRIGGER stumble {stumble}"))
    with running(shop, broker):
        kiosk.publish(kiosk.outbox.says(Called(SESSION)))
        kiosk.publish(kiosk.outbox.says(Arrived(f"t-{NGOC}", "quay-1", -60)))
        kiosk.publish(kiosk.outbox.says(Called(SESSION)))
        until(lambda: stored(shop) == [1, 2, 3], "all are stored")

    assert letters(shop) == ["kept, but led to nothing"]
    shop.engine.dispose()


def test_a_kiosks_state_and_its_last_will_reach_the_fleet(
    shop: Shop, broker: Broker, kiosk: Kiosk
) -> None:
    state = KioskState("quay-1", True, 5, "0.1.0", ClockTrust.TRUSTED, outbox_depth=3)

    def said() -> KioskState | None:
        with shop.read() as db:
            return stores.state_of(stores.fleet(db, STORE)[0])

    with running(shop, broker):
        kiosk.link.publish(QUAY.topic(Leaf.STATE), codec.encode(state), retain=True)
        until(lambda: said() == state, "the state is kept")
        will = KioskState("quay-1", online=False)
        kiosk.link.publish(QUAY.topic(Leaf.STATE), codec.encode(will), retain=True)
        until(lambda: (now := said()) is not None and not now.online, "it is known to be gone")

    after = said()
    assert after is not None
    assert (after.outbox_depth, after.version) == (3, "0.1.0")


def test_while_the_database_is_locked_nothing_is_lost(
    shop: Shop, broker: Broker, kiosk: Kiosk, tmp_path: Path
) -> None:
    with running(shop, broker), closing(sqlite3.connect(tmp_path / "hien.db")) as other:
        other.isolation_level = None
        other.execute("BEGIN EXCLUSIVE")
        for _ in range(20):
            kiosk.publish(kiosk.outbox.says(Called(SESSION)))
        assert kiosk.receipts.empty()
        other.execute("COMMIT")

        until(lambda: stored(shop) == list(range(1, 21)), "all twenty are stored")


@given(st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_however_batches_are_cut_repeated_and_shuffled_each_event_is_stored_once(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    shop = Shop(tmp_path_factory.mktemp("shuffled"))
    outbox = Outbox()
    sent = [outbox.says(Called(SESSION)) for _ in range(6)]
    for batch in data.draw(st.lists(st.lists(st.sampled_from(sent), max_size=8), max_size=5)):
        shop.handle(*batch)
        so_far = stored(shop)
        assert so_far == list(range(1, len(so_far) + 1))
    shop.handle(*sent)

    assert stored(shop) == [1, 2, 3, 4, 5, 6]
    shop.engine.dispose()


def test_an_answer_goes_before_its_receipt_and_nobody_waits_for_either(shop: Shop) -> None:
    """Then whoever missed the answer has no receipt either, and asks again."""
    shop.member()
    desk, kiosk = Desk(shop), Outbox()

    desk.take(kiosk.says(Scanned(SESSION, Verdict.GOOD, pass_of(NGOC))))

    assert desk.said[:2] == [(Leaf.SHOW, 0), (Leaf.RECEIPT, 0)]
