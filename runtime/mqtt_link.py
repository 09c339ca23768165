"""A connection to the broker that heals itself; the only file that imports paho.

It promises nothing: a PUBACK is not a commit. Whoever needs a promise asks for receipts.
"""

from __future__ import annotations

import logging
import socket
import ssl
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from runtime.tls import Tls, client_context, load_certificate

KEEPALIVE_S = 30  # a link that hangs is noticed within a minute: paho asks once, and waits as long
QUEUED_MAX = 1_000  # what paho may hold in memory while offline; the outbox holds the rest
GOODBYE_S = 1.0  # for what was said last; paho waits for a broker that hangs as long as a keepalive
FIRST_RETRY_S, LAST_RETRY_S = 1, 30  # paho doubles between them

# MQTT 5 reason codes for a PUBACK that are about the message and not about us, our rights or the
# broker's day: packet too large, payload format invalid.
_FOR_GOOD = frozenset((0x95, 0x99))

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message that came; `mid` is what the broker wants to see acknowledged."""

    topic: str
    payload: bytes
    mid: int
    is_retained: bool = False  # kept by the broker: said at some time before we listened


@dataclass(frozen=True, slots=True)
class Answer:
    """What the broker said to one message of ours; only MQTT 5 brokers ever refuse."""

    mid: int  # as `send` gave it
    refusal: str = ""  # why, if it did not take it
    is_for_good: bool = False  # it is the message: the same again would be refused again


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """What a link is, fixed for its life."""

    client_id: str
    subscriptions: Sequence[str] = ()
    will: tuple[str, bytes] | None = None  # retained; published by the broker when we are gone
    keep_session: bool = False  # the broker keeps our queue while we are away
    manual_ack: bool = False  # the broker keeps a message until `ack`
    speaks_v5: bool = False  # only MQTT 5 tells a publisher that it was refused
    first_retry_s: float = FIRST_RETRY_S
    last_retry_s: float = LAST_RETRY_S
    keepalive_s: int = KEEPALIVE_S


class MqttLink:
    """One MQTT client with its own network thread. Callbacks run there and must only enqueue.

    `on_link(True)` comes once its subscriptions hold, so that whoever speaks then can be answered.
    """

    def __init__(
        self,
        options: LinkOptions,
        deliver: Callable[[Delivery], None],
        on_link: Callable[[bool], None],
        on_answer: Callable[[Answer], None] | None = None,
    ) -> None:
        """`on_answer` hears of every message; without it a refusal is only logged."""
        self._on_answer = on_answer
        self._options = options
        self._deliver = deliver
        self._on_link = on_link
        self._client = _client(options)
        self._client.on_connect = self._on_connect
        self._client.on_connect_fail = self._on_connect_fail
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.on_publish = self._on_publish
        self._client.on_socket_open = _set_no_delay
        self._complaint = ""  # the last one, until a connection holds
        self._is_in = False

    def open(self, host: str, port: int, tls: Tls | None = None) -> None:
        """Start connecting and return at once; tries again for as long as the link is open.

        SettingsError names what is wrong with our certificate or the authority's.
        """
        self._where = f"{host}:{port}"
        self._tls = tls
        if tls is not None:
            self._context = client_context(tls)
            self._client.tls_set_context(self._context)
        self._client.connect_async(host, port, keepalive=self._options.keepalive_s)
        self._client.loop_start()

    def reload_certificate(self) -> None:
        """Our certificate was renewed: show the new one from the next connection on."""
        if self._tls is not None:
            load_certificate(self._context, self._tls)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, qos: int = 1) -> bool:
        """Hand a message to the network; False if it was not even queued, and may be said later.

        With QoS 0, for what is said again anyway, the broker answers nothing, which is cheaper.
        """
        sent = self._client.publish(topic, payload, qos=qos, retain=retain)
        return sent.rc in (MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_NO_CONN)

    def send(self, topic: str, payload: bytes) -> int | None:
        """Like `publish`; the number by which `on_answer` will speak of it, None if not queued.

        An unanswered message is sent again by itself when the link is back.
        """
        sent = self._client.publish(topic, payload, qos=1)
        is_queued = sent.rc in (MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_NO_CONN)
        return sent.mid if is_queued else None

    def ack(self, delivery: Delivery) -> None:
        """Let the broker forget a message; needed only with `manual_ack`.

        What came with QoS 0 has no number: the broker has forgotten it already.
        """
        if delivery.mid:
            self._client.ack(delivery.mid, qos=1)

    def close(self) -> None:
        """Disconnect and end the network thread, soon also if the broker hangs; safe twice."""
        self._client.disconnect()
        cut = Timer(GOODBYE_S, self._cut)
        cut.daemon = True
        cut.start()
        self._client.loop_stop()
        cut.cancel()

    def _cut(self) -> None:
        """End the connection without goodbye: the thread waits till all that was said is sent."""
        with suppress(OSError):
            sock: Any = self._client.socket()
            if sock is not None:
                sock.shutdown(socket.SHUT_RDWR)

    def _on_connect(
        self,
        client: Client,
        _data: Any,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            log.warning("the broker at %s refused us: %s", self._where, reason)
            return
        self._complaint, self._is_in = "", True
        # Here and not after open(): this is what brings subscriptions back on a reconnect.
        if self._options.subscriptions:
            client.subscribe([(topic, 1) for topic in self._options.subscriptions])
        else:
            self._is_up()

    def _on_subscribe(
        self,
        _client: Client,
        _data: Any,
        _mid: int,
        _reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        self._is_up()  # only now can we be answered

    def _is_up(self) -> None:
        log.info("connected to the broker at %s", self._where)
        self._on_link(True)

    def _on_connect_fail(self, _client: Client, _data: Any) -> None:
        error = sys.exc_info()[1]  # paho calls while it handles it, and hands over nothing
        if isinstance(error, ssl.SSLCertVerificationError):
            self._complain(f"who answers at {self._where} is not our broker: {error}")
        else:
            self._complain(f"no broker answers at {self._where}; trying again until one does")

    def _complain(self, complaint: str) -> None:
        if complaint != self._complaint:  # once an outage, not once a retry
            self._complaint = complaint
            log.warning("%s", complaint)

    def _on_disconnect(
        self,
        _client: Client,
        _data: Any,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if not self._is_in:
            self._complain(
                f"the broker at {self._where} does not let us in; is our certificate good?"
            )
            return
        self._is_in = False
        log.info("lost the broker at %s: %s", self._where, reason)
        self._on_link(False)

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        payload = bytes(message.payload)
        self._deliver(Delivery(message.topic, payload, message.mid, message.retain))

    def _on_publish(
        self,
        _client: Client,
        _data: Any,
        mid: int,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if self._on_answer is not None:
            refusal = str(reason) if reason.is_failure else ""
            self._on_answer(Answer(mid, refusal, reason.value in _FOR_GOOD))
        elif reason.is_failure:
            log.error("the broker at %s refused message %d: %s", self._where, mid, reason)


def _client(options: LinkOptions) -> Client:
    version = MQTTProtocolVersion.MQTTv5 if options.speaks_v5 else MQTTProtocolVersion.MQTTv311
    client = Client(
        CallbackAPIVersion.VERSION2,
        options.client_id,
        # MQTT 5 has no such flag: without a session expiry its sessions end with the connection.
        clean_session=None if options.speaks_v5 else not options.keep_session,
        protocol=version,
        manual_ack=options.manual_ack,
    )
    client.max_inflight_messages_set(0)  # the sender's own window; paho's costs a scan per PUBACK
    client.max_queued_messages_set(QUEUED_MAX)
    first_s: Any = options.first_retry_s  # paho says int, and takes any number
    last_s: Any = options.last_retry_s
    client.reconnect_delay_set(first_s, last_s)
    if options.will is not None:
        client.will_set(*options.will, qos=1, retain=True)
    return client


def _set_no_delay(_client: Client, _data: Any, sock: Any) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # paho leaves Nagle on
