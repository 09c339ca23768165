"""Sends what others are to be told: signed, with growing waits, until it is given up.

What was sent may arrive twice, under the same id, and after a failure not in its turn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session, sessionmaker

from gateway.connections import Endpoint
from gateway.core import telling
from gateway.core.standard_webhooks import sign
from gateway.store import outgoing
from gateway.store.base import writing
from gateway.store.outgoing import Due, Outcome, OutgoingState
from runtime.errors import UnavailableError
from runtime.outbound import Request, Response

ROUND = 50  # at once to one endpoint; what is left waits for the next round, a moment later
HELD_MS = 60_000  # longer than an attempt takes; if we die in it, somebody tries again after
GONE = 410  # "do not send again", by the specification

log = logging.getLogger(__name__)


class Post(Protocol):
    """How others are reached."""

    def send(self, request: Request) -> Response:
        """Their answer; UnavailableError if there is none."""


@dataclass(frozen=True)
class Sender:
    """Sends to one endpoint."""

    sessions: sessionmaker[Session]
    endpoint: Endpoint
    post: Post
    now_ms: Callable[[], int]
    luck: Callable[[], float]  # from 0 to 1

    def round(self) -> int:
        """Send what is due; how many got through. Stops at the first that finds nobody there."""
        name, now_ms = self.endpoint.name, self.now_ms()
        with writing(self.sessions) as db:
            outgoing.spread(db, name, self.endpoint.settings.events, now_ms)
            mine = outgoing.take(db, name, now_ms, ROUND, now_ms + HELD_MS)
        sent = 0
        for number, one in enumerate(mine):
            outcome = self._attempt(one)
            left = mine[number + 1 :] if outcome.state is not OutgoingState.SENT else []
            with writing(self.sessions) as db:
                outgoing.settle(db, name, one, outcome)
                outgoing.give_back(db, name, left, now_ms)
            if outcome.state is not OutgoingState.SENT:
                log.warning("endpoint %s: %s: %s", name, one.event, outcome.problem)
                break
            sent += 1
        return sent

    def _attempt(self, one: Due) -> Outcome:
        at_s = self.now_ms() // 1000
        headers = {
            "Content-Type": "application/json",
            "webhook-id": one.event,
            "webhook-timestamp": str(at_s),
            "webhook-signature": sign(self.endpoint.key, one.event, at_s, one.body),
        }
        try:
            answer = self.post.send(Request("POST", self.endpoint.url, headers, one.body))
        except UnavailableError as error:
            return self._failed(one, str(error))
        if 200 <= answer.status < 300:
            return Outcome(OutgoingState.SENT)
        if answer.status == GONE:
            return Outcome(OutgoingState.DEAD, problem="it is gone for good (410)")
        return self._failed(one, f"it answered {answer.status}")

    def _failed(self, one: Due, problem: str) -> Outcome:
        attempts = one.attempts + 1
        if telling.is_given_up(attempts):
            return Outcome(OutgoingState.DEAD, problem=problem)
        wait_ms = telling.wait_ms(attempts, self.luck())
        return Outcome(OutgoingState.WAITING, self.now_ms() + wait_ms, problem)
