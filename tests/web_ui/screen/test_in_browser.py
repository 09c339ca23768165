from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import count, product

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.core import screen as screens
from kiosk.core.inputs import Button, Input, Language, LanguageChosen, Pressed, Typed
from kiosk.core.screen import ReadBy
from tests.browser import (
    LANDSCAPE,
    PORTRAIT,
    Watch,
    clipped_text,
    open_page,
    small_targets,
    tight_targets,
)
from tests.waiting import until
from tests.web_ui.screen.conftest import ServedGlass, serving
from tests.web_ui.screen.samples import NEW_HERE, PERSONAL, PERSONAL_SCREENS, SCREENS, state

LEAST_TARGET_PX = 60
LINK = "https://shop.example/k/quay-1/5e551014c0ffee00"
REVISIONS = count(1)
# On 10.1 inches a finger and an eye need more of the panel's pixels.
COARSE = 0.25  # painted pixels a CSS pixel: the layout is the same, the paint a sixteenth
PANELS = {
    "21.5 inches upright": (PORTRAIT, 21.5),
    "21.5 inches lying": (LANDSCAPE, 21.5),
    "10.1 inches upright": ((800, 1280), 10.1),
}


@pytest.fixture(scope="module")
def page_of_the_module(
    chromium: Browser, server_of_the_module: ServedGlass
) -> Iterator[tuple[Page, Watch]]:
    page, watch = open_page(chromium, server_of_the_module.url, PORTRAIT)
    yield page, watch
    page.context.close()


@pytest.fixture
def page(page_of_the_module: tuple[Page, Watch], served: ServedGlass) -> Iterator[Page]:
    """A browser that shows an idle kiosk, and that neither complains nor calls anybody else."""
    page, watch = page_of_the_module
    fresh = served.feed.latest().revision
    expect(page.locator(f'#kiosk[data-revision="{fresh}"]')).to_be_visible()
    yield page
    assert watch.errors == []
    assert watch.strangers == []


def words(page: Page) -> str:
    """All there is in the document, seen or not."""
    return page.content()


@pytest.mark.parametrize("panel", PANELS)
def test_every_screen_fits_the_glass_and_the_finger(chromium: Browser, panel: str) -> None:
    size, diagonal_in = PANELS[panel]
    wrong: dict[str, list[str]] = {}
    with serving(ServedGlass(panel_diagonal_in=diagonal_in)) as served:
        page, watch = open_page(chromium, served.url, size, device_scale_factor=COARSE)
        # of a new machine's the fullest; the rest has the same parts, and fewer
        every = SCREENS | {name: NEW_HERE[name] for name in ("waiting", "unfit")}
        for language, (name, screen) in product(Language, every.items()):
            served.show(state(screen, language, revision=next(REVISIONS)))
            faults = clipped_text(page) + small_targets(page, LEAST_TARGET_PX)
            faults += tight_targets(page, least_px=8)
            if faults:
                wrong[f"{name}, {language}"] = faults
        for language in Language:
            served.show(state(screens.Hello(), language, next(REVISIONS), warning_left_s=20))
            assert clipped_text(page) == []
            served.show(state(screens.Attract(), language, next(REVISIONS), offline=True))
            assert clipped_text(page) == []
            for reader in (ReadBy.CAMERA, ReadBy.NOTHING):
                invites = replace(state(screens.Attract(), language), phone_link=LINK)
                served.show(replace(invites, read_by=reader, revision=next(REVISIONS)))
                assert clipped_text(page) == []
        page.context.close()

    assert wrong == {}
    assert watch.errors == []
    assert watch.strangers == []


@pytest.mark.parametrize(
    "style",
    [
        pytest.param("height: 20px; overflow: hidden; font-size: 60px", id="cut in its box"),
        pytest.param("width: 60px; white-space: nowrap", id="out of its box"),
        pytest.param("position: fixed; left: 95vw", id="off the glass"),
        pytest.param("transform: translateY(300px)", id="out of its card"),
    ],
)
def test_a_planted_clip_is_found(page: Page, style: str) -> None:
    assert clipped_text(page) == []

    page.locator("h2").evaluate("(title, style) => { title.style = style; }", style)

    found = clipped_text(page)
    page.reload()  # the next picture leaves alone what it has in common with this one
    assert found != []


def test_what_two_pictures_have_in_common_stays_and_what_is_anothers_goes(
    page: Page, served: ServedGlass
) -> None:
    served.show(state(SCREENS["offer with a price"], revision=next(REVISIONS)))
    mark = "(kiosk) => [...kiosk.children].forEach((part) => { part.wasHere = true; })"
    marks = "(kiosk) => [...kiosk.children].map((part) => part.wasHere === true)"
    glass = page.locator("#kiosk")
    glass.evaluate(mark)

    served.show(state(SCREENS["offer for points"], revision=next(REVISIONS)))
    assert glass.evaluate(marks) == [True, False, True]

    served.show(state(screens.Attract(), revision=next(REVISIONS), offline=True))
    assert glass.evaluate(marks) == [False, False, False]


