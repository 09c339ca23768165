"""The writer of beacons against a beacon that was written from the specification alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from firmware_config.eddystone_service import SERVICE, Wanted, token, write
from firmware_config.plan import Tag
from runtime.errors import DeviceError, SettingsError
from tests.firmware_config.virtual_beacon import (
    LOCKED,
    STAYS_UNLOCKED,
    AttError,
    VirtualBeacon,
)

OURS, MAKERS, KEY = b"our own code 16b", bytes(range(16)), b"identity key 16b"
UID = Tag(
    id="the-01", format="eddystone-uid", namespace="a1" * 10, instance="b2" * 6, tx_power_dbm=-8
)
EID = Tag(id="the-02", format="eddystone-eid", exponent=10, interval_ms=700)


@dataclass
class Link:
    """A connection without a radio; what the beacon refuses is a DeviceError, as over BlueZ."""

    beacon: VirtualBeacon
    breaks_at: int | None = None  # the connection is lost before this step

    def read(self, characteristic: str) -> bytes:
        number = self._number(characteristic)
        with refusals_in_words():
            return self.beacon.read(number)

    def write(self, characteristic: str, value: bytes) -> None:
        number = self._number(characteristic)
        with refusals_in_words():
            self.beacon.write(number, value)

    def _number(self, characteristic: str) -> int:
        if self.breaks_at is not None and len(self.beacon.log) >= self.breaks_at:
            raise DeviceError("gone")
        assert characteristic[:6] == SERVICE[:6]
        assert characteristic[8:] == SERVICE[8:]
        return int(characteristic[6:8], 16)


@contextmanager
def refusals_in_words() -> Iterator[None]:
    try:
        yield
    except AttError as error:
        raise DeviceError(str(error)) from error


@pytest.fixture
def beacon() -> VirtualBeacon:
    return VirtualBeacon()


def test_a_uid_is_written_locked_by_our_code_and_alone(beacon: VirtualBeacon) -> None:
    written = write(Link(beacon), Wanted(UID, OURS, codes_before=[MAKERS]))

    assert beacon.slots[0].data.hex() == "00" + "a1" * 10 + "b2" * 6
    assert (beacon.slots[0].interval_ms, beacon.slots[0].radio_dbm) == (600, -8)
    assert beacon.slots[0].advertised_dbm == -59 + 41
    assert [slot.data for slot in beacon.slots[1:]] == [b"", b""], "its maker is silent"
    assert (beacon.state, beacon.code) == (LOCKED, OURS)
    assert beacon.remains_connectable == 0
    assert (written.interval_ms, written.tx_power_dbm, written.cleared) == (600, -8, 2)
    assert written.counter_s is None


def test_an_eid_gets_its_key_and_its_clock_is_told(beacon: VirtualBeacon) -> None:
    written = write(Link(beacon), Wanted(EID, OURS, KEY, [MAKERS]))

    assert beacon.slots[0].key == KEY
    assert beacon.slots[0].data == bytes([0x30, 10])
    assert written.counter_s == beacon.counter_s
    assert beacon.code == OURS


def test_neither_codes_nor_key_are_ever_in_the_air(beacon: VirtualBeacon) -> None:
    write(Link(beacon), Wanted(EID, OURS, KEY, [MAKERS]))

    air = b"|".join(beacon.heard)
    for secret in (OURS, MAKERS, KEY):
        assert secret not in air


def test_a_second_time_it_opens_by_our_code(beacon: VirtualBeacon) -> None:
    write(Link(beacon), Wanted(UID, OURS, codes_before=[MAKERS]))
    before = beacon.code

    write(Link(beacon), Wanted(EID, OURS, KEY))

    assert beacon.code == before
    assert beacon.slots[0].key == KEY


def test_an_interrupted_beacon_is_finished_the_next_time(beacon: VirtualBeacon) -> None:
    write(Link(VirtualBeacon()), Wanted(EID, OURS, KEY, [MAKERS]))
    steps = 0
    while True:
        broken = VirtualBeacon()
        try:
            write(Link(broken, breaks_at=steps), Wanted(EID, OURS, KEY, [MAKERS]))
        except DeviceError:
            broken.state = LOCKED  # it locks itself when its client is gone
            write(Link(broken), Wanted(EID, OURS, KEY, [MAKERS]))
            assert (broken.code, broken.slots[0].key) == (OURS, KEY), f"broken at step {steps}"
            steps += 1
            continue
        break
    assert steps > 20


def test_an_unknown_code_changes_nothing(beacon: VirtualBeacon) -> None:
    before = list(beacon.slots)

    with pytest.raises(SettingsError, match="does not open by the code of this plan"):
        write(Link(beacon), Wanted(UID, OURS, codes_before=[b"x" * 16]))

    assert beacon.slots == before
    assert (beacon.state, beacon.code) == (LOCKED, MAKERS)


def test_an_open_beacon_is_not_locked_by_a_code_that_nobody_knows(beacon: VirtualBeacon) -> None:
    beacon.state = STAYS_UNLOCKED

    with pytest.raises(SettingsError, match="--maker-code"):
        write(Link(beacon), Wanted(UID, OURS))
    assert beacon.state == STAYS_UNLOCKED

    write(Link(beacon), Wanted(UID, OURS, codes_before=[MAKERS]))
    assert (beacon.state, beacon.code) == (LOCKED, OURS)


def test_what_a_beacon_cannot_be_is_said_before_anything_is_written(beacon: VirtualBeacon) -> None:
    beacon.frames = 0x0007

    with pytest.raises(SettingsError, match="cannot advertise eddystone-eid"):
        write(Link(beacon), Wanted(EID, OURS, KEY, [MAKERS]))
    assert beacon.slots[1].data, "not even cleared"

    ibeacon = Tag(id="b", format="ibeacon", uuid="0" * 8 + "-0000-0000-0000-" + "0" * 12)
    with pytest.raises(SettingsError, match="is no slot of this service"):
        write(Link(beacon), Wanted(ibeacon, OURS))


def test_what_it_takes_instead_is_told(beacon: VirtualBeacon) -> None:
    slow = UID.model_copy(update={"interval_ms": 10_000, "tx_power_dbm": -5})

    written = write(Link(beacon), Wanted(slow, OURS, codes_before=[MAKERS]))

    assert (written.interval_ms, written.tx_power_dbm) == (5_000, 0)


class Forgetful(VirtualBeacon):
    """Takes everything and keeps another key: as one that decrypts the wrong way round."""

    def _slot(self, now, value):  # type: ignore[no-untyped-def]
        super()._slot(now, value)
        now.key = now.key[::-1]


def test_a_key_that_did_not_arrive_whole_is_noticed() -> None:
    beacon = Forgetful()

    with pytest.raises(DeviceError, match="is not what the beacon says it is"):
        write(Link(beacon), Wanted(EID, OURS, KEY, [MAKERS]))
    assert beacon.code == MAKERS, "and it keeps its maker's code"


def test_a_token_is_as_the_specification_has_it() -> None:
    # FIPS-197, appendix C.1: the key and the block there, and what AES-128 makes of them.
    key, block = bytes(range(16)), bytes.fromhex("00112233445566778899aabbccddeeff")

    assert token(key, block).hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"
