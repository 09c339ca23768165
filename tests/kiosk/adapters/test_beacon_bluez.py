"""The kiosk's own beacon on a real bus, at a BlueZ of our own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk.adapters.beacon_bluez import PATH, BeaconTiming, BluezBeacon
from kiosk.core import own_beacon
from tests.kiosk.adapters.fake_bluez import Bus, FakeBluez
from tests.waiting import until

OWN = own_beacon.encode("ibeacon:426c7565-4368-6172-6d42-6561636f6e73:3838:4949", -59)
UID = own_beacon.encode("eddystone-uid:00010203040506070809:0a0b0c0d0e0f", -59)
QUICK = BeaconTiming(answer_s=1.0, look_s=0.05)


@pytest.fixture
def beacon() -> Iterator[BluezBeacon]:
    made = BluezBeacon("hci0", OWN, QUICK)
    made.start()
    yield made
    made.stop()


def test_bluez_is_told_to_broadcast_an_ibeacon(bluez: FakeBluez, beacon: BluezBeacon) -> None:
    until(lambda: PATH in bluez.advertised, "the beacon is on the air")

    assert bluez.advertised[PATH] == {
        "Type": "broadcast",
        "MinInterval": 200,
        "MaxInterval": 300,
        "ManufacturerData": {0x4C: bytes.fromhex("0215426c7565436861726d426561636f6e730efe1355c5")},
    }


def test_an_eddystone_names_its_service_too(bluez: FakeBluez) -> None:
    beacon = BluezBeacon("hci0", UID, QUICK)
    beacon.start()
    until(lambda: PATH in bluez.advertised, "the beacon is on the air")
    beacon.stop()

    told = bluez.advertised[PATH]
    assert told["ServiceUUIDs"] == ["feaa"]
    assert told["ServiceData"] == {
        "feaa": bytes.fromhex("00ee000102030405060708090a0b0c0d0e0f0000")
    }


def test_a_bluez_that_forgot_it_is_told_again(bluez: FakeBluez, beacon: BluezBeacon) -> None:
    until(lambda: PATH in bluez.advertised, "the beacon is on the air")

    bluez.restart()

    until(lambda: PATH in bluez.advertised, "the beacon is on the air again")


def test_without_a_bus_it_says_so_once_and_goes_on_trying(
    bus: Bus, caplog: pytest.LogCaptureFixture
) -> None:
    bus.kill()
    beacon = BluezBeacon("hci0", OWN, QUICK)
    beacon.start()
    until(lambda: "own beacon is silent" in caplog.text, "it says so")
    bus.start()
    bluez = FakeBluez()
    bluez.start()
    until(lambda: PATH in bluez.advertised, "the beacon is on the air")
    beacon.stop()
    bluez.stop()

    silent = [words for words in caplog.messages if "systemctl start dbus" in words]
    assert len(silent) == 1


def test_a_bluez_that_refuses_is_quoted_once(
    bluez: FakeBluez, caplog: pytest.LogCaptureFixture
) -> None:
    bluez.fails["RegisterAdvertisement"] = "org.bluez.Error.NotPermitted"
    beacon = BluezBeacon("hci0", OWN, QUICK)
    beacon.start()
    until(lambda: bluez.calls.count("RegisterAdvertisement") > 2, "it is asked again and again")
    beacon.stop()

    [words] = [words for words in caplog.messages if "own beacon is silent" in words]
    assert "org.bluez.Error.NotPermitted" in words


def test_stopping_is_safe_before_and_after(bluez: FakeBluez) -> None:
    BluezBeacon("hci0", OWN, QUICK).stop()
    beacon = BluezBeacon("hci0", OWN, QUICK)
    beacon.start()
    beacon.stop()
    beacon.stop()
