"""What a kiosk does for the door beside it: says what it decided, and keeps what it wrote down.

The door decides alone. Owned by the main thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contract.events import Body, Decision, Record, Verdict
from kiosk.core import screen
from kiosk.core.door_wire import Answer
from kiosk.core.screen import ScreenState
from kiosk.ports import Door, Panel


@dataclass
class Doorkeeping:
    """How far the door's journal is in our outbox."""

    kept: tuple[str, int] | None = None  # the newest record: journal, number

    def answered(
        self, state: ScreenState, answer: Answer, panel: Panel, now_s: float
    ) -> ScreenState:
        """The screen after the door decided; light and sound say it, too."""
        is_granted = answer.decision is Decision.GRANTED
        after = screen.door_answered(state, answer.reason, now_s, is_granted=is_granted)
        if after is not state:
            panel.answer(Verdict.GOOD if is_granted else Verdict.UNREADABLE)
        return after

    def keep(self, record: Record, door: Door | None, keep: Callable[[Body], None]) -> None:
        """Into the outbox, in the door's own order: what lies behind a gap is asked for again."""
        journal, newest = self.kept or (record.journal, record.number - 1)
        if record.journal == journal and record.number > newest + 1:
            return  # the one before could not be kept; the door hands all of them over again
        if record.journal != journal or record.number > newest:
            keep(record)
            self.kept = (record.journal, record.number)
        if door is not None:
            door.kept(record)
