"""`POST /v1/arrivals`: a member's app says that it heard a kiosk's beacon. Decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Lock
from typing import cast

from flask import Blueprint, Flask, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session, sessionmaker

from contract import arrivals
from contract.arrivals import MAX_BYTES, Arrival
from contract.errors import ContractError
from contract.messages import Live
from gateway.arrivals import Taken, take, weigh
from gateway.core.arrivals import Answer, Nonces
from gateway.store.base import writing

bp = Blueprint("arrivals", __name__, url_prefix="/v1")

STATUS = {
    Answer.ACCEPTED: HTTPStatus.OK,
    Answer.UNREADABLE: HTTPStatus.BAD_REQUEST,
    Answer.REFUSED: HTTPStatus.FORBIDDEN,
    Answer.CONSENT_MISSING: HTTPStatus.FORBIDDEN,
    Answer.REPLAYED: HTTPStatus.CONFLICT,
    Answer.OLD: HTTPStatus.UNPROCESSABLE_ENTITY,
    Answer.EARLY: HTTPStatus.UNPROCESSABLE_ENTITY,
    Answer.UNKNOWN_BEACON: HTTPStatus.UNPROCESSABLE_ENTITY,
}


@dataclass(frozen=True)
class Reception:
    """What the endpoint was given."""

    sessions: sessionmaker[Session]
    now_ms: Callable[[], int]
    publish_live: Callable[[str, Live], None]
    nonces: Nonces = field(default_factory=Nonces)
    lock: Lock = field(default_factory=Lock)  # around the nonces

    def receive(self, arrival: Arrival) -> Taken:
        """Take an arrival; say what changed once it is committed."""
        now_ms = self.now_ms()
        with self.sessions() as db:  # the many that do not count never wait for a writer
            answer = weigh(db, arrival, now_ms)
        if answer is not Answer.ACCEPTED:
            return Taken(answer)
        with self.lock:
            if not self.nonces.claim(arrival, now_ms):
                return Taken(Answer.REPLAYED)
        taken = Taken(Answer.REFUSED)
        try:
            with writing(self.sessions) as db:
                taken = take(db, arrival, now_ms)
        finally:
            if taken.answer is not Answer.ACCEPTED:
                with self.lock:
                    self.nonces.release(arrival)
        for live in taken.live:
            self.publish_live(taken.store, live)
        return taken


def install(app: Flask, reception: Reception) -> None:
    """Give an application the endpoint. It has no cookie: a signature proves who speaks."""
    app.extensions["arrivals"] = reception
    if "csrf" in app.extensions:
        app.extensions["csrf"].exempt(bp)
    app.register_blueprint(bp)


@bp.post("/arrivals")
def arrive() -> ResponseReturnValue:
    """Answer with `accepted` and a reason from the closed list."""
    if request.content_length is None or request.content_length > MAX_BYTES:
        return _said(Answer.UNREADABLE)
    try:
        arrival = arrivals.read(request.get_data())
    except ContractError:
        return _said(Answer.UNREADABLE)
    return _said(cast(Reception, current_app.extensions["arrivals"]).receive(arrival).answer)


def _said(answer: Answer) -> ResponseReturnValue:
    return {"accepted": answer is Answer.ACCEPTED, "reason": str(answer)}, STATUS[answer]
