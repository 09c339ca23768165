"""Shows kiosks to Home Assistant, if the settings say so, and passes its one button on.

What it is told is derived and may be said again. It orders nothing but to say which kiosk it is.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import ExitStack
from queue import Empty, SimpleQueue

import msgspec
from sqlalchemy.orm import Session, sessionmaker

from contract.commands import LIFE_MS, Command, Deed
from contract.identifiers import is_name
from contract.topics import KioskAddress
from gateway.core import home_assistant as ha
from gateway.store import device_orders, stores
from gateway.store.base import writing
from gateway.store.stores import KioskRow
from runtime.chore import Chore
from runtime.errors import SettingsError, UnavailableError
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink
from runtime.tls import Broker

SAID_EVERY_S = 15.0  # as kiosks speak
AGAIN_MS = 10_000  # a button that is pressed by an automation for ever writes no book full
NONCE_BYTES = 16
CLIENT = "hien-home-assistant"

Order = Callable[[Command], object]

log = logging.getLogger(__name__)


class HomeAssistant:
    """Two threads: the link's, which only enqueues, and `home-assistant`."""

    def __init__(
        self, sessions: sessionmaker[Session], now_ms: Callable[[], int], order: Order
    ) -> None:
        self._sessions = sessions
        self._now_ms = now_ms
        self._order = order
        self._came: SimpleQueue[Delivery] = SimpleQueue()
        self._chore = Chore("home-assistant", self._careful, SAID_EVERY_S)
        self._told: dict[str, bytes] = {}  # configurations, by topic; of this thread
        self._pressed_ms: dict[KioskAddress, int] = {}
        self._link = MqttLink(
            LinkOptions(CLIENT, (ha.BIRTH, ha.PRESSES), will=(ha.STATUS, b"offline")),
            self._deliver,
            self._linked,
        )

    def start(self, broker: Broker, stack: ExitStack) -> None:
        """Begin; it ends with the stack."""
        self._link.open(broker.host, broker.port, broker.tls)
        stack.callback(self._link.close)
        self._chore.start()
        stack.callback(self._chore.stop)

    def _deliver(self, delivery: Delivery) -> None:
        self._came.put(delivery)
        self._chore.wake()

    def _linked(self, online: bool) -> None:
        if online:
            self._deliver(Delivery(ha.BIRTH, ha.BORN, 0))  # whoever it is may have forgotten us

    def _careful(self) -> None:
        try:
            self.round()
        except Exception:
            log.exception("Home Assistant is told again in a moment")

    def round(self) -> None:
        """Obey what came, and say how all kiosks are."""
        with self._sessions() as db:
            kiosks = [row for one in stores.every(db) for row in stores.fleet(db, one.store)]
        known = {KioskAddress(row.store, row.kiosk) for row in kiosks}
        try:
            while True:
                self._obey(self._came.get_nowait(), known)
        except Empty:
            pass
        for row in kiosks:
            self._say(row)

    def _obey(self, came: Delivery, known: set[KioskAddress]) -> None:
        if came.topic == ha.BIRTH:
            if came.payload == ha.BORN:
                self._told.clear()
                self._link.publish(ha.STATUS, ha.BORN, retain=True)
            return
        parts = came.topic.split("/")
        at = KioskAddress(*parts[2:4]) if all(map(is_name, parts[2:4])) else None
        if at is None or at not in known or came.payload != ha.PRESS or came.is_retained:
            log.warning("Home Assistant said what means nothing on %s", came.topic[:80])
            return
        now_ms = self._now_ms()
        if now_ms - self._pressed_ms.get(at, -AGAIN_MS) < AGAIN_MS:
            return
        self._pressed_ms[at] = now_ms
        self._identify(at, now_ms)

    def _identify(self, at: KioskAddress, now_ms: int) -> None:
        nonce = os.urandom(NONCE_BYTES).hex()
        until_ms = now_ms + LIFE_MS
        said = Command(Deed.IDENTIFY, at.store, at.kiosk, nonce, now_ms, until_ms, ha.USER)
        with writing(self._sessions) as db:
            device_orders.note(db, said)
        try:
            self._order(said)
        except (SettingsError, UnavailableError) as error:
            log.error("the order to %s did not go out: %s", at.kiosk, error)
            with writing(self._sessions) as db:
                device_orders.answer(db, nonce, device_orders.NOT_SENT, self._now_ms())

    def _say(self, row: KioskRow) -> None:
        at, state = KioskAddress(row.store, row.kiosk), stores.state_of(row)
        version = state.version if state is not None else ""
        config = msgspec.json.encode(ha.discovery(at, row.name, version))
        topic = ha.config_topic(at)
        if self._told.get(topic) != config:
            self._link.publish(topic, config, retain=True)
            self._told[topic] = config
        self._link.publish(ha.state_topic(at), msgspec.json.encode(ha.state(state)))
