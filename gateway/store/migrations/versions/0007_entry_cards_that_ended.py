"""Entry cards that have ended."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "ended_entry_card",
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("ended_at_ms", number, nullable=False),
        sa.PrimaryKeyConstraint("card", name=op.f("pk_ended_entry_card")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("ended_entry_card")