def test_the_slides_of_an_invitation_take_turns_and_a_new_one_begins_with_the_first(
    chromium: Browser, served: ServedGlass
) -> None:
    page = chromium.new_context(reduced_motion="no-preference").new_page()
    page.clock.install()
    page.goto(served.url)
    shown = "[...document.querySelectorAll('.slide')].map((one) => one.className)"
    seen = []
    for _ in range(4):
        page.locator(".slide.now").wait_for()  # its script may run later than the page or the clock
        seen.append(page.evaluate(shown).index("slide now"))
        page.clock.run_for(8_000)

    assert seen == [0, 1, 2, 0]
    page.context.close()


def test_a_planted_small_button_is_found(page: Page) -> None:
    assert small_targets(page, LEAST_TARGET_PX) == []

    page.locator(".pill").evaluate("(pill) => { pill.style.minHeight = '40px'; }")

    found = small_targets(page, LEAST_TARGET_PX)
    page.reload()
    assert len(found) == 1


def test_a_touch_reaches_the_kiosk_once_however_impatient(page: Page, served: ServedGlass) -> None:
    served.show(state(SCREENS["three offers"], revision=1))

    page.get_by_text("trà sen vàng").dblclick()
    page.get_by_role("button", name="Kết thúc").click()

    expected: list[Input] = [Pressed(Button.OFFER, 1, "tea-200"), Pressed(Button.END, 1)]
    until(lambda: len(served.touches()) >= 2, "two touches")
    assert served.touches() == expected


def test_a_touched_button_shows_it_before_the_kiosk_answers(
    page: Page, served: ServedGlass
) -> None:
    served.show(state(SCREENS["hello"], revision=1))
    button = page.get_by_role("button", name="Xem dành cho tôi")

    button.click()

    expect(button).to_have_attribute("aria-busy", "true")
    until(served.touches, "the touch, before the next test counts its own")


def test_the_language_button_asks_the_kiosk(page: Page, served: ServedGlass) -> None:
    page.get_by_role("button", name="English").click()
    until(served.touches, "the choice")
    served.show(state(screens.Attract(), Language.EN, revision=2))

    assert served.touches() == [LanguageChosen(Language.EN)]
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_role("button", name="Tiếng Việt")).to_be_visible()


def test_focus_survives_a_new_picture(page: Page, served: ServedGlass) -> None:
    served.show(state(SCREENS["three offers"], revision=1))
    page.locator('[data-subject="tea-200"]').focus()

    served.show(state(SCREENS["three offers"], revision=2, offline=True))

    expect(page.locator('[data-subject="tea-200"]')).to_be_focused()


def test_a_new_screen_takes_the_focus_to_its_title(page: Page, served: ServedGlass) -> None:
    served.show(state(SCREENS["three offers"], revision=1))

    expect(page.get_by_role("heading", name="Chào Ngọc")).to_be_focused()


def test_offers_are_leafed_through_and_stay_so(page: Page, served: ServedGlass) -> None:
    many = SCREENS["many offers and orders"]
    served.show(state(many, revision=1))
    expect(page.locator('[data-subject="birthday"]')).to_be_hidden()

    page.locator('[data-turn="offers"]').click()
    served.show(state(many, revision=2, offline=True))

    expect(page.locator('[data-subject="birthday"]')).to_be_visible()
    expect(page.locator('[data-turn="offers"]')).to_contain_text("2/2")
    assert served.touches() == [Pressed(Button.STAY, 1)]


@pytest.mark.parametrize("name", PERSONAL_SCREENS)
def test_nothing_personal_is_left_in_the_document(
    page: Page, served: ServedGlass, name: str
) -> None:
    screen = PERSONAL_SCREENS[name]
    served.show(state(screen, revision=1))
    before = words(page)
    served.show(state(screen, revision=2, warning_left_s=20))
    asked = words(page)
    served.show(state(screens.Attract(), revision=3))
    after = words(page)

    assert any(word in before for word in PERSONAL) or isinstance(screen, screens.StaffCalled)
    assert not [word for word in PERSONAL if word in asked]
    assert not [word for word in PERSONAL if word in after]


def test_nothing_personal_gets_into_address_storage_or_history(
    page: Page, served: ServedGlass
) -> None:
    length = page.evaluate("history.length")
    served.show(state(SCREENS["three offers"], revision=1))
    page.locator('[data-subject="tea-200"]').click()
    until(served.touches, "the touch")

    assert page.url == served.url
    assert page.evaluate("history.length") == length
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("caches.keys()") == []


