"""All foreign receivers of a kiosk as one radio: what they publish is put as `Heard`.

Garbage is counted and dropped. Which zone a receiver watches is for the presence rules to know.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from contract.errors import ContractError
from kiosk.core.inputs import Heard
from kiosk.ports import Put
from kiosk.receivers import espresense, minew, shelly, theengs
from kiosk.receivers.translation import Said
from runtime.clock import Clock
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink

log = logging.getLogger(__name__)


class Kind(NamedTuple):
    """How one product is listened to."""

    topic: Callable[[str], str]  # by the receiver's id; may have one + in it
    read: Callable[[bytes], Said]


KINDS: Mapping[str, Kind] = {
    "espresense": Kind(espresense.topic, espresense.read),
    "openmqttgateway": Kind(theengs.topic, theengs.read),
    "theengs": Kind(theengs.topic, theengs.read),
    "shelly": Kind(shelly.topic, shelly.read),
    "minew": Kind(minew.topic, minew.read),
}


class Foreign(NamedTuple):
    """One receiver: the name it has in the presence rules, its product, its id there."""

    name: str
    kind: str
    id: str


class ForeignRadio:
    """A Radio of any number of receivers. Its network thread only translates and puts."""

    def __init__(
        self, client_id: str, receivers: Sequence[Foreign], put: Put, clock: Clock
    ) -> None:
        self._put, self._clock = put, clock
        self._receivers = {KINDS[one.kind].topic(one.id): one for one in receivers}
        self.refused = dict.fromkeys((one.name for one in receivers), 0)  # words nobody could read
        self._link = MqttLink(
            LinkOptions(client_id, tuple(self._receivers)), self.hear, lambda _online: None
        )

    def open(self, host: str, port: int) -> None:
        """Begin to listen and return at once; a broker that is away is tried again for ever."""
        self._link.open(host, port)

    def close(self) -> None:
        """Stop listening; safe to call twice."""
        self._link.close()

    def hear(self, delivery: Delivery) -> None:
        """Translate one message, in the network thread. Nothing a receiver sends stops it."""
        if delivery.is_retained:
            return  # what was heard before we listened, nobody knows when
        for pattern, receiver in self._receivers.items():
            if _matches(pattern, delivery.topic):
                self._translate(receiver, delivery.payload)

    def _translate(self, receiver: Foreign, payload: bytes) -> None:
        try:
            said = KINDS[receiver.kind].read(payload)
        except ContractError as error:
            self._refuse(receiver, 1, str(error))
            return
        if said.unread:
            self._refuse(receiver, said.unread, "rows that make no sense")
        now_s = self._clock.monotonic_s()
        for advertisement in said.heard:
            self._put(Heard(advertisement, now_s, receiver.name))

    def _refuse(self, receiver: Foreign, count: int, problem: str) -> None:
        before = self.refused[receiver.name]
        self.refused[receiver.name] = before + count
        if len(str(before + count)) > len(str(before)) or not before:  # the 1st, 10th, 100th …
            log.warning("receiver %s: %d words refused: %s", receiver.name, before + count, problem)


def _matches(pattern: str, topic: str) -> bool:
    """Whether a topic is meant by a subscription with at most one + in it."""
    before, is_wild, after = pattern.partition("+")
    if not is_wild:
        return topic == pattern
    middle = topic[len(before) : len(topic) - len(after)]
    return topic == before + middle + after and "/" not in middle
