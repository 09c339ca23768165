"""How soon a shop does as it is told: a kiosk and the gateway, by a clock that tests move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contract import codec
from contract.events import Arrived, Chose, Decision, Entry, EntryReason, Kind
from contract.identifiers import shard_of
from contract.messages import Denial, KioskState, Receipt, Trust
from contract.privacy import Ask, PrivacyAsk
from contract.topics import KioskAddress, Leaf
from gateway import privacy_desk, seal
from gateway.core import consent_texts
from gateway.core.consent import TEXT_VERSION, Method, Purpose
from gateway.core.erasing import Person
from gateway.erasing import Eraser
from gateway.intake import Intake
from gateway.seal import Sealer
from gateway.settings import GatewaySettings
from gateway.shard_links import ShardLinks
from gateway.store import base, consents, event_check, tombstones
from gateway.store.consents import Proof
from gateway.store.entries import DoorRecordRow
from gateway.store.events import EventRow
from gateway.store.profiles import TagRow
from gateway.store.visits import VisitRow
from kiosk.adapters.trust_gate import TrustGate
from kiosk.core.inputs import LinkChanged, Tick, Told
from kiosk.reporter import TIDY_AFTER_S
from runtime.clock import unix_ms
from runtime.inbox import Inbox
from runtime.mqtt_link import Delivery
from tests.gateway.shop import NGOC, S1, STORE, Outbox, Shop, pass_of, scan
from tests.kiosk.whole_kiosk import TRUST, Kiosk

QUAY = KioskAddress(STORE, "quay-1")
TAG, IDENTITY = f"t-{NGOC}", TRUST.tags[0].identity
ONLINE_S, AFTER_RETURN_S = 60, 300  # what we promise
Sentence = Callable[["Street"], None]


class Street:
    """A shop with one kiosk, and a broker between that keeps what is retained."""

    def __init__(self, shop: Shop, kiosk: Kiosk, folder: Path, stack: ExitStack) -> None:
        shop.member()
        with shop.writers.begin() as db:
            db.get_one(TagRow, TAG).identity = IDENTITY
        self.shop, self.kiosk, self.is_there = shop, kiosk, True
        self.graves = tombstones.opened(folder / "erasure.key")
        self.engine = tombstones.keyed(shop.engine, self.graves)
        self.retained: dict[str, bytes] = {}
        self.passed_ms = self.now_ms
        self.sealer: Sealer = seal.make(folder / "seal.key", key_id=1)
        self.gate = TrustGate(STORE, {1: bytes.fromhex(self.sealer.public_key)}, folder / "gate")
        self.inbox, self.acked = Inbox[Delivery](1_000), 0
        writers = base.writers(self.engine)
        settings = GatewaySettings(database=shop.url)
        links = ShardLinks(settings, writers, kiosk.clock, self.inbox, stack, self.sealer)
        links.by_shard[shard_of(STORE)] = self  # type: ignore[assignment]  # all it publishes to
        self.intake = Intake(
            self.inbox,
            writers,
            kiosk.clock,
            links.publish,
            self._acked,
            lambda _s: None,
            links.refresh,
        )
        self.second()

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """What the gateway says, to a kiosk that is there; what is retained waits for it."""
        if retain:
            self.retained[topic] = payload
        if self.is_there:
            self._hear(topic, payload)

    def second(self) -> None:
        """One passes: the kiosk says how it is, the gateway does what it does."""
        self.kiosk.wait(1)
        state = codec.encode(KioskState(QUAY.kiosk, online=self.is_there))
        self.says(Delivery(QUAY.topic(Leaf.STATE), state, 1))

    def says(self, *deliveries: Delivery) -> None:
        """Something comes from the kiosk; returns once it is settled."""
        for one in deliveries:
            self.inbox.put(one)
        until = self.acked + len(deliveries)
        self.intake.run(lambda: self.acked >= until)

    def goes(self) -> None:
        """The kiosk loses its network."""
        self.is_there = False
        self.kiosk.app.handle(LinkChanged(online=False))

    def returns(self) -> None:
        """It hears again, first of all what was kept for it."""
        self.is_there = True
        self.kiosk.app.handle(LinkChanged(online=True))
        for topic, payload in self.retained.items():
            self._hear(topic, payload)

    def acts_after_s(self, patience_s: int) -> int:
        """How many seconds it takes until the kiosk recognises the member no more."""
        for passed_s in range(patience_s + 1):
            if not self.kiosk.app.known.recognises(TAG):
                return passed_s
            self.second()
        raise AssertionError(f"after {patience_s} s the kiosk still recognises the member")

    def brings(self) -> None:
        """What its outbox held goes to the gateway."""
        sent = {event.seq: event for event in self.kiosk.uplink.sent}
        words = [codec.encode_envelope(one, codec.encode_body(one.body)) for one in sent.values()]
        self.says(*(Delivery(QUAY.topic(Leaf.UP), word, 1) for word in words))

    def on_disk(self) -> set[str]:
        """Which of the member's numbers stand in a file of the kiosk; a pass says its in base45."""
        files = [one.read_bytes() for one in self.kiosk.folder.iterdir() if "outbox" in one.name]
        words = {TAG: TAG, NGOC: pass_of(NGOC, self.passed_ms)[4:12]}
        return {who for who, word in words.items() if any(word.encode() in one for one in files)}

    def retained_words(self) -> bytes:
        """All that the broker keeps."""
        return b"\n".join(self.retained.values())

    def arrivals(self) -> int:
        """How often the kiosk said that somebody came."""
        return sum(isinstance(body, Arrived) for body in self.kiosk.sent)

    @property
    def now_ms(self) -> int:
        return unix_ms(self.kiosk.clock.utc())

    def _acked(self, _delivery: Delivery) -> None:
        self.acked += 1

    def _hear(self, topic: str, payload: bytes) -> None:
        if topic == QUAY.topic(Leaf.RECEIPT):
            self.kiosk.app.handle(Told(codec.decode(Receipt, payload)))
        kinds: dict[str, type[Trust | Denial]] = {"trust": Trust, "denial": Denial}
        if (kind := kinds.get(topic.rpartition("/")[2])) is not None:
            self.kiosk.app.handle(Told(self.gate.open(kind, payload)))