def test_a_glass_without_its_kiosk_says_so_and_wipes_itself(chromium: Browser) -> None:
    with serving(ServedGlass()) as served:
        page, watch = open_page(chromium, served.url, PORTRAIT)
        served.show(state(SCREENS["three offers"], Language.EN, revision=1))
        expect(page.get_by_text("Not connected")).to_be_hidden()

    expect(page.get_by_text("Not connected")).to_be_visible(timeout=2_000)
    expect(page.get_by_role("heading", name="This screen is starting again")).to_be_visible()
    assert not [word for word in PERSONAL if word in words(page)]
    assert watch.strangers == []
    page.context.close()


def test_a_kiosk_that_was_started_anew_is_shown_again(chromium: Browser) -> None:
    with serving(ServedGlass()) as served:
        page, _ = open_page(chromium, served.url, PORTRAIT)
        served.show(state(screens.Goodbye(), revision=7))
        port = int(served.url.rstrip("/").rpartition(":")[2])
    expect(page.locator('[data-link="off"]')).to_be_visible()

    with serving(ServedGlass(), port) as anew:
        anew.show(state(screens.Hello(), revision=1))

        expect(page.get_by_role("button", name="Xem dành cho tôi")).to_be_visible()
        expect(page.get_by_text("Đang mất kết nối")).to_be_hidden()
    page.context.close()


def test_a_browser_without_a_free_stream_asks_instead(
    chromium: Browser, served: ServedGlass
) -> None:
    page, _ = open_page(chromium, "about:blank", PORTRAIT)
    page.clock.install()
    with ExitStack() as streams:
        client = served.app.test_client()
        while (stream := client.get("/stream", buffered=False)).status_code == 200:
            streams.callback(stream.close)
        page.goto(served.url)
        expect(page.locator('[data-link="polling"]')).to_be_visible()
        served.feed.show(state(screens.Goodbye(), revision=3))
        page.clock.run_for(6_000)

        expect(page.get_by_role("heading", name="Cảm ơn bạn")).to_be_visible()
    page.context.close()


def test_the_kiosks_own_scripts_stay_small(served: ServedGlass) -> None:
    total_bytes = 0
    for path in ("/screen/screen.js", "/static/live.js"):
        with served.app.test_client().get(path) as answer:
            total_bytes += len(answer.get_data())

    assert total_bytes < 20_000  # before compression


def test_digits_are_typed_kept_while_the_same_is_asked_and_gone_afterwards(
    page: Page, served: ServedGlass
) -> None:
    pad, keys = page.locator("key-pad output"), page.locator("key-pad")
    asked = SCREENS["asked for a number"]
    served.show(state(asked, revision=(first := next(REVISIONS) + 20_000)))
    for digit in "09012345123":  # one too many
        keys.get_by_role("button", name=digit, exact=True).click()
    expect(pad).to_have_text("0901 234 512")
    keys.locator("[data-erase]").click()
    keys.locator("[data-done]").click(force=True)  # it says that it is disabled
    expect(pad).to_have_text("0901 234 51•")
    assert Pressed(Button.STAY, first) in served.touches(), "each digit is a sign of life"
    assert not [one for one in served.heard if isinstance(one, Typed)], "it is not whole"

    served.show(state(asked, Language.EN, revision=first + 1))
    expect(pad).to_have_text("0901 234 51•")
    keys.get_by_role("button", name="2", exact=True).click()
    keys.locator("[data-done]").click()
    until(lambda: Typed("0901234512", first + 1) in served.heard, "the number is sent")

    served.show(state(SCREENS["asked for a code"], revision=first + 2))
    expect(pad).to_have_text("••• •••")
    keys.get_by_role("button", name="7", exact=True).click()
    served.show(state(SCREENS["wrong code"], revision=first + 3))
    expect(pad).to_have_text("••• •••")
    served.show(state(screens.Goodbye(), revision=first + 4))
    assert not [rest for rest in ("0901", "234", "512") if rest in words(page)]


def test_a_long_touch_on_the_shops_name_leads_to_maintenance_and_a_short_one_nowhere(
    page: Page, served: ServedGlass
) -> None:
    revision = next(REVISIONS) + 30_000
    served.show(replace(state(screens.Attract(), revision=revision), has_pin=True))
    page.locator(".brand").click()
    page.locator(".brand").hover()
    page.mouse.down()
    until(served.touches, "it was held long enough")
    page.mouse.up()

    assert served.touches() == [Pressed(Button.MAINTENANCE, revision)]
    served.show(replace(state(screens.Attract(), revision=revision + 1), has_pin=False))
    assert page.locator("[data-long-press]").count() == 0


def test_the_digits_of_a_pin_are_not_to_be_seen(page: Page, served: ServedGlass) -> None:
    served.show(state(SCREENS["asked for the PIN"], revision=(first := next(REVISIONS) + 40_000)))
    for digit in "480271":
        page.locator("key-pad").get_by_role("button", name=digit, exact=True).click()
    expect(page.locator("key-pad output")).to_have_text("∗∗∗∗∗∗")
    page.locator("[data-done]").click()
    until(lambda: Typed("480271", first) in served.heard, "the PIN is sent")
