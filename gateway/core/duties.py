"""What the owner has to do by when: files, requests, incidents; and when to remind them of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from contract.messages import Text
from gateway.core.consent_texts import DAY_MS
from gateway.core.notices import Notice
from gateway.core.owners_file import FILE_AFTER_DAYS, RENEW_AFTER_DAYS

TWO_DAYS_H = 48  # from here on people count in days
AT_ONCE_MS = 366 * DAY_MS  # longer before than any of them is known


class Duty(StrEnum):
    """Each thing that has its day."""

    ASSESSMENT = "assessment"  # the impact assessment is with the authority
    REVIEW = "review"  # it was looked through again
    REQUEST = "request"  # somebody's, who has a right to it
    INCIDENT = "incident"  # the authority knows


FILED = (Duty.ASSESSMENT, Duty.REVIEW)  # the owner says when these are done
# How long before its time each is told; the last is on time, so what is told then is overdue.
REMIND_MS: Mapping[Duty, tuple[int, ...]] = {
    Duty.ASSESSMENT: (14 * DAY_MS, 3 * DAY_MS, 0),  # who advises the owner needs days to read it
    Duty.REVIEW: (14 * DAY_MS, 3 * DAY_MS, 0),
    Duty.REQUEST: (3 * DAY_MS, 0),
    Duty.INCIDENT: (AT_ONCE_MS, DAY_MS, 0),  # the hours run while the owner is at home
}
TITLES = {
    Duty.ASSESSMENT: Text(
        "Gửi hồ sơ đánh giá tác động cho cơ quan chuyên trách",
        "Send the impact assessment to the authority",
    ),
    Duty.REVIEW: Text("Xem lại và cập nhật hồ sơ", "Look through the file and bring it up to date"),
    Duty.REQUEST: Text("Trả lời yêu cầu của khách", "Do what somebody asked for"),
    Duty.INCIDENT: Text("Báo sự cố cho cơ quan chuyên trách", "Tell the authority of an incident"),
}


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is still to be done."""

    duty: Duty
    due_ms: int
    number: int = 0  # of the request or incident

    @property
    def key(self) -> str:
        """The same for as long as it is the same thing."""
        return f"{self.duty} {self.number or self.due_ms}"

    def stage(self, now_ms: int) -> int:
        """How many times it should have been told by now."""
        return sum(now_ms >= self.due_ms - before_ms for before_ms in REMIND_MS[self.duty])

    def is_near(self, now_ms: int) -> bool:
        """Whether it is time to show it at the console's front."""
        return self.stage(now_ms) > 0

    def is_late(self, now_ms: int) -> bool:
        """Whether its time is over."""
        return now_ms > self.due_ms


@dataclass(frozen=True, slots=True)
class Filed:
    """When the owner last said that it was done; None: never."""

    assessment_ms: int | None = None
    review_ms: int | None = None


def of_file(began_ms: int | None, filed: Filed) -> list[Due]:
    """What is due of the owner's file, 60 days after the first consent and every six months then.

    Nothing as long as nobody agreed to anything. Six months run from the last time.
    """
    if began_ms is None:
        return []
    due = []
    if filed.assessment_ms is None:
        due.append(Due(Duty.ASSESSMENT, began_ms + FILE_AFTER_DAYS * DAY_MS))
    last_ms = max(began_ms, filed.assessment_ms or 0, filed.review_ms or 0)
    due.append(Due(Duty.REVIEW, last_ms + RENEW_AFTER_DAYS * DAY_MS))
    return due


def notice(due: Due, now_ms: int) -> Notice:
    """As people read it, also on a telephone; names nobody."""
    what = TITLES[due.duty]
    which = f" #{due.number}" if due.number else ""
    title = Text(f"Hiên: {what.vi}{which}", f"Hiên: {what.en}{which}")
    hours = abs(due.due_ms - now_ms) // 3_600_000
    left = Text(f"{hours} giờ", f"{hours} hours")
    if hours >= TWO_DAYS_H:
        left = Text(f"{hours // 24} ngày", f"{hours // 24} days")
    if due.is_late(now_ms):
        says = Text(
            f"Đã quá hạn {left.vi}. Mở Hồ sơ của chủ cửa hàng ở trang quản trị.",
            f"It is overdue by {left.en}. Open the owner's file in the console.",
        )
    else:
        says = Text(
            f"Còn {left.vi}. Mở Hồ sơ của chủ cửa hàng ở trang quản trị.",
            f"{left.en} are left. Open the owner's file in the console.",
        )
    return Notice(title, says)
