from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

import msgspec
import pytest

from contract.events import EntryReason, Verdict
from contract.messages import Refusal, Text
from kiosk.core import screen as screens
from kiosk.core.ease import Ease
from kiosk.core.inputs import Language
from kiosk.core.maintenance import Maintenance, TouchTest
from kiosk.core.new_here import Step
from kiosk.core.screen import ReadBy, Screen, ScreenState
from tests.web_ui.screen.conftest import Glass
from tests.web_ui.screen.samples import (
    NEW_HERE,
    OFFERS,
    PERSONAL,
    PERSONAL_SCREENS,
    SCREENS,
    shown,
    state,
)
from web_ui.screen.advice import ADVICE
from web_ui.screen.advice import NEW_HERE as ADVICE_FOR_NEW
from web_ui.screen.pictures import NAMES, picture


def html(glass: Glass, shown_now: ScreenState) -> str:
    """A state as the browser gets it."""
    with glass.app.app_context():
        return picture(shown_now).html


def buttons(markup: str) -> set[str]:
    """What can be pressed."""
    return set(re.findall(r'data-press="(\w+)"', markup))


def test_every_screen_of_the_kiosk_has_its_picture_and_its_sample() -> None:
    assert set(NAMES) == set(get_args(Screen))
    assert set(NAMES) == {type(screen) for screen in (*SCREENS.values(), *NEW_HERE.values())}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", NEW_HERE)
def test_a_new_machine_says_in_both_languages_how_far_it_is_and_what_to_do(
    glass: Glass, name: str, language: Language
) -> None:
    here = NEW_HERE[name]
    drawn = html(glass, state(here, language))
    words = ADVICE_FOR_NEW[here.step]

    assert (words.problem in drawn) is (language is Language.EN)
    assert (words.next_step.partition("'")[0] in drawn) is (language is Language.EN)
    assert here.code in drawn
    assert here.detail.strip() in drawn
    can_ask = here.step in (Step.REFUSED, Step.EXPIRED, Step.UNFIT)
    assert buttons(drawn) == ({"back"} if can_ask else set())
    assert 'data-language="' in drawn


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", SCREENS)
def test_help_and_the_other_language_are_on_every_screen(
    glass: Glass, name: str, language: Language
) -> None:
    drawn = html(glass, state(SCREENS[name], language))
    other = "en" if language is Language.VI else "vi"

    # Nobody is there to come, or staff are there already.
    needs_nobody = isinstance(SCREENS[name], screens.Closed | Maintenance | TouchTest)
    assert ("staff" in buttons(drawn)) is not needs_nobody
    assert f'data-language="{other}"' in drawn


@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_but_the_first_and_the_last_can_be_ended(glass: Glass, name: str) -> None:
    can_end = "end" in buttons(html(glass, state(SCREENS[name])))

    assert can_end is not isinstance(
        SCREENS[name], (screens.Attract, screens.Closed, screens.Goodbye)
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hello", {"hello", "back"}),
        ("confirm", {"confirm", "deny", "pause"}),
        ("three offers", {"privacy", "offer", "pick_up"}),
        ("offer with a price", {"back"}),
        ("order ready", {"back"}),
        ("refused: expired", {"back"}),
        ("recorded", {"back"}),
        ("out of order", {"back"}),
        ("goodbye", {"back"}),
    ],
)
def test_a_screen_offers_what_the_kiosk_understands_there(
    glass: Glass, name: str, expected: set[str]
) -> None:
    assert buttons(html(glass, state(SCREENS[name]))) - {"staff", "end", "ease"} == expected


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", PERSONAL_SCREENS)
def test_while_the_shopper_is_asked_nothing_personal_is_drawn(
    glass: Glass, name: str, language: Language
) -> None:
    screen = PERSONAL_SCREENS[name]
    asked = html(glass, state(screen, language, warning_left_s=14))

    assert ">14<" in asked
    assert {"stay", "end"} < buttons(asked)
    assert not [word for word in PERSONAL if word in asked]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", PERSONAL_SCREENS)
