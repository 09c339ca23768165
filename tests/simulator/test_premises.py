"""What the demo writes is what the product's own readers want."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cryptography import x509
from sqlalchemy import func, select

from firmware_config import certificates
from gateway.settings import GatewaySettings
from gateway.store import base, csv_import, migrations
from gateway.store.offers import OfferRow
from gateway.store.orders import OrderRow
from gateway.store.profiles import ConsentRow, PassKeyRow, ProfileRow, TagRow
from gateway.store.staff import StaffRow
from kiosk.door.settings import DoorSettings
from kiosk.settings import KioskSettings
from runtime.errors import SettingsError
from runtime.settings import load
from runtime.tls import client_context
from simulator.premises import (
    CAPACITY,
    DOOR,
    DOOR_KIOSK,
    KIOSK_NAMES,
    SERVERS,
    Premises,
    furnish,
)
from simulator.shop import STORE, STORE_NO, make_shop

STAGE = "127.0.0.1:4711"
SHOP = make_shop(date(2026, 11, 23))


@pytest.fixture
def premises(tmp_path: Path) -> Premises:
    made = Premises(tmp_path / "a shop", {name: 20_000 + i for i, name in enumerate(SERVERS)})
    furnish(made, SHOP, STAGE, camera_fps=15.0)
    return made


@pytest.mark.parametrize("kiosk", KIOSK_NAMES)
def test_a_kiosk_reads_its_settings(premises: Premises, kiosk: str) -> None:
    settings = load(KioskSettings, premises.settings(kiosk))

    assert (settings.store, settings.store_no, settings.kiosk) == (STORE, STORE_NO, kiosk)
    assert settings.kiosk_name == f"Quầy {kiosk[-1]}"
    assert settings.data_dir.is_dir()
    assert settings.broker.port == premises.ports["broker"]
    assert settings.screen.port == premises.ports[kiosk]
    assert settings.camera.driver == settings.radio.driver == settings.clock.driver == "simulated"
    assert settings.camera.options == {"stage": STAGE, "kiosk": kiosk, "fps": 15.0}


def test_a_door_and_the_kiosk_beside_it_find_each_other(premises: Premises) -> None:
    made = replace(premises, has_door=True)
    furnish(made, SHOP, STAGE, camera_fps=15.0)

    door = load(DoorSettings, made.settings(DOOR))
    kiosk = load(KioskSettings, made.settings(DOOR_KIOSK))

    assert kiosk.door is not None
    assert (kiosk.door.socket, kiosk.door.trust_folder) == (door.socket, door.trust.folder)
    assert (door.shop.capacity, kiosk.kiosk_name) == (CAPACITY, "Cửa 1")
    assert set(made.kiosks) == {*KIOSK_NAMES, DOOR_KIOSK}
    assert f"{DOOR_KIOSK},{STORE},Cửa 1" in (made.seeds / "kiosks.csv").read_text()


def test_the_gateway_reads_its_settings(premises: Premises) -> None:
    settings = load(GatewaySettings, premises.settings("gateway"))

    assert settings.database == f"sqlite:///{premises.database}"
    assert settings.web.port == premises.ports["web"]
    assert settings.clock.options == {"stage": STAGE, "kiosk": "gateway"}


def test_the_gateway_takes_every_row_of_the_seeds(premises: Premises) -> None:
    engine = base.connect(f"sqlite:///{premises.database}")
    migrations.upgrade(engine)
    with base.writers(engine).begin() as db:
        csv_import.load(db, premises.seeds, at_ms=0)
    with base.readers(engine)() as db:
        rows = {
            row: db.scalar(select(func.count()).select_from(row))
            for row in (ProfileRow, TagRow, PassKeyRow, ConsentRow, OrderRow, OfferRow, StaffRow)
        }
    engine.dispose()

    assert rows == {
        ProfileRow: len(SHOP.members),
        TagRow: sum(member.tag is not None for member in SHOP.members),
        PassKeyRow: sum(member.has_pass for member in SHOP.members),
        ConsentRow: sum(len(member.consents) for member in SHOP.members),
        OrderRow: len(SHOP.orders),
        OfferRow: len(SHOP.offers),
        StaffRow: len(SHOP.staff),
    }


def test_the_broker_keeps_what_a_default_one_drops(premises: Premises) -> None:
    lines = premises.broker.configuration.read_text().splitlines()

    assert f"listener {premises.ports['broker']} 127.0.0.1" in lines
    assert {"persistence true", "max_queued_messages 100000"} <= set(lines)


def test_every_process_comes_to_the_broker_with_its_own_certificate(premises: Premises) -> None:
    for kiosk in KIOSK_NAMES:
        tls = load(KioskSettings, premises.settings(kiosk)).broker.tls
        assert tls is not None
        client_context(tls)  # it would say what is wrong
        assert tls.certificate.stat().st_mode & 0o077 == 0
        signed = x509.load_pem_x509_certificate(tls.certificate.read_bytes())
        assert certificates.user_of(signed) == f"{kiosk}@{STORE}"
    broker = load(GatewaySettings, premises.settings("gateway")).broker
    assert broker.tls == premises.gateway_tls
    assert broker.port == premises.ports["broker-gateway"]


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    blocked = Premises(tmp_path / "file", dict.fromkeys(SERVERS, 1))

    with pytest.raises(SettingsError, match=r"file: cannot be used \(File exists\)"):
        furnish(blocked, SHOP, STAGE, camera_fps=1.0)
