"""Tells staff's own devices of a card that asks them, while no board is open in front of them.

What it has told it knows in memory only: after a restart a device may hear of a waiting card
again, and shows it in the place of the first. It knows no shopper.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

import msgspec
from sqlalchemy.orm import Session, sessionmaker

from gateway.core import pushes
from gateway.notify import web_push
from gateway.notify.web_push import Once, Receiver
from gateway.sending import Post
from gateway.settings import GatewaySettings, Push
from gateway.store import push_subscriptions
from gateway.store.base import writing
from gateway.store.push_subscriptions import Asked, Device
from runtime.clock import Clock, unix_ms
from runtime.errors import UnavailableError
from runtime.outbound import Outbound, Request

# A board in front asks for its cards at once when one comes, every 5 s if it has no stream.
LOOKS_WITHIN_MS = 6_000
ROUND_MS = 2_000  # a card may be as old when a round first sees it
TRIES = 3
AGAIN_MS = 10_000
TTL_S = 90  # by then a card asks everybody: who hears of it later finds it gone
ANSWERS_WITHIN_S = 8.0  # who is told next waits for it
GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}  # RFC 8030, 7.3: it hears of us never again

log = logging.getLogger(__name__)


class Fronts:
    """Who looked at a board that lies open in front of them, and when; for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at_ms: dict[str, int] = {}

    def looked(self, staff: str, at_ms: int) -> None:
        """Somebody's board, not in the background, was just drawn."""
        with self._lock:
            self._at_ms[staff] = at_ms

    def last_ms(self, staff: str) -> int:
        """When that was last; 0: not since this process began."""
        with self._lock:
            return self._at_ms.get(staff, 0)


@dataclass(slots=True)
class _Try:
    seen_ms: int
    next_ms: int
    left: int = TRIES


@dataclass
class Pusher:
    """What a round of telling needs; one thread's."""

    sessions: sessionmaker[Session]
    sender: web_push.Sender
    settings: Push
    fronts: Fronts
    post: Post
    now_ms: Callable[[], int]
    once: Callable[[], Once] = Once.new
    _tries: dict[tuple[int, str], _Try] = field(default_factory=dict)

    def round(self) -> int:
        """Look once at the cards nobody took; how many devices were told."""
        now_ms = self.now_ms()
        with self.sessions() as db:
            asked = push_subscriptions.asked(db, now_ms)
        waiting = {(one.alert, one.device.id): one for one in asked}
        self._tries = {key: one for key, one in self._tries.items() if key in waiting}
        return sum(self._look(key, one, now_ms) for key, one in waiting.items())

    def _look(self, key: tuple[int, str], one: Asked, now_ms: int) -> bool:
        due = self._tries.setdefault(key, _Try(now_ms, now_ms + LOOKS_WITHIN_MS))
        if due.left and self.fronts.last_ms(one.staff) >= due.seen_ms - ROUND_MS:
            due.left = 0
        if not due.left or now_ms < due.next_ms:
            return False
        due.left, due.next_ms = due.left - 1, now_ms + AGAIN_MS
        status = self._send(one, now_ms)
        if status in GONE:
            with writing(self.sessions) as db:
                push_subscriptions.forget(db, one.device.id)
        if status is not None and status < 500 and status != HTTPStatus.TOO_MANY_REQUESTS:
            due.left = 0  # told, or refused for good
        return status is not None and 200 <= status < 300

    def _send(self, one: Asked, now_ms: int) -> int | None:
        device = one.device
        if not self.accepts(device):
            log.warning("a device of %s has no push service that is known", one.staff)
            return HTTPStatus.NOT_FOUND
        try:
            answer = self.post.send(self._request(one, device, now_ms))
        except UnavailableError as error:
            log.warning("card %d: a device of %s was not told: %s", one.alert, one.staff, error)
            return None
        if answer.status >= 300:
            log.warning("card %d: the push service answered %d", one.alert, answer.status)
        return answer.status

    def offers(self) -> tuple[str, Callable[[Device], bool], Callable[[str, int], None]]:
        """For the board: our key, which devices we tell, and whom to tell who looks at it."""
        return self.sender.public_key, self.accepts, self.fronts.looked

    def accepts(self, device: Device) -> bool:
        """Whether that is a browser with keys, behind a push service of these settings."""
        try:
            Receiver(device.public_key, device.auth).keys()
        except ValueError:
            return False
        near = self.settings.allow_private
        return pushes.may_send_to(device.endpoint, self.settings.services, is_near=near)

    def _request(self, one: Asked, device: Device, now_ms: int) -> Request:
        said = pushes.words(one.kind, one.place)
        title = said.vi if device.language == "vi" else said.en
        text = {"title": title, "tag": f"card-{one.alert}"}
        to = Receiver(device.public_key, device.auth)
        headers = {
            "Authorization": self.sender.authorization(device.endpoint, now_ms // 1000),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL_S),
            "Topic": f"card-{one.alert}",  # a newer word of one card takes the older's place
            "Urgency": "high",
        }
        body = web_push.encrypted(msgspec.json.encode(text), to, self.once())
        return Request("POST", device.endpoint, headers, body)


def opened(
    settings: GatewaySettings, sessions: sessionmaker[Session], clock: Clock
) -> Pusher | None:
    """The gateway's own, if the settings want one; SettingsError if its key cannot be had."""
    wanted = settings.push
    if wanted is None:
        return None
    sender = web_push.opened(settings.push_key, wanted.contact)
    post = Outbound(wanted.allow_private, whole_s=ANSWERS_WITHIN_S)
    return Pusher(sessions, sender, wanted, Fronts(), post, lambda: unix_ms(clock.utc()))
