"""Who types a telephone number at a kiosk: sends a code, and says whether what is typed is it.

Decides and records in the caller's transaction; the caller commits, and only then speaks. Neither
number nor code goes into an event, a log or a dead letter. Nothing personal follows from it but
with the next touch, which is an event as any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from contract.asks import Ask
from contract.messages import CodeAnswer, Level, Show
from contract.topics import KioskAddress
from gateway.core import external_ids, one_time_codes
from gateway.core.one_time_codes import Letter, Use
from gateway.core.screen_codes import Pace
from gateway.store import one_time_codes as kept
from gateway.store import profiles, screen_sessions
from gateway.store.stores import StoreRow

SENT_BY_KIOSK = 30  # in ten minutes: a queue of people, and not a machine that tries numbers


@dataclass(frozen=True, slots=True)
class Proven:
    """What came of it: what to say to the screen, and what to send."""

    show: Show
    letter: Letter | None = None


@dataclass
class Proving:
    """Answers keypads. Owned by one thread."""

    key: bytes = field(repr=False)  # of the tombstones
    can_send: Callable[[], bool]
    new_id: Callable[[], str]  # of a message
    pace: Pace = field(default_factory=lambda: Pace(SENT_BY_KIOSK))

    def answer(self, db: Session, at: KioskAddress, ask: Ask, now_ms: int) -> Proven:
        """Take one step for a session at a kiosk."""
        number = external_ids.e164(ask.number)
        if number is None:
            return _said(ask, CodeAnswer.UNAVAILABLE)
        if ask.code:
            return self._check(db, at, ask, number, now_ms)
        if not self.can_send() or not self.pace.allows(f"{at.store}/{at.kiosk}", now_ms):
            return _said(ask, CodeAnswer.UNAVAILABLE)
        return self._send(db, at, ask, number, now_ms)

    def _send(self, db: Session, at: KioskAddress, ask: Ask, number: str, now_ms: int) -> Proven:
        answer, code = kept.ask(db, self.key, (Use.SCREEN, number), now_ms)
        member, shop = profiles.find(db, number), db.get_one(StoreRow, at.store).name
        if not code or member is None:  # and nobody sees which: all else was done for both
            return _said(ask, CodeAnswer(answer))
        text = one_time_codes.text(code, shop, ask.language)
        letter = Letter(self.new_id(), now_ms, number, text, ask.language)
        return Proven(_said(ask, CodeAnswer(answer)).show, letter)

    def _check(self, db: Session, at: KioskAddress, ask: Ask, number: str, now_ms: int) -> Proven:
        answer = kept.check(db, self.key, (Use.SCREEN, number), ask.code, now_ms)
        if answer is not one_time_codes.Answer.RIGHT:
            return _said(ask, CodeAnswer(answer))
        member = profiles.find(db, number)
        if member is None:  # a guess of one in a million, at a number nobody has
            return _said(ask, CodeAnswer.WRONG)
        screen_sessions.prove(db, (at.store, at.kiosk, ask.session), member)
        return _said(ask, CodeAnswer.RIGHT)


def _said(ask: Ask, answer: CodeAnswer) -> Proven:
    no_event = ask.session * 2  # in the form of an event's id
    return Proven(Show(ask.session, no_event, Level.CODE, code_answer=answer))
