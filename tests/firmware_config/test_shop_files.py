"""What the example in the documentation becomes.

After a change that is meant: python -m tests.firmware_config.test_shop_files
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from msgspec import convert

from firmware_config import plan_file, shop_files
from firmware_config.outputs.kiosk_file import kiosk_file
from firmware_config.places import Places
from firmware_config.plan import Plan
from firmware_config.shop_keys import ShopKeys, completed
from gateway.settings import GatewaySettings
from kiosk.adapters.camera_options import WebcamOptions
from kiosk.adapters.pins_gpiozero import LockOptions, Options, SwitchOptions
from kiosk.adapters.radio_bleak import Options as RadioOptions
from kiosk.adapters.scanner_serial import Options as ScannerOptions
from kiosk.core.own_beacon import encode
from kiosk.door.settings import DoorSettings
from kiosk.receivers.radio import KINDS
from kiosk.settings import KioskSettings
from runtime.settings import load
from tests.house import ROOT

GOLDEN = Path(__file__).with_name("golden") / "example-shop.txt"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_file.load(ROOT / "docs" / "example-shop.toml")


def fixed_keys(plan: Plan) -> ShopKeys:
    return completed(None, plan, lambda count: bytes(range(count)))


@pytest.fixture(scope="module")
def keys(plan: Plan) -> ShopKeys:
    return fixed_keys(plan)


def in_one(plan: Plan) -> str:
    keys = fixed_keys(plan)
    everything = shop_files.files(plan, keys) | shop_files.secrets(plan, keys)
    return "".join(f"==> {name} <==\n{text}\n" for name, text in sorted(everything.items()))


def test_the_same_plan_gives_the_same_bytes(plan: Plan) -> None:
    assert in_one(plan) == GOLDEN.read_text(encoding="utf-8")


def test_no_secret_stands_in_what_anybody_may_read(plan: Plan, keys: ShopKeys) -> None:
    public = "".join(shop_files.files(plan, keys).values())
    secrets = {keys.seal, keys.web, *keys.unlocks.values(), *keys.passwords.values()}

    assert not [one for one in secrets | {*keys.identities.values()} if one in public]
    assert keys.issuer in public


def settings_of(plan: Plan, keys: ShopKeys, name: str, tmp_path: Path) -> Path:
    place = Places(kiosk_user=0)
    text = shop_files.files(plan, keys, lambda _device: place)[name]
    path = tmp_path / name.rpartition("/")[2]
    path.write_text(text, encoding="utf-8")
    return path


def kiosk_of(plan: Plan, keys: ShopKeys, name: str, tmp_path: Path) -> KioskSettings:
    path = settings_of(plan, keys, f"{name}/boot/hien/files/etc/hien/kiosk.toml", tmp_path)
    return load(KioskSettings, path)


def test_every_kiosk_reads_its_settings(plan: Plan, keys: ShopKeys, tmp_path: Path) -> None:
    read = {one.id: kiosk_of(plan, keys, one.id, tmp_path) for one in plan.kiosks}

    assert {name: one.screen.port for name, one in read.items()} == {
        "quay-1": 8080,
        "quay-2": 8080,
        "quay-3": 8081,
        "cua-1": 8082,
    }
    for one in read.values():
        assert one.trust.keys() == {1: bytes.fromhex(keys.issuer)}
        assert one.broker.tls is not None
        convert(one.radio.options, RadioOptions)
    first, second, third, outside = read.values()
    assert convert(first.pins.options, Options) == Options(light=18, buzzer=12)
    assert convert(second.camera.options, WebcamOptions).device == "/dev/video0"
    assert convert(third.scanners[0].options, ScannerOptions).device == "/dev/ttyACM0"
    switch = outside.switches.tamper
    assert switch is not None
    assert convert(switch.options, SwitchOptions).on_when == "open"
    assert [one.name for one in first.receivers] == [
        "espresense:tra",
        "openmqttgateway:home/OMG_kho",
    ]
    assert first.boards.host == "192.168.9.2"
    drawer = "eddystone-uid:a1b2c3d4e5f60718293a:00000000c0de"
    other = "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:1:2"
    assert first.radio.options["reference"] == [other, drawer]
    assert outside.door is not None
    assert outside.has_battery_clock


def test_a_kiosk_learns_the_shops_hours_and_whether_it_asks_for_numbers(tmp_path: Path) -> None:
    written = (ROOT / "docs" / "example-shop.toml").read_text()
    opening = '[store.opening]\nsunday = "closed"\nspecial = { 2027-02-06 = "closed" }\n\n'
    told = written.replace("[gateway]", f"{opening}[gateway]", 1)
    told = told.replace("[[kiosks]]\n", "[[kiosks]]\nasks_number = true\n", 1)
    (tmp_path / "plan.toml").write_text(told)
    plan = plan_file.load(tmp_path / "plan.toml")
    kiosk = plan.kiosks[0]
    (tmp_path / "kiosk.toml").write_text(kiosk_file(plan, kiosk, "00" * 32, Places()))

    read = load(KioskSettings, tmp_path / "kiosk.toml")

    assert read.screen.asks_number
    assert read.opening is not None
    assert read.opening.rules().week[6] == ()
    assert read.opening.rules().special == {date(2027, 2, 6): ()}


def test_a_door_reads_its_settings(plan: Plan, keys: ShopKeys, tmp_path: Path) -> None:
    read = load(
        DoorSettings, settings_of(plan, keys, "cua-1/boot/hien/files/etc/hien/door.toml", tmp_path)
    )
    kiosk = kiosk_of(plan, keys, "cua-1", tmp_path)

    assert kiosk.door is not None
    assert (kiosk.door.socket, kiosk.door.trust_folder) == (read.socket, read.trust.folder)
    assert convert(read.lock.options, LockOptions).pin == 17
    assert read.rules().entry.capacity == 5
    assert read.has_battery_clock


def test_the_gateway_reads_its_settings(plan: Plan, keys: ShopKeys, tmp_path: Path) -> None:
    name = "gateway/files/etc/hien/gateway.toml"
    read = load(GatewaySettings, settings_of(plan, keys, name, tmp_path))

    assert read.own_broker.names == ("gateway.lan", "192.168.7.2")
    assert read.web.address == "https://an-nhien.example"
    assert read.broker.tls is not None
    assert read.broker.tls.key == read.own_broker.folder / "gateway.key"


def test_a_beacons_sheet_says_what_a_kiosk_itself_would_advertise(
    plan: Plan, keys: ShopKeys
) -> None:
    for beacon in plan.beacons:
        sheet = shop_files.files(plan, keys)[f"beacons/{beacon.id}.toml"]
        said = next(line for line in sheet.splitlines() if line.startswith("advertisement"))
        ours = encode(str(beacon.identity), beacon.power_at_1m_dbm)
        data = next(iter((*ours.manufacturer_data.values(), *ours.service_data.values())))

        assert said.endswith(f'{data.hex()}"')


def test_kiosks_listen_where_receivers_may_speak(plan: Plan, keys: ShopKeys) -> None:
    access = shop_files.files(plan, keys)["gateway/files/etc/hien-boards/access.acl"]

    for one in plan.receivers:
        assert f"topic read {KINDS[one.kind].topic(one.id)}\n" in access.partition("user ")[0]


def test_cloud_init_reads_json_on_every_line(plan: Plan, keys: ShopKeys) -> None:
    first, *lines = shop_files.files(plan, keys)["cua-1/boot/user-data"].splitlines()

    assert first == "#cloud-config"
    told = {name: json.loads(value) for name, _, value in (line.partition(": ") for line in lines)}
    assert told["hostname"] == "cua-1"
    assert ["/opt/hien/hien", "install", "kiosk", "screen", "door"] in told["runcmd"]


def test_a_door_cannot_stay_open_behind_a_dead_process(plan: Plan, keys: ShopKeys) -> None:
    for kiosk in plan.kiosks:
        config = shop_files.files(plan, keys)[f"{kiosk.id}/boot/config.txt"].splitlines()
        assert {"dtparam=strict_gpiod", "dtparam=watchdog=on"} <= set(config)
        assert max(map(len, config)) <= 98  # the firmware reads no further


if __name__ == "__main__":
    example = plan_file.load(ROOT / "docs" / "example-shop.toml")
    GOLDEN.write_text(in_one(example), encoding="utf-8")
