"""What the pages' process hears from the broker, and who is to know it."""

from __future__ import annotations

import logging

from contract import codec, topics
from contract.errors import ContractError
from contract.messages import Live, Noun
from contract.pictures import Picture
from contract.topics import Leaf
from runtime.clock import Clock, unix_ms
from runtime.mqtt_link import Delivery
from web_ui.console.pictures import Pictures
from web_ui.shared.hub import Hub

log = logging.getLogger(__name__)


def hear(hub: Hub[Live], pictures: Pictures, clock: Clock, delivery: Delivery) -> None:
    """What changed goes to open pages, pictures to memory. In the link's own thread."""
    try:
        if delivery.topic.endswith(f"/{Leaf.PICTURE}"):
            at, _ = topics.sender(delivery.topic)
            picture = codec.decode(Picture, delivery.payload)
            if pictures.keep(at, picture, unix_ms(clock.utc())):
                hub.publish(at.store, Live(Noun.KIOSK, at.kiosk))
            return
        hub.publish(delivery.topic.split("/")[3], codec.decode(Live, delivery.payload))
    except ContractError as error:  # an exception here would end the network thread
        log.warning("%s: %s", delivery.topic, error)
