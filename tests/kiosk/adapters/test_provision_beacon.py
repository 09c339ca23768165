"""`hien plan provision-beacon` as an owner runs it: bleak over a real D-Bus, only radio is not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from cli.main import main
from firmware_config import plan_file, provision_cli, shop_keys
from firmware_config.eddystone_service import SERVICE, Gatt
from kiosk.adapters.radio_bleak import BleakGatt
from runtime.errors import SettingsError, UnavailableError
from tests import loops
from tests.firmware_config.virtual_beacon import LOCKED, VirtualBeacon
from tests.house import ROOT
from tests.kiosk.adapters.fake_bluez import Bus
from tests.kiosk.adapters.gatt_bluez import GattBluez

ADDRESS = "C6:00:00:00:00:01"
EXAMPLE = ROOT / "docs" / "example-shop.toml"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    (out / "secrets").mkdir(parents=True)
    keys = shop_keys.completed(None, plan_file.load(EXAMPLE))
    shop_keys.save(out / "secrets" / "shop-keys.toml", keys)
    return out


@contextmanager
def beside(beacon: VirtualBeacon, hangs_up_after: int = 10_000) -> Iterator[GattBluez]:
    bluez = GattBluez(beacon, ADDRESS, hangs_up_after)
    bluez.start()
    try:
        yield bluez
    finally:
        bluez.stop()


def provision(out: Path, *more: str, which: str = "the-01") -> int:
    words = ["plan", "provision-beacon", str(EXAMPLE), which, "--out", str(out), *more]
    return loops.apart(lambda: main(words))


def test_a_tag_is_unlocked_written_and_locked_and_a_lost_connection_is_done_again(
    bus: Bus, built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beacon = VirtualBeacon()
    maker = ("--maker-code", beacon.code.hex(), "--address", ADDRESS)
    with beside(beacon, hangs_up_after=9):
        assert provision(built, *maker) == os.EX_UNAVAILABLE
    assert "nothing is lost, do it again" in capsys.readouterr().err
    beacon.state = LOCKED

    with beside(beacon) as bluez:
        assert provision(built, *maker) == 0

    keys = shop_keys.load(built / "secrets" / "shop-keys.toml")
    assert keys is not None
    assert beacon.slots[0].key.hex() == keys.identities["the-01"]
    assert (beacon.slots[0].interval_ms, beacon.slots[0].radio_dbm) == (600, 0)
    assert (beacon.state, beacon.code.hex()) == (LOCKED, keys.unlocks["the-01"])
    assert bluez.calls.count("Connect") == bluez.calls.count("Disconnect") == 1
    said = capsys.readouterr().out
    assert "the-01 is written: every 600 ms at 0 dBm" in said
    assert "STARTED in secrets/beacons/the-01.toml is 1" in said
    assert keys.identities["the-01"] not in said
    assert keys.unlocks["the-01"] not in said


def test_a_code_that_does_not_fit_is_one_sentence(
    bus: Bus, built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with beside(VirtualBeacon()):
        assert provision(built, "--address", ADDRESS, which="ngan-keo") == os.EX_CONFIG

    assert "does not open by the code of this plan" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("which", "more", "says"),
    [
        ("the-99", (), "there is no beacon or tag 'the-99'"),
        ("the-01", ("--maker-code", "abc"), "must be 32 hex digits"),
        ("b-quay-1", ("--address", ADDRESS), "ibeacon is no slot of this service"),
    ],
)
def test_what_cannot_be_is_said_before_anybody_connects(
    built: Path, capsys: pytest.CaptureFixture[str], which: str, more: tuple[str, ...], says: str
) -> None:
    assert provision(built, *more, which=which) == os.EX_CONFIG
    assert says in capsys.readouterr().err


def test_a_plan_that_was_not_built_has_no_codes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert provision(tmp_path) == os.EX_CONFIG
    assert "run hien plan build first" in capsys.readouterr().err


def test_who_can_be_configured_is_found_and_who_only_advertises_is_not(bus: Bus) -> None:
    with beside(VirtualBeacon()):
        found = loops.apart(lambda: BleakGatt().nearby(SERVICE, 0.3))

    assert found == {ADDRESS: -48}


class Nearby:
    """An adapter that has heard these."""

    def __init__(self, **levels_dbm: int) -> None:
        self.levels_dbm = levels_dbm

    def nearby(self, service: str, seconds: float) -> dict[str, int]:
        assert service == SERVICE
        return self.levels_dbm

    def connected(self, address: str) -> AbstractContextManager[Gatt]:
        raise NotImplementedError


def test_of_several_beacons_the_owner_chooses() -> None:
    assert provision_cli.only_one(Nearby(A=-48)) == "A"
    with pytest.raises(SettingsError, match=r"say --address: B \(-40 dBm\), A \(-48 dBm\)"):
        provision_cli.only_one(Nearby(A=-48, B=-40))
    with pytest.raises(UnavailableError, match="press its button"):
        provision_cli.only_one(Nearby())