def test_while_it_is_chosen_how_to_see_better_nothing_personal_is_drawn(
    glass: Glass, name: str, language: Language
) -> None:
    eased = replace(state(PERSONAL_SCREENS[name], language), ease=frozenset({Ease.LARGE}))
    drawn = html(glass, replace(eased, is_easing=True))

    assert buttons(drawn) == {"ease", "back", "end", "staff"}
    assert re.findall(r'data-subject="(\w+)" aria-pressed="true"', drawn) == [Ease.LARGE]
    assert not [word for word in PERSONAL if word in drawn]


def test_in_large_letters_and_within_reach_one_offer_is_shown_at_a_time(glass: Glass) -> None:
    many = state(SCREENS["many offers and orders"])
    pages = {
        ease: html(glass, replace(many, ease=frozenset({ease}))).count('<ul class="offers-page')
        for ease in Ease
    }

    assert pages == {Ease.LARGE: 4, Ease.REACH: 4, Ease.CONTRAST: 2, Ease.ALOUD: 2}


def test_the_language_can_be_reached_wherever_the_buttons_are(glass: Glass) -> None:
    low = html(glass, replace(state(screens.Attract()), ease=frozenset({Ease.REACH})))
    high = html(glass, state(screens.Attract()))

    assert low.index('data-language="en"') > low.index("<footer")
    assert high.index('data-language="en"') < high.index("<main")


@pytest.mark.parametrize("name", ["confirm", "three offers", "order not ready"])
def test_the_list_of_personal_words_would_notice_a_leak(glass: Glass, name: str) -> None:
    assert [word for word in PERSONAL if word in html(glass, state(PERSONAL_SCREENS[name]))]


@pytest.mark.parametrize("reason", [*Verdict, *Refusal])
def test_every_refusal_says_why_and_what_to_do_in_both_languages(
    glass: Glass, reason: Verdict | Refusal
) -> None:
    said = {
        language: html(glass, state(screens.Refused(reason), language)) for language in Language
    }

    assert ADVICE[reason].problem in said[Language.EN]
    assert ADVICE[reason].next_step in said[Language.EN]
    assert ADVICE[reason].problem not in said[Language.VI]
    assert ADVICE[reason].next_step not in said[Language.VI]


@pytest.mark.parametrize(
    ("language", "price", "was"),
    [(Language.VI, "294.000\N{NO-BREAK SPACE}₫", "420.000\N{NO-BREAK SPACE}₫"),
     (Language.EN, "₫294,000", "₫420,000")],
)  # fmt: skip
def test_prices_are_written_as_the_language_writes_them(
    glass: Glass, language: Language, price: str, was: str
) -> None:
    drawn = html(glass, state(SCREENS["three offers"], language))

    assert price in drawn
    assert was in drawn


def test_points_that_end_or_come_later_are_said_beside_the_balance(glass: Glass) -> None:
    with_more = SCREENS["three offers"]

    assert "1.100 điểm hết hạn ngày 01/03" in html(glass, state(with_more))
    assert "70 điểm nữa sẽ được cộng sau" in html(glass, state(with_more))
    english = html(glass, state(with_more, Language.EN))
    assert "1,100 points end on 1 Mar" in english
    assert "70 more points come later" in english
    nothing = msgspec.structs.replace(shown(), points_ending=0, points_pending=0)
    assert "hết hạn" not in html(glass, state(screens.Offers(nothing)))


def test_an_offer_without_a_price_shows_none(glass: Glass) -> None:
    assert "₫" not in html(glass, state(SCREENS["offer for points"]))


@pytest.mark.parametrize(
    ("name", "pages", "turns"),
    [("one offer", 1, set()), ("three offers", 1, set()),
     ("many offers and orders", 2, {"offers", "orders"})],
)  # fmt: skip
def test_more_than_three_offers_are_leafed_through(
    glass: Glass, name: str, pages: int, turns: set[str]
) -> None:
    drawn = html(glass, state(SCREENS[name]))

    assert drawn.count('<ul class="offers-page') == pages
    assert set(re.findall(r'data-turn="(\w+)"', drawn)) == turns


