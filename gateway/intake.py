"""Takes what kiosks publish, in batches: decode, decide, commit; then acknowledge and speak.

Nothing a peer sends stops it: what cannot be read goes to the dead letters. While the database
does not answer it waits, and the full inbox makes the broker wait.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from contract import asks, codec, topics
from contract.asks import Ask
from contract.errors import ContractError, UnknownVersionError
from contract.events import Event
from contract.messages import KioskState, Live, Noun
from contract.topics import KioskAddress, Leaf
from gateway import service
from gateway.core.offers.rules import RuleSet
from gateway.core.pay_to import Account
from gateway.core.shop_days import HOUR_MS
from gateway.core.visits import happened_ms
from gateway.store import base, dead_letters, kiosk_days, offers, stores
from gateway.store.dead_letters import Letter
from gateway.store.events import Received
from gateway.store.kiosk_days import Heard
from gateway.store.read_ahead import Ahead
from gateway.store.scene import Shop
from runtime.clock import Clock, unix_ms
from runtime.inbox import Inbox
from runtime.mqtt_link import Delivery

BATCH = 1_000  # a tenth cheaper than 500; from here on little is gained, and pages wait to write
LINGER_S = 0.001  # for a fuller batch; makes the middle answer 1.5 ms later, and load needs none
MEETINGS_MAX = 3  # with what others commit; each time we know more
IDLE_S = 0.5  # how soon a stop is noticed
RETRY_S = 1.0  # while the database does not answer
TELL_AGAIN_S = 3_600.0  # trust ends by itself (profiles.TRUST_LIFE), long after it was renewed
SET_S = 60.0  # of a clock that was set so far, what was told ends at the wrong time: tell it again
HEARD_MAX = 100_000  # hours of kiosks, a day of a chain's; then they are noted once more
LOOK_S = 2.0  # how soon an import is noticed: a withdrawn consent must reach kiosks within a minute

log = logging.getLogger(__name__)

UNANSWERED = (OperationalError, InterfaceError)
"""The database is locked, full or away: wait, for this mends itself or is mended by a person."""

STUMBLES = (
    SQLAlchemyError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What a decision may raise over one event, by a slip of ours: that event leads to nothing then."""

Ack = Callable[[Delivery], None]


class Publish(Protocol):
    """Hands a message to the network."""

    def __call__(self, topic: str, payload: bytes, *, qos: int = 1) -> object: ...


@dataclass
class Batch:
    """Deliveries, sorted by what is to become of them."""

    events: list[Received] = field(default_factory=list)
    states: list[tuple[KioskAddress, KioskState]] = field(default_factory=list)
    asks: list[tuple[KioskAddress, Ask]] = field(default_factory=list)
    dead: list[Letter] = field(default_factory=list)


