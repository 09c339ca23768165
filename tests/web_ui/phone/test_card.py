"""A member's phone in a real Chromium: the card is made once, then shows good passes by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import segno
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect

from contract import passes
from gateway.store import phones
from gateway.store.profiles import PassKeyRow
from kiosk.adapters.code_reader import ZxingThenZbar
from kiosk.core.door_keys import DoorKeys
from kiosk.core.pass_report import Checker, PassReport
from simulator.phone_image import CODE_MM, FOCAL_PX, NOISE, SHARPEST_PX
from tests.browser import EVERY_SCREEN, Watch, clipped_text, open_page, small_targets, violations
from tests.gateway.shop import NGOC
from tests.web_ui.desk.test_in_browser import serving
from tests.web_ui.office import Office
from web_ui.phone.pages import OWN, SHARED

PHONE = (390, 844)
SMALL_PHONE = (320, 568)
LEAST_TARGET_PX = 48
ARM_MM = 350  # farther than simulated people hold their phones from the glass
NOT_ED25519 = """() => {
  const make = crypto.subtle.generateKey.bind(crypto.subtle);
  crypto.subtle.generateKey = (how, ...rest) =>
    how.name === 'Ed25519' ? Promise.reject(new DOMException('unknown', 'NotSupportedError'))
                           : make(how, ...rest);
}"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with serving(tmp_path_factory.mktemp("phones")) as made:
        made.shop.member()
        yield made


def link(office: Office, language: str = "", life_ms: int = 60_000) -> str:
    with office.shop.writers.begin() as db:
        code = phones.invite(db, NGOC, office.now_ms + life_ms)
    return f"{office.url}/phone/{language}#{code}"


def opened(chromium: Browser, office: Office, url: str, **context: object) -> tuple[Page, Watch]:
    """A phone whose clock agrees with the gateway's and stands still between our steps."""
    page, watch = open_page(chromium, "about:blank", PHONE, **context)
    watch.home = office.url.removeprefix("http://")
    page.clock.install(time=office.now_ms / 1000)
    page.goto(url)
    return page, watch


def with_card(chromium: Browser, office: Office, **context: object) -> tuple[Page, Watch]:
    page, watch = opened(chromium, office, link(office), **context)
    page.get_by_role("button", name="tạo thẻ").click()
    expect(page.locator("#card")).to_be_visible()
    return page, watch


@pytest.fixture(scope="module")
def phone(chromium: Browser, office: Office) -> Iterator[Page]:
    """A phone with a card, for tests that only look at it."""
    page, watch = with_card(chromium, office)
    yield page
    assert (watch.errors, watch.strangers) == ([], [])
    page.context.close()


def picture(page: Page) -> NDArray[np.uint8]:
    """What a camera would see of the whole phone."""
    png = np.frombuffer(page.screenshot(), np.uint8)
    grey = cv2.imdecode(png, cv2.IMREAD_GRAYSCALE)
    assert grey is not None
    return grey.astype(np.uint8)


def text_on(page: Page, at_ms: int) -> str:
    """The code once the phone shows that of its present slot, read by the product's reader."""
    expect(page.locator(f'#code[data-slot="{passes.slot_at(at_ms / 1000)}"]')).to_be_visible()
    (text,) = ZxingThenZbar().read(picture(page))
    return text


def judged(office: Office, text: str, at_ms: int) -> PassReport:
    """What a kiosk says that holds the public key which the gateway was given."""
    shown = passes.read(text)
    with office.shop.read() as db:
        row = db.get_one(PassKeyRow, (shown.member, shown.key_id))
        key = bytes.fromhex(row.public_key)
    keys = DoorKeys(members={(NGOC, shown.key_id): (0, key)})
    return Checker(keys, at_ms / 1000).report(text)


def test_a_new_good_pass_every_15_seconds_without_a_network(
    chromium: Browser, office: Office
) -> None:
    page, watch = with_card(chromium, office)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.reload()  # all there is now lies in the phone
    expect(page.locator("#offline")).to_be_visible()

    texts = []
    at_ms = int(page.evaluate("Date.now()"))
    for _ in range(5):
        texts.append(text_on(page, at_ms))
        assert judged(office, texts[-1], at_ms).reason == "pass"
        page.clock.run_for(15_000)
        at_ms = int(page.evaluate("Date.now()"))

    assert len(set(texts)) == 5
    assert judged(office, texts[-1], at_ms).valid
    assert judged(office, texts[0], at_ms - 15_000).reason == "expired", "a screenshot lives on"
    page.locator("[data-language]").click()
    expect(page.get_by_text("your card works all the same")).to_be_visible()
    assert [error for error in watch.errors if "ERR_INTERNET_DISCONNECTED" not in error] == []
    assert watch.strangers == []
    page.context.close()


def test_the_key_cannot_leave_the_phone(phone: Page) -> None:
    said = phone.evaluate(
        """() => new Promise((resolve) => {
          indexedDB.open('hien').onsuccess = ({target}) => {
            const asked = target.result.transaction('card').objectStore('card').get('card');
            asked.onsuccess = async () => {
              const {privateKey} = asked.result;
              const ways = ['raw', 'pkcs8', 'jwk'].map((way) =>
                crypto.subtle.exportKey(way, privateKey).then(() => way, () => null));
              resolve([privateKey.extractable, (await Promise.all(ways)).filter(Boolean)]);
            };
          };
        })"""
    )

    assert said == [False, []]


