"""Offers have terms."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    with op.batch_alter_table("offer") as table:
        table.add_column(sa.Column("terms", sa.String(), nullable=False, server_default="{}"))
    with op.batch_alter_table("offer") as table:  # not in one: the rows that are there need it
        table.alter_column("terms", server_default=None)


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("offer") as table:
        table.drop_column("terms")
