"""Foreign receivers behind a real broker, and what a kiosk makes of what they tell."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from contract.events import Arrived
from kiosk.core.inputs import Heard, Input, Tick
from kiosk.core.presence import PresenceRules, Receiver
from kiosk.receivers.radio import Foreign, ForeignRadio
from runtime.clock import SystemClock
from runtime.inbox import Inbox
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink
from tests.broker import Broker
from tests.kiosk.whole_kiosk import Kiosk
from tests.waiting import until

TEA = Foreign("espresense:tra", "espresense", "tra")
DOOR = Foreign("theengs:home/cua", "theengs", "home/cua")
TAG = "iBeacon:fda50693-a4e2-4fb1-afcf-c6eb07647825-1-17"
TOPIC = f"espresense/devices/{TAG}/tra"


def told(rssi_dbm: float) -> bytes:
    return json.dumps({"mac": "dd8800003777", "id": TAG, "rssi": rssi_dbm}).encode()


class Hearing:
    """A foreign radio without a broker, and what it put."""

    def __init__(self, *receivers: Foreign) -> None:
        self.put: list[Input] = []
        self.radio = ForeignRadio("test", receivers, self.put.append, SystemClock())

    def hears(self, topic: str, payload: bytes, *, is_retained: bool = False) -> list[str]:
        """The receivers that heard something in it."""
        self.put.clear()
        self.radio.hear(Delivery(topic, payload, 0, is_retained))
        return [happened.receiver for happened in self.put if isinstance(happened, Heard)]


def test_what_is_told_on_a_receivers_topic_is_heard_by_it() -> None:
    hearing = Hearing(TEA, DOOR)

    assert hearing.hears(TOPIC, told(-60)) == ["espresense:tra"]
    assert hearing.hears("home/cua/BTtoMQTT/4AB0000000FF", b'{"rssi":-60,"id":"4AB0000000FF"}') == [
        "theengs:home/cua"
    ]


@pytest.mark.parametrize(
    "topic",
    [
        f"espresense/devices/{TAG}/quan",
        f"espresense/devices/{TAG}/x/tra",
        f"espresense/devices/{TAG}/tra/battery",
        "espresense/devices/tra",
        "home/cua/BTtoMQTT",
    ],
)
def test_other_topics_are_nobodys(topic: str) -> None:
    assert Hearing(TEA, DOOR).hears(topic, told(-60)) == []


def test_what_the_broker_kept_is_old_news() -> None:
    assert Hearing(TEA).hears(TOPIC, told(-60), is_retained=True) == []


def test_garbage_is_counted_by_receiver_and_said_ever_more_seldom(
    caplog: pytest.LogCaptureFixture,
) -> None:
    hearing = Hearing(TEA, DOOR)
    with caplog.at_level(logging.WARNING):
        for _ in range(120):
            assert hearing.hears(TOPIC, b"garbage") == []

    assert hearing.radio.refused == {"espresense:tra": 120, "theengs:home/cua": 0}
    assert [record.args[1] for record in caplog.records if record.args] == [1, 10, 100]  # type: ignore[index]
    assert hearing.hears(TOPIC, told(-60)) == ["espresense:tra"]


def test_no_log_tells_an_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        Hearing(TEA).hears(TOPIC, b'{"mac":"dd8800003777","id":"dd8800003777","rssi":"loud"}')

    assert "dd88" not in caplog.text


@pytest.fixture
def cleanup() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_a_board_in_another_zone_makes_a_visit_there(
    broker: Broker, tmp_path: Path, cleanup: ExitStack
) -> None:
    kiosk = Kiosk(tmp_path)
    cleanup.callback(kiosk.outbox.close)
    with_tea = {"quay-1": Receiver("quay-1"), TEA.name: Receiver("ke-tra", offset_db=-3.0)}
    kiosk.app.rules = replace(kiosk.app.rules, presence=PresenceRules(receivers=with_tea))
    inbox = Inbox[Input](100)
    radio = ForeignRadio("hue-1-quay-1-receivers", [TEA], inbox.put, kiosk.clock)
    radio.open(broker.host, broker.port)
    cleanup.callback(radio.close)
    connected: list[bool] = []
    board = MqttLink(LinkOptions("board", ("echo",)), lambda _one: None, connected.append)
    board.open(broker.host, broker.port)
    cleanup.callback(board.close)
    until(lambda: bool(connected), "the board is connected")

    def arrives() -> bool:
        kiosk.clock.advance(1.0)
        board.publish(TOPIC, told(-64.25))
        happened = inbox.take(0.2)
        if happened is not None:
            kiosk.app.handle(happened)
        kiosk.app.handle(Tick())
        return any(isinstance(body, Arrived) for body in kiosk.sent)

    until(arrives, "somebody has arrived")
    (arrived,) = [body for body in kiosk.sent if isinstance(body, Arrived)]
    assert (arrived.tag, arrived.zone, arrived.session) == ("t-17", "ke-tra", None)
    assert arrived.rssi_dbm == -61  # three more than the board said, because it hears less
