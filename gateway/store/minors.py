"""Children among the members: whose consents do not hold, they are taken back with a proof.

Whoever writes a consent or a birthday asks here, so that no rule has to ask how old anybody is.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.core.consent import Method, Purpose
from gateway.core.minors import WITH_YEAR, is_minor, may_agree
from gateway.core.shop_days import day_of
from gateway.store import consents
from gateway.store.batches import among
from gateway.store.consents import Proof
from gateway.store.profiles import ConsentRow, ProfileRow

REASON = "under 16"  # the evidence of what was taken back


def heed(db: Session, now_ms: int, members: Collection[str] | None = None) -> int:
    """Take back what children among some members, or all, cannot agree to; how much that was."""
    today = day_of(now_ms)
    columns = (ConsentRow.member, ConsentRow.purpose, ConsentRow.evidence, ProfileRow.birthday)
    query = select(*columns).join(ProfileRow, ProfileRow.member == ConsentRow.member)
    query = query.where(func.length(ProfileRow.birthday) == WITH_YEAR)
    query = query.where(ProfileRow.birthday > f"{today.year - 20}")  # sorted as days are
    if members is not None:
        query = query.where(among(ConsentRow.member, rows=members))
    proof, taken = Proof(now_ms, Method.AGE, "", REASON), 0
    for member, purpose, evidence, birthday in db.execute(query).all():
        if not may_agree(Purpose(purpose), birthday, today, evidence):
            taken += consents.withdraw(db, member, Purpose(purpose), proof)
    return taken


def is_child(db: Session, member: str, now_ms: int) -> bool:
    """Whether a member is known to be one."""
    birthday = db.scalar(select(ProfileRow.birthday).filter_by(member=member)) or ""
    return is_minor(birthday, day_of(now_ms))
