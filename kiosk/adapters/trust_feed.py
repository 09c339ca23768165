"""Hears whom a store's kiosks may recognise, without being one of them. Says nothing itself."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from contract import codec, topics
from contract.errors import ContractError
from contract.messages import Denial, Trust
from contract.sealed import Purpose, unseal
from contract.topics import KioskAddress
from kiosk.core.inputs import Told
from kiosk.ports import Put
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink

log = logging.getLogger(__name__)


class TrustFeed:
    """A second ear beside a kiosk's uplink, under a name of its own so that neither is cut off."""

    def __init__(self, address: KioskAddress, put: Put, keys: Mapping[int, bytes]) -> None:
        self._put = put
        self._keys = keys
        self._store = address.store
        self._kinds: dict[str, tuple[type[Trust | Denial], Purpose]] = {
            topics.trust(address.store): (Trust, Purpose.TRUST),
            topics.denial(address.store): (Denial, Purpose.DENIAL),
        }
        options = LinkOptions(
            client_id=f"{address.store}-{address.kiosk}-listen", subscriptions=tuple(self._kinds)
        )
        self._link = MqttLink(options, self._deliver, lambda _: None)

    def open(self, host: str, port: int) -> None:
        """Start connecting and return at once."""
        self._link.open(host, port)

    def close(self) -> None:
        """End the connection and its thread."""
        self._link.close()

    def _deliver(self, delivery: Delivery) -> None:
        if delivery.topic not in self._kinds:
            return
        kind, purpose = self._kinds[delivery.topic]
        try:
            word = codec.decode(kind, unseal(self._keys, purpose, delivery.payload))
        except ContractError as error:
            log.warning("dropped a message on %s: %s", delivery.topic, error)
            return
        if word.store == self._store:
            self._put(Told(word))
