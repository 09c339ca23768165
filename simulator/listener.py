"""An outsider at the broker: hears when the shop is ready. Says nothing."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from contract import codec, topics
from contract.errors import ContractError
from contract.messages import KioskState
from contract.topics import KioskAddress, Leaf
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink
from runtime.tls import Tls
from simulator.shop import STORE


class Listener:
    """Subscribed to the retained topics of the demo's store."""

    def __init__(self, kiosks: Sequence[str]) -> None:
        self._lock = threading.Lock()
        self._online: set[str] = set()
        self._has_trust = False
        self._kiosks = {KioskAddress(STORE, kiosk).topic(Leaf.STATE): kiosk for kiosk in kiosks}
        options = LinkOptions("hien-demo-listener", (topics.trust(STORE), *self._kiosks))
        self._link = MqttLink(options, self._hear, lambda _online: None)

    def open(self, host: str, port: int, tls: Tls | None = None) -> None:
        """Begin to listen, now or as soon as there is a broker."""
        self._link.open(host, port, tls)

    @property
    def is_shop_ready(self) -> bool:
        """Whether the gateway has said whom to trust and every kiosk is online."""
        with self._lock:
            return self._has_trust and len(self._online) == len(self._kiosks)

    def close(self) -> None:
        """Stop listening."""
        self._link.close()

    def _hear(self, delivery: Delivery) -> None:
        kiosk = self._kiosks.get(delivery.topic)
        if kiosk is None:
            with self._lock:
                self._has_trust = True
            return
        try:
            state = codec.decode(KioskState, delivery.payload)
        except ContractError:
            return  # the product complains by itself
        with self._lock:
            (self._online.add if state.online else self._online.discard)(kiosk)
