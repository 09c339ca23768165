"""What nobody can read is counted: its kiosk goes on."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("high_water") as table:
        table.add_column(sa.Column("unread", number, nullable=False, server_default="0"))
    with op.batch_alter_table("high_water") as table:  # in one step, rows would have no default
        table.alter_column("unread", server_default=None)
    with op.batch_alter_table("dead_letter") as table:
        table.add_column(sa.Column("event", sa.String(), nullable=True))
        table.create_index(op.f("ix_dead_letter_event"), ["event"])


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("dead_letter") as table:
        table.drop_index(op.f("ix_dead_letter_event"))
        table.drop_column("event")
    with op.batch_alter_table("high_water") as table:
        table.drop_column("unread")
