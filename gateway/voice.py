"""What the pages' process says to others: to open pages, screens, doors and kiosks."""

from __future__ import annotations

from dataclasses import dataclass

from contract import codec, topics
from contract.commands import Command
from contract.messages import Live, Show
from contract.topics import KioskAddress, Leaf
from gateway.door_orders import Wish, order
from gateway.settings import GatewaySettings
from runtime.clock import Clock
from runtime.mqtt_link import MqttLink


@dataclass(frozen=True)
class Voice:
    """Says it over the broker; an order goes over a line of its own and is sealed."""

    settings: GatewaySettings
    clock: Clock
    link: MqttLink

    def say(self, store: str, live: Live) -> None:
        """Tell all open pages of a store that something changed."""
        self.link.publish(topics.live(store), codec.encode(live))

    def show(self, address: KioskAddress, shown: Show) -> None:
        """Tell a screen what it may show."""
        self.link.publish(address.topic(Leaf.SHOW), codec.encode(shown))

    def open_door(self, at: KioskAddress, door: str, staff: str) -> None:
        """Order a door to open once."""
        order(self.settings, Wish(at, door, staff), self.clock)

    def order_kiosk(self, said: Command) -> None:
        """Order a kiosk to do something."""
        at = KioskAddress(said.store, said.device)
        order(self.settings, Wish(at, at.kiosk, said.staff, said.deed, said.nonce), self.clock)
