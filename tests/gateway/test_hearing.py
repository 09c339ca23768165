from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from contract import codec, topics
from contract.messages import Live, Noun
from contract.pictures import PNG_ENDS, PNG_STARTS, Picture
from contract.topics import KioskAddress, Leaf
from gateway.hearing import hear
from runtime.mqtt_link import Delivery
from tests.fakes import FakeClock
from web_ui.console.pictures import Pictures
from web_ui.shared.hub import Hub

QUAY = KioskAddress("hue-1", "quay-1")
NONCE = "0123456789abcdef0123456789abcdef"
PNG = PNG_STARTS + b"x" + PNG_ENDS


@dataclass(frozen=True)
class Ears:
    """What the pages' process remembers of what it heard."""

    hub: Hub[Live] = field(default_factory=Hub[Live])
    pictures: Pictures = field(default_factory=Pictures)


def heard(ears: Ears, topic: str, payload: bytes) -> Live | None:
    """What open pages of the store are told of it."""
    with ears.hub.listen("hue-1") as listener:
        hear(ears.hub, ears.pictures, FakeClock(), Delivery(topic, payload, 1))
        return listener.get_nowait() if listener.qsize() else None


@pytest.fixture
def ears() -> Ears:
    return Ears()


def test_a_change_goes_to_open_pages(ears: Ears) -> None:
    live = Live(Noun.VISIT, "17")

    assert heard(ears, topics.live("hue-1"), codec.encode(live)) == live


def test_a_picture_is_kept_and_pages_look_again(ears: Ears) -> None:
    picture = codec.encode(Picture(NONCE, PNG))

    assert heard(ears, QUAY.topic(Leaf.PICTURE), picture) == Live(Noun.KIOSK, "quay-1")
    assert ears.pictures.get(QUAY, NONCE, 0) == PNG
    assert heard(ears, QUAY.topic(Leaf.PICTURE), picture) is None, "once"


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        (QUAY.topic(Leaf.PICTURE), b"nonsense"),
        (QUAY.topic(Leaf.PICTURE), codec.encode(Picture(NONCE, b"<svg>"))),
        ("hien/1/99/hue-1/quay-1/picture", codec.encode(Picture(NONCE, PNG))),
        (topics.live("hue-1"), b"\xff"),
    ],
)
def test_nonsense_ends_nothing(ears: Ears, topic: str, payload: bytes) -> None:
    assert heard(ears, topic, payload) is None
    assert ears.pictures.get(QUAY, NONCE, 0) is None
