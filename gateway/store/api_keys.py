"""Who may use the REST API: a digest of each key, and what it may do. The key itself is nowhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hmac import compare_digest

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.api_keys import ApiKey, Scope, scopes
from gateway.store.base import Base


class ApiKeyRow(Base):
    """One key of one connector; a connector may have two while it changes from one to the other."""

    __tablename__ = "api_key"

    prefix: Mapped[str] = mapped_column(primary_key=True)
    connector: Mapped[str] = mapped_column(index=True)
    scopes: Mapped[str]  # gateway.core.api_keys.Scope, separated by blanks
    digest: Mapped[str]
    made_at_ms: Mapped[int]
    ended_at_ms: Mapped[int | None]

    @property
    def allowed(self) -> frozenset[Scope]:
        """What it may do; a scope that this version does not know allows nothing."""
        found = scopes(word for word in self.scopes.split() if word in set(Scope))
        return frozenset() if isinstance(found, str) else found


def add(
    db: Session, key: ApiKey, connector: str, allowed: Collection[Scope], now_ms: int
) -> ApiKeyRow:
    """Keep a new key's digest."""
    row = ApiKeyRow(
        prefix=key.prefix,
        connector=connector,
        scopes=" ".join(sorted(allowed)),
        digest=key.digest,
        made_at_ms=now_ms,
    )
    db.add(row)
    db.flush()
    return row


def good(db: Session, key: ApiKey) -> ApiKeyRow | None:
    """What is known of a key; None if it is not ours or has ended."""
    row = db.get(ApiKeyRow, key.prefix)
    if row is None or row.ended_at_ms is not None:
        return None
    return row if compare_digest(row.digest, key.digest) else None


def every(db: Session) -> Sequence[ApiKeyRow]:
    """All keys there ever were, by connector, oldest first."""
    order = (ApiKeyRow.connector, ApiKeyRow.made_at_ms, ApiKeyRow.prefix)
    return db.scalars(select(ApiKeyRow).order_by(*order)).all()


def end(db: Session, prefix: str, now_ms: int) -> bool:
    """End a key; False if there is none of that prefix, or it had ended before."""
    ended = (
        update(ApiKeyRow)
        .where(ApiKeyRow.prefix == prefix, ApiKeyRow.ended_at_ms.is_(None))
        .values(ended_at_ms=now_ms)
        .returning(ApiKeyRow.prefix)
    )
    return db.scalar(ended) is not None
