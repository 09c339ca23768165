"""The intake's lines to the broker, one a shard, and what is told to all kiosks over them.

Whom kiosks may recognise, whom doors let in, what may be given out without us: each is sealed.
"""

from __future__ import annotations

import logging
import secrets
from contextlib import ExitStack
from dataclasses import dataclass, field

from sqlalchemy.orm import Session, sessionmaker

from contract import topics
from contract.door_trust import Keyring, Revocations
from contract.identifiers import shard_of
from contract.leases import Allowance
from contract.looks import Look
from contract.messages import Denial, Trust
from contract.products import Catalogue
from contract.sealed import Purpose
from contract.topics import KioskAddress, Leaf
from gateway import lending
from gateway.core import trust as core_trust
from gateway.core.offers.rules import RuleSet
from gateway.core.parts import WHOLE, Part
from gateway.seal import Sealer
from gateway.settings import GatewaySettings
from gateway.store import door_trust, looks, products, profiles, stores
from runtime.clock import Clock, unix_ms
from runtime.inbox import Inbox
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink

SALT_BYTES = 16  # new with every start of the intake: nobody can look up two denials in one table
LEND_EVERY_S = 10.0  # a lease that was used up is made good as soon; a chain has thousands

log = logging.getLogger(__name__)


@dataclass
class ShardLinks:
    """One persistent session for each shard of ours with stores; its client id never changes."""

    settings: GatewaySettings
    writers: sessionmaker[Session]
    clock: Clock
    inbox: Inbox[Delivery]
    stack: ExitStack
    sealer: Sealer | None
    part: Part = WHOLE
    by_shard: dict[str, MqttLink] = field(default_factory=dict)
    told: dict[str, tuple[Trust, Denial]] = field(default_factory=dict)  # by store, the last word
    sold: dict[str, Catalogue] = field(default_factory=dict)  # by store, the last word
    lent: dict[KioskAddress, Allowance] = field(default_factory=dict)  # the last word to each
    lend_at_s: float = 0.0  # the next time

    def refresh(self) -> None:
        """Hear shards that are new, and tell all kiosks whom they may recognise from now on."""
        with self.writers.begin() as db:
            every = [row.store for row in stores.every(db)]
            names = [store for store in every if self.part.takes(shard_of(store))]
            now = self.clock.utc()
            trust = {name: profiles.next_trust(db, name, now) for name in names}
            keys = self.settings.passes.by_number()
            sold = {name: products.catalogue(db, name) for name in names}
            dressed = {name: looks.look(db, name) for name in names}
            papers = {
                name: door_trust.papers(db, name, told.epoch, unix_ms(now), keys)
                for name, told in trust.items()
            }
        for shard in {shard_of(name) for name in names} - self.by_shard.keys():
            self.by_shard[shard] = self._open(shard)
        for name in names:
            self._tell(name, trust[name])
            self._tell_doors(name, *papers[name])
            self._tell_look(name, dressed[name])
            self._tell_catalogue(name, sold[name])
        log.info("shards %s; trust told to %d stores", ", ".join(sorted(self.by_shard)), len(names))

    def lend(self, rules: RuleSet) -> None:
        """Set parts of caps aside for kiosks, and tell each what it may give out without us."""
        now_s = self.clock.monotonic_s()
        if self.sealer is None or now_s < self.lend_at_s:
            return
        self.lend_at_s = now_s + LEND_EVERY_S
        now_ms = unix_ms(self.clock.utc())
        with self.writers.begin() as db:
            lending.lend(db, rules, now_ms)
            allowances = lending.allowances(db, rules, now_ms)
        for at, allowance in allowances.items():
            if self.lent.get(at) != allowance and shard_of(at.store) in self.by_shard:
                sealed = self.sealer.seal(Purpose.ALLOWANCE, allowance)
                link = self.by_shard[shard_of(at.store)]
                link.publish(at.topic(Leaf.SETTINGS), sealed, retain=True)
                self.lent[at] = allowance

    def _tell(self, store: str, trust: Trust) -> None:
        """Who is to be forgotten goes first: it is small, and may not wait for the rest."""
        if self.sealer is None:
            return
        before = self.told.get(store)
        if before is None:
            denial = core_trust.first(trust, secrets.token_hex(SALT_BYTES))
        else:
            denial = core_trust.denial(before[0], trust, before[1])
        link = self.by_shard[shard_of(store)]
        link.publish(topics.denial(store), self.sealer.seal(Purpose.DENIAL, denial), retain=True)
        link.publish(topics.trust(store), self.sealer.seal(Purpose.TRUST, trust), retain=True)
        self.told[store] = (trust, denial)

    def _tell_doors(self, store: str, keyring: Keyring, revocations: Revocations) -> None:
        if self.sealer is None:
            return
        link = self.by_shard[shard_of(store)]
        sealed = self.sealer.seal(Purpose.KEYRING, keyring)
        link.publish(topics.keyring(store), sealed, retain=True)
        sealed = self.sealer.seal(Purpose.REVOCATIONS, revocations)
        link.publish(topics.revocations(store), sealed, retain=True)

    def _tell_look(self, store: str, look: Look | None) -> None:
        if self.sealer is None or look is None:
            return
        sealed = self.sealer.seal(Purpose.LOOK, look)
        self.by_shard[shard_of(store)].publish(topics.look(store), sealed, retain=True)

    def _tell_catalogue(self, store: str, catalogue: Catalogue | None) -> None:
        """Only when it changed: it is long, and members change every minute."""
        if self.sealer is None or catalogue is None or self.sold.get(store) == catalogue:
            return
        sealed = self.sealer.seal(Purpose.CATALOGUE, catalogue)
        self.by_shard[shard_of(store)].publish(topics.catalogue(store), sealed, retain=True)
        self.sold[store] = catalogue

    def publish(self, topic: str, payload: bytes, *, qos: int = 1) -> None:
        """Say something to a kiosk or the web."""
        self.by_shard[_shard_in(topic)].publish(topic, payload, qos=qos)

    def ack(self, delivery: Delivery) -> None:
        """Let the broker forget a message."""
        self.by_shard[_shard_in(delivery.topic)].ack(delivery)

    def _open(self, shard: str) -> MqttLink:
        options = LinkOptions(
            f"hien-shard-{shard}",
            tuple(topics.every(shard, leaf) for leaf in (Leaf.UP, Leaf.STATE, Leaf.ASK)),
            keep_session=True,
            manual_ack=True,
        )
        link = MqttLink(options, self.inbox.put, lambda _online: None)
        broker = self.settings.broker
        link.open(broker.host, broker.port, broker.tls)
        self.stack.callback(link.close)
        return link


def _shard_in(topic: str) -> str:
    return topic.split("/")[2]
