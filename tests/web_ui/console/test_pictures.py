from __future__ import annotations

import pytest

from contract.commands import Command, Deed
from contract.pictures import PNG_ENDS, PNG_STARTS, Picture
from contract.topics import KioskAddress
from gateway.store import device_orders
from tests.gateway.shop import STORE
from tests.web_ui.office import Browser, Office
from web_ui.console.means import Means
from web_ui.console.pictures import KEPT, LIFE_MS, Pictures

QUAY = KioskAddress(STORE, "quay-1")
NONCE = "0123456789abcdef0123456789abcdef"
PNG = PNG_STARTS + b"x" + PNG_ENDS
PATH = f"/console/kiosks/pictures/{NONCE}.png"


@pytest.fixture
def lan(office: Office) -> Browser:
    """The owner, who ordered a kiosk of this store to show its screen."""
    ordered(office, STORE, Deed.LOOK)
    return office.at("lan")


def ordered(office: Office, store: str, deed: Deed, nonce: str = NONCE) -> None:
    now_ms = office.now_ms
    with office.shop.writers.begin() as db:
        said = Command(deed, store, "quay-1", nonce, now_ms, now_ms, "lan")
        device_orders.note(db, said)


def pictures(office: Office) -> Pictures:
    means: Means = office.app.extensions["means"]
    return means.pictures


def test_a_picture_stands_beside_the_order_that_brought_it(lan: Browser, office: Office) -> None:
    assert PATH not in lan.get("/console/kiosks/")
    assert lan.client.get(PATH).status_code == 404

    assert pictures(office).keep(QUAY, Picture(NONCE, PNG), office.now_ms)

    assert PATH in lan.get("/console/kiosks/")
    answer = lan.client.get(PATH)
    assert (answer.data, answer.mimetype) == (PNG, "image/png")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    office.clock.advance(LIFE_MS / 1_000 + 1)
    assert lan.client.get(PATH).status_code == 404, "it is for whoever ordered it, now"


def test_the_newest_picture_stands_on_the_kiosks_card(lan: Browser, office: Office) -> None:
    newer, picture = "f" * 32, Picture(NONCE, PNG)
    pictures(office).keep(QUAY, picture, office.now_ms)
    office.clock.advance(60)
    ordered(office, STORE, Deed.LOOK, newer)

    def on_card() -> str:
        page = lan.get("/console/kiosks/")
        return page[page.index('class="last-seen"') : page.index("figcaption")]

    assert NONCE in on_card()
    pictures(office).keep(QUAY, Picture(newer, PNG), office.now_ms)
    assert newer in on_card()
    assert NONCE not in on_card()


def test_nobody_else_sees_it_and_nobody_else_can_send_it(lan: Browser, office: Office) -> None:
    pictures(office).keep(KioskAddress(STORE, "quay-2"), Picture(NONCE, PNG), office.now_ms)
    assert lan.client.get(PATH).status_code == 404, "another kiosk's word"

    other = "f" * 32
    ordered(office, "hue-2", Deed.LOOK, other)
    elsewhere = KioskAddress("hue-2", "quay-1")
    pictures(office).keep(elsewhere, Picture(other, PNG), office.now_ms)
    assert lan.client.get(PATH.replace(NONCE, other)).status_code == 404, "another store's"
    assert office.at("hanh").client.get(PATH).status_code == 403, "staff who own nothing"


def test_a_picture_that_nobody_ordered_is_not_shown(office: Office) -> None:
    lan = office.at("lan")
    pictures(office).keep(QUAY, Picture(NONCE, PNG), office.now_ms)
    assert lan.client.get(PATH).status_code == 404

    ordered(office, STORE, Deed.IDENTIFY)
    assert lan.client.get(PATH).status_code == 404, "nor one that another order did not ask for"


def test_only_pictures_are_kept_once_and_not_too_many() -> None:
    kept = Pictures()
    assert not kept.keep(QUAY, Picture(NONCE, b"<script>"), 0)
    assert kept.keep(QUAY, Picture(NONCE, PNG), 0)
    assert not kept.keep(QUAY, Picture(NONCE, PNG_STARTS + b"other" + PNG_ENDS), 0)
    assert kept.get(QUAY, NONCE, 0) == PNG
    for number in range(KEPT):
        kept.keep(QUAY, Picture(f"{number:032x}", PNG), 0)
    assert kept.get(QUAY, NONCE, 0) is None
