"""Writes one beacon by the Eddystone configuration GATT service: unlock, slot, power, lock.

Source: github.com/google/eddystone, configuration-service and eddystone-eid/eid-computation. It
knows no radio: whoever connects gives it something to read and write characteristics with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack, unpack
from typing import Protocol

from contract.identities import eid, encryptor
from firmware_config.outputs.beacon_sheet import EID, FIRST_METRE_DB, UID, uid
from firmware_config.plan import Advertiser
from runtime.errors import DeviceError, SettingsError

FRAMES = {"eddystone-uid": (UID, 0x0001), "eddystone-eid": (EID, 0x0008)}  # type, capability
VERSION = 0x00
LOCKED = 0x00  # as lock state; 1 and 2 are open, and 2 stays so
UID_READ = slice(2, 18)  # after frame type and power
EID_READ_BYTES = 14  # frame type, exponent, clock, EID
CLEAR = b"\x00"  # as slot data; not the empty one: some stacks drop writes of nothing


def _characteristic(number: int) -> str:
    return f"a3c875{number:02x}-8ed3-4bdf-8a39-a01bebede295"


SERVICE = _characteristic(0x00)
CAPABILITIES = _characteristic(0x01)
ACTIVE_SLOT = _characteristic(0x02)
INTERVAL = _characteristic(0x03)
RADIO_POWER = _characteristic(0x04)
ADVERTISED_POWER = _characteristic(0x05)
LOCK_STATE = _characteristic(0x06)
UNLOCK = _characteristic(0x07)
SLOT_DATA = _characteristic(0x0A)
REMAIN_CONNECTABLE = _characteristic(0x0C)


class Gatt(Protocol):
    """A connection to one beacon."""

    def read(self, characteristic: str) -> bytes:
        """Its value; DeviceError if it is refused or the connection is lost."""

    def write(self, characteristic: str, value: bytes) -> None:
        """Once it returns, the beacon has taken the value; DeviceError else."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a beacon is to become."""

    one: Advertiser
    code: bytes  # its unlock code from now on, 16 bytes
    identity_key: bytes | None = None  # of an EID
    codes_before: Sequence[bytes] = ()  # what may open it now besides: its maker's


@dataclass(frozen=True, slots=True)
class Written:
    """What it has become."""

    interval_ms: int  # a beacon may take the nearest it can
    tx_power_dbm: int
    counter_s: int | None = None  # an EID's clock, when it was read
    cleared: int = 0  # other slots, which advertise nothing any more


def write(link: Gatt, wanted: Wanted) -> Written:
    """Unlock a beacon, write it, read it back, and lock it with its own code.

    May be done again, also after it was interrupted. DeviceError if the beacon does not take
    something or has become something else, SettingsError if it cannot be what is wanted.
    """
    check(wanted.one)
    code = _unlock(link, [wanted.code, *wanted.codes_before])
    slots = _capable(link, wanted.one)
    for slot in range(1, slots):
        link.write(ACTIVE_SLOT, bytes([slot]))
        link.write(SLOT_DATA, CLEAR)
    link.write(ACTIVE_SLOT, b"\x00")
    link.write(INTERVAL, pack(">H", wanted.one.interval_ms))
    link.write(RADIO_POWER, pack(">b", wanted.one.tx_power_dbm))
    link.write(ADVERTISED_POWER, pack(">b", wanted.one.power_at_1m_dbm + FIRST_METRE_DB))
    link.write(SLOT_DATA, _slot(wanted, code))
    counter_s = _check(link.read(SLOT_DATA), wanted)
    (interval_ms,) = unpack(">H", link.read(INTERVAL))
    (power_dbm,) = unpack(">b", link.read(RADIO_POWER))
    if any(link.read(REMAIN_CONNECTABLE)):
        link.write(REMAIN_CONNECTABLE, b"\x00")
    _lock(link, code, wanted.code)
    return Written(interval_ms, power_dbm, counter_s, slots - 1)


def check(one: Advertiser) -> None:
    """SettingsError if no beacon with this service can advertise it."""
    if one.format not in FRAMES:
        raise SettingsError(f"{one.id}: {one.format} is no slot of this service; use its sheet")


def token(code: bytes, challenge: bytes) -> bytes:
    """What proves that one knows the code, which is never sent: AES-128-ECB of the challenge."""
    return encryptor(code).update(challenge)


def _unlock(link: Gatt, codes: Sequence[bytes]) -> bytes:
    """Open it by the first code that fits; which one that was."""
    if link.read(LOCK_STATE)[0] != LOCKED:
        if len(codes) == 1:
            raise SettingsError(
                "the beacon is open, as it left its maker: say the code its maker documents with"
                " --maker-code, or it could be locked by a code that nobody knows"
            )
        link.write(LOCK_STATE, bytes([LOCKED]))  # which code it has, only a locked one tells
    for code in codes:
        challenge = link.read(UNLOCK)
        try:
            link.write(UNLOCK, token(code, challenge))
        except DeviceError:
            if link.read(LOCK_STATE)[0] != LOCKED:
                raise
        if link.read(LOCK_STATE)[0] != LOCKED:
            return code
    raise SettingsError(
        "the beacon does not open by the code of this plan, nor by its maker's: give that with"
        " --maker-code, or reset the beacon as its maker says"
    )


def _capable(link: Gatt, one: Advertiser) -> int:
    """How many slots it has; SettingsError if it cannot advertise what is wanted."""
    said = link.read(CAPABILITIES)
    if len(said) < 6 or said[0] != VERSION:
        raise DeviceError("the beacon speaks another version of the configuration service")
    frames = int.from_bytes(said[4:6])
    _, needed = FRAMES[one.format]
    if not frames & needed:
        raise SettingsError(f"{one.id}: this beacon cannot advertise {one.format}")
    return max(1, said[1])


def _slot(wanted: Wanted, code: bytes) -> bytes:
    frame, _ = FRAMES[wanted.one.format]
    if frame == UID:
        return bytes([UID]) + uid(wanted.one)
    if wanted.identity_key is None or wanted.one.exponent is None:
        raise SettingsError(f"{wanted.one.id}: its identity key is missing; build the plan first")
    return bytes([EID]) + encryptor(code).update(wanted.identity_key) + bytes([wanted.one.exponent])


def _check(said: bytes, wanted: Wanted) -> int | None:
    """Whether the slot is what was written; an EID's clock, None of others."""
    frame, _ = FRAMES[wanted.one.format]
    different = DeviceError(f"{wanted.one.id}: what was written is not what the beacon says it is")
    if said[:1] != bytes([frame]):
        raise different
    if frame == UID:
        if said[UID_READ] != uid(wanted.one):
            raise different
        return None
    if len(said) != EID_READ_BYTES or wanted.identity_key is None:
        raise different
    exponent, counter_s, shown = unpack(">xBI8s", said)
    if shown != eid(wanted.identity_key, exponent, counter_s):
        raise different
    return int(counter_s)


def _lock(link: Gatt, before: bytes, code: bytes) -> None:
    change = b"" if before == code else encryptor(before).update(code)
    link.write(LOCK_STATE, bytes([LOCKED]) + change)
    if link.read(LOCK_STATE)[0] != LOCKED:
        raise DeviceError("the beacon did not lock; do it again, or anybody may change it")
