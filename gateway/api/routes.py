"""What one endpoint is: how it is asked, by whom, and what it answers. It answers nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta
from sqlalchemy.orm import Session

from contract.identifiers import MemberId
from contract.messages import Live
from gateway.api.problems import Problem, RefusedError
from gateway.core.api_keys import Scope
from gateway.core.consent import Purpose

B_co = TypeVar("B_co", covariant=True)
T = TypeVar("T")

Number = Annotated[int, Meta(ge=1, lt=2**53)]  # what JSON's numbers carry safely
Cursor = Annotated[str, Meta(pattern="^[0-9A-Za-z-]*$", max_length=40)]
# One line of text; a NUL would not even reach PostgreSQL.
LINE = r"^(?![\s\S]*[\u0000-\u001f\u007f])"
Line = Annotated[str, Meta(pattern=LINE, min_length=1, max_length=80)]

OrderId = Annotated[str, Meta(pattern="^[0-9A-Za-z-]{1,40}$", max_length=40)]

PARAMS: dict[str, Any] = {
    "appointment": OrderId,
    "member": Annotated[MemberId, Meta(max_length=12)],
    "order": OrderId,
    "purpose": Purpose,
    "redemption": Number,
}
"""Every word in braces of a path, and what it has to look like."""


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which part of a list: the first, or what follows after `next` of the one before."""

    after: Cursor = ""
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters."""


class Items(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list; there is more if `next` is not null."""

    items: tuple[T, ...]
    next: str | None


@dataclass(frozen=True)
class Call(Generic[B_co]):
    """One request, read and allowed."""

    db: Session
    connector: str
    idem_key: str  # good for one question of one connector; empty where none is needed
    now_ms: int
    params: dict[str, Any]
    query: Any  # the route's query struct
    body: B_co
    live: list[tuple[str, Live]] = field(default_factory=list)  # stores to tell, once committed


@dataclass(frozen=True, slots=True)
class Result:
    """What is answered."""

    body: msgspec.Struct | None = None
    status: HTTPStatus = HTTPStatus.OK


Act = Callable[[Call[Any]], Result | RefusedError]
"""Raises RefusedError, and all it wrote is undone; or returns one, and what it wrote stays."""


@dataclass(frozen=True)
class Route:
    """One endpoint. OpenAPI is made of these, so that it says what the code does."""

    method: str
    path: str
    scope: Scope
    summary: str
    act: Act
    body: Any = None  # a struct
    query: type[msgspec.Struct] = Nothing
    answer: Any = None  # a struct; None: there is no content
    statuses: tuple[HTTPStatus, ...] = (HTTPStatus.OK,)
    problems: tuple[Problem, ...] = ()  # beside those of every endpoint
    is_trial: bool = field(default=False, kw_only=True)  # a POST that leaves nothing behind

    @property
    def name(self) -> str:
        """The operation's name, the same for ever."""
        return self.act.__name__

    @property
    def writes(self) -> bool:
        """Whether it needs a transaction that writes, and an idempotency key means something."""
        return self.method != "GET"

    @property
    def needs_key(self) -> bool:
        """Whether asking twice would do it twice: PUT, PATCH and DELETE say how it shall be."""
        return self.method == "POST" and not self.is_trial
