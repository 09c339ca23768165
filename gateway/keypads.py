"""The keypads of kiosks at the intake: hears what is typed there, answers, and has codes sent."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from contract import codec
from contract.asks import Ask
from contract.identifiers import uuid7
from contract.topics import KioskAddress, Leaf
from gateway.core.one_time_codes import Letter
from gateway.intake import Publish
from gateway.messenger import Messenger
from gateway.notify import code_senders
from gateway.proving import Proving
from gateway.settings import GatewaySettings
from gateway.store import tombstones
from runtime.chore import Chore
from runtime.clock import Clock, unix_ms

SEND_EVERY_S = 5.0  # besides at once; for a letter that met a failing thread

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Keypads:
    """Hears all keypads of the intake's shards; in the intake's own thread."""

    writers: sessionmaker[Session]
    clock: Clock
    proving: Proving
    publish: Publish
    post: Callable[[Letter], None]

    def hear(self, at: KioskAddress, ask: Ask) -> None:
        """Answer one; if the database does not, the screen gives up by itself and says so."""
        try:
            with self.writers.begin() as db:
                proven = self.proving.answer(db, at, ask, unix_ms(self.clock.utc()))
        except SQLAlchemyError as error:
            log.warning("a keypad of %s gets no answer: %s", at.user, type(error).__name__)
            return
        self.publish(at.topic(Leaf.SHOW), codec.encode(proven.show), qos=0)
        if proven.letter is not None:
            self.post(proven.letter)


def opened(
    settings: GatewaySettings,
    writers: sessionmaker[Session],
    clock: Clock,
    publish: Publish,
    stack: ExitStack,
) -> Keypads:
    """Ready to hear; the sending thread ends with the stack. SettingsError if codes cannot go."""
    sender = code_senders.sender(settings.one_time_codes)
    messenger = Messenger(sender, clock)
    chore = Chore("codes", messenger.round, SEND_EVERY_S)
    if sender is not None:
        chore.start()
        stack.callback(chore.stop)

    def post(letter: Letter) -> None:
        messenger.post(letter)
        chore.wake()

    def new_id() -> str:
        return uuid7(unix_ms(clock.utc()), os.urandom(10))

    key = os.urandom(32) if sender is None else tombstones.opened(settings.erasure_key).key
    proving = Proving(key, messenger.can_send, new_id)
    return Keypads(writers, clock, proving, publish, post)
