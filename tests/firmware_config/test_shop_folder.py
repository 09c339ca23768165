from __future__ import annotations

import socket
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from cli.main import main
from firmware_config import plan_file
from firmware_config.broker_folder import broker_program
from firmware_config.plan import Plan
from firmware_config.shop_folder import ShopFolder
from runtime.errors import SettingsError
from simulator import ports
from tests.house import ROOT
from tests.waiting import until

EXAMPLE = ROOT / "docs" / "example-shop.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def plan(*changes: tuple[str, str]) -> Plan:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    read, mistakes = plan_file.read(text)
    assert read is not None, mistakes
    return read


def contents(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_what_is_secret_is_its_owners_and_lies_apart(tmp_path: Path) -> None:
    ShopFolder(plan(), tmp_path).write(NOW)

    secrets = tmp_path / "secrets"
    assert secrets.stat().st_mode & 0o077 == 0
    for path in (one for one in tmp_path.rglob("*") if one.is_file()):
        is_key = b"PRIVATE KEY" in path.read_bytes() or path.suffix == ".key"
        assert not is_key or path.is_relative_to(secrets)
        is_for_the_owner = path.stat().st_mode & 0o077 == 0
        assert is_for_the_owner or "var/lib/hien/broker" in str(path) or not is_key
    assert (secrets / "shop-keys.toml").stat().st_mode & 0o777 == 0o600
    assert (secrets / "gateway/etc/hien/seal.key").stat().st_mode & 0o777 == 0o600


def test_built_again_nothing_changes_and_keys_stay_when_the_plan_grows(tmp_path: Path) -> None:
    ShopFolder(plan(), tmp_path).write(NOW)
    before = contents(tmp_path)

    again = ShopFolder(plan(), tmp_path)
    assert [*again.changes(), *again.write(NOW), *again.left_over()] == []

    grown = plan(('id = "the-01"', 'id = "the-02"'))
    written = ShopFolder(grown, tmp_path).write(NOW)
    assert {path.name for path in written} == {"the-02.toml"}
    after = contents(tmp_path)
    assert {name for name in before if before[name] != after[name]} == {"secrets/shop-keys.toml"}
    kept = ShopFolder(grown, tmp_path)
    assert {"the-01", "the-02"} <= kept.keys.identities.keys()
    assert kept.left_over() == ["beacons/the-01.toml", "secrets/beacons/the-01.toml"]


def test_before_anything_is_overwritten_it_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "shop.toml", tmp_path / "out"
    build = ["plan", "build", str(file), "--out", str(out)]
    file.write_text(TEXT, encoding="utf-8")
    assert main(build) == 0
    before = contents(out)
    file.write_text(TEXT.replace("hold_s = 5", "hold_s = 7").replace('"ke-tra"', '"ke"'))
    capsys.readouterr()

    assert main(build) == 1

    said = capsys.readouterr()
    assert "-hold_s = 5.0\n+hold_s = 7.0\n" in said.out
    assert '-zone = "ke-tra"\n+zone = "ke"\n' in said.out
    assert "2 files would change; --overwrite writes them" in said.err
    assert contents(out) == before
    assert main([*build, "--overwrite"]) == 0
    wrote = [line.rpartition("/")[2] for line in capsys.readouterr().out.splitlines()]
    assert sorted(wrote) == ["door.toml", "kiosk.toml"]


def test_a_change_of_the_broker_is_shown_and_one_of_a_secret_only_named(tmp_path: Path) -> None:
    ShopFolder(plan(), tmp_path).write(NOW)
    seal = tmp_path / "secrets/gateway/etc/hien/seal.key"
    seal.write_text("somebody's")

    said = "".join(ShopFolder(plan(('id = "quay-3"', 'id = "quay-4"')), tmp_path).changes())

    assert "-user quay-3@an-nhien\n" in said
    assert "secrets/gateway/etc/hien/seal.key changes, and is not shown\n" in said
    assert "somebody's" not in said


def test_damaged_secrets_are_not_replaced(tmp_path: Path) -> None:
    ShopFolder(plan(), tmp_path).write(NOW)
    (tmp_path / "secrets" / "shop-keys.toml").write_text("seal = 1\nfoo = 2\n")

    with pytest.raises(SettingsError, match=r"shop-keys.toml: is damaged .* bring back your copy"):
        ShopFolder(plan(), tmp_path).write(NOW)


def test_mosquitto_starts_with_what_is_built_and_boards_say_only_their_own(tmp_path: Path) -> None:
    kiosks, gateway, boards = ports.free(3)
    here = plan(
        ("[gateway]", f"[gateway]\nport = {kiosks}\ngateway_port = {gateway}"),
        ('kind = "openmqttgateway"\nid = "home/OMG_kho"', 'kind = "espresense"\nid = "kho"'),
        ('host = "192.168.9.2"', f'host = "127.0.0.1"\nport = {boards}'),
    )
    folder = ShopFolder(here, tmp_path, is_in_place=True)
    folder.write(NOW)
    other = tmp_path / "gateway/files/etc/hien-boards/mosquitto.conf"
    running = [
        subprocess.Popen([broker_program(), "-c", str(conf)], stderr=subprocess.DEVNULL)
        for conf in (folder.broker.configuration, other)
    ]
    try:
        until(lambda: all(map(answers, (kiosks, gateway, boards))), "both mosquittos answer")
        user = "espresense-tra"
        heard = listening(boards)
        board = speaking(boards, user, folder.keys.passwords[user])
        for topic in ("espresense/devices/iBeacon:1/kho", "espresense/devices/iBeacon:1/tra"):
            heard.publish("espresense/devices/stranger/tra", b"x", qos=1).wait_for_publish(10)
            board.publish(topic, topic, qos=1).wait_for_publish(10)
        until(heard.user_data_get, "the kiosk hears the board")
        assert heard.user_data_get() == ["espresense/devices/iBeacon:1/tra"]
        assert refused(boards, user, "wrong")
        for client in (heard, board):
            client.disconnect()
            client.loop_stop()
    finally:
        for process in running:
            process.kill()
            process.wait()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((ports.HOST, port)) == 0


def listening(port: int) -> Client:
    """A client without a name, as a kiosk's; its user data is the list of topics it heard."""
    client = Client(CallbackAPIVersion.VERSION2, userdata=[])
    subscribed: list[int] = []
    client.on_subscribe = lambda *_: subscribed.append(1)
    client.on_message = lambda _client, heard, message: heard.append(message.topic)
    client.connect(ports.HOST, port)
    client.loop_start()
    client.subscribe("#", qos=1)
    until(lambda: subscribed, "the subscription is confirmed")
    return client


def speaking(port: int, user: str, password: str) -> Client:
    client = Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(user, password)
    client.connect(ports.HOST, port)
    client.loop_start()
    return client


def refused(port: int, user: str, password: str) -> bool:
    answers: list[bool] = []
    client = Client(CallbackAPIVersion.VERSION2)
    client.on_connect = lambda _c, _u, _f, reason, _p: answers.append(reason.is_failure)
    client.username_pw_set(user, password)
    client.connect(ports.HOST, port)
    client.loop_start()
    until(lambda: answers, "the broker answers")
    client.loop_stop()
    return answers[0]
