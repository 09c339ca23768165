from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.main import main
from firmware_config import plan_file, shop_files
from firmware_config.places import Places
from firmware_config.shop_keys import completed
from kiosk import doctor as kiosk_doctor
from kiosk.door import doctor as door_doctor
from runtime.finding import Finding, Level
from tests.house import ROOT


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The settings of every device of the example, in one folder."""
    plan = plan_file.load(ROOT / "docs" / "example-shop.toml")
    at = Places(str(tmp_path), str(tmp_path), 0)
    built = shop_files.files(plan, completed(None, plan, bytes), lambda _device: at)
    for name in ("cua-1/boot/hien/files/etc/hien/door.toml", "gateway/files/etc/hien/gateway.toml"):
        (tmp_path / Path(name).name).write_text(built[name], encoding="utf-8")
    for kiosk in plan.kiosks:
        text = built[f"{kiosk.id}/boot/hien/files/etc/hien/kiosk.toml"]
        (tmp_path / f"{kiosk.id}.toml").write_text(text.replace("gateway.lan", "localhost"))
    return tmp_path


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_door_without_its_parts_is_told_each(settings: Path) -> None:
    root = settings / "root"
    found = {one.what: one for one in door_doctor.findings(settings / "door.toml", root)}

    assert {"config.txt", "pins", "closer", "trust"} <= {
        what for what, one in found.items() if one.level is Level.BROKEN and one.remedy
    }
    assert "the lock could stay released" in found["config.txt"].found
    put(root / "boot/firmware/config.txt", "[all]\ndtparam=strict_gpiod\n")
    put(root / "dev/gpiochip0")
    found = {one.what: one for one in door_doctor.findings(settings / "door.toml", root)}
    assert found["config.txt"].level is found["pins"].level is Level.OK


def test_a_kiosk_is_told_of_radio_camera_and_scanner(settings: Path) -> None:
    root = settings / "root"
    found: list[Finding] = []
    for adapter, off, level in (("hci1", "0", Level.DOUBTFUL), ("hci0", "1", Level.BROKEN)):
        put(root / "sys/class/bluetooth" / adapter)
        put(root / "sys/class/rfkill/rfkill0/type", "bluetooth\n")
        put(root / "sys/class/rfkill/rfkill0/soft", f"{off}\n")
        found = [*kiosk_doctor.findings(settings / "quay-3.toml", root)]
        radio = [one.level for one in found if one.what == "Bluetooth"]
        assert radio[-1] is level
    of = {one.what: one for one in found}
    assert (of["scanner"].level, "ttyACM0" in of["scanner"].found) == (Level.BROKEN, True)
    assert "camera" not in of
    assert of["certificate"].remedy.startswith("on the gateway: hien gateway enrol-kiosk")
    assert of["broker"].level is Level.BROKEN

    put(root / "dev/video0")
    webcam = {one.what: one for one in kiosk_doctor.findings(settings / "quay-2.toml", root)}
    assert webcam["camera"].level is Level.OK
    assert webcam["eye"].remedy == "sudo systemctl start hien-eye.socket"
    assert {"lgpio", "pins"} <= {
        one.what for one in kiosk_doctor.findings(settings / "quay-1.toml", root)
    }


def test_a_spare_card_is_told_who_can_let_it_in(tmp_path: Path) -> None:
    card = tmp_path / "kiosk.toml"
    tls = f'{{ ca = "{tmp_path}/ca.pem", certificate = "{tmp_path}/identity.pem" }}'
    card.write_text(f'data_dir = "{tmp_path}"\nbroker = {{ host = "gateway.lan", tls = {tls} }}\n')

    (disk, kiosk) = kiosk_doctor.findings(card, tmp_path)

    assert disk.what == "disk"
    assert (kiosk.level, kiosk.what) == (Level.DOUBTFUL, "kiosk")
    assert "nobody at gateway.lan:8885 has let this machine in yet" in kiosk.found
    assert "Let a new kiosk in" in kiosk.remedy


def test_every_part_is_looked_at_and_status_1_says_that_something_is_broken(
    settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (settings / "kiosk.toml").write_text("store = 3\n")

    assert main(["doctor", "--json", "--settings-dir", str(settings)]) == 1

    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {one["part"] for one in said} == {"door", "gateway", "kiosk"}
    assert all(list(one) == ["part", "what", "level", "found", "remedy"] for one in said)
    (kiosk,) = [one for one in said if one["part"] == "kiosk"]
    assert (kiosk["what"], kiosk["level"]) == ("settings", "broken")
    assert {"database", "mosquitto", "certificate", "broker", "seal"} <= {
        one["what"] for one in said if one["part"] == "gateway"
    }
    assert all(one["remedy"] for one in said if one["level"] != "ok")


def test_a_table_is_for_people(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("gateway.toml", "kiosk.toml"):
        (settings / name).unlink(missing_ok=True)

    assert main(["doctor", "--settings-dir", str(settings)]) == 1

    assert "what to do" in capsys.readouterr().out


def test_a_folder_without_settings_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--settings-dir", str(tmp_path)]) == 78
    assert f"{tmp_path}: there is none of door.toml" in capsys.readouterr().err
