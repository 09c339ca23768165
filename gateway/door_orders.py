"""A person's order to a door or a kiosk: sealed here, good for seconds and for one use.

It does nothing itself. The device judges the order alone; what it did is in its own words.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass

from contract import commands
from contract.commands import LIFE_MS, Command, Deed
from contract.topics import KioskAddress, Leaf
from gateway import seal
from gateway.settings import GatewaySettings
from runtime.clock import Clock, unix_ms
from runtime.errors import SettingsError, UnavailableError
from runtime.mqtt_link import Delivery, LinkOptions, MqttLink

NONCE_BYTES = 16


PATIENCE_S = LIFE_MS / 1_000  # for the broker; beyond it nobody stands at the door any more


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody is to be let in, or something done: where, by which device, on whose word."""

    at: KioskAddress
    device: str  # the door beside that kiosk, or the kiosk itself
    staff: str
    deed: Deed = Deed.OPEN_DOOR
    nonce: str = ""  # under which it was written down already; else a new one


def order(
    settings: GatewaySettings, wish: Wish, clock: Clock, patience_s: float = PATIENCE_S
) -> str:
    """Send the order to the kiosk, which passes it on if it is for a door; returns its nonce.

    Raises UnavailableError if the broker did not take it while it was good.
    """
    if settings.seal is None:
        raise SettingsError("[seal] is missing: devices obey sealed orders only")
    nonce = wish.nonce or os.urandom(NONCE_BYTES).hex()
    sealer = seal.load(settings.seal.key_file, settings.seal.key_id)
    link_up, passed_on = threading.Event(), threading.Event()
    topic = wish.at.topic(Leaf.COMMAND)

    def heard(delivery: Delivery) -> None:
        if delivery.payload == sealed:
            passed_on.set()  # our own order came back: the broker has it

    link = MqttLink(
        LinkOptions(f"hien-order-{nonce[:12]}", (topic,)), heard, lambda _online: link_up.set()
    )
    sealed = b""  # until we have spoken, nothing is ours
    broker = settings.broker
    link.open(broker.host, broker.port, broker.tls)
    try:
        is_up = link_up.wait(patience_s)
        at_ms = unix_ms(clock.utc())  # only now: it lives from here on
        until_ms = at_ms + LIFE_MS
        store = wish.at.store
        said = Command(wish.deed, store, wish.device, nonce, at_ms, until_ms, wish.staff)
        sealed = commands.make(sealer.key, sealer.key_id, said)
        if is_up:
            link.publish(topic, sealed)
        if not is_up or not passed_on.wait(patience_s):
            where = f"{settings.broker.host}:{settings.broker.port}"
            raise UnavailableError(f"the broker at {where} did not take the order")
    finally:
        link.close()
    return nonce
