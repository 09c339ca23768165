"""`/v1/profiles/…/interests`: what a member looked at, put into a cart, asked about elsewhere.

Nothing is kept of who did not agree to profiling, and whoever tells us is told so.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from gateway.api.problems import Problem, RefusedError
from gateway.api.profiles import Interest, row_of
from gateway.api.routes import Call, Items, Number, Result, Route
from gateway.core.api_keys import Scope
from gateway.core.interests import InterestKind, Noted
from gateway.core.offers.reasons import Reason
from gateway.core.offers.sentences import SENTENCES
from gateway.store import interests


class Near(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member came near, or is done with; now, if nothing else is said."""

    kind: InterestKind
    words: Annotated[tuple[Interest, ...], Meta(min_length=1, max_length=50)]
    at_ms: Number | None = None
    gone: bool = False


class Known(msgspec.Struct, frozen=True):
    """One thing a member was near, when last, and who told us."""

    kind: InterestKind
    word: str
    at_ms: int
    source: str


def list_interests(call: Call[None]) -> Result:
    """All that is kept, newest first."""
    member = row_of(call.db, call.params["member"]).member
    return Result(Items(tuple(_known(call, member)), None))


def note_interests(call: Call[Near]) -> Result:
    """Remember or forget; the answer is all that is kept now."""
    body, member = call.body, row_of(call.db, call.params["member"]).member
    at_ms = call.now_ms if body.at_ms is None else min(body.at_ms, call.now_ms)
    noted = Noted(body.kind, body.words, call.connector, at_ms, body.gone)
    if interests.learn(call.db, member, noted) is None:
        why = Reason.CONSENT_MISSING
        raise RefusedError(Problem.REFUSED, why=str(why), sentence=SENTENCES[why])
    return Result(Items(tuple(_known(call, member)), None))


def _known(call: Call[object], member: str) -> list[Known]:
    rows = interests.of_member(call.db, member)
    return [Known(InterestKind(row.kind), row.word, row.at_ms, row.source) for row in rows]


ALL = "/profiles/{member}/interests"
MISSING = (Problem.NOT_FOUND,)
ROUTES = (
    Route(
        "GET",
        ALL,
        Scope.PROFILES_READ,
        "What a member came near elsewhere.",
        list_interests,
        answer=Items[Known],
        problems=MISSING,
    ),
    Route(
        "POST",
        ALL,
        Scope.PROFILES_WRITE,
        "A member came near something, or is done with it.",
        note_interests,
        Near,
        answer=Items[Known],
        problems=(*MISSING, Problem.REFUSED),
    ),
)
