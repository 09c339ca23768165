"""Orders know their store, shelf and promise, and every step that was taken is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NEW = ("store", "shelf", "changed_by")


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "order_step",
        sa.Column("number", number, nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at_ms", number, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_order_step")),
    )
    op.create_index(op.f("ix_order_step_order_id"), "order_step", ["order_id"])
    with op.batch_alter_table("customer_order") as table:
        for name in NEW:
            table.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("changed_at_ms", number, nullable=False, server_default="0"))
        table.add_column(sa.Column("promised_at_ms", number, nullable=True))
    with op.batch_alter_table("customer_order") as table:  # the rows that are there needed them
        for name in (*NEW, "changed_at_ms"):
            table.alter_column(name, server_default=None)
        table.create_index("ix_customer_order_board", ["state", "store", "changed_at_ms"])


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("customer_order") as table:
        table.drop_index("ix_customer_order_board")
        for name in (*NEW, "changed_at_ms", "promised_at_ms"):
            table.drop_column(name)
    op.drop_table("order_step")
