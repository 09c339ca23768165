"""How the kiosk is, and how fast: gathered by the main thread, kept retained at the broker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contract.events import ClockTrust, Condition, Device
from contract.messages import KioskState, ShownCode, TagHeard
from contract.vitals import Glass, OrderAnswer
from kiosk.core import glass
from kiosk.core.inputs import Heard, Input, LanguageChosen, Painted, Pressed
from kiosk.core.screen import ReadBy, ScreenState
from kiosk.ports import Machine, Time, Uplink
from runtime.clock import Clock
from runtime.latency import Latencies

SAID_EVERY_S = 15.0  # a console that shows a minute as "now" has three chances to hear


@dataclass
class _Waiting:
    """One answer we wait for, from the decision on; later from the grabbed frame on."""

    session: str
    decided_ms: float
    grabbed_ms: float | None = None
    revision: int | None = None  # of the screen that shows the answer


@dataclass(frozen=True, slots=True)
class Nameplate:
    """What a kiosk says of itself that never changes while it runs."""

    kiosk: str
    version: str
    beacon: str = ""  # what it advertises, if anything
    has_browser: bool = True  # that owes pictures


class Health:
    """Collects and publishes one kiosk's state."""

    def __init__(
        self,
        nameplate: Nameplate,
        uplink: Uplink,
        clock: Clock,
        time: Time,
        machine: Machine | None = None,
    ) -> None:
        self._nameplate = nameplate
        self._uplink = uplink
        self._clock = clock
        self._time = time
        self._devices: dict[Device, Condition] = {}
        self._waiting: _Waiting | None = None
        self._decided_to_painted = Latencies()
        self._grabbed_to_painted = Latencies()
        self._said_s: float | None = None
        self._said_clock: ClockTrust | None = None
        self._codes: tuple[ShownCode, ...] = ()
        self._machine = machine
        self.said: KioskState | None = None  # the last word; written here, read by anybody
        self._heard_s: float | None = None
        self._touched_s: float | None = None
        self._owed = glass.Owed(0, clock.monotonic_s())
        self._answers: tuple[OrderAnswer, ...] = ()

    def notice(self, happened: Input) -> None:
        """What shows that ears, glass and browser live."""
        if isinstance(happened, Heard):
            if not happened.receiver:
                self._heard_s = happened.heard_s
        elif isinstance(happened, Pressed | LanguageChosen):
            self._touched_s = self._clock.monotonic_s()
        elif isinstance(happened, Painted):
            self._owed = glass.painted(self._owed, happened.revision)

    def is_painted(self, revision: int) -> bool:
        """Whether the browser has said so of that picture, and shows no older one."""
        return self._owed.painted == revision

    def answer_orders(self, answers: tuple[OrderAnswer, ...]) -> None:
        """What became of the console's orders; said with this tick."""
        self._answers = answers
        self._said_s = None

    def device(self, device: Device, condition: Condition) -> bool:
        """Note how a part is; True if that is news."""
        is_news = self._devices.get(device) != condition
        self._devices[device] = condition
        if is_news:
            self._said_s = None  # say it with the next tick
        return is_news

    def codes(self, codes: tuple[ShownCode, ...]) -> None:
        """Note which codes phones may claim at this moment; a new one is said with this tick."""
        if codes and (not self._codes or codes[0].digest != self._codes[0].digest):
            self._said_s = None
        self._codes = codes

    def is_out(self, device: Device) -> bool | None:
        """Whether a part is out of order; None if nobody has said yet."""
        condition = self._devices.get(device)
        return None if condition is None else condition is Condition.OUT

    def is_ok(self, device: Device) -> bool | None:
        """Whether a part works as it should; None if nobody has said yet."""
        condition = self._devices.get(device)
        return None if condition is None else condition is Condition.OK

    def read_by(self, *, has_camera: bool) -> ReadBy:
        """What reads codes here now."""
        if has_camera and not self.is_out(Device.CAMERA):
            return ReadBy.CAMERA
        return ReadBy.SCANNER if self.is_out(Device.SCANNER) is False else ReadBy.NOTHING

    def link(self, online: bool) -> None:
        """A new connection hears our state at once: the broker has just published our will."""
        if online:
            self._said_s = None

    def waiting(self, session: str, decided_ms: float, grabbed_ms: float | None = None) -> None:
        """A shopper waits for their screen from now on."""
        self._waiting = _Waiting(session, decided_ms, grabbed_ms)

    def answered(self, session: str, revision: int) -> None:
        """The gateway's answer is on the screen of that revision."""
        if self._waiting is not None and self._waiting.session == session:
            self._waiting.revision = revision

    def painted(self, revision: int, at_ms: float) -> None:
        """The browser has painted; if that is the awaited screen, the time counts."""
        waited = self._waiting
        if waited is None or waited.revision is None or revision < waited.revision:
            return
        self._decided_to_painted.add(at_ms - waited.decided_ms)
        if waited.grabbed_ms is not None:
            self._grabbed_to_painted.add(at_ms - waited.grabbed_ms)
        self._waiting = None

    def tick(
        self,
        outbox_depth: int,
        tags: Callable[[], tuple[TagHeard, ...]],
        shown: ScreenState | None = None,
    ) -> None:
        """Say how we are, if it is news or time."""
        now_s = self._clock.monotonic_s()
        if shown is not None:
            self._owed = glass.shown(self._owed, shown.revision, now_s)
        is_news = self._time.trust is not self._said_clock
        if self._said_s is not None and not is_news and now_s - self._said_s < SAID_EVERY_S:
            return
        self._said_s = now_s
        self._said_clock = self._time.trust
        now = self._time.belief()
        self.said = KioskState(
            self._nameplate.kiosk,
            online=True,
            at_ms=round(now.unix_s * 1_000),
            version=self._nameplate.version,
            clock=now.trust,
            outbox_depth=outbox_depth,
            devices=dict(self._devices),
            decided_to_painted_p95_ms=self._decided_to_painted.percentile_ms(95),
            grabbed_to_painted_p95_ms=self._grabbed_to_painted.percentile_ms(95),
            beacon=self._nameplate.beacon,
            tags=tags(),
            codes=self._codes,
            vitals=None if self._machine is None else self._machine.vitals(),
            glass=None if shown is None else self._glass(shown, now_s),
            heard_ago_s=None if self._heard_s is None else max(0.0, now_s - self._heard_s),
            answers=self._answers,
        )
        self._uplink.publish_state(self.said)

    def _glass(self, shown: ScreenState, now_s: float) -> Glass:
        touched_ago_s = None if self._touched_s is None else now_s - self._touched_s
        behind_s = self._owed.behind_s(now_s) if self._nameplate.has_browser else 0.0
        return Glass(glass.redacted(shown.screen), behind_s, touched_ago_s)
