"""Real bleak on a real message bus, with and without a BlueZ at its end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest
from bleak import BleakScanner
from bleak.args.bluez import OrPattern
from bleak.assigned_numbers import AdvertisementDataType
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from dbus_fast import Variant

from contract.events import Condition, Device
from kiosk.adapters.radio_bleak import BleakRadio, Timing
from kiosk.core.inputs import Advertisement, DeviceChanged, Heard, Input
from kiosk.core.mgmt import BEACONS
from runtime.errors import SettingsError
from tests import loops
from tests.fakes import FakeClock
from tests.kiosk.adapters.fake_bluez import Bus, FakeBluez
from tests.waiting import PATIENCE_S, until

TAG = "C2:00:00:00:00:07"
IBEACON = bytes.fromhex("0215426c7565436861726d426561636f6e730efe1355c5")
EID = bytes.fromhex("30ee0102030405060708")
UID = bytes.fromhex("00ee000102030405060708090a0b0c0d0e0f0000")
OTHER = "C2:00:00:00:00:08"
OK = DeviceChanged(Device.RADIO, Condition.OK)
QUICK = Timing(start_s=1.0, stop_s=0.2, look_s=0.01, first_retry_s=0.05, last_retry_s=0.1)


@pytest.fixture
def inputs() -> Queue[Input]:
    return Queue()


@pytest.fixture
def radio(inputs: Queue[Input]) -> Iterator[BleakRadio]:
    made = BleakRadio({}, inputs.put, FakeClock(), QUICK)
    yield made
    made.stop()


def apple(data: bytes) -> Variant:
    return Variant("a{qv}", {0x004C: Variant("ay", data)})


def service(uuid: str, data: bytes) -> Variant:
    return Variant("a{sv}", {uuid: Variant("ay", data)})


def test_the_scan_is_active_and_asks_bluez_to_hold_nothing_back(
    bluez: FakeBluez, radio: BleakRadio, inputs: Queue[Input]
) -> None:
    radio.start()

    assert inputs.get(timeout=PATIENCE_S) == OK
    assert bluez.filters == {"Transport": "le", "RSSI": -127, "DuplicateData": True}
    assert bluez.calls[-1] == "StartDiscovery"


def test_an_advertisement_is_heard_whole_and_without_its_address(
    bluez: FakeBluez, radio: BleakRadio, inputs: Queue[Input]
) -> None:
    radio.start()
    assert inputs.get(timeout=PATIENCE_S) == OK

    eddystone = service("0000feaa-0000-1000-8000-00805f9b34fb", UID)
    bluez.hear(TAG, RSSI=Variant("n", -61), ManufacturerData=apple(IBEACON), ServiceData=eddystone)
    heard = inputs.get(timeout=PATIENCE_S)

    assert heard == Heard(
        Advertisement({0x4C: IBEACON}, {0xFEAA: UID}, -61), heard_s=FakeClock().monotonic_s()
    )
    for part in (TAG, TAG.replace(":", "_"), TAG.replace(":", "")):
        assert part not in repr(heard)


def test_every_sample_counts_but_no_sample_is_no_sample(
    bluez: FakeBluez, radio: BleakRadio, inputs: Queue[Input]
) -> None:
    radio.start()
    assert inputs.get(timeout=PATIENCE_S) == OK

    bluez.hear(TAG, RSSI=Variant("n", -127), ManufacturerData=apple(IBEACON))
    for rssi_dbm in (-70, -71, -127, -69):
        bluez.hear(TAG, RSSI=Variant("n", rssi_dbm))
    levels = [inputs.get(timeout=PATIENCE_S) for _ in range(3)]

    assert [one.advertisement.rssi_dbm for one in levels if isinstance(one, Heard)] == [
        -70,
        -71,
        -69,
    ]


def test_a_tag_that_says_the_same_at_the_same_level_is_heard_each_time(
    bluez: FakeBluez, radio: BleakRadio, inputs: Queue[Input]
) -> None:
    radio.start()
    assert inputs.get(timeout=PATIENCE_S) == OK

    for _ in range(20):
        bluez.air(TAG, -60, {0x4C: IBEACON})

    levels = [inputs.get(timeout=PATIENCE_S) for _ in range(20)]
    assert all(isinstance(one, Heard) and one.advertisement.rssi_dbm == -60 for one in levels)


def test_a_level_is_no_proof_of_what_was_sent_long_before(
    bluez: FakeBluez, radio: BleakRadio, inputs: Queue[Input]
) -> None:
    radio.start()
    assert inputs.get(timeout=PATIENCE_S) == OK
    feaa = "0000feaa-0000-1000-8000-00805f9b34fb"

    bluez.air(TAG, -60, {0x4C: IBEACON})
    bluez.air(TAG, -61, None, {feaa: EID})
    bluez.hear(TAG, RSSI=Variant("n", -62))  # neither again, and a rotating identity is not one
    bluez.hear(TAG, Connected=Variant("b", True))
    bluez.air(TAG, -63, {0x4C: IBEACON})
    heard = [inputs.get(timeout=PATIENCE_S) for _ in range(3)]

    at_s = FakeClock().monotonic_s()
    assert heard == [
        Heard(Advertisement({0x4C: IBEACON}, {}, -60), at_s),
        Heard(Advertisement({}, {0xFEAA: EID}, -61), at_s),
        Heard(Advertisement({0x4C: IBEACON}, {}, -63), at_s),
    ]


def test_a_phone_is_heard_by_its_resolvable_address(
    bluez: FakeBluez, radio: BleakRadio, inputs: Queue[Input]
) -> None:
    radio.start()
    assert inputs.get(timeout=PATIENCE_S) == OK

    bluez.air("4A:11:22:33:44:55", -60, {0x4C: b"\x10\x05"})

    heard = inputs.get(timeout=PATIENCE_S)
    assert isinstance(heard, Heard)
    assert heard.advertisement.address == bytes.fromhex("4a1122334455")


PATTERNS = [
    OrPattern(pattern.offset, AdvertisementDataType(pattern.ad_type), pattern.value)
    for pattern in BEACONS
]


@pytest.mark.parametrize(
    ("scan", "heard_of"),
    [
        ({"bluez": {"adapter": "hci0"}}, {TAG, OTHER}),
        (
            {
                "scanning_mode": "passive",
                "bluez": {"adapter": "hci0", "or_patterns": PATTERNS},
            },
            {TAG},  # the other is no beacon
        ),
    ],
    ids=["bleak's own active scan", "a passive scan"],
)
def test_otherwise_bluez_keeps_most_of_a_still_tag_to_itself(
    bluez: FakeBluez, scan: dict[str, Any], heard_of: set[str]
) -> None:
    heard: list[tuple[str, int]] = []
    adapter = bluez.adapters["hci0"]

    async def listen() -> None:
        def hear(device: BLEDevice, data: AdvertisementData) -> None:
            heard.append((device.address, data.rssi))
            if (device.address, data.rssi) == (TAG, -99):
                over.set()

        over = asyncio.Event()
        async with BleakScanner(hear, **scan), asyncio.timeout(PATIENCE_S):
            while adapter.filters is None and not adapter.monitors:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            for level_dbm in [-60 - step % 7 for step in range(99)] + [-99]:
                await asyncio.to_thread(bluez.air, OTHER, level_dbm, {0x4C: b"\x10\x05"})
                await asyncio.to_thread(bluez.air, TAG, level_dbm, {0x4C: IBEACON})
            await over.wait()

    loops.run(listen())

    assert sorted(heard) == sorted((who, dbm) for who in heard_of for dbm in (-60, -99))
    assert adapter.filters is None
    assert adapter.monitors == {}


@pytest.mark.parametrize(
    "uuid",
    [
        "1234feaa-0000-1000-8000-00805f9b34fb",
        "0000feaa-1111-1000-8000-00805f9b34fb",
    ],
)
def test_service_data_of_a_long_uuid_is_not_mistaken_for_a_short_one(
    bluez: FakeBluez, radio: BleakRadio, inputs: Queue[Input], uuid: str
) -> None:
    radio.start()
    assert inputs.get(timeout=PATIENCE_S) == OK

    bluez.hear(TAG, RSSI=Variant("n", -61), ServiceData=service(uuid, UID))
    bluez.hear(TAG, RSSI=Variant("n", -62), ManufacturerData=apple(IBEACON))

    assert inputs.get(timeout=PATIENCE_S) == Heard(
        Advertisement({0x4C: IBEACON}, {}, -62), heard_s=FakeClock().monotonic_s()
    )


def test_stopping_ends_the_scan_and_says_nothing(
    bluez: FakeBluez, radio: BleakRadio, inputs: Queue[Input]
) -> None:
    radio.start()
    assert inputs.get(timeout=PATIENCE_S) == OK

    radio.stop()

    assert "StopDiscovery" in bluez.calls
    with pytest.raises(Empty):
        inputs.get_nowait()
    radio.stop()


def test_stopping_after_bluez_died_ends_quietly_too(
    bus: Bus, radio: BleakRadio, inputs: Queue[Input]
) -> None:
    bluez = FakeBluez()
    bluez.start()
    radio.start()
    assert inputs.get(timeout=PATIENCE_S) == OK
    bluez.stop()

    radio.stop()

    with pytest.raises(Empty):
        inputs.get_nowait()


def test_without_bluez_the_radio_is_out_until_it_comes(
    bus: Bus, radio: BleakRadio, inputs: Queue[Input]
) -> None:
    radio.start()

    out = inputs.get(timeout=PATIENCE_S)
    bluez = FakeBluez()
    bluez.start()
    until(lambda: inputs.get(timeout=PATIENCE_S) == OK, "the radio is back")
    bluez.stop()

    words = "no Bluetooth on hci0: BlueZ does not run; run: sudo systemctl restart bluetooth"
    assert out == DeviceChanged(Device.RADIO, Condition.OUT, words)


def test_an_adapter_that_is_not_there_is_named(bluez: FakeBluez, inputs: Queue[Input]) -> None:
    radio = BleakRadio({"adapter": "hci1"}, inputs.put, FakeClock())
    radio.start()
    out = inputs.get(timeout=PATIENCE_S)
    radio.stop()

    assert isinstance(out, DeviceChanged)
    assert (out.condition, "hci1" in out.detail) == (Condition.OUT, True)


def test_without_a_message_bus_the_remedy_is_named(
    radio: BleakRadio, inputs: Queue[Input], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'no-bus'}")
    radio.start()

    words = "no Bluetooth on hci0: the system bus does not answer; run: sudo systemctl start dbus"
    assert inputs.get(timeout=PATIENCE_S) == DeviceChanged(Device.RADIO, Condition.OUT, words)


def test_a_bus_that_never_answers_is_given_up(
    radio: BleakRadio, inputs: Queue[Input], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(tmp_path / "mute"))
        mute.listen()
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'mute'}")
        radio.start()
        out = inputs.get(timeout=PATIENCE_S)

    assert isinstance(out, DeviceChanged)
    assert out.detail.startswith("no Bluetooth on hci0: BlueZ did not answer within")


def test_stopping_does_not_wait_for_an_answer_that_never_comes(
    radio: BleakRadio, inputs: Queue[Input], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(tmp_path / "mute"))
        mute.listen()
        mute.settimeout(PATIENCE_S)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'mute'}")
        radio.start()
        with mute.accept()[0]:  # now it waits for an answer
            radio.stop()

    with pytest.raises(Empty):
        inputs.get_nowait()


def test_stopping_what_was_never_started_is_nothing(radio: BleakRadio) -> None:
    radio.stop()


def test_a_wrong_option_is_named(inputs: Queue[Input]) -> None:
    with pytest.raises(SettingsError, match=r"driver bleak, options: .*adaptor"):
        BleakRadio({"adaptor": "hci1"}, inputs.put, FakeClock())
