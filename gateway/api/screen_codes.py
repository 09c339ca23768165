"""`POST /v1/screen-codes`: a member's phone claims a kiosk's code. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Lock
from typing import cast

from flask import Blueprint, Flask, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, sessionmaker

from contract import screen_codes
from contract.errors import ContractError
from contract.messages import Show
from contract.screen_codes import MAX_BYTES, Claim
from contract.topics import KioskAddress
from gateway.core.screen_codes import Answer, Pace
from gateway.screen_codes import take, weigh
from gateway.store.base import writing

bp = Blueprint("screen_codes", __name__, url_prefix="/v1")

STATUS = {
    Answer.ACCEPTED: HTTPStatus.OK,
    Answer.UNREADABLE: HTTPStatus.BAD_REQUEST,
    Answer.REFUSED: HTTPStatus.FORBIDDEN,
    Answer.USED: HTTPStatus.CONFLICT,
    Answer.EXPIRED: HTTPStatus.GONE,
    Answer.TOO_OFTEN: HTTPStatus.TOO_MANY_REQUESTS,
    Answer.OFFLINE: HTTPStatus.SERVICE_UNAVAILABLE,
}


@dataclass(frozen=True)
class Desk:
    """What the endpoint was given."""

    sessions: sessionmaker[Session]
    now_ms: Callable[[], int]
    show: Callable[[KioskAddress, Show], None]
    pace: Pace = field(default_factory=Pace)
    lock: Lock = field(default_factory=Lock)  # around the pace

    def receive(self, claim: Claim) -> Answer:
        """Take a claim; the screen is told once it is committed."""
        now_ms = self.now_ms()
        with self.sessions() as db:  # the many that do not count never wait for a writer
            answer = weigh(db, claim, now_ms)
        if answer is not Answer.ACCEPTED:
            return answer
        with self.lock:
            if not self.pace.allows(claim.member, now_ms):
                return Answer.TOO_OFTEN
        with writing(self.sessions) as db:
            taken = take(db, claim, now_ms)
        if taken.show is not None:
            self.show(*taken.show)
        return taken.answer


def install(app: Flask, desk: Desk) -> None:
    """Give an application the endpoint. It has no cookie: a signature proves who speaks."""
    app.extensions["screen_codes"] = desk
    if "csrf" in app.extensions:
        app.extensions["csrf"].exempt(bp)
    app.register_blueprint(bp)


@bp.post("/screen-codes")
def claim_code() -> ResponseReturnValue:
    """Answer with `accepted` and a reason from the closed list."""
    if request.content_length is None or request.content_length > MAX_BYTES:
        return _said(Answer.UNREADABLE)
    try:
        claim = screen_codes.read(request.get_data())
    except ContractError:
        return _said(Answer.UNREADABLE)
    return _said(cast(Desk, current_app.extensions["screen_codes"]).receive(claim))


def _said(answer: Answer) -> ResponseReturnValue:
    return {"accepted": answer is Answer.ACCEPTED, "reason": str(answer)}, STATUS[answer]