@pytest.fixture
def street(shop: Shop, kiosk: Kiosk, tmp_path: Path) -> Iterator[Street]:
    with ExitStack() as stack:
        yield Street(shop, kiosk, tmp_path, stack)


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    made = Kiosk(tmp_path)
    yield made
    made.outbox.close()


def _asks(db: Session, street: Street, ask: Ask, *words: str) -> privacy_desk.Done:
    asked = PrivacyAsk(NGOC, 1, street.now_ms, ask, words, "vi", "00" * 64)
    done = privacy_desk.act(db, NGOC, asked, street.now_ms)
    assert isinstance(done, privacy_desk.Done), done
    return done


def withdraws(street: Street) -> None:
    proof = Proof(street.now_ms, Method.PHONE, "", "")
    with base.writers(street.engine).begin() as db:
        assert consents.withdraw(db, NGOC, Purpose.PRESENCE, proof)


def pauses(street: Street) -> None:
    with base.writers(street.engine).begin() as db:
        _asks(db, street, Ask.PAUSE)


def goes_for_good(street: Street) -> None:
    with base.writers(street.engine).begin() as db:
        _asks(db, street, Ask.CONFIRM, _asks(db, street, Ask.ERASE).code)


def says_no_at_another_screen(street: Street) -> None:
    outbox = Outbox("quay-2")
    read = consent_texts.digest(Purpose.PRESENCE, TEXT_VERSION)
    no = Chose(S1, str(Purpose.PRESENCE), is_granted=False, version=TEXT_VERSION, digest=read)
    for body in (scan(pass_of(NGOC, street.now_ms)), no):
        one = outbox.says(body, street.now_ms)
        word = codec.encode_envelope(one.event, one.body)
        street.says(Delivery(KioskAddress(STORE, "quay-2").topic(Leaf.UP), word, 1))


WAYS = pytest.mark.parametrize(
    "says", [withdraws, pauses, goes_for_good, says_no_at_another_screen]
)


@WAYS
def test_a_kiosk_that_is_there_acts_within_a_minute(street: Street, says: Sentence) -> None:
    street.kiosk.tag_near()
    assert street.arrivals() == 1
    says(street)

    assert street.acts_after_s(ONLINE_S) <= 3

    assert street.kiosk.app.near == {}
    street.kiosk.tag_near(seconds=30)
    assert street.arrivals() == 1, "a stranger is not reported"


@WAYS
def test_a_kiosk_that_was_away_acts_when_it_returns(street: Street, says: Sentence) -> None:
    street.goes()
    says(street)
    for _ in range(5):
        street.second()
    street.kiosk.tag_near()
    assert TAG in street.kiosk.app.near, "it cannot know yet"

    street.returns()

    assert street.acts_after_s(AFTER_RETURN_S) == 0
    assert TAG.encode() not in street.retained_words(), "and what is kept for it names nobody"


def test_what_an_outbox_still_says_of_the_erased_is_not_kept(street: Street) -> None:
    street.goes()
    street.kiosk.tag_near()
    street.passed_ms = street.now_ms
    street.kiosk.hold_up(pass_of(NGOC, street.passed_ms))
    goes_for_good(street)
    eraser = Eraser(street.engine, street.graves, lambda: street.now_ms, lambda _s: None)
    assert eraser.round() == 1

    assert street.on_disk() == {TAG, NGOC}, "an outbox keeps what nobody has confirmed"
    street.returns()
    street.brings()
    street.kiosk.clock.advance(TIDY_AFTER_S)
    street.kiosk.app.handle(Tick())

    assert street.on_disk() == set(), "nor does the outbox, once it is confirmed"
    with street.shop.read() as db:
        bodies = {row.kind: row.body for row in db.scalars(select(EventRow))}
        assert {Kind.ARRIVED, Kind.SCANNED} <= bodies.keys()
        assert [bodies[Kind.ARRIVED], bodies[Kind.SCANNED]] == ["", ""], "they name nobody"
        assert not Person(frozenset({NGOC}), frozenset({TAG}), frozenset()).is_in(
            "".join(bodies.values()).encode()
        )
        assert list(event_check.check(db)) == []
        assert db.scalars(select(VisitRow)).all() == []


def test_a_door_that_let_in_the_erased_keeps_its_record_and_nobody(street: Street) -> None:
    how = (Decision.GRANTED, EntryReason.PASS)
    door = ("front", "0" * 16, 1, street.now_ms)
    record = Entry(*door, decision=how[0], reason=how[1], holder=NGOC)
    goes_for_good(street)
    Eraser(street.engine, street.graves, lambda: street.now_ms, lambda _s: None).round()

    one = Outbox().says(record, street.now_ms)
    street.says(Delivery(QUAY.topic(Leaf.UP), codec.encode_envelope(one.event, one.body), 1))

    with street.shop.read() as db:
        (row,) = db.scalars(select(DoorRecordRow))
        assert (row.is_granted, row.holder) == (True, "")
        assert db.scalars(select(EventRow.body)).all() == [""]
