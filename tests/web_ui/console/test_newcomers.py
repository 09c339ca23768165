from __future__ import annotations

import pytest

from contract import petitions
from contract.petitions import LIFE_MS, Stage
from contract.topics import KioskAddress
from firmware_config import certificates
from gateway.enrolment import key_digest
from gateway.store import kiosk_certificates, newcomers, stores
from gateway.store.kiosk_certificates import Signed
from gateway.store.newcomers import Asked
from tests.gateway.shop import STORE
from tests.web_ui.office import Browser, Office

CODE = "K7F-2QX"
KEY = certificates.new_key()
NAMED = key_digest(KEY.public_key())
PAGE = "/console/newcomers/"
APPROVE, REFUSE = f"{PAGE}{NAMED}/approve", f"{PAGE}{NAMED}/refuse"


@pytest.fixture
def lan(office: Office) -> Browser:
    """The owner, and a machine that shows a code."""
    knock(office, f"quay-2@{STORE}")
    return office.at("lan")


def knock(office: Office, wish: str) -> None:
    asked = Asked(NAMED, "PEM", petitions.commitment(b""), "00" * 16, wish, "192.168.7.31")
    with office.shop.writers.begin() as db:
        newcomers.note(db, asked, office.now_ms)
        row = newcomers.get(db, NAMED)
        assert row is not None
        row.code = CODE


def made(office: Office) -> tuple[str, str | None, str | None]:
    """What became of the machine."""
    with office.shop.read() as db:
        row = newcomers.get(db, NAMED)
        assert row is not None
        return row.stage, row.kiosk, row.staff


def names(office: Office) -> dict[str, str]:
    with office.shop.read() as db:
        return {row.kiosk: row.name for row in stores.fleet(db, STORE)}


def test_the_owner_sees_the_code_where_it_comes_from_and_whose_place_its_card_names(
    lan: Browser,
) -> None:
    assert "1 kiosk mới đang chờ" in lan.get("/console/kiosks/")

    page = lan.get(PAGE)

    assert CODE in page
    assert "192.168.7.31" in page
    assert '<option value="quay-2" selected>' in page
    assert '<option value="quay-1">' in page


def test_a_machine_takes_the_place_of_a_kiosk_that_is_there(lan: Browser, office: Office) -> None:
    with office.shop.writers.begin() as db:
        kiosk_certificates.keep(db, KioskAddress(STORE, "quay-2"), Signed(7, 0, 1 << 42))

    lan.post(APPROVE, kiosk="quay-2", name="Không dùng")

    assert made(office) == (Stage.APPROVED, "quay-2", "lan")
    assert names(office) == {"quay-1": "Quầy 1", "quay-2": "Quầy 2"}
    with office.shop.read() as db:
        assert kiosk_certificates.revoked(db) == {7}
    assert "Đã cho vào" in lan.get(PAGE)


def test_a_machine_becomes_a_new_kiosk_with_a_name(lan: Browser, office: Office) -> None:
    lan.post(APPROVE, kiosk="", new_kiosk="quay-3", name="Quầy trà")

    assert made(office) == (Stage.APPROVED, "quay-3", "lan")
    assert names(office)["quay-3"] == "Quầy trà"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"kiosk": "", "new_kiosk": "Quầy 3", "name": "Quầy 3"}, "Tên ngắn gồm 1 đến 32"),
        ({"kiosk": "", "new_kiosk": "", "name": "Quầy 3"}, "Tên ngắn gồm 1 đến 32"),
        ({"kiosk": "", "new_kiosk": "quay-3", "name": ""}, "Hãy đặt cho kiosk mới một tên"),
        ({"kiosk": "", "new_kiosk": "quay-3", "name": "Q" * 41}, "tối đa 40 chữ"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_decided(
    lan: Browser, office: Office, form: dict[str, str], said: str
) -> None:
    lan.post(APPROVE, scripts=False, **form)

    assert said in lan.get(PAGE)
    assert made(office)[0] == Stage.WAITING


def test_a_machine_is_sent_away(lan: Browser, office: Office) -> None:
    lan.post(REFUSE)

    assert made(office) == (Stage.REFUSED, None, "lan")
    page = lan.get(PAGE)
    assert "Đã từ chối" in page
    assert CODE not in page


def test_who_comes_too_late_or_second_is_told(lan: Browser, office: Office) -> None:
    lan.post(REFUSE)
    lan.get(PAGE)
    lan.post(APPROVE, kiosk="quay-1")
    assert "người khác đã quyết định" in lan.get(PAGE)

    office.clock.advance(LIFE_MS / 1_000)
    lan.post(REFUSE)
    assert "Đã quá thời gian" in lan.get(PAGE)
    assert made(office)[0] == Stage.REFUSED


def test_nobody_else_and_no_other_site_lets_anything_in(lan: Browser, office: Office) -> None:
    assert office.at("hanh").post(APPROVE, kiosk="quay-1").status_code == 403
    assert lan.client.post(APPROVE, data={"kiosk": "quay-1"}).status_code == 400
    assert made(office)[0] == Stage.WAITING


def test_a_card_of_another_store_names_no_place_here(office: Office) -> None:
    knock(office, "quay-2@hue-2")

    assert "selected" not in office.at("lan").get(PAGE)
