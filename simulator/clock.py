"""A clock that shows the stage's time, so that an hour in the shop can pass in half a minute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from kiosk.core.inputs import Input, Tick
from runtime.inbox import Inbox
from simulator.stage_link import StageLink
from simulator.wire import Beat, Jump, ToAdapter, Welcome


class SimulatedClock:
    """A Clock, driver `simulated`. Stands still between two beats of the stage.

    With an inbox (a kiosk's), each beat becomes a Tick there and is answered only when all that
    lies in the inbox has been handled: time never outruns the one who lives in it.
    """

    def __init__(self, options: Mapping[str, object], inbox: Inbox[Input] | None = None) -> None:
        """Joins the stage, because nobody can use a clock that does not know the time yet."""
        self._now_s = 0.0
        self._origin = datetime.fromtimestamp(0, UTC)
        self._inbox = inbox
        self._link = StageLink(options, "clock", self._hear)
        self._link.open()

    def monotonic_s(self) -> float:
        """Seconds since the shop's time began."""
        return self._now_s

    def utc(self) -> datetime:
        """The shop's time of day."""
        return self._origin + timedelta(seconds=self._now_s)

    def close(self) -> None:
        """Stop following the stage; safe to call twice."""
        self._link.close()

    def _hear(self, message: ToAdapter) -> bool:
        match message:
            case Welcome(t_s, origin_unix_s):
                self._origin = datetime.fromtimestamp(origin_unix_s, UTC)
                self._now_s = t_s
            case Jump(origin_unix_s):
                self._origin = datetime.fromtimestamp(origin_unix_s, UTC)
            case Beat(t_s):
                self._now_s = t_s
                if self._inbox is not None:
                    self._inbox.put(Tick())
                    self._inbox.join()
        return True
