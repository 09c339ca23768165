"""Appointments in a store: who may check in when, what follows, and when a host is too late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contract.messages import Text

MINUTE_MS = 60_000


class VisitKind(StrEnum):
    """What somebody comes for."""

    TEST_DRIVE = "test_drive"
    SPA = "spa"
    CONSULTATION = "consultation"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class VisitRules:
    """What holds for one kind of visit."""

    early_ms: int = 30 * MINUTE_MS  # sooner, somebody else has the place: wait, or another time
    late_ms: int = 15 * MINUTE_MS  # later, there is not enough left of the time that was booked
    no_show_ms: int = 30 * MINUTE_MS  # nobody comes any more: the place is given away
    host_within_ms: int = 3 * MINUTE_MS  # a person who stands there waits no longer for one host
    checklist: tuple[Text, ...] = ()  # what to look at before it begins

    def __post_init__(self) -> None:
        if self.late_ms > self.no_show_ms:
            raise ValueError("who may still come is no no-show: late_ms must not exceed no_show_ms")


RULES: Mapping[VisitKind, VisitRules] = {
    VisitKind.TEST_DRIVE: VisitRules(
        checklist=(Text("Giấy phép lái xe", "Driving licence"), Text("Căn cước", "Identity card"))
    ),
    VisitKind.SPA: VisitRules(early_ms=15 * MINUTE_MS, late_ms=10 * MINUTE_MS),
    VisitKind.CONSULTATION: VisitRules(late_ms=20 * MINUTE_MS),
    VisitKind.SERVICE: VisitRules(late_ms=30 * MINUTE_MS),
}


class VisitState(StrEnum):
    """Where an appointment stands."""

    BOOKED = "booked"
    WAITING = "waiting"  # they are here, and a host was told
    SERVING = "serving"
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class VisitStep(StrEnum):
    """What may be done with one."""

    CHECK_IN = "check_in"
    SERVE = "serve"
    FINISH = "finish"
    MISS = "miss"
    CANCEL = "cancel"


class Hitch(StrEnum):
    """Why a step cannot be taken: a closed list."""

    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"
    WRONG_DAY = "wrong_day"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    NOT_HERE = "not_here"
    ALREADY = "already"
    CANCELLED = "cancelled"
    OVER = "over"


STEPS: Mapping[VisitStep, tuple[tuple[VisitState, ...], VisitState]] = {
    VisitStep.CHECK_IN: ((VisitState.BOOKED,), VisitState.WAITING),
    VisitStep.SERVE: ((VisitState.WAITING,), VisitState.SERVING),
    VisitStep.FINISH: ((VisitState.SERVING,), VisitState.DONE),
    VisitStep.MISS: (
        (VisitState.BOOKED, VisitState.WAITING, VisitState.SERVING),  # or they left again
        VisitState.NO_SHOW,
    ),
    VisitStep.CANCEL: ((VisitState.BOOKED, VisitState.WAITING), VisitState.CANCELLED),
}
"""From where each step may be taken, and where it leads."""

OPEN = (VisitState.BOOKED, VisitState.WAITING, VisitState.SERVING)

NAMES = {
    VisitKind.TEST_DRIVE: Text("Lái thử", "Test drive"),
    VisitKind.SPA: Text("Chăm sóc da", "Spa"),
    VisitKind.CONSULTATION: Text("Tư vấn", "Consultation"),
    VisitKind.SERVICE: Text("Bảo dưỡng", "Service"),
}
SENTENCES = {
    Hitch.UNKNOWN: Text("Không có lịch hẹn này.", "There is no such appointment."),
    Hitch.ELSEWHERE: Text("Lịch hẹn này ở cửa hàng khác.", "This appointment is at another store."),
    Hitch.WRONG_DAY: Text("Lịch hẹn vào ngày khác.", "The appointment is on another day."),
    Hitch.TOO_EARLY: Text(
        "Còn sớm so với giờ hẹn; mời ngồi chờ hoặc chọn giờ khác.",
        "It is early for this appointment; please wait, or choose another time.",
    ),
    Hitch.TOO_LATE: Text(
        "Đã quá giờ hẹn; nhân viên sẽ xếp giờ khác.",
        "The time of this appointment is over; staff will find another.",
    ),
    Hitch.NOT_HERE: Text("Khách chưa đến.", "The customer is not here yet."),
    Hitch.ALREADY: Text(
        "Lịch hẹn đã ở bước này hoặc bước sau.", "The appointment is at this step, or further."
    ),
    Hitch.CANCELLED: Text("Lịch hẹn đã bị hủy.", "The appointment was cancelled."),
    Hitch.OVER: Text("Lịch hẹn đã kết thúc.", "The appointment is over."),
}


@dataclass(frozen=True, slots=True)
class When:
    """A time, and the day it is in the shop's calendar."""

    at_ms: int
    day: date


def punctual(rules: VisitRules, booked: When, now: When) -> Hitch | None:
    """Why somebody cannot check in now; None if they may. The edges themselves are in time."""
    if now.day != booked.day:
        return Hitch.WRONG_DAY
    if now.at_ms < booked.at_ms - rules.early_ms:
        return Hitch.TOO_EARLY
    return Hitch.TOO_LATE if now.at_ms > booked.at_ms + rules.late_ms else None


def after(state: VisitState, step: VisitStep) -> VisitState | Hitch:
    """Where a step leads, or why it cannot be taken from there.

    Checked in twice is checked in: a code held up again is no mistake.
    """
    before, then = STEPS[step]
    if state in before or (step is VisitStep.CHECK_IN and state is VisitState.WAITING):
        return then
    match state:
        case VisitState.BOOKED:
            return Hitch.NOT_HERE
        case VisitState.CANCELLED:
            return Hitch.CANCELLED
        case VisitState.DONE | VisitState.NO_SHOW:
            return Hitch.OVER
    return Hitch.NOT_HERE if step is VisitStep.FINISH else Hitch.ALREADY
