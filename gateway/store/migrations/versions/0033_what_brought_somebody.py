"""Online touches, the journeys from them to visits and sales, and who gets the credit."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String()


def _columns(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "touch",
        *_columns(WORD, "source", "touch", "member"),
        *_columns(NUMBER, "at_ms"),
        *_columns(WORD, "key", "campaign", "origin", "medium", "click"),
        sa.ForeignKeyConstraint(
            ["member"], ["profile.member"], name=op.f("fk_touch_member_profile")
        ),
        sa.PrimaryKeyConstraint("source", "touch", name=op.f("pk_touch")),
    )
    op.create_index("ix_touch_member", "touch", ["member", "at_ms"])
    op.create_index("ix_touch_at_ms", "touch", ["at_ms"])
    op.create_table(
        "journey_due",
        *_columns(WORD, "member"),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_journey_due")),
    )
    op.create_table(
        "journey",
        *_columns(NUMBER, "journey"),
        sa.Column("member", WORD, nullable=True),
        *_columns(sa.Date(), "day"),
        *_columns(NUMBER, "began_ms"),
        *_columns(WORD, "key", "campaign"),
        *_columns(NUMBER, "touches"),
        sa.Column("came_ms", NUMBER, nullable=True),
        *_columns(WORD, "store"),
        sa.Column("bought_ms", NUMBER, nullable=True),
        *_columns(NUMBER, "amount_vnd"),
        sa.PrimaryKeyConstraint("journey", name=op.f("pk_journey")),
    )
    op.create_index("ix_journey_day", "journey", ["day"])
    op.create_index("ix_journey_member", "journey", ["member"])
    op.create_table(
        "credit",
        *_columns(NUMBER, "credit"),
        sa.Column("member", WORD, nullable=True),
        *_columns(WORD, "store"),
        *_columns(sa.Date(), "day"),
        *_columns(NUMBER, "at_ms", "is_sale", "is_check_in", "amount_vnd"),
        *_columns(WORD, "first_key", "first_campaign", "last_key", "last_campaign"),
        sa.PrimaryKeyConstraint("credit", name=op.f("pk_credit")),
    )
    op.create_index("ix_credit_store_day", "credit", ["store", "day"])
    op.create_index("ix_credit_member", "credit", ["member"])


def downgrade() -> None:
    """Undo it."""
    for table in ("credit", "journey", "journey_due", "touch"):
        op.drop_table(table)
