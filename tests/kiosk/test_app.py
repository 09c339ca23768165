"""Stories at one kiosk: what happens, what the screen shows, what goes to the gateway."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.events import (
    Called,
    Scanned,
    Touch,
    Touched,
    Verdict,
)
from contract.messages import (
    CodeAnswer,
    Level,
    Receipt,
    Refusal,
    ShownAppointment,
    ShownReason,
    Text,
)
from kiosk.core.inputs import (
    Button,
    Language,
    LanguageChosen,
    LinkChanged,
    Pressed,
    Tick,
    Told,
    Typed,
)
from kiosk.core.phone_keypad import Hurdle
from kiosk.core.screen import (
    Attract,
    CheckIn,
    Confirm,
    Goodbye,
    Hello,
    NoCode,
    NumberAsked,
    Offers,
    PickUp,
    Privacy,
    Recorded,
    Refused,
    StaffCalled,
    Waiting,
    WhyNot,
)
from tests.kiosk.whole_kiosk import ORDER, Kiosk


def test_a_member_walks_up_is_asked_and_sees_their_offers(kiosk: Kiosk) -> None:
    kiosk.tag_near()
    assert kiosk.screen() == Hello()

    kiosk.press(Button.HELLO)
    assert kiosk.screen() == Waiting()
    kiosk.told(Level.CONFIRM, masked_name="N***")
    assert kiosk.screen() == Confirm("N***")

    kiosk.press(Button.CONFIRM)
    kiosk.told(Level.PERSONAL, name="Ngọc")
    assert isinstance(kiosk.screen(), Offers)

    kiosk.press(Button.END)
    assert kiosk.screen() == Goodbye()
    kinds = [type(body).__name__ for body in kiosk.sent]
    assert kinds == ["Arrived", "Touched", "Touched", "Touched"]


def test_who_does_not_want_to_be_recognised_today_says_so_with_their_tag(kiosk: Kiosk) -> None:
    kiosk.tag_near()
    kiosk.press(Button.HELLO)
    session = kiosk.app.state.session
    kiosk.told(Level.CONFIRM, masked_name="N***")

    kiosk.press(Button.PAUSE)

    assert kiosk.screen() == Goodbye()
    assert kiosk.sent[-1] == Touched(session, Touch.PAUSE)


def test_a_pass_goes_to_the_gateway_and_its_answer_to_the_screen(kiosk: Kiosk) -> None:
    text = kiosk.pass_text()

    kiosk.hold_up(text)

    assert kiosk.screen() == Waiting()
    assert kiosk.sent == [Scanned(kiosk.app.state.session, Verdict.GOOD, text)]
    assert kiosk.panel.diary == [Verdict.GOOD]
    kiosk.told(Level.PERSONAL, name="Ngọc")
    assert isinstance(kiosk.screen(), Offers)


def test_a_code_held_up_for_ten_seconds_counts_once(kiosk: Kiosk) -> None:
    text = kiosk.pass_text()

    for _ in range(20):
        kiosk.hold_up(text)
        kiosk.wait(0.5)

    assert len(kiosk.sent) == 1


def test_the_same_pass_again_opens_the_screen_again_after_it_was_wiped(kiosk: Kiosk) -> None:
    text = kiosk.pass_text()
    kiosk.hold_up(text)
    kiosk.press(Button.END)
    kiosk.wait(5)

    kiosk.hold_up(text)

    assert kiosk.screen() == Waiting()


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        pytest.param("https://example.com/menu", Verdict.UNREADABLE, id="somebody's menu"),
        pytest.param("WIFI:S:AnNhien;;", Verdict.UNREADABLE, id="Wi-Fi"),
        pytest.param("old", Verdict.EXPIRED, id="screenshot"),
        pytest.param("elsewhere", Verdict.FOREIGN, id="another store"),
    ],
)
def test_a_bad_code_gets_its_reason_and_its_text_stays_here(
    kiosk: Kiosk, text: str, verdict: Verdict
) -> None:
    made = {"old": kiosk.pass_text(slots_old=9), "elsewhere": kiosk.pass_text(store_no=8)}

    kiosk.hold_up(made.get(text, text))

    assert kiosk.screen() == Refused(verdict)
    (scanned,) = kiosk.sent
    assert isinstance(scanned, Scanned)
    assert (scanned.verdict, scanned.text) == (verdict, "")


def test_a_bad_code_does_not_throw_out_the_shopper_who_is_served(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL, name="Ngọc")

    kiosk.hold_up("https://example.com")

    assert isinstance(kiosk.screen(), Offers)


def test_the_next_shoppers_pass_wipes_the_one_before_and_late_answers_are_dropped(
    kiosk: Kiosk,
) -> None:
    kiosk.hold_up(kiosk.pass_text())
    first = kiosk.app.state.session
    kiosk.told(Level.PERSONAL, name="Ngọc")
    kiosk.wait(20)

    kiosk.hold_up(kiosk.pass_text())
    assert kiosk.screen() == Waiting()
    kiosk.told(Level.PERSONAL, session=first, name="Ngọc")

    assert kiosk.screen() == Waiting()


def test_without_an_answer_the_screen_says_that_the_check_in_is_safe(kiosk: Kiosk) -> None:
    kiosk.app.handle(LinkChanged(online=False))
    kiosk.hold_up(kiosk.pass_text())
    kiosk.wait(3.5)

    assert kiosk.screen() == Recorded()
    assert kiosk.app.state.offline
    assert (kiosk.sent, kiosk.outbox.depth()) == ([], 1)


def test_what_was_kept_offline_goes_out_once_the_network_is_back(kiosk: Kiosk) -> None:
    kiosk.app.handle(LinkChanged(online=False))
    kiosk.hold_up(kiosk.pass_text())
    kiosk.app.handle(LinkChanged(online=True))

    assert [event.seq for event in kiosk.uplink.sent] == [1]
    kiosk.app.handle(Told(Receipt(kiosk.outbox.epoch, 1, kiosk.uplink.sent[0].chain)))
    assert kiosk.outbox.depth() == 0


def test_a_gateway_that_hangs_behind_its_broker_is_as_far_away_as_none(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    seen = []
    for seconds in (8, 2):
        kiosk.wait(seconds)
        seen.append(kiosk.app.state.offline)
    last = kiosk.uplink.sent[-1]
    kiosk.app.handle(Told(Receipt(kiosk.outbox.epoch, last.seq, last.chain)), Tick())
    seen.append(kiosk.app.state.offline)

    assert seen == [False, True, False]


def test_without_a_receipt_the_event_is_sent_again(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.wait(4)

    assert [event.seq for event in kiosk.uplink.sent] == [1, 1]


def test_an_untouched_personal_screen_warns_then_wipes(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL, name="Ngọc")

    kiosk.wait(46)
    assert kiosk.warns()
    kiosk.press(Button.STAY)
    assert not kiosk.warns()
    kiosk.wait(66)

    assert (kiosk.screen(), kiosk.app.state.session) == (Attract(), "")


def test_a_touch_meant_for_a_screen_that_is_gone_does_nothing(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.CONFIRM, masked_name="N***")
    old = kiosk.app.state.since_revision - 1

    kiosk.app.handle(Pressed(Button.CONFIRM, old))

    assert kiosk.screen() == Confirm("N***")
    assert len(kiosk.sent) == 1


def test_an_order_is_announced_once_however_often_it_is_pressed(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL, name="Ngọc", orders=(ORDER,))

    kiosk.press(Button.PICK_UP, "A-1")
    kiosk.press(Button.PICK_UP, "A-1")

    assert isinstance(kiosk.screen(), PickUp)
    assert [body for body in kiosk.sent if isinstance(body, Touched)] == [
        Touched(kiosk.app.state.session, Touch.PICK_UP, "A-1")
    ]


def test_a_check_in_is_kept_and_without_an_answer_the_screen_says_so(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    booked = ShownAppointment("T-1", Text("Lái thử", "Test drive"), Text("14:00", "14:00"))
    kiosk.told(Level.PERSONAL, name="Ngọc", appointments=(booked,))
    kiosk.app.handle(LinkChanged(online=False))

    kiosk.press(Button.CHECK_IN, "T-1")
    kiosk.wait(4)

    page = kiosk.screen()
    assert isinstance(page, CheckIn)
    assert page.is_unanswered
    session = kiosk.app.state.session
    kept, _bytes = kiosk.outbox.pending(0, 10)[-1]
    assert kept.body == Touched(session, Touch.CHECK_IN, "T-1")


def test_a_shopper_who_calls_staff_finds_their_offers_again(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL, name="Ngọc")

    kiosk.press(Button.STAFF)
    assert isinstance(kiosk.screen(), StaffCalled)
    assert isinstance(kiosk.sent[-1], Called)
    kiosk.press(Button.BACK)

    assert isinstance(kiosk.screen(), Offers)


def test_a_refusal_from_the_gateway_has_its_reason(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.REFUSED, refusal=Refusal.REPLAYED_PASS)

    assert kiosk.screen() == Refused(Refusal.REPLAYED_PASS)


def test_the_language_lasts_for_one_session(kiosk: Kiosk) -> None:
    kiosk.app.handle(LanguageChosen(Language.EN))
    kiosk.hold_up(kiosk.pass_text())
    assert kiosk.language() is Language.EN

    kiosk.press(Button.END)
    kiosk.wait(13)

    assert kiosk.language() is Language.VI


def test_who_types_their_number_and_code_is_told_of_in_an_event_without_either(
    kiosk: Kiosk,
) -> None:
    kiosk.app.state = replace(kiosk.app.state, asks_number=True)
    kiosk.press(Button.NUMBER)
    assert kiosk.screen() == NumberAsked()
    session = kiosk.app.state.session
    kiosk.type("0901234512")
    kiosk.told(Level.CODE, code_answer=CodeAnswer.SENT)
    kiosk.type("123456")
    assert [(one.session, one.code) for one in kiosk.uplink.asked] == [
        (session, ""),
        (session, "123456"),
    ]
    assert kiosk.sent == []

    kiosk.told(Level.CODE, code_answer=CodeAnswer.RIGHT)
    assert kiosk.screen() == Waiting()
    kiosk.told(Level.CODE, code_answer=CodeAnswer.RIGHT)
    assert kiosk.sent == [Touched(session, Touch.CONFIRM)], "once"
    kiosk.told(Level.PERSONAL, name="Ngọc")
    assert isinstance(kiosk.screen(), Offers)
    stored = b"".join(file.read_bytes() for file in kiosk.folder.iterdir())
    assert b"0901234512" not in stored
    assert b"123456" not in stored


def test_a_number_that_cannot_be_sent_is_not_kept_for_later(kiosk: Kiosk) -> None:
    kiosk.app.state = replace(kiosk.app.state, asks_number=True)
    kiosk.press(Button.NUMBER)
    kiosk.uplink.is_up = False

    kiosk.type("0901234512")

    assert kiosk.screen() == NoCode(Hurdle.OFFLINE)
    kiosk.uplink.is_up = True
    kiosk.app.handle(LinkChanged(online=False), LinkChanged(online=True))
    kiosk.wait(2)
    assert kiosk.uplink.asked == []


def test_digits_meant_for_a_screen_that_is_gone_are_dropped(kiosk: Kiosk) -> None:
    kiosk.app.state = replace(kiosk.app.state, asks_number=True)
    kiosk.press(Button.NUMBER)
    kiosk.app.handle(Typed("0901234512", kiosk.app.state.since_revision - 1))

    assert kiosk.screen() == NumberAsked()


def test_who_asks_why_not_sees_the_few_reasons_and_comes_back(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL, name="Ngọc")
    kiosk.press(Button.WHY_NOT)
    assert isinstance(kiosk.screen(), Offers), "there is nothing to say"

    reason = ShownReason(Text("Hộp quà", "Gift box"), Text("Đã hết", "All gone"))
    kiosk.told(Level.PERSONAL, name="Ngọc", why_not=(reason,))
    kiosk.press(Button.WHY_NOT)
    assert isinstance(kiosk.screen(), WhyNot)
    kiosk.press(Button.BACK)
    assert isinstance(kiosk.screen(), Offers)
    assert [type(body).__name__ for body in kiosk.sent] == ["Scanned"]


def test_who_is_at_their_own_page_pauses_from_there_and_is_wiped(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL, name="Ngọc")
    session = kiosk.app.state.session
    kiosk.press(Button.PAUSE)
    assert isinstance(kiosk.screen(), Offers), "it is asked first"
    kiosk.press(Button.PRIVACY)
    assert isinstance(kiosk.screen(), Privacy)
    kiosk.press(Button.BACK)
    assert isinstance(kiosk.screen(), Offers)
    kiosk.press(Button.PRIVACY)

    kiosk.press(Button.PAUSE)

    assert kiosk.screen() == Goodbye()
    assert kiosk.sent[-1] == Touched(session, Touch.PAUSE)


def test_a_page_that_is_nobodys_has_nothing_to_pause(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL)
    kiosk.press(Button.PRIVACY)

    assert isinstance(kiosk.screen(), Offers)
