"""The kiosk's connection to the gateway: what it says becomes messages, what comes becomes inputs.

Speaks MQTT 5, because only there a refused publish is visible to the one who published.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Protocol

from contract import codec, topics
from contract.asks import Ask
from contract.errors import ContractError
from contract.messages import Denial, KioskState, Message, Receipt, Show, Trust
from contract.pictures import Picture
from contract.topics import KioskAddress, Leaf
from kiosk.adapters.trust_gate import TrustGate
from kiosk.core.inputs import LinkChanged, Ordered, Told
from kiosk.ports import Put, Refused
from runtime.errors import DeviceError
from runtime.mqtt_link import Answer, Delivery, LinkOptions, MqttLink
from runtime.tls import Tls

# The screen says within 15 s that a broker hangs: it is asked after this long, and as long again.
KEEPALIVE_S = 6
# And 5 s after one is back the screen says so. Of a chain's 5,000 kiosks that is 1,250 a second.
LAST_RETRY_S = 4.0

log = logging.getLogger(__name__)


class Papers(Protocol):
    """Sealed words that are kept as they come and read by others."""

    @property
    def topics(self) -> tuple[str, ...]:
        """Where they come from."""

    def lay(self, topic: str, sealed: bytes) -> bool:
        """Keep one; False if it is none of these. ContractError, DeviceError: it is not kept."""


class MqttUplink:
    """An Uplink over MQTT. Its network thread only decodes, checks seals and puts."""

    def __init__(
        self, address: KioskAddress, put: Put, gate: TrustGate, papers: Sequence[Papers] = ()
    ) -> None:
        """`papers` are what others here keep by themselves: a door, the screen's look."""
        self._up = address.topic(Leaf.UP)
        self._state = address.topic(Leaf.STATE)
        self._ask = address.topic(Leaf.ASK)
        self._picture = address.topic(Leaf.PICTURE)
        self._kinds: dict[str, type[Receipt | Show | Trust | Denial]] = {
            address.topic(Leaf.RECEIPT): Receipt,
            address.topic(Leaf.SHOW): Show,
            topics.trust(address.store): Trust,
            topics.denial(address.store): Denial,
        }
        self._order = address.topic(Leaf.COMMAND)
        self._allowance, self._kiosk = address.topic(Leaf.SETTINGS), address.kiosk
        self._put = put
        self._gate = gate
        self._papers = papers
        others = (self._order, self._allowance, *(topic for one in papers for topic in one.topics))
        options = LinkOptions(
            client_id=address.user,
            subscriptions=(*self._kinds, *others),
            will=(self._state, codec.encode(KioskState(address.kiosk, online=False))),
            speaks_v5=True,
            keepalive_s=KEEPALIVE_S,
            last_retry_s=LAST_RETRY_S,
        )
        self._answers: SimpleQueue[Answer] = SimpleQueue()  # from the network thread
        self._under_way: dict[int, bytes] = {}  # what the link holds, by its number; main thread
        self._refused: list[Refused] = []
        self._is_online = False  # written by the network thread
        self._link = MqttLink(
            options,
            self._deliver,
            self._linked,
            self._answers.put,
        )

    def open(self, host: str, port: int, tls: Tls | None = None) -> None:
        """Start connecting and return at once; SettingsError if a certificate is missing."""
        self._link.open(host, port, tls)

    def reload_certificate(self) -> None:
        """Our certificate was renewed."""
        self._link.reload_certificate()

    def publish(self, envelope: bytes) -> None:
        """Hand one event to the network; whether it arrives is for receipts to say.

        What the link still holds it sends itself when it is back: handed over again at each
        return, a thousand copies would go out at once.
        """
        self._settle()
        if envelope in self._under_way.values():
            return
        mid = self._link.send(self._up, envelope)
        if mid is not None:
            self._under_way[mid] = envelope

    def refused(self) -> list[Refused]:
        """What the broker has refused since it was last asked."""
        self._settle()
        refused, self._refused = self._refused, []
        return refused

    def _settle(self) -> None:
        with suppress(Empty):
            while True:
                answer = self._answers.get_nowait()
                envelope = self._under_way.pop(answer.mid, None)
                if answer.refusal and envelope is None:
                    log.error("the broker refused what we say of ourselves: %s", answer.refusal)
                elif answer.refusal and envelope is not None:
                    refused = Refused(envelope, answer.refusal, answer.is_for_good)
                    self._refused.append(refused)

    def publish_state(self, state: KioskState) -> None:
        """Keep this kiosk's state retained at the broker, if there is one just now.

        Else a thousand old ones would wait for it; a new link is told the newest at once.
        """
        if self._is_online:
            self._link.publish(self._state, codec.encode(state), retain=True)

    def ask(self, asked: Ask) -> bool:
        """Ask at once or never: nothing waits in memory, and no broker keeps it (QoS 0)."""
        return self._is_online and self._link.publish(self._ask, codec.encode(asked), qos=0)

    def publish_picture(self, picture: Picture) -> None:
        """Send a picture of the screen, if there is a broker just now; from any thread."""
        if self._is_online:
            self._link.publish(self._picture, codec.encode(picture))

    def close(self) -> None:
        """End the connection and its thread."""
        self._link.close()

    def _linked(self, online: bool) -> None:
        self._is_online = online
        self._put(LinkChanged(online))

    def _deliver(self, delivery: Delivery) -> None:
        if delivery.topic == self._order:
            self._put(Ordered(delivery.payload))
            return
        kind = self._kinds.get(delivery.topic)
        try:
            if delivery.topic == self._allowance:
                self._put(Told(self._gate.allowance(self._kiosk, delivery.payload)))
                return
            if kind is None:
                any(one.lay(delivery.topic, delivery.payload) for one in self._papers)
                return
            if issubclass(kind, Trust | Denial):
                message: Message = self._gate.open(kind, delivery.payload)
            else:
                message = codec.decode(kind, delivery.payload)
        except (ContractError, DeviceError) as error:
            log.warning("dropped a message on %s: %s", delivery.topic, error)
            return
        if isinstance(message, Receipt | Show | Trust | Denial):
            self._put(Told(message))
