"""Appointments in a store: who may check in when, what follows, and when a host is too late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contract.messages import Text

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class VisitType:
    """What somebody comes for, and what holds for it. Each trade has its own."""

    name: Text
    minutes: int = 30  # how long it takes: when the next one can be booked
    early_ms: int = 30 * MINUTE_MS  # sooner, somebody else has the place: wait, or another time
    late_ms: int = 15 * MINUTE_MS  # later, there is not enough left of the time that was booked
    no_show_ms: int = 30 * MINUTE_MS  # nobody comes any more: the place is given away
    host_within_ms: int = 3 * MINUTE_MS  # a person who stands there waits no longer for one host
    skill: str = ""  # of the staff: who has it is asked first if nobody is named
    checklist: tuple[Text, ...] = ()  # what to look at before it begins
    takes_back: bool = False  # goods come back: of an order, and it ends in one of `Settlement`

    def __post_init__(self) -> None:
        if self.late_ms > self.no_show_ms:
            raise ValueError("who may still come is no no-show: late_ms must not exceed no_show_ms")


class Settlement(StrEnum):
    """How goods that were brought back are settled."""

    TAKEN_BACK = "taken_back"
    EXCHANGED = "exchanged"
    DECLINED = "declined"  # the note says why


STANDARD: Mapping[str, VisitType] = {
    "test_drive": VisitType(
        Text("Lái thử", "Test drive"),
        checklist=(Text("Giấy phép lái xe", "Driving licence"), Text("Căn cước", "Identity card")),
    ),
    "spa": VisitType(
        Text("Chăm sóc da", "Spa"), 60, early_ms=15 * MINUTE_MS, late_ms=10 * MINUTE_MS
    ),
    "consultation": VisitType(Text("Tư vấn", "Consultation"), late_ms=20 * MINUTE_MS),
    "service": VisitType(Text("Bảo dưỡng", "Service"), 60, late_ms=30 * MINUTE_MS),
    "return": VisitType(Text("Trả hàng", "Return"), 10, takes_back=True),
    "exchange": VisitType(Text("Đổi hàng", "Exchange"), 10, takes_back=True),
}
"""What holds where the settings name no `[visits]`."""

FORGOTTEN = VisitType(Text("Lịch hẹn", "Appointment"))
"""What was booked before the settings knew it no more; it can still be kept."""


def type_of(types: Mapping[str, VisitType], kind: str) -> VisitType:
    """What holds for a visit, however it came to be booked."""
    return types.get(kind, FORGOTTEN)


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
    NOT_SETTLED = "not_settled"


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
    Hitch.NOT_SETTLED: Text(
        "Hãy ghi kết quả: nhận lại, đổi, hay từ chối kèm lý do.",
        "Say how it ended: taken back, exchanged, or declined with the reason.",
    ),
}


@dataclass(frozen=True, slots=True)
class When:
    """A time, and the day it is in the shop's calendar."""

    at_ms: int
    day: date


def punctual(rules: VisitType, booked: When, now: When) -> Hitch | None:
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


def is_settled(kind: VisitType, outcome: Settlement | None, note: str) -> bool:
    """Whether a visit may end so: goods that were brought back need a word, a no its reason."""
    if not kind.takes_back:
        return outcome is None
    return outcome is not None and (outcome is not Settlement.DECLINED or bool(note.strip()))
