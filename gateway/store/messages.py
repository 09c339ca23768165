"""Messages to members: each is asked for here first, and is refused without consent or too soon.

It sends nothing. Whoever sends (a CRM, a campaign) asks, and sends what was permitted.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contract.messages import Text
from gateway.core.consent import Purpose
from gateway.core.consent_texts import PRESENT
from gateway.store import profiles
from gateway.store.base import Base
from gateway.store.profiles import ProfileRow

CHANNELS = tuple(purpose for purpose, wording in PRESENT.items() if wording.promise is not None)


class MessageSentRow(Base):
    """One message that was permitted; never what it said."""

    __tablename__ = "message_sent"
    __table_args__ = (Index("ix_message_sent_member", "member", "purpose", "at_ms"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    member: Mapped[str]
    purpose: Mapped[str]  # one of CHANNELS
    at_ms: Mapped[int]
    by: Mapped[str]  # who asked


class Refused(StrEnum):
    """Why a message may not go out."""

    CONSENT_MISSING = "consent_missing"
    TOO_OFTEN = "too_often"


SENTENCES = {
    Refused.CONSENT_MISSING: Text(
        "Thành viên không đồng ý nhận tin qua kênh này.",
        "The member did not agree to messages of this kind.",
    ),
    Refused.TOO_OFTEN: Text(
        "Đã gửi đủ số tin đã hứa là nhiều nhất.",
        "As many were sent as the member was promised at most.",
    ),
}


def permit(db: Session, member: str, channel: Purpose, by: str, now_ms: int) -> Refused | None:
    """Count one message, unless it may not be sent; two who ask at once take turns."""
    db.scalar(select(ProfileRow.member).filter_by(member=member).with_for_update())
    promise = PRESENT[channel].promise
    if promise is None or channel not in profiles.consents(db, {member})[member]:
        return Refused.CONSENT_MISSING
    row = MessageSentRow
    since = row.at_ms > now_ms - promise.within_ms
    sent = db.scalar(
        select(func.count()).where(row.member == member, row.purpose == str(channel), since)
    )
    if (sent or 0) >= promise.most:
        return Refused.TOO_OFTEN
    db.add(MessageSentRow(member=member, purpose=str(channel), at_ms=now_ms, by=by))
    db.flush()
    return None
