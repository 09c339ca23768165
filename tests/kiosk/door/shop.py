"""A shop with a door, its members and their keys, for tests of all that is about the door."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import codec, commands, passes, retailer_passes
from contract.commands import Command, Deed
from contract.door_trust import Keyring, RetailerKey, Revocations
from contract.events import ClockTrust
from contract.messages import TrustedKey
from contract.retailer_passes import RetailerPass, Sort
from contract.sealed import Purpose, seal
from kiosk.core import door_keys
from kiosk.core.clock_trust import Belief
from kiosk.core.door_keys import DoorKeys
from kiosk.core.entry import EntryRules, Situation

NOW_S = 1_800_000_000.0  # a slot begins here
SLOT = passes.slot_at(NOW_S)
TODAY = int(NOW_S // retailer_passes.DAY_S)
STORE, STORE_NO, DOOR = "hue-1", 7, "front"
RETAILER_KEY_ID, ISSUER_KEY_ID = 3, 5
NONCE = "0123456789abcdef0123456789abcdef"


def private_key(seed: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(random.Random(seed).randbytes(32))


def public_hex(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


RETAILER, ISSUER, STRANGER = private_key(-1), private_key(-2), private_key(-3)
ISSUERS = {ISSUER_KEY_ID: ISSUER.public_key().public_bytes_raw()}


@dataclass(frozen=True)
class Members:
    """Members who may enter, each with one phone; their number is their name."""

    keys: Mapping[str, Ed25519PrivateKey]

    @classmethod
    def several(cls, count: int) -> Members:
        return cls({f"{number:012x}": private_key(number) for number in range(count)})

    def keyring(self, epoch: int = 1) -> Keyring:
        members = tuple(TrustedKey(name, 1, public_hex(key)) for name, key in self.keys.items())
        return Keyring(STORE, epoch, members, (RetailerKey(RETAILER_KEY_ID, public_hex(RETAILER)),))

    def show(self, name: str, slot: int = SLOT, store_no: int = STORE_NO) -> str:
        return passes.make(self.keys[name], 1, name, slot, store_no)


ANA, BINH, CHI = "000000000000", "000000000001", "000000000002"
MEMBERS = Members.several(3)
CARD = "00112233445566ff"


def revocations(
    epoch: int = 1, keyring: int = 1, members: bytes = b"", cards: tuple[str, ...] = ()
) -> Revocations:
    return Revocations(STORE, keyring, epoch, int(NOW_S * 1_000) - 3_600_000, members, cards)


def learned(keyring: Keyring, revoked: Revocations) -> DoorKeys:
    keys = door_keys.learn(DoorKeys(), keyring, revoked)
    assert keys is not None
    return keys


KEYS = learned(MEMBERS.keyring(), revocations())


def card(
    pass_id: str = CARD, sort: Sort = Sort.ENTRY_CARD, last_day: int = TODAY, store_no: int = 0
) -> str:
    return retailer_passes.make(
        RETAILER, RetailerPass(sort, RETAILER_KEY_ID, pass_id, last_day, store_no)
    )


@dataclass(frozen=True)
class Order:
    """An order from the console, as it should be unless said otherwise."""

    store: str = STORE
    device: str = DOOR
    nonce: str = NONCE
    at_s: float = NOW_S
    life_ms: int = 5_000

    def sealed(self, key: Ed25519PrivateKey = ISSUER, key_id: int = ISSUER_KEY_ID) -> bytes:
        at_ms = int(self.at_s * 1_000)
        until_ms = at_ms + self.life_ms
        said = Command(
            Deed.OPEN_DOOR, self.store, self.device, self.nonce, at_ms, until_ms, staff="lan"
        )
        return commands.make(key, key_id, said)


def sealed_trust(keyring: Keyring, revoked: Revocations) -> tuple[bytes, bytes]:
    return (
        seal(ISSUER, ISSUER_KEY_ID, Purpose.KEYRING, codec.encode(keyring)),
        seal(ISSUER, ISSUER_KEY_ID, Purpose.REVOCATIONS, codec.encode(revoked)),
    )


RULES = EntryRules(STORE, STORE_NO, DOOR)
KNOWN = Belief(ClockTrust.TRUSTED, NOW_S, 1.0)


@dataclass(frozen=True)
class At:
    """A situation, as it should be unless said otherwise."""

    time: Belief = field(default=KNOWN)
    people: int = 0
    holders: frozenset[str] = frozenset()
    is_ready: bool = True
    is_in_order: bool = True

    @property
    def situation(self) -> Situation:
        return Situation(self.time, self.people, self.holders, self.is_ready, self.is_in_order)
