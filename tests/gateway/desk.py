"""An intake without a network: what kiosks published goes in, what it says is caught."""

from __future__ import annotations

from msgspec import json

from contract import codec
from contract.messages import Receipt
from contract.topics import KioskAddress, Leaf
from gateway.intake import Intake
from gateway.store.events import Received
from runtime.clock import SystemClock
from runtime.inbox import Inbox
from runtime.mqtt_link import Delivery
from tests.gateway.shop import STORE, Shop

QUAY = KioskAddress(STORE, "quay-1")


class Desk:
    """A real intake on a real database."""

    def __init__(self, shop: Shop) -> None:
        self.receipts: list[Receipt] = []
        self.said: list[tuple[str, int]] = []  # the last word of a topic, and the QoS
        self.acked: list[Delivery] = []
        self._put = 0
        self._inbox = Inbox[Delivery](10_000)
        self._intake = Intake(
            self._inbox, shop.writers, SystemClock(), self._say, self.acked.append, lambda _s: None
        )

    def take(self, *messages: Received | bytes, topic: str = QUAY.topic(Leaf.UP)) -> None:
        """Events as a kiosk sends them, or any other bytes; returns once all are settled."""
        for mid, message in enumerate(messages):
            self._inbox.put(Delivery(topic, _bytes(message), mid))
        self._put += len(messages)
        self._intake.run(lambda: len(self.acked) == self._put)

    @property
    def told(self) -> tuple[int, int]:
        """What the last receipt said: up to which number, and how many of these were unreadable."""
        return (self.receipts[-1].upto, self.receipts[-1].unread) if self.receipts else (0, 0)

    def _say(self, topic: str, payload: bytes, *, qos: int = 1) -> None:
        self.said.append((topic.rpartition("/")[2], qos))
        if topic.endswith(f"/{Leaf.RECEIPT}"):
            self.receipts.append(json.decode(payload, type=Receipt))


def _bytes(message: Received | bytes) -> bytes:
    if isinstance(message, bytes):
        return message
    return codec.encode_envelope(message.event, message.body)