@dataclass
class Intake:
    """The one owner of everything events lead to."""

    inbox: Inbox[Delivery]
    writers: sessionmaker[Session]
    clock: Clock
    publish: Publish
    ack: Ack
    pause: Callable[[float], object]  # waits that long, or until the process should stop
    tell_trust: Callable[[], None] = lambda: None  # who may be recognised, and where
    lend: Callable[[RuleSet], None] = lambda _rules: None  # what kiosks may give out alone
    hear_ask: Callable[[KioskAddress, Ask], None] = lambda _at, _ask: None  # what keypads say
    pay_to: Account | None = None
    _edition: int = -1
    _look_at_s: float = 0.0
    _tell_at_s: float = 0.0
    _told_origin_s: float = 0.0  # what time of day our stopwatch began, when kiosks were last told
    _store_no: dict[str, int] = field(default_factory=dict)
    _rules: RuleSet | None = None
    _kiosks: set[tuple[str, str]] = field(default_factory=set)
    _heard: set[Heard] = field(default_factory=set)  # hours that are noted already

    def run(self, is_stopping: Callable[[], bool]) -> None:
        """Take batches until told to stop; what is not committed then comes again."""
        while not is_stopping():
            try:
                self._look()
                deliveries = self._take()
                if deliveries:
                    self._handle(deliveries, is_stopping)
            except UNANSWERED as error:
                self._wait(error)

    def _look(self) -> None:
        """Learn which stores and kiosks there are, again whenever something was imported."""
        now_s = self.clock.monotonic_s()
        if self._edition >= 0 and now_s < self._look_at_s:
            return
        self._look_at_s = now_s + LOOK_S
        with self.writers() as db:
            edition = stores.edition(db)
            if edition != self._edition:
                self._store_no = {row.store: row.store_no for row in stores.every(db)}
                self._kiosks = stores.kiosks(db)
                self._rules = offers.rules(db)
        origin_s = self.clock.utc().timestamp() - now_s
        was_set = abs(origin_s - self._told_origin_s) > SET_S
        if edition != self._edition or now_s >= self._tell_at_s or was_set:
            self.tell_trust()
            self._edition, self._tell_at_s = edition, now_s + TELL_AGAIN_S
            self._told_origin_s = origin_s
        if self._rules is not None:
            self.lend(self._rules)

    def _wait(self, error: DBAPIError) -> None:
        log.warning("the database does not answer, nothing is lost: %s", error.orig)
        self.pause(RETRY_S)

    def _take(self) -> list[Delivery]:
        first = self.inbox.take(IDLE_S)
        if first is None:
            return []
        taken = [first]
        deadline_s = self.clock.monotonic_s() + LINGER_S
        while len(taken) < BATCH:
            left_s = deadline_s - self.clock.monotonic_s()
            more = self.inbox.take(max(left_s, 0))
            if more is None:
                break
            taken.append(more)
        return taken

    def _handle(self, deliveries: Sequence[Delivery], is_stopping: Callable[[], bool]) -> None:
        batch = self._sorted(deliveries)
        outcome = None
        while outcome is None:
            if is_stopping():
                return  # not acknowledged: the broker and the kiosks will say it again
            try:
                outcome = self._settle(batch)
            except UNANSWERED as error:
                self._wait(error)
        self._speak(outcome)  # first: somebody waits for it
        for address, ask in batch.asks:
            self.hear_ask(address, ask)
        for delivery in deliveries:
            self.ack(delivery)
            self.inbox.done()

    def _settle(self, batch: Batch) -> service.Outcome:
        """Commit a batch. If one event cannot be decided, all others still are."""
        try:
            return self._commit(batch)
        except UNANSWERED:
            raise
        except STUMBLES:
            log.exception("a batch of %d cannot be kept; one by one now", len(batch.events))
        outcome = self._commit(replace(batch, events=[]))
        for received in batch.events:
            one = self._settle_one(received)
            outcome.receipts += one.receipts
            outcome.shows += one.shows
            outcome.live += one.live
        return outcome

    def _settle_one(self, received: Received) -> service.Outcome:
        try:
            return self._commit(Batch([received]))
        except UNANSWERED:
            raise
        except STUMBLES as error:
            log.error("event %s is kept but leads to nothing: %s", received.event.id, error)
        now_ms = unix_ms(self.clock.utc())
        with self.writers.begin() as db:
            if received.letter is None:
                payload = codec.encode_envelope(received.event, received.body)
                topic = KioskAddress(received.event.store, received.event.kiosk).topic(Leaf.UP)
                letter = Letter(topic, payload, "kept, but led to nothing")
                dead_letters.add(db, [letter], now_ms)
            return service.record(db, [received], now_ms)

    def _commit(self, batch: Batch) -> service.Outcome:
        """In one transaction; again, if another's commit came between: then that is known."""
        for _ in range(MEETINGS_MAX):
            try:
                return self._try(batch)
            except DBAPIError as error:
                if not base.met_another(error):
                    raise
                log.info("another came between: %s; once more", type(error.orig).__name__)
        return self._try(batch)

    def _try(self, batch: Batch) -> service.Outcome:
        now_ms = unix_ms(self.clock.utc())
        heard = _heard(batch, now_ms) - self._heard
        ahead = service.prepare(self.writers, batch.events, now_ms)
        with self.writers.begin() as db:
            db.connection()  # here we wait for our turn
            with self.inbox.held() if base.has_one_writer(db) else nullcontext():
                outcome = self._decide(db, batch, now_ms, ahead)
                kiosk_days.note(db, heard)
        if len(self._heard) > HEARD_MAX:
            self._heard.clear()
        self._heard |= heard
        return outcome

    def _decide(self, db: Session, batch: Batch, now_ms: int, ahead: Ahead) -> service.Outcome:
        shop = Shop(self._store_no, now_ms, self._rules, self.pay_to)
        outcome = service.handle(db, batch.events, shop, ahead)
        for address, state in batch.states:
            stores.keep_state(db, address.store, address.kiosk, state, now_ms)
            outcome.live.append((address.store, Live(Noun.KIOSK, address.kiosk)))
        dead_letters.add(db, batch.dead, now_ms)
        return outcome

    def _speak(self, outcome: service.Outcome) -> None:
        """Answers first, then receipts: who missed an answer has no receipt, and asks again.

        So QoS 0 will do, for which nobody waits. To wait for the broker here would be for ever
        when its words wait for our inbox.
        """
        for address, show in outcome.shows:
            self.publish(address.topic(Leaf.SHOW), codec.encode(show), qos=0)
        for address, receipt in outcome.receipts:
            self.publish(address.topic(Leaf.RECEIPT), codec.encode(receipt), qos=0)
        # Pages read all of a noun again, whatever of it changed: one word a batch is enough.
        for (store, _), live in {(store, live.noun): live for store, live in outcome.live}.items():
            self.publish(topics.live(store), codec.encode(live))

    def _sorted(self, deliveries: Sequence[Delivery]) -> Batch:
        batch = Batch()
        for delivery in deliveries:
            try:
                self._sort(delivery, batch)
            except ContractError as error:
                log.warning("dead letter from %s: %s", delivery.topic, error)
                batch.dead.append(Letter(delivery.topic, delivery.payload, str(error)))
        return batch

    def _sort(self, delivery: Delivery, batch: Batch) -> None:
        address, leaf = topics.sender(delivery.topic)
        if (address.store, address.kiosk) not in self._kiosks:
            raise ContractError("topic", f"no kiosk {address.kiosk} in store {address.store}")
        if leaf is Leaf.STATE:
            state = codec.decode(KioskState, delivery.payload)
            if state.kiosk != address.kiosk:
                raise ContractError("kiosk", f"{state.kiosk} spoke on another's topic")
            batch.states.append((address, state))
            return
        if leaf is Leaf.ASK:
            if (ask := _asked(delivery)) is not None:
                batch.asks.append((address, ask))
            return
        if leaf is not Leaf.UP:
            raise ContractError("topic", f"{leaf} is for kiosks, not from them")
        received = _received(delivery)
        event = received.event
        if (event.store, event.kiosk) != (address.store, address.kiosk):
            raise ContractError("kiosk", f"{event.store}/{event.kiosk} spoke on another's topic")
        batch.events.append(received)


