from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest
from msgspec import structs

from contract import codec, topics
from contract.messages import Denial, Trust
from contract.sealed import Purpose, seal
from contract.topics import KioskAddress
from kiosk.adapters.trust_feed import TrustFeed
from kiosk.core.inputs import Input, Told
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink
from tests.broker import Broker
from tests.kiosk.adapters.test_trust_gate import DENIAL, ISSUERS, KEY, OTHER, TRUST
from tests.waiting import PATIENCE_S

ELSEWHERE = structs.replace(TRUST, store="hue-2")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path)
    made.start()
    yield made
    made.kill()


def sealed(word: Trust | Denial, key: object = KEY) -> bytes:
    purpose = Purpose.TRUST if isinstance(word, Trust) else Purpose.DENIAL
    return seal(key, 1, purpose, codec.encode(word))  # type: ignore[arg-type]  # one of two keys


def test_a_listener_learns_what_was_sealed_before_it_came(broker: Broker) -> None:
    inputs: Queue[Input] = Queue()
    feed = TrustFeed(KioskAddress("hue-1", "quay-1"), inputs.put, ISSUERS)
    gateway = MqttLink(LinkOptions("gateway"), lambda _: None, lambda _: None)
    gateway.publish(topics.trust("hue-1"), sealed(TRUST), retain=True)
    for link in (gateway, feed):
        link.open("127.0.0.1", broker.port)

    assert inputs.get(timeout=PATIENCE_S) == Told(TRUST)
    feed.close()
    gateway.close()


@pytest.mark.parametrize(
    ("topic", "word", "told"),
    [
        pytest.param(topics.denial("hue-1"), sealed(DENIAL), [Told(DENIAL)], id="a denial"),
        pytest.param(topics.trust("hue-1"), sealed(TRUST, OTHER), [], id="somebody else's seal"),
        pytest.param(topics.trust("hue-1"), sealed(ELSEWHERE), [], id="another store's"),
        pytest.param(topics.trust("hue-1"), sealed(DENIAL), [], id="the wrong kind"),
        pytest.param(topics.trust("hue-2"), sealed(TRUST), [], id="a topic nobody asked for"),
    ],
)
def test_it_believes_the_retailer_and_only_for_its_store(
    topic: str, word: bytes, told: list[Input]
) -> None:
    inputs: list[Input] = []
    feed = TrustFeed(KioskAddress("hue-1", "quay-1"), inputs.append, ISSUERS)

    feed._deliver(Delivery(topic, word, mid=1))

    assert inputs == told
