"""Takes what kiosks publish, in batches: decode, decide, commit; then acknowledge and speak.

Nothing a peer sends stops it: what cannot be read goes to the dead letters. While the database
does not answer it waits, and the full inbox makes the broker wait.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from contract import codec, topics
from contract.errors import ContractError
from contract.messages import KioskState, Live, Message, Noun
from contract.topics import KioskAddress, Leaf
from gateway import service
from gateway.store import dead_letters, stores
from gateway.store.events import Received
from runtime.clock import Clock, unix_ms
from runtime.inbox import Inbox
from runtime.mqtt_link import Delivery

BATCH = 500  # above it throughput grows no more, and memory and latency do
LINGER_S = 0.005  # what waiting for a fuller batch may cost; a commit takes about as long
IDLE_S = 0.5  # how soon a stop is noticed
RETRY_S = 1.0  # while the database does not answer

log = logging.getLogger(__name__)

Publish = Callable[[str, bytes], object]
Ack = Callable[[Delivery], None]


@dataclass
class Batch:
    """Deliveries, sorted by what is to become of them."""

    events: list[Received] = field(default_factory=list)
    states: list[tuple[KioskAddress, KioskState]] = field(default_factory=list)
    dead: list[tuple[str, bytes, str]] = field(default_factory=list)  # topic, payload, reason


@dataclass
class Intake:
    """The one owner of everything events lead to."""

    inbox: Inbox[Delivery]
    writers: sessionmaker[Session]
    clock: Clock
    publish: Publish
    ack: Ack
    pause: Callable[[float], object]  # waits that long, or until the process should stop

    def run(self, is_stopping: Callable[[], bool]) -> None:
        """Take batches until told to stop; what is not committed then comes again."""
        with self.writers() as db:
            self._store_no = {row.store: row.store_no for row in stores.every(db)}
            self._kiosks = stores.kiosks(db)
        while not is_stopping():
            deliveries = self._take()
            if deliveries:
                self._handle(deliveries, is_stopping)

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
                outcome = self._commit(batch)
            except OperationalError as error:
                log.warning("the database does not answer, nothing is lost: %s", error.orig)
                self.pause(RETRY_S)
        for delivery in deliveries:
            self.ack(delivery)
            self.inbox.done()
        self._speak(outcome)

    def _commit(self, batch: Batch) -> service.Outcome:
        now_ms = unix_ms(self.clock.utc())
        with self.writers.begin() as db:
            outcome = service.handle(db, batch.events, self._store_no)
            for address, state in batch.states:
                stores.keep_state(db, address.store, address.kiosk, state, now_ms)
                outcome.live.append((address.store, Live(Noun.KIOSK, address.kiosk)))
            dead_letters.add(db, batch.dead, now_ms)
        return outcome

    def _speak(self, outcome: service.Outcome) -> None:
        for address, show in outcome.shows:
            self._say(address.topic(Leaf.SHOW), show)
        for address, receipt in outcome.receipts:
            self._say(address.topic(Leaf.RECEIPT), receipt)
        for store, live in outcome.live:
            self._say(topics.live(store), live)

    def _say(self, topic: str, message: Message) -> None:
        self.publish(topic, codec.encode(message))

    def _sorted(self, deliveries: Sequence[Delivery]) -> Batch:
        batch = Batch()
        for delivery in deliveries:
            try:
                self._sort(delivery, batch)
            except ContractError as error:
                log.warning("dead letter from %s: %s", delivery.topic, error)
                batch.dead.append((delivery.topic, delivery.payload, str(error)))
        return batch

    def _sort(self, delivery: Delivery, batch: Batch) -> None:
        address, leaf = topics.sender(delivery.topic)
        if (address.store, address.kiosk) not in self._kiosks:
            raise ContractError("topic", f"no kiosk {address.kiosk} in store {address.store}")
        if leaf is Leaf.STATE:
            batch.states.append((address, codec.decode(KioskState, delivery.payload)))
            return
        event, body = codec.decode_event_with_body(delivery.payload)
        if (event.store, event.kiosk) != (address.store, address.kiosk):
            raise ContractError("kiosk", f"{event.store}/{event.kiosk} spoke on another's topic")
        batch.events.append(Received(event, body))
