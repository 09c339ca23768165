from __future__ import annotations

import pytest

from contract.commands import LIFE_MS, Deed
from contract.messages import KioskState
from contract.vitals import Glass, OrderAnswer, Outcome, Shown, Vitals
from gateway.core.fleet import Trouble
from gateway.store import device_orders, stores
from tests.gateway.shop import STORE
from tests.web_ui.office import Browser, Office
from web_ui.console.fleet_words import DEEDS, OUTCOMES, SHOWN, TROUBLES

PAGE = "/console/kiosks/"


@pytest.fixture
def lan(office: Office) -> Browser:
    """The owner."""
    return office.at("lan")


def say(office: Office, kiosk: str, **said: object) -> None:
    state = KioskState(kiosk, online=True, **said)  # type: ignore[arg-type]
    with office.shop.writers.begin() as db:
        stores.keep_state(db, STORE, kiosk, state, office.now_ms)


def outcomes(office: Office) -> list[str | None]:
    with office.shop.read() as db:
        return [one.outcome for one in device_orders.latest(db, STORE, 10)]


def test_every_word_of_a_kiosk_has_words_for_people() -> None:
    assert set(TROUBLES) == set(Trouble)
    assert set(SHOWN) == set(Shown)
    assert set(DEEDS) == set(Deed)
    assert set(OUTCOMES) == {None, device_orders.NOT_SENT, *Outcome}


@pytest.mark.parametrize("deed", [Deed.IDENTIFY, Deed.LOOK, Deed.RESTART])
def test_an_order_is_written_down_goes_out_and_its_answer_stands_beside_it(
    lan: Browser, office: Office, deed: Deed
) -> None:
    lan.post(f"{PAGE}quay-1/{deed}")

    (sent,) = office.kiosk_orders
    assert (sent.deed, sent.store, sent.device, sent.staff) == (deed, STORE, "quay-1", "lan")
    assert sent.until_ms - sent.at_ms <= LIFE_MS
    assert outcomes(office) == [None]
    assert "chưa trả lời" in lan.get(PAGE)

    answers = (OrderAnswer(sent.nonce, Outcome.DONE),)
    say(office, "quay-2", answers=answers)
    assert outcomes(office) == [None], "another kiosk's word counts for nothing"
    say(office, "quay-1", answers=answers)
    say(office, "quay-1", answers=(OrderAnswer(sent.nonce, Outcome.EXPIRED),))
    assert outcomes(office) == [Outcome.DONE], "the first answer stands"
    assert "đã làm" in lan.get(PAGE)


def test_an_order_that_did_not_go_out_is_in_the_book_too(lan: Browser, office: Office) -> None:
    office.broker_is_away = True

    lan.post(f"{PAGE}quay-1/restart")

    assert outcomes(office) == [device_orders.NOT_SENT]
    assert "Lệnh chưa gửi được" in lan.get(PAGE)


def test_nobody_else_no_other_site_no_other_deed_and_no_unknown_kiosk(
    lan: Browser, office: Office
) -> None:
    path = f"{PAGE}quay-1/restart"

    assert office.at("hanh").post(path).status_code == 403
    assert lan.client.post(path).status_code == 400, "without the form's token"
    assert lan.post(f"{PAGE}quay-9/restart").status_code == 404
    assert lan.post(f"{PAGE}quay-1/open_door").status_code == 404
    assert office.kiosk_orders == []
    assert outcomes(office) == []


def test_how_a_kiosk_is_stands_there_in_words(lan: Browser, office: Office) -> None:
    say(
        office,
        "quay-1",
        vitals=Vitals(84.6, 1 << 16, 9_876_543_210, None, 30),
        glass=Glass(Shown.SERVING, 0, 300),
        heard_ago_s=2.0,
    )

    page = lan.get(PAGE)

    for words in ("85 °C", "quá yếu", "9,9 GB", "30 %", "trang riêng của khách", "5 phút trước"):
        assert words in page, words
    assert "Máy quá nóng" in page
    assert "không rõ" not in page.partition('id="kiosk-quay-2"')[0].partition("quay-1")[2]


def test_what_a_machine_does_not_know_is_said_to_be_unknown(lan: Browser, office: Office) -> None:
    say(office, "quay-1", vitals=Vitals())

    assert lan.get(PAGE).count("không rõ") >= 4
