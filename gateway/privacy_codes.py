"""Codes by message that the pages ask for: before somebody is erased, and when somebody joins.

Without a sender in the settings there are none: the phone's own digits erase, and nobody joins.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from contract.identifiers import uuid7
from gateway.core import external_ids, one_time_codes
from gateway.core.one_time_codes import Answer, Letter, Use
from gateway.messenger import Messenger
from gateway.notify import code_senders
from gateway.settings import GatewaySettings
from gateway.store import one_time_codes as kept
from gateway.store import stores, tombstones
from gateway.store.profiles import ProfileRow
from runtime.chore import Chore
from runtime.clock import Clock

SEND_EVERY_S = 5.0  # besides at once; for a letter that met a failing thread


@dataclass(frozen=True)
class PrivacyCodes:
    """Asks for codes and checks them, in the caller's transaction; any thread may."""

    key: bytes = field(repr=False)  # of the tombstones
    can_send: Callable[[], bool]
    post: Callable[[Letter], None]

    def send(self, db: Session, who: tuple[Use, str], language: str, now_ms: int) -> Answer:
        """Have a code for one use sent to a number (E.164), unless too many were."""
        answer, code = kept.ask(db, self.key, who, now_ms)
        if code:
            say = one_time_codes.text
            if who[0] is Use.SPOKEN_ERASURE:
                say = one_time_codes.text_to_read_out
            text = say(code, stores.every(db)[0].name, language)
            letter_id = uuid7(now_ms, os.urandom(10))
            self.post(Letter(letter_id, now_ms, who[1], text, language))
        return answer

    def check(self, db: Session, who: tuple[Use, str], typed: str, now_ms: int) -> Answer:
        """Whether that is the code; each is right once."""
        return kept.check(db, self.key, who, typed, now_ms)


def number_of(db: Session, member: str) -> str | None:
    """Where a member's code goes; None if we know no telephone of theirs."""
    return external_ids.e164(db.get_one(ProfileRow, member).phone)


def masked(number: str) -> str:
    """As much of a number as its owner needs to know which it is."""
    return f"•••\u00a0•••\u00a0{number[-3:]}"  # in one piece


def opened(settings: GatewaySettings, clock: Clock, stack: ExitStack) -> PrivacyCodes | None:
    """As the settings say; the sending thread ends with the stack."""
    sender = code_senders.sender(settings.one_time_codes)
    if sender is None:
        return None
    messenger = Messenger(sender, clock)
    chore = Chore("codes", messenger.round, SEND_EVERY_S)
    chore.start()
    stack.callback(chore.stop)

    def post(letter: Letter) -> None:
        messenger.post(letter)
        chore.wake()

    key = tombstones.opened(settings.erasure_key).key
    return PrivacyCodes(key, messenger.can_send, post)
