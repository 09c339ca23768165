"""Codes for who picks up an order; notes and follow-ups of cards; why members were merged."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "pick_up_code",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("collector", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("used_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_pick_up_code_order_id", "pick_up_code", ["order_id"])
    op.add_column(
        "order_step", sa.Column("handed_to", sa.String(), nullable=False, server_default="")
    )
    op.add_column("alert", sa.Column("note", sa.String(), nullable=False, server_default=""))
    op.add_column("alert", sa.Column("follow_up_on", sa.Date(), nullable=True))
    for name in ("reason", "undone_by", "undone_reason"):
        op.add_column("merge", sa.Column(name, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Undo it."""
    for name in ("undone_reason", "undone_by", "reason"):
        op.drop_column("merge", name)
    op.drop_column("alert", "follow_up_on")
    op.drop_column("alert", "note")
    op.drop_column("order_step", "handed_to")
    op.drop_index("ix_pick_up_code_order_id", "pick_up_code")
    op.drop_table("pick_up_code")
