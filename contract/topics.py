"""Where each message travels, `hien/1/{shard}/{store}/{kiosk}/…`: built and read here only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from contract.errors import ContractError
from contract.identifiers import is_name, shard_of

ROOT = "hien/1"  # 1 is the version of the topic tree, not of a message
PARTS = 6  # hien / 1 / shard / store / kiosk / leaf


class Leaf(StrEnum):
    """The last word of a kiosk's topics."""

    UP = "up"  # kiosk → gateway: events
    STATE = "state"  # kiosk → gateway, retained, last will
    RECEIPT = "receipt"  # gateway → kiosk: committed up to here
    SHOW = "show"  # gateway → kiosk: what the screen may show
    COMMAND = "command"  # gateway → kiosk: signed, expiring, single-use
    PICTURE = "picture"  # kiosk → gateway: its screen, when that was ordered
    ASK = "ask"  # kiosk → gateway, QoS 0: a number or a code that somebody types
    SETTINGS = "settings"  # gateway → kiosk, retained, sealed: what it may give out by itself


@dataclass(frozen=True, slots=True)
class KioskAddress:
    """One kiosk's place in the topic tree."""

    store: str
    kiosk: str

    @property
    def user(self) -> str:
        """How brokers call this kiosk: its certificate's common name, its MQTT user and client."""
        return f"{self.kiosk}@{self.store}"

    def topic(self, leaf: Leaf) -> str:
        """The full topic of one of this kiosk's streams."""
        return f"{ROOT}/{shard_of(self.store)}/{self.store}/{self.kiosk}/{leaf}"


def trust(store: str) -> str:
    """Retained, gateway → all kiosks of a store: tags and pass keys they may recognise."""
    return f"{ROOT}/{shard_of(store)}/{store}/trust"


def denial(store: str) -> str:
    """Retained, gateway → all kiosks of a store: who in the trust may be recognised no more."""
    return f"{ROOT}/{shard_of(store)}/{store}/denial"


def keyring(store: str) -> str:
    """Retained, gateway → kiosks with a door, which they hand it to: the keys of who may enter."""
    return f"{ROOT}/{shard_of(store)}/{store}/keyring"


def revocations(store: str) -> str:
    """Retained, gateway → kiosks with a door: who in the keyring may enter no more."""
    return f"{ROOT}/{shard_of(store)}/{store}/revocations"


def look(store: str) -> str:
    """Retained, gateway → all kiosks of a store: how their screens look."""
    return f"{ROOT}/{shard_of(store)}/{store}/look"


def catalogue(store: str) -> str:
    """Retained, gateway → all kiosks of a store: what it sells."""
    return f"{ROOT}/{shard_of(store)}/{store}/catalogue"


def live(store: str) -> str:
    """Gateway → web: which visit, alert or kiosk changed."""
    return f"{ROOT}/{shard_of(store)}/{store}/live"


def every(shard: str, leaf: Leaf) -> str:
    """The filter by which the gateway hears one stream of all kiosks in a shard."""
    return f"{ROOT}/{shard}/+/+/{leaf}"


def user(name: str) -> KioskAddress:
    """Whose user name this is; ContractError if it is no kiosk's."""
    kiosk, _, store = name.partition("@")
    if not is_name(store) or not is_name(kiosk):
        raise ContractError("user", f"{name[:80]!r} is not kiosk@store")
    return KioskAddress(store, kiosk)


@lru_cache(maxsize=50_000)  # a chain's kiosks; the same ones speak all day
def sender(topic: str) -> tuple[KioskAddress, Leaf]:
    """Who spoke on a kiosk's topic, and in which stream; ContractError if it is no such topic."""
    parts = topic.split("/")
    if len(parts) != PARTS or "/".join(parts[:2]) != ROOT or parts[5] not in set(Leaf):
        raise ContractError("topic", f"{topic[:80]!r} is not {ROOT}/shard/store/kiosk/leaf")
    shard, store, kiosk = parts[2:5]
    if not is_name(store) or not is_name(kiosk) or shard != shard_of(store):
        raise ContractError("topic", f"{topic[:80]!r} names no store and kiosk of that shard")
    return KioskAddress(store, kiosk), Leaf(parts[5])
