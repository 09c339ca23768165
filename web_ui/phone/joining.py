"""What the page asks while somebody joins by telephone: three steps, of which it keeps none."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, TypeVar, cast

import msgspec
from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from msgspec import Meta
from sqlalchemy.orm import Session

from gateway.joining import Joining, Proven, Refused
from gateway.store.base import writing
from web_ui.phone.pages import Phones

MAX_BYTES = 1_024  # a name of 80 letters, a number and a ticket
STATUS = {
    Refused.UNREADABLE: HTTPStatus.BAD_REQUEST,
    Refused.NUMBER: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refused.NAME: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refused.CODE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refused.OVER: HTTPStatus.GONE,
    Refused.LOCKED: HTTPStatus.TOO_MANY_REQUESTS,
    Refused.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}

bp = Blueprint("phone_joining", __name__, url_prefix="/phone/join")

Phone = Annotated[str, Meta(max_length=40)]
T = TypeVar("T")


class Number(msgspec.Struct, forbid_unknown_fields=True):
    """Send a code to this number."""

    phone: Phone
    language: Annotated[str, Meta(pattern="^(vi|en)$")]


class Typed(msgspec.Struct, forbid_unknown_fields=True):
    """The code that came."""

    phone: Phone
    code: Annotated[str, Meta(max_length=12)]


class Named(msgspec.Struct, forbid_unknown_fields=True):
    """I am new, and this is my name."""

    phone: Phone
    ticket: Annotated[str, Meta(max_length=120)]
    name: Annotated[str, Meta(max_length=400)]


@bp.post("/code")
def send() -> ResponseReturnValue:
    """The same answer for every number, whether it is somebody's or nobody's."""

    def do(counter: Joining, db: Session, said: Number, now_ms: int) -> Refused | None:
        return counter.send(db, said.phone, said.language, now_ms)

    return _answer(Number, do)


@bp.post("/check")
def check() -> ResponseReturnValue:
    """What proves the number also says whether somebody has it."""

    def do(counter: Joining, db: Session, said: Typed, now_ms: int) -> Proven | Refused:
        return counter.check(db, said.phone, said.code, now_ms)

    return _answer(Typed, do)


@bp.post("/name")
def name() -> ResponseReturnValue:
    """Somebody new."""

    def do(counter: Joining, db: Session, said: Named, now_ms: int) -> Proven | Refused:
        return counter.join(db, said.phone, (said.ticket, said.name), now_ms)

    return _answer(Named, do)


def _answer(
    kind: type[T], do: Callable[[Joining, Session, T, int], Proven | Refused | None]
) -> ResponseReturnValue:
    given = cast(Phones, current_app.extensions["phones"])
    if request.content_length is None or request.content_length > MAX_BYTES:
        return _refused(Refused.UNREADABLE)
    try:
        said = msgspec.json.decode(request.get_data(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _refused(Refused.UNREADABLE)
    if given.codes is None:
        return _refused(Refused.UNAVAILABLE)
    with writing(given.sessions) as db:
        done = do(Joining(given.codes), db, said, given.now_ms())
    if isinstance(done, Refused):
        return _refused(done)
    return {} if done is None else {"code": done.code, "ticket": done.ticket}


def _refused(why: Refused) -> ResponseReturnValue:
    return {"problem": str(why)}, STATUS[why]
