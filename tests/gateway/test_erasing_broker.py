"""What a real broker keeps on its disk: after an erasure it says nothing of who was erased."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract import codec
from contract.topics import KioskAddress, Leaf
from gateway import seal
from gateway.intake import Intake
from gateway.settings import GatewaySettings
from gateway.shard_links import ShardLinks
from gateway.store import base, tombstones
from gateway.store.events import Received
from kiosk.adapters.trust_gate import TrustGate
from kiosk.adapters.uplink_mqtt import MqttUplink
from kiosk.core.inputs import Input, LinkChanged
from runtime.clock import SystemClock
from runtime.inbox import Inbox
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink
from runtime.settings import load
from tests.broker import Broker
from tests.gateway.seeded import ALL, HUY_HERE, NGOC_HERE, Seeded, asks, erased_by, said
from tests.gateway.shop import STORE, Outbox, Shop, pass_of
from tests.waiting import until

QUAY = KioskAddress(STORE, "quay-1")


def words_of(one: Seeded) -> list[str]:
    """All that is theirs, and how their pass says who they are, in base45."""
    return [*one.words, pass_of(one.member)[4:12]]


@dataclass(frozen=True)
class Street:
    """A gateway and a kiosk, each there or away, and a broker that stays."""

    broker: Broker
    shop: Shop
    folder: Path
    sealer: seal.Sealer

    @contextmanager
    def gateway(self) -> Iterator[None]:
        """The gateway's intake, while it is there."""
        (self.folder / "gateway.toml").write_text(f"[broker]\nport = {self.broker.port}\n")
        settings = load(GatewaySettings, self.folder / "gateway.toml")
        graves = tombstones.opened(self.folder / "erasure.key")
        writers = base.writers(tombstones.keyed(self.shop.engine, graves))
        clock, inbox, gone = SystemClock(), Inbox[Delivery](1_000), threading.Event()
        with ExitStack() as stack:
            links = ShardLinks(settings, writers, clock, inbox, stack, self.sealer)
            speaks = (links.publish, links.ack, gone.wait, links.refresh)
            intake = Intake(inbox, writers, clock, *speaks)
            thread = threading.Thread(target=intake.run, args=(gone.is_set,))
            thread.start()
            try:
                yield
            finally:
                gone.set()
                thread.join()

    def kiosk_says(self, some: Sequence[Received]) -> None:
        """A kiosk comes, hears what is kept for it, says something, and is gone."""
        heard: list[Input] = []
        key = {1: bytes.fromhex(self.sealer.public_key)}
        uplink = MqttUplink(QUAY, heard.append, TrustGate(STORE, key, self.folder / "gate"))
        uplink.open(self.broker.host, self.broker.port)
        until(lambda: LinkChanged(online=True) in heard, "the kiosk is there")
        for one in some:
            uplink.publish(codec.encode_envelope(one.event, one.body))
        uplink.close()  # which says goodbye after the last of them

    def says(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Somebody publishes something."""
        online = threading.Event()
        link = MqttLink(LinkOptions("somebody"), lambda _one: None, lambda _on: online.set())
        link.open(self.broker.host, self.broker.port)
        assert online.wait(15)
        link.publish(topic, payload, retain=retain)
        link.close()

    def kept(self) -> set[str]:
        """The words that stand in the broker's file just now."""
        saved = self.broker.saved()
        return {word for one in ALL for word in words_of(one) if word.encode() in saved}


@pytest.fixture
def street(broker: Broker, shop: Shop, tmp_path: Path) -> Street:
    return Street(broker, shop, tmp_path, seal.make(tmp_path / "seal.key", 1))


def test_what_is_retained_and_what_waits_for_the_gateway_forgets_the_erased(street: Street) -> None:
    eraser = erased_by(street.shop, street.folder)
    told = {word for one in ALL for word in (one.member, one.identity, one.key)}
    passes = {pass_of(one.member)[4:12] for one in ALL}
    with street.gateway():
        until(lambda: street.kept() == told, "all kiosks may recognise them")
    street.kiosk_says(list(said(ALL, Outbox(epoch="00000000000000ff"))))
    until(lambda: street.kept() == told | passes, "what they did waits for the gateway")
    asks(street.shop, *ALL)

    assert eraser.round() == len(ALL)
    assert street.kept() == told | passes, "while the gateway is away the broker cannot know"
    with street.gateway():
        until(lambda: street.kept() == set(), "it says nothing of them")

    street.says(f"hien/1/58/{STORE}/quay-1/state", NGOC_HERE.e164.encode(), retain=True)
    until(lambda: street.kept() == {NGOC_HERE.e164}, "a word that is retained is found")
    street.says(QUAY.topic(Leaf.UP), HUY_HERE.identity.encode(), retain=False)
    planted = {NGOC_HERE.e164, HUY_HERE.identity, HUY_HERE.member}
    until(lambda: street.kept() == planted, "and one that waits for who is away")
