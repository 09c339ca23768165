"""The link against a real broker that is killed and comes back."""

from __future__ import annotations

import socket
import ssl
import threading
from queue import Queue
from time import monotonic

import pytest

from runtime.mqtt_link import Delivery, LinkOptions, MqttLink
from tests.broker import Broker
from tests.waiting import until

RETRY_S = 0.05
CONNACK = b"\x20\x02\x00\x00"  # MQTT 3.1.1, section 3.2: no session, welcome
TOPIC = "hien/1/58/hue-1/quay-1/up"


class End:
    """One end of a conversation, and what reached it."""

    def __init__(self, broker: Broker, options: LinkOptions) -> None:
        self.came: Queue[Delivery] = Queue()
        self.online: list[bool] = []
        self.link = MqttLink(options, self.came.put, self.online.append)
        self.link.open(broker.host, broker.port)

    def is_online(self) -> bool:
        return bool(self.online) and self.online[-1]

    def next(self) -> Delivery:
        return self.came.get(timeout=15)


def test_a_message_published_is_delivered(broker: Broker) -> None:
    gateway = End(broker, LinkOptions("gw", subscriptions=(TOPIC,)))
    kiosk = End(broker, LinkOptions("k", speaks_v5=True))
    until(lambda: gateway.is_online() and kiosk.is_online(), "both are connected")

    kiosk.link.publish(TOPIC, b"hello")

    delivery = gateway.next()
    assert (delivery.topic, delivery.payload) == (TOPIC, b"hello")
    kiosk.link.close()
    gateway.link.close()


def test_after_a_broker_is_killed_and_restarted_messages_flow_again(broker: Broker) -> None:
    gateway = End(broker, LinkOptions("gw", subscriptions=(TOPIC,), first_retry_s=RETRY_S))
    until(gateway.is_online, "connected")

    broker.kill()
    until(lambda: not gateway.is_online(), "the loss is noticed")
    broker.start()
    until(gateway.is_online, "connected again")
    gateway.link.publish(TOPIC, b"again")

    assert gateway.next().payload == b"again"
    gateway.link.close()


def test_a_kept_session_delivers_what_came_while_away_and_what_was_not_acknowledged(
    broker: Broker,
) -> None:
    options = LinkOptions("hien-shard-58", (TOPIC,), keep_session=True, manual_ack=True)
    kiosk = End(broker, LinkOptions("k", speaks_v5=True))
    gateway = End(broker, options)
    until(lambda: gateway.is_online() and kiosk.is_online(), "both are connected")
    kiosk.link.publish(TOPIC, b"1")
    kiosk.link.publish(TOPIC, b"2")
    first = gateway.next()
    gateway.link.ack(first)
    gateway.next()
    gateway.link.close()
    kiosk.link.publish(TOPIC, b"3")

    again = End(broker, options)

    assert [again.next().payload, again.next().payload] == [b"2", b"3"]
    again.link.close()
    kiosk.link.close()


def test_the_last_will_is_said_and_kept_when_a_link_dies_without_goodbye(broker: Broker) -> None:
    will = ("hien/1/58/hue-1/quay-1/state", b"gone")
    kiosk = End(broker, LinkOptions("k", will=will))
    until(kiosk.is_online, "connected")
    usurper = End(broker, LinkOptions("k"))  # the same client id: the broker throws the first out
    until(usurper.is_online, "taken over")
    kiosk.link.close()

    late = End(broker, LinkOptions("late", subscriptions=(will[0],)))

    assert late.next().payload == b"gone"
    late.link.close()
    usurper.link.close()


def test_opening_without_a_broker_waits_for_one(broker: Broker) -> None:
    broker.kill()
    link = End(broker, LinkOptions("k", first_retry_s=RETRY_S))

    broker.start()

    until(link.is_online, "connected once there is a broker")
    link.link.close()


def test_a_broker_that_hangs_does_not_hold_up_the_goodbye() -> None:
    """It let us in and reads no more: what we said last stays with us."""
    up = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = MqttLink(LinkOptions("leaves"), lambda _: None, lambda _online: up.set())
        link.open("127.0.0.1", server.getsockname()[1])
        broker, _ = server.accept()
        with broker:
            broker.recv(1_000)
            broker.sendall(CONNACK)
            assert up.wait(30)
            for _ in range(200):
                link.publish("news", bytes(65_536))
            began_s = monotonic()
            link.close()

    assert monotonic() - began_s < 15  # paho by itself waits for a keepalive, 30 s


def test_a_strange_broker_and_a_missing_one_are_told_apart(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As paho calls it; over a real connection it leaves a socket for the collector to close."""
    caplog.set_level("WARNING", "runtime.mqtt_link")
    link = MqttLink(LinkOptions("k"), lambda _: None, lambda _: None)
    link._where = "gateway.lan:8883"
    for error in (OSError("refused"), OSError("refused"), ssl.SSLCertVerificationError("expired")):
        try:
            raise error
        except OSError:
            link._on_connect_fail(link._client, None)

    assert [record.getMessage() for record in caplog.records] == [
        "no broker answers at gateway.lan:8883; trying again until one does",
        "who answers at gateway.lan:8883 is not our broker: ('expired',)",
    ]