def _heard(batch: Batch, now_ms: int) -> set[Heard]:
    """Which kiosk lived in which hour, as this batch shows."""
    lived = {
        Heard(one.event.store, one.event.kiosk, happened_ms(one.event, now_ms) // HOUR_MS)
        for one in batch.events
    }
    this_hour = now_ms // HOUR_MS
    said = (address for address, state in batch.states if state.online)
    return lived | {Heard(one.store, one.kiosk, this_hour) for one in said}


def _asked(delivery: Delivery) -> Ask | None:
    """A number or a code that somebody types now; what cannot be read is not kept anywhere."""
    if delivery.is_retained or len(delivery.payload) > asks.MAX_BYTES:
        return None
    try:
        return codec.decode(Ask, delivery.payload)
    except ContractError as error:
        log.warning("dropped what %s asked: %s", delivery.topic, error.field)
        return None


def _received(delivery: Delivery) -> Received:
    """What came; if only its number can be read, that. ContractError if not even that."""
    try:
        return Received(*codec.decode_event_with_body(delivery.payload))
    except UnknownVersionError:
        raise
    except ContractError as error:
        event, body = _numbered(delivery.payload, error)
        log.warning("event %s from %s cannot be read: %s", event.id, delivery.topic, error)
        return Received(event, body, Letter(delivery.topic, delivery.payload, str(error)))


def _numbered(payload: bytes, problem: ContractError) -> tuple[Event, bytes]:
    try:
        return codec.decode_number(payload)
    except ContractError:
        raise problem from None  # the first reason says more than that not even this was there
