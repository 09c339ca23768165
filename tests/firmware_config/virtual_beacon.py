"""A beacon with the Eddystone configuration service, as its specification says it behaves.

Written from the specification and not from our writer: it decrypts by itself, computes what it
would advertise by itself, and refuses what the specification refuses.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

LOCKED, UNLOCKED, STAYS_UNLOCKED = 0, 1, 2
READ_REFUSED, WRITE_REFUSED, WRONG_LENGTH = 0x02, 0x03, 0x0D
TX_POWERS_DBM = (-40, -20, -8, 0, 4)
WRITE_LENGTHS = {0x00: 17, 0x30: 18}


class AttError(Exception):
    """What the beacon answers instead."""

    def __init__(self, code: int) -> None:
        super().__init__(f"ATT error 0x{code:02x}")
        self.code = code


def _aes(key: bytes) -> Cipher[modes.ECB]:
    return Cipher(algorithms.AES(key), modes.ECB())


@dataclass
class Slot:
    """One advertisement; `key` of an EID."""

    data: bytes = b""
    key: bytes = b""
    interval_ms: int = 1_000
    radio_dbm: int = 0
    advertised_dbm: int = 0


@dataclass
class VirtualBeacon:
    """Locked by its maker's code, with its maker's address in slot 1."""

    code: bytes = bytes(range(16))
    state: int = LOCKED
    frames: int = 0x000F
    counter_s: int = 70_000  # in its second block: both halves of the clock count
    challenges: int = 0
    challenge: bytes = b""
    slot: int = 0
    slots: list[Slot] = field(
        default_factory=lambda: [Slot(), Slot(bytes.fromhex("10ee03") + b"maker"), Slot()]
    )
    remains_connectable: int | None = None
    log: list[tuple[str, int]] = field(default_factory=list)  # what was written or read, in order
    heard: list[bytes] = field(default_factory=list)  # every byte that was in the air

    def read(self, number: int) -> bytes:
        """A characteristic by the last byte of its number."""
        self.log.append(("read", number))
        value = self._read(number)
        self.heard.append(value)
        return value

    def write(self, number: int, value: bytes) -> None:
        """Write one."""
        self.log.append(("write", number))
        self.heard.append(value)
        if number == 0x07:
            self._unlock(value)
        elif self.state == LOCKED:
            raise AttError(WRITE_REFUSED)
        else:
            self._write(number, value)

    def _read(self, number: int) -> bytes:
        if number == 0x06:
            return bytes([self.state])
        if number == 0x07:
            if self.state != LOCKED:
                raise AttError(READ_REFUSED)
            self.challenges += 1
            self.challenge = self.challenges.to_bytes(16)
            return self.challenge
        if self.state == LOCKED:
            raise AttError(READ_REFUSED)
        now = self.slots[self.slot]
        match number:
            case 0x01:
                powers = bytes(power & 0xFF for power in TX_POWERS_DBM)
                return bytes([0, len(self.slots), 1, 0b11]) + self.frames.to_bytes(2) + powers
            case 0x02:
                return bytes([self.slot])
            case 0x03:
                return now.interval_ms.to_bytes(2)
            case 0x04:
                return now.radio_dbm.to_bytes(1, signed=True)
            case 0x05:
                return now.advertised_dbm.to_bytes(1, signed=True)
            case 0x0A:
                return self._advertised(now)
            case 0x0C:
                return b"\x01"
        raise AttError(READ_REFUSED)

    def _advertised(self, now: Slot) -> bytes:
        if now.data[:1] == b"\x30":
            exponent = now.data[1]
            window = self.counter_s >> exponent << exponent
            plain = bytes(11) + b"\xff\x00\x00" + (self.counter_s >> 16).to_bytes(2)
            temporary = _aes(now.key).encryptor().update(plain)
            plain = bytes(11) + bytes([exponent]) + window.to_bytes(4)
            eid = _aes(temporary).encryptor().update(plain)[:8]
            return bytes([0x30, exponent]) + self.counter_s.to_bytes(4) + eid
        if now.data[:1] == b"\x00":
            power = now.advertised_dbm.to_bytes(1, signed=True)
            return b"\x00" + power + now.data[1:] + bytes(2)
        return now.data

    def _write(self, number: int, value: bytes) -> None:
        now = self.slots[self.slot]
        match number:
            case 0x02 if value[0] < len(self.slots):
                self.slot = value[0]
            case 0x03:
                now.interval_ms = min(max(int.from_bytes(value), 100), 5_000)
            case 0x04:
                asked = int.from_bytes(value, signed=True)
                fitting = [power for power in TX_POWERS_DBM if power >= asked]
                now.radio_dbm = min(fitting, default=TX_POWERS_DBM[-1])
            case 0x05:
                now.advertised_dbm = int.from_bytes(value, signed=True)
            case 0x06:
                self._lock(value)
            case 0x0A:
                self._slot(now, value)
            case 0x0C:
                self.remains_connectable = value[0]
            case _:
                raise AttError(WRONG_LENGTH)

    def _slot(self, now: Slot, value: bytes) -> None:
        if value in (b"", b"\x00"):
            now.data, now.key = b"", b""
        elif len(value) != WRITE_LENGTHS.get(value[0]):
            raise AttError(WRONG_LENGTH)
        elif value[0] == 0x30:
            now.key = _aes(self.code).decryptor().update(value[1:17])
            now.data = bytes([0x30, value[17]])
        else:
            now.data = value

    def _lock(self, value: bytes) -> None:
        if len(value) == 17 and value[0] == 0:
            self.code = _aes(self.code).decryptor().update(value[1:])
        elif value not in (b"\x00", b"\x02"):
            raise AttError(WRONG_LENGTH)
        self.state = LOCKED if value[0] == 0 else STAYS_UNLOCKED

    def _unlock(self, token: bytes) -> None:
        if self.state != LOCKED or not self.challenge:
            raise AttError(WRITE_REFUSED)
        expected, self.challenge = _aes(self.code).encryptor().update(self.challenge), b""
        if token != expected:
            raise AttError(WRITE_REFUSED)
        self.state = UNLOCKED