def test_a_link_is_good_once_and_a_browser_without_ed25519_uses_p256(
    chromium: Browser, office: Office
) -> None:
    page, _ = opened(chromium, office, "about:blank")
    page.add_init_script(f"({NOT_ED25519})()")
    used = link(office)
    with office.shop.writers.begin() as db:
        assert phones.enrol(db, used.partition("#")[2], bytes(32), office.now_ms) is not None
    page.goto(used)
    page.get_by_role("button", name="tạo thẻ").click()
    expect(page.get_by_role("alert")).to_contain_text("đã được dùng")

    page.goto(link(office))
    expect(page.get_by_role("alert")).to_be_hidden()
    page.route("**/phone/keys", lambda route: (route.fetch(), route.abort())[1])
    page.get_by_role("button", name="tạo thẻ").click()
    expect(page.get_by_role("alert")).to_contain_text("Không có kết nối")
    page.unroute("**/phone/keys")  # the gateway has the key already; it only says so again
    page.get_by_role("button", name="tạo thẻ").click()
    expect(page.locator("#card")).to_be_visible()
    assert "#" not in page.url

    at_ms = int(page.evaluate("Date.now()"))
    report = judged(office, text_on(page, at_ms), at_ms)

    assert (report.reason, report.algorithm) == ("pass", "p256")
    page.context.close()


def test_a_wrong_clock_is_said_and_a_card_can_be_removed(chromium: Browser, office: Office) -> None:
    page, _ = with_card(chromium, office)
    expect(page.locator("#skew")).to_be_hidden()

    page.clock.set_system_time(office.now_ms / 1000 + 60)
    page.reload()
    expect(page.locator("#skew")).to_be_visible()
    expect(page.locator("#name")).to_have_text("Ngọc")

    page.get_by_text("Về thẻ này").click()
    page.get_by_role("button", name="Xoá thẻ").click()
    expect(page.get_by_role("heading", name="thẻ thành viên của bạn")).to_be_visible()
    page.reload()
    expect(page.locator("#join")).to_be_visible()
    page.context.close()


def test_every_state_fits_the_phone_and_the_thumb(chromium: Browser, office: Office) -> None:
    page, watch = opened(chromium, office, f"{office.url}/phone/")
    faults: list[str] = []

    def look(state: str) -> None:
        expect(page.locator(state)).to_be_visible()
        for width, height in (PHONE, SMALL_PHONE):
            page.set_viewport_size({"width": width, "height": height})
            faults.extend(clipped_text(page, scrolls=True))
            faults.extend(small_targets(page, LEAST_TARGET_PX))
        if state == "#join" or (EVERY_SCREEN and state != "#offline"):  # it takes a request's time
            faults.extend(violations(page))

    for language, button in (("", "tạo thẻ"), ("en", "make my card")):
        page.goto(f"{office.url}/phone/{language}")
        look("#join")
        page.goto(link(office, language))
        look("#make")
        page.get_by_role("button", name=button).click()
        page.locator("summary").click()
        page.context.set_offline(True)
        look("#offline")
        page.context.set_offline(False)
        page.locator("#forget").click()
        look("#join")

    assert faults == []
    assert watch.errors == []
    page.context.close()


def test_the_code_is_large_and_black_on_white_in_the_dark_too(phone: Page) -> None:
    phone.emulate_media(color_scheme="dark")
    box = phone.locator("#code").bounding_box()

    assert box is not None
    assert box["width"] >= 0.8 * PHONE[0]
    paper, body = phone.locator(".paper"), phone.locator("body")
    assert paper.evaluate("(it) => getComputedStyle(it).backgroundColor") == "rgb(255, 255, 255)"
    assert body.evaluate("(it) => getComputedStyle(it).backgroundColor") == "rgb(7, 29, 26)"


def test_the_code_is_read_at_arms_length_by_the_simulated_camera(phone: Page) -> None:
    """The page itself, as large and as blurred as a camera sees a phone that is held up."""
    sharp = picture(phone)
    (text,) = ZxingThenZbar().read(sharp)
    box = phone.locator("#code").bounding_box()
    assert box is not None
    seen_px = FOCAL_PX * CODE_MM / ARM_MM

    small = cv2.resize(sharp, None, fx=seen_px / box["width"], fy=seen_px / box["width"])
    blurred = cv2.GaussianBlur(small, (0, 0), SHARPEST_PX).astype(np.int16)
    noise = np.asarray(np.random.default_rng(1).normal(0, NOISE, blurred.shape)).astype(np.int16)

    assert ZxingThenZbar().read(np.clip(blurred + noise, 0, 255).astype(np.uint8)) == [text]


def test_the_drawn_code_is_the_one_of_the_standard(phone: Page) -> None:
    """Module by module what another encoder draws with the same mask."""
    texts = ["MD1:" + "".join(chr(48 + (n * k) % 10) for n in range(117)) for k in (1, 3, 7)]
    texts += ["MD1: $%*+-./:" + "Z" * 108, "A", "AB"]

    for text in texts:
        drawn = phone.evaluate(
            "(text) => import('/phone/static/qr.js').then(({encode}) => encode(text))", text
        )
        code = segno.make_qr(text, "m", 5, "alphanumeric", 0, boost_error=False)
        assert drawn == [[module == 1 for module in row] for row in code.matrix], text


def test_the_page_is_light(office: Office) -> None:
    house = Path(__file__).parents[3] / "web_ui"
    files = [house / "phone/static" / name for name in OWN]
    files += [house / "shared/static" / name for name in SHARED]
    page = office.app.test_client().get("/phone/").get_data()

    assert sum(file.stat().st_size for file in files) + len(page) <= 120_000
