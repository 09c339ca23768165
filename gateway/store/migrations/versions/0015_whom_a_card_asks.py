"""Whom a card asks, and what staff are good at."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the schema."""
    for name in ("skills", "zones"):
        op.add_column("staff", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("staff", sa.Column("duty_store", sa.String(), nullable=True))
    for name in ("seen_at_ms", "asked_at_ms"):
        op.add_column("staff", sa.Column(name, NUMBER, nullable=False, server_default="0"))
    op.add_column("alert", sa.Column("asks", sa.String(), nullable=True))
    op.add_column("alert", sa.Column("asked", sa.String(), nullable=False, server_default=""))
    op.add_column("alert", sa.Column("round_at_ms", NUMBER, nullable=False, server_default="0"))
    op.add_column("alert", sa.Column("look_at_ms", NUMBER, nullable=True))
    op.create_index("ix_alert_look_at_ms", "alert", ["look_at_ms"])


def downgrade() -> None:
    """Undo it."""
    op.drop_index("ix_alert_look_at_ms", "alert")
    for name in ("look_at_ms", "round_at_ms", "asked", "asks"):
        op.drop_column("alert", name)
    for name in ("asked_at_ms", "seen_at_ms", "duty_store", "zones", "skills"):
        op.drop_column("staff", name)
