"""The REST API's front door: who asks, may they, is it readable, was it asked before?

It does nothing itself: each endpoint is a `Route`, and acts once, within one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from threading import Lock
from typing import Any

import msgspec
from flask import Response, request
from sqlalchemy.orm import Session, sessionmaker

from contract.messages import Live
from gateway.api.problems import CONTENT_TYPE, STATUS, Problem, RefusedError, preferred
from gateway.api.routes import PARAMS, Call, Result, Route
from gateway.core.api_keys import Scope, read
from gateway.core.pace import Pace
from gateway.store import api_answers, api_keys
from gateway.store.api_answers import Asked
from gateway.store.base import writing

MAX_BYTES = 16 * 1024  # the largest body, an order with a hundred lines, needs 10 KiB
MAX_IDEM_KEY = 80  # a UUID, with some words of the connector's own
FORGET_EVERY_MS = 60 * 60 * 1000  # answers are kept for a day, give or take an hour


@dataclass(frozen=True, slots=True)
class Asking:
    """A request as it came, in its own types."""

    idem_key: str
    digest: str
    params: dict[str, Any]
    query: Any
    body: Any


@dataclass
class Front:
    """What the API was given, and what it remembers of those who ask."""

    sessions: sessionmaker[Session]
    now_ms: Callable[[], int]
    publish_live: Callable[[str, Live], None]
    pace: Pace = field(default_factory=Pace)
    lock: Lock = field(default_factory=Lock)  # around the pace, and when was last forgotten
    forgot_at_ms: int = 0

    def answer(self, route: Route, params: dict[str, str]) -> Response:
        """Act once, and say what came of it. RefusedError if it is not even tried."""
        connector = self._allow(route.scope)
        asking = _read(route, params)
        if not route.writes:
            with self.sessions() as db:
                return _said(*_spoken(route.act(self._call(db, connector, asking))))
        self._forget()
        asked = Asked(connector, asking.idem_key, asking.digest, self.now_ms())
        with writing(self.sessions) as db:
            before = api_answers.first(db, asked) if asking.idem_key else None
            if before is not None and before.request != asked.request:
                raise RefusedError(Problem.IDEM_KEY_REUSED)
            if before is not None:
                return _said(HTTPStatus(before.status), before.body, again=True)
            call = self._call(db, connector, asking)
            status, body = _spoken(_tried(route, call))
            if asking.idem_key:
                api_answers.keep(db, asked, status, body)
        for store, live in call.live:
            self.publish_live(store, live)
        return _said(status, body)

    def _allow(self, scope: Scope) -> str:
        """The connector that asks."""
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            raise RefusedError(Problem.KEY_MISSING)
        key = read(text.strip())
        with self.sessions() as db:
            row = None if key is None else api_keys.good(db, key)
        if row is None:
            raise RefusedError(Problem.KEY_UNKNOWN)
        with self.lock:
            wait_s = self.pace.wait_s(row.connector, self.now_ms() / 1000)
        if wait_s:
            raise RefusedError(Problem.TOO_OFTEN, str(int(wait_s) + 1))
        if scope not in row.allowed:
            raise RefusedError(Problem.SCOPE_MISSING, str(scope))
        return row.connector

    def _call(self, db: Session, connector: str, asking: Asking) -> Call[Any]:
        now_ms = self.now_ms()
        return Call(
            db, connector, asking.idem_key, now_ms, asking.params, asking.query, asking.body
        )

    def _forget(self) -> None:
        now_ms = self.now_ms()
        with self.lock:
            if now_ms - self.forgot_at_ms < FORGET_EVERY_MS:
                return
            self.forgot_at_ms = now_ms
        with writing(self.sessions) as db:
            api_answers.forget(db, now_ms)


def problem(error: RefusedError) -> Response:
    """A refusal in the language that was asked for."""
    answer = _said(*_spoken(error))
    match error.problem:
        case Problem.KEY_MISSING | Problem.KEY_UNKNOWN:
            answer.headers["WWW-Authenticate"] = "Bearer"
        case Problem.TOO_OFTEN:
            answer.headers["Retry-After"] = error.field
        case Problem.WRONG_METHOD:
            answer.headers["Allow"] = error.field
    return answer


def _read(route: Route, params: dict[str, str]) -> Asking:
    data = _data(route)
    try:
        found = {
            name: msgspec.convert(value, PARAMS[name], strict=False)
            for name, value in params.items()
        }
    except msgspec.ValidationError as error:  # no thing has such a name
        raise RefusedError(Problem.NOT_FOUND) from error
    try:
        query = msgspec.convert(request.args.to_dict(), route.query, strict=False)
    except msgspec.ValidationError as error:
        raise RefusedError(Problem.WRONG_QUERY, str(error)) from error
    asked = b" ".join((request.method.encode(), request.full_path.encode(), data))
    return Asking(_idem_key(route), sha256(asked).hexdigest(), found, query, _body(route, data))


def _data(route: Route) -> bytes:
    if route.body is None:
        return b""
    if request.content_length is None:
        raise RefusedError(Problem.LENGTH_MISSING)
    if request.content_length > MAX_BYTES:
        raise RefusedError(Problem.TOO_LARGE)
    return request.get_data()


def _body(route: Route, data: bytes) -> Any:
    if route.body is None:
        return None
    try:
        return msgspec.convert(_whole(msgspec.json.decode(data)), route.body)
    except msgspec.ValidationError as error:
        raise RefusedError(Problem.WRONG_FIELD, str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedError(Problem.UNREADABLE) from error


def _whole(value: Any) -> Any:
    """To JSON Schema 3.0 is an integer, and some languages write it so."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {name: _whole(one) for name, one in value.items()}
        case list():
            return [_whole(one) for one in value]
    return value


def _idem_key(route: Route) -> str:
    key = request.headers.get("Idempotency-Key") if route.writes else None
    if key is None and not route.needs_key:
        return ""
    if not key or not (key.isascii() and key.isprintable() and len(key) <= MAX_IDEM_KEY):
        raise RefusedError(Problem.IDEM_KEY_MISSING)
    return key


def _tried(route: Route, call: Call[Any]) -> Result | RefusedError:
    """What an endpoint says; what it wrote is undone if it raises that it cannot be."""
    trial = call.db.begin_nested()
    try:
        result = route.act(call)
    except RefusedError as refused:
        trial.rollback()
        return refused
    trial.commit()
    return result


def _spoken(result: Result | RefusedError) -> tuple[HTTPStatus, bytes]:
    if isinstance(result, RefusedError):
        document = result.document(preferred(dict(request.accept_languages)))
        return STATUS[result.problem], msgspec.json.encode(document)
    body = b"" if result.body is None else msgspec.json.encode(result.body)
    return result.status, body


def _said(status: HTTPStatus, body: bytes, *, again: bool = False) -> Response:
    kind = CONTENT_TYPE if status >= HTTPStatus.BAD_REQUEST else "application/json"
    answer = Response(body, status, content_type=kind)
    answer.headers["Cache-Control"] = "no-store"  # it may be personal
    if again:
        answer.headers["Idempotent-Replayed"] = "true"
    return answer