def test_the_number_of_offers_is_said_in_good_english(glass: Glass) -> None:
    assert "1 offer for you" in html(glass, state(SCREENS["one offer"], Language.EN))
    assert "3 offers for you" in html(glass, state(SCREENS["three offers"], Language.EN))


def test_no_offer_is_said_in_words(glass: Glass) -> None:
    assert "There is no offer" in html(glass, state(SCREENS["no offers"], Language.EN))


def test_words_from_outside_are_shown_and_not_run(glass: Glass) -> None:
    evil = msgspec.structs.replace(OFFERS[0], title=Text("<script>alert(1)</script>", "<b>"))
    page = msgspec.structs.replace(shown(), offers=(evil,), name="<script>")
    drawn = html(glass, state(screens.Offers(page)))

    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn


def test_being_offline_is_said_in_words_on_every_screen(glass: Glass) -> None:
    online = html(glass, state(screens.Attract()))
    offline = html(glass, state(screens.Attract(), offline=True))

    assert "data-only-when-lost" in online
    assert "data-only-when-lost" not in offline
    assert "Đang mất kết nối" in offline


def test_the_invitation_says_where_to_hold_a_code_or_that_nothing_reads_it(glass: Glass) -> None:
    idle = state(screens.Attract(), Language.EN)
    camera, scanner, nothing = (
        html(glass, replace(idle, read_by=reader)) for reader in screens.ReadBy
    )

    assert "Hold your QR code here" in camera
    assert "up to the frame" in camera
    assert "Hold your QR code to the scanner" in scanner
    assert "up to the frame" not in scanner
    assert "cannot read codes just now" in nothing
    assert "call staff" in nothing
    assert "QR code" not in nothing


def test_a_dimmed_invitation_says_so_to_the_style_sheet(glass: Glass) -> None:
    idle = state(screens.Attract())

    assert "data-dimmed" not in html(glass, idle)
    assert '<main class="attract" data-dimmed>' in html(glass, replace(idle, dimmed=True))


def test_an_offline_call_promises_nobody(glass: Glass) -> None:
    called = state(screens.StaffCalled(), Language.EN)

    assert "on their way" in html(glass, called)
    assert "on their way" not in html(glass, replace(called, offline=True))
    assert "come to the counter" in html(glass, replace(called, offline=True))
    assert "in a moment" not in html(glass, replace(called, offline=True))


@pytest.mark.parametrize("reader", [ReadBy.CAMERA, ReadBy.SCANNER, ReadBy.NOTHING])
def test_a_screen_at_a_door_asks_for_a_code_and_promises_no_offers(
    glass: Glass, reader: ReadBy
) -> None:
    at_door = replace(
        state(screens.Attract(), Language.EN),
        is_at_door=True,
        asks_number=True,
        phone_link="https://shop.example/k/door/0",
        read_by=reader,
    )
    drawn = html(glass, at_door)

    assert "offers of your own" not in drawn
    assert "Pick it up" not in drawn
    assert buttons(drawn) == {"ease", "staff"}
    words = "we open the door for you" if reader is ReadBy.NOTHING else "open the door</h1>"
    assert words in drawn
    assert "data-code" not in drawn


def test_what_nobody_knows_of_the_hours_is_not_promised(glass: Glass) -> None:
    def said(screen: screens.Screen) -> str:
        return html(glass, state(screen, Language.EN))

    assert "outside our usual hours" in said(screens.Closed(is_by_owner=True))
    assert "next two weeks" in said(screens.Closed())
    assert "come again when we are open" in said(screens.KeptOut(EntryReason.CLOSED))
    until = said(SCREENS["kept out until tomorrow"])
    assert "We open tomorrow at" in until
    assert "07:30" in until
    for screen in SCREENS.values():
        assert "sign beside the door" not in said(screen)
