"""How a shopper proves by their telephone who they are: the steps between its screens.

It learns of nobody: whether a number is known only the gateway knows, which does not tell.
"""

from __future__ import annotations

from dataclasses import replace

from contract.asks import Ask
from contract.messages import CodeAnswer
from kiosk.core.inputs import Button
from kiosk.core.phone_keypad import (
    RESEND_S,
    CodeAsked,
    Hurdle,
    NoCode,
    NumberAsked,
    is_code,
    is_number,
)
from kiosk.core.screen_rules import ScreenRules
from kiosk.core.screen_state import Attract, Refused, ScreenState, Waiting, awake, to

HURDLES = {
    CodeAnswer.LOCKED: Hurdle.LOCKED,
    CodeAnswer.UNAVAILABLE: Hurdle.UNAVAILABLE,
}


def begin(state: ScreenState, session: str, now_s: float) -> ScreenState:
    """Somebody wants to type their number, in a session of their own."""
    if not state.asks_number or not isinstance(state.screen, Attract | Refused):
        return state
    if state.offline:
        return to(state, NoCode(Hurdle.OFFLINE), now_s, session="")
    return to(state, NumberAsked(), now_s, session)


def press(state: ScreenState, button: Button, subject: str, now_s: float) -> ScreenState | None:
    """A touch on the way in or between the two keypads; None if it is none of these."""
    match button, state.screen:
        case Button.NUMBER, _:
            return begin(state, subject, now_s)
        case Button.RESEND, CodeAsked() as asked:
            return resend(state, asked, now_s)
        case Button.BACK, CodeAsked():
            return to(state, NumberAsked(), now_s)
    return None


def typed(state: ScreenState, text: str, now_s: float) -> ScreenState:
    """A number or a code was typed and sent off."""
    state = awake(state, now_s)
    match state.screen:
        case NumberAsked():
            if not is_number(text):
                return to(state, NumberAsked(is_wrong=True), now_s)
            return to(state, CodeAsked(text, now_s, since_s=now_s), now_s)
        case CodeAsked() as asked if asked.since_s is None and is_code(text):
            return to(state, replace(asked, typed=text, since_s=now_s, answer=None), now_s)
    return state


def resend(state: ScreenState, asked: CodeAsked, now_s: float) -> ScreenState:
    """The message did not come: another, if it is time."""
    if not asked.may_resend:
        return state
    fresh = replace(asked, asked_s=now_s, typed="", since_s=now_s, answer=None, may_resend=False)
    return to(state, fresh, now_s)


def question(was: ScreenState, after: ScreenState) -> Ask | None:
    """What is to be asked because of a step; None if nothing new."""
    screen = after.screen
    if not isinstance(screen, CodeAsked) or screen.since_s is None:
        return None
    if isinstance(was.screen, CodeAsked) and was.screen.since_s == screen.since_s:
        return None
    return Ask(after.session, screen.number, after.language.value, screen.typed)


def cut_off(state: ScreenState, now_s: float) -> ScreenState:
    """It could not be asked: there is no connection."""
    return to(state, NoCode(Hurdle.OFFLINE), now_s, session="")


def answered(state: ScreenState, answer: CodeAnswer | None, now_s: float) -> ScreenState:
    """The gateway's word; one that nobody waits for, or that does not fit the question, is dropped.

    A code that is right opens nothing yet: who stands here is told with the next step.
    """
    asked = state.screen
    if not isinstance(asked, CodeAsked) or asked.since_s is None or answer is None:
        return state
    if answer in HURDLES:
        return to(state, NoCode(HURDLES[answer]), now_s, session="")
    is_about_code = bool(asked.typed)
    if is_about_code is (answer in (CodeAnswer.SENT, CodeAnswer.TOO_SOON)):
        return state
    if answer is CodeAnswer.RIGHT:
        return to(state, Waiting(), now_s)
    heard = replace(asked, typed="", since_s=None, answer=answer, tries=asked.tries + is_about_code)
    if answer is CodeAnswer.OVER:
        heard = replace(heard, may_resend=True)
    return to(state, heard, now_s)


def tick(state: ScreenState, asked: CodeAsked, rules: ScreenRules, now_s: float) -> ScreenState:
    """Time passed: give up waiting for the gateway, or allow to ask for another message."""
    if asked.since_s is not None and now_s - asked.since_s >= rules.answer_s:
        return to(state, NoCode(Hurdle.SILENT), now_s, session="")
    if asked.since_s is None and not asked.may_resend and now_s - asked.asked_s >= RESEND_S:
        ready = replace(asked, may_resend=True)
        return replace(state, screen=ready, revision=state.revision + 1)
    return state
