"""The broker of the intake's bench, the kiosks' side of it, and a shard's session."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from socket import create_connection
from time import monotonic, sleep

from bench.crowd import SHARDS, Crowd
from contract import topics
from contract.topics import Leaf
from runtime.clock import SystemClock, unix_ms
from runtime.inbox import Inbox
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink
from simulator import ports

LAST_WORD = "bench/last"
BROKER = """\
listener {port} 127.0.0.1
allow_anonymous true
set_tcp_nodelay true
max_queued_messages 0
max_inflight_messages 1000
"""


@contextmanager
def broker(folder: Path) -> Iterator[int]:
    """A mosquitto that keeps whatever waits; its port."""
    (port,) = ports.free(1)
    config = folder / "mosquitto.conf"
    config.write_text(BROKER.format(port=port))
    binary = which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    with subprocess.Popen([str(binary), "-c", str(config)], stderr=subprocess.DEVNULL) as process:
        try:
            _wait(lambda: create_connection(("127.0.0.1", port), 1))
            yield port
        finally:
            process.kill()


def _wait(answered: Callable[[], object]) -> None:
    deadline_s = monotonic() + 30
    while True:
        try:
            answered()
        except OSError:
            assert monotonic() < deadline_s
            sleep(0.05)
        else:
            return


class Link:
    """A shard's session, and what came through it."""

    def __init__(self, port: int, expected: int, shard: str = SHARDS[0]) -> None:
        self.inbox = Inbox[Delivery](5_000)
        self.shows: list[tuple[float, bytes]] = []  # when said, and what
        self.acked = 0
        self.expected = expected
        self._up = threading.Event()
        options = LinkOptions(
            f"hien-shard-{shard}",
            (topics.every(shard, Leaf.UP),),
            keep_session=True,
            manual_ack=True,
        )
        self._link = MqttLink(options, self.inbox.put, lambda _online: self._up.set())
        self._link.open("127.0.0.1", port)
        assert self._up.wait(30)

    def publish(self, topic: str, payload: bytes, *, qos: int = 1) -> bool:
        """As the intake says it."""
        if topic.endswith(Leaf.SHOW):
            self.shows.append((unix_ms(SystemClock().utc()), payload))
        return self._link.publish(topic, payload, qos=qos)

    def ack(self, delivery: Delivery) -> None:
        """Counted, so that one knows when all are through."""
        self.acked += 1
        self._link.ack(delivery)

    def is_done(self) -> bool:
        """Whether all expected events are through."""
        return self.acked >= self.expected

    def close(self) -> None:
        """The session stays."""
        self.inbox.close()
        self._link.close()


class Publisher:
    """The kiosks' side. Its last word comes back to it: then all before it are at the broker."""

    def __init__(self, port: int) -> None:
        up, self._back = threading.Event(), threading.Event()
        self._link = MqttLink(
            LinkOptions("crowd", (LAST_WORD,)),
            lambda _: self._back.set(),
            lambda _online: up.set(),
        )
        self._link.open("127.0.0.1", port)
        assert up.wait(30)

    def publish(self, topic: str, payload: bytes) -> None:
        """Waits while paho holds a thousand that the broker has not answered."""
        while not self._link.publish(topic, payload):
            sleep(0.001)

    def close(self) -> None:
        """Once all is at the broker."""
        self.publish(LAST_WORD, b"")
        assert self._back.wait(60)
        self._link.close()


def publish(port: int, crowd: Crowd, events: int) -> None:
    """Say so many events, and return when the broker has all of them."""
    publisher = Publisher(port)
    for topic, payload in crowd.says(events, unix_ms(SystemClock().utc())):
        publisher.publish(topic, payload)
    publisher.close()
