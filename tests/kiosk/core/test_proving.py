"""From a telephone number to one's own page, and everything that may come between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.asks import Ask
from contract.events import Verdict
from contract.messages import CodeAnswer, Level, Show
from kiosk.core import proving, screen
from kiosk.core.inputs import Button, Language
from kiosk.core.phone_keypad import RESEND_S, CodeAsked, Hurdle, NoCode, NumberAsked
from kiosk.core.screen import Attract, Confirm, Goodbye, Refused, ScreenState, Waiting
from kiosk.core.screen_rules import ScreenRules

RULES = ScreenRules()
NUMBER, CODE, S1 = "0901234512", "123456", "0000000000000001"
IDLE = ScreenState(offline=False, asks_number=True)


def pressed(state: ScreenState, button: Button, now_s: float = 1, subject: str = "") -> ScreenState:
    return screen.press(state, button, subject, now_s)


def heard(state: ScreenState, answer: CodeAnswer, now_s: float = 2) -> ScreenState:
    said = Show(state.session, "0" * 32, Level.CODE, code_answer=answer)
    return screen.show(state, said, now_s)


def asked_for_code(now_s: float = 1) -> ScreenState:
    at_pad = pressed(IDLE, Button.NUMBER, now_s, S1)
    return proving.typed(at_pad, NUMBER, now_s)


def has_code(now_s: float = 1) -> ScreenState:
    return heard(asked_for_code(now_s), CodeAnswer.SENT, now_s)


def test_a_number_and_its_code_lead_to_the_own_page() -> None:
    at_pad = pressed(IDLE, Button.NUMBER, subject=S1)
    assert (at_pad.screen, at_pad.session) == (NumberAsked(), S1)
    assert proving.question(IDLE, at_pad) is None

    sending = proving.typed(at_pad, NUMBER, 2)
    assert proving.question(at_pad, sending) == Ask(S1, NUMBER, "vi")
    sent = heard(sending, CodeAnswer.SENT)
    assert isinstance(sent.screen, CodeAsked)
    assert sent.screen.since_s is None
    assert proving.question(sending, sent) is None

    checking = proving.typed(sent, CODE, 4)
    assert proving.question(sent, checking) == Ask(S1, NUMBER, "vi", CODE)
    right = heard(checking, CodeAnswer.RIGHT)
    assert (right.screen, right.session) == (Waiting(), S1)
    assert NUMBER not in repr(right)


def test_the_message_comes_in_the_language_of_the_screen() -> None:
    at_pad = screen.speak(pressed(IDLE, Button.NUMBER, subject=S1), Language.EN, 1)

    question = proving.question(at_pad, proving.typed(at_pad, NUMBER, 2))

    assert question is not None
    assert question.language == "en"


@pytest.mark.parametrize("text", ["", "090123451", "09012345123", "0201234512", "84901234512"])
def test_what_is_no_mobile_number_is_said_at_once_and_nobody_is_asked(text: str) -> None:
    at_pad = pressed(IDLE, Button.NUMBER, subject=S1)

    wrong = proving.typed(at_pad, text, 2)

    assert wrong.screen == NumberAsked(is_wrong=True)
    assert proving.question(at_pad, wrong) is None


def test_without_a_connection_it_is_said_at_once() -> None:
    offline = pressed(replace(IDLE, offline=True), Button.NUMBER, subject=S1)

    assert (offline.screen, offline.session) == (NoCode(Hurdle.OFFLINE), "")
    assert proving.cut_off(asked_for_code(), 2).screen == NoCode(Hurdle.OFFLINE)


def test_where_nobody_sends_codes_there_is_no_way_in() -> None:
    off = replace(IDLE, asks_number=False)

    assert pressed(off, Button.NUMBER, subject=S1) == replace(off, active_s=1)
    busy = replace(IDLE, screen=Confirm("N***"))
    assert pressed(busy, Button.NUMBER, subject=S1).screen == Confirm("N***")
    refused = replace(IDLE, screen=Refused(Verdict.EXPIRED))
    assert pressed(refused, Button.NUMBER, subject=S1).screen == NumberAsked()


@pytest.mark.parametrize(
    ("answer", "hurdle"),
    [(CodeAnswer.LOCKED, Hurdle.LOCKED), (CodeAnswer.UNAVAILABLE, Hurdle.UNAVAILABLE)],
)
def test_what_does_not_go_on_says_why_and_forgets_the_number(
    answer: CodeAnswer, hurdle: Hurdle
) -> None:
    for waits in (asked_for_code(), proving.typed(has_code(), CODE, 2)):
        stopped = heard(waits, answer)
        assert (stopped.screen, stopped.session) == (NoCode(hurdle), "")


def test_a_wrong_code_is_typed_anew_and_one_that_is_over_asked_for_again() -> None:
    wrong = heard(proving.typed(has_code(), CODE, 2), CodeAnswer.WRONG)
    assert isinstance(wrong.screen, CodeAsked)
    assert (wrong.screen.answer, wrong.screen.tries) == (CodeAnswer.WRONG, 1)
    assert not wrong.screen.may_resend
    again = proving.typed(wrong, CODE, 3)
    assert proving.question(wrong, again) is not None

    over = heard(again, CodeAnswer.OVER)
    assert isinstance(over.screen, CodeAsked)
    assert over.screen.may_resend


def test_another_message_may_be_asked_for_after_half_a_minute() -> None:
    early = has_code(now_s=10)
    assert pressed(early, Button.RESEND, 11).screen == early.screen

    kept = replace(early, active_s=10 + RESEND_S)  # somebody is there
    assert screen.tick(kept, RULES, 10 + RESEND_S - 0.1) == kept
    ready = screen.tick(kept, RULES, 10 + RESEND_S)
    assert ready.since_revision == kept.since_revision, "digits typed meanwhile are meant for it"
    assert ready.revision == kept.revision + 1
    resent = pressed(ready, Button.RESEND, 41)
    assert proving.question(ready, resent) == Ask(S1, NUMBER, "vi")
    assert isinstance(resent.screen, CodeAsked)
    assert not resent.screen.may_resend


def test_a_gateway_that_says_nothing_is_not_waited_for() -> None:
    for waits in (asked_for_code(1), proving.typed(has_code(1), CODE, 1)):
        assert screen.tick(waits, RULES, 3.9).screen == waits.screen
        silent = screen.tick(waits, RULES, 4)
        assert (silent.screen, silent.session) == (NoCode(Hurdle.SILENT), "")


@pytest.mark.parametrize("answer", CodeAnswer)
def test_an_answer_nobody_waits_for_changes_nothing(answer: CodeAnswer) -> None:
    for state in (IDLE, pressed(IDLE, Button.NUMBER, subject=S1), has_code()):
        assert heard(state, answer) == state


def test_the_answer_must_fit_the_question() -> None:
    sending, checking = asked_for_code(), proving.typed(has_code(), CODE, 2)

    for late in (CodeAnswer.RIGHT, CodeAnswer.WRONG, CodeAnswer.OVER):
        assert heard(sending, late) == sending
    for late in (CodeAnswer.SENT, CodeAnswer.TOO_SOON):
        assert heard(checking, late) == checking
    stranger = Show("f" * 16, "0" * 32, Level.CODE, code_answer=CodeAnswer.RIGHT)
    assert screen.show(checking, stranger, 3) == checking


def test_the_number_is_gone_however_somebody_leaves() -> None:
    for state in (has_code(), proving.typed(has_code(), CODE, 2)):
        assert NUMBER not in repr(state)
        assert CODE not in repr(state)
        ended = pressed(state, Button.END, 3)
        assert (ended.screen, ended.session) == (Goodbye(), "")
        back = pressed(state, Button.BACK, 3)
        assert back.screen == NumberAsked()
        assert pressed(back, Button.BACK, 4).screen == Attract()
    idle = screen.tick(has_code(1), RULES, 1 + RULES.idle_s + RULES.warning_s)
    assert (idle.screen, idle.session) == (Attract(), "")
    shown = screen.accept_code(has_code(), "2" * 16, 3)
    assert shown.screen == Waiting()


def test_what_is_touched_while_the_gateway_is_asked_asks_no_second_time() -> None:
    waits = asked_for_code()
    for button in (Button.STAY, Button.RESEND):
        assert proving.question(waits, pressed(waits, button, 2)) is None
    assert proving.typed(waits, CODE, 2).screen == waits.screen
