"""The outsider at a real broker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract import codec, topics
from contract.messages import KioskState
from contract.topics import KioskAddress, Leaf
from runtime.mqtt_link import LinkOptions, MqttLink
from simulator.listener import Listener
from simulator.premises import KIOSK_NAMES
from simulator.shop import STORE
from tests.broker import Broker
from tests.waiting import until


@pytest.fixture
def shop(broker: Broker) -> Iterator[MqttLink]:
    """Whoever says something in the shop."""
    link = MqttLink(LinkOptions("shop"), lambda _: None, lambda _: None)
    link.open(broker.host, broker.port)
    yield link
    link.close()


@pytest.fixture
def listener(broker: Broker) -> Iterator[Listener]:
    made = Listener(KIOSK_NAMES)
    made.open(broker.host, broker.port)
    yield made
    made.close()


def say(shop: MqttLink, kiosk: str, *, online: bool) -> None:
    state = codec.encode(KioskState(kiosk, online=online))
    shop.publish(KioskAddress(STORE, kiosk).topic(Leaf.STATE), state, retain=True)


def test_a_shop_is_ready_when_all_kiosks_are_online_and_know_whom_to_trust(
    shop: MqttLink, listener: Listener
) -> None:
    for kiosk in KIOSK_NAMES[:-1]:
        say(shop, kiosk, online=True)
    shop.publish(topics.trust(STORE), b"sealed", retain=True)
    shop.publish(KioskAddress(STORE, KIOSK_NAMES[-1]).topic(Leaf.STATE), b"nonsense")
    until(lambda: len(listener._online) == 2 and listener._has_trust, "all but one")
    assert not listener.is_shop_ready

    say(shop, KIOSK_NAMES[-1], online=True)
    until(lambda: listener.is_shop_ready, "all")

    say(shop, KIOSK_NAMES[0], online=False)
    until(lambda: not listener.is_shop_ready, "one is gone")
