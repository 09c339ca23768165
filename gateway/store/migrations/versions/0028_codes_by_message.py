"""Codes by message, of which only keyed hashes are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "one_time_code",
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("asked_at_ms", number, nullable=False),
        sa.Column("since_ms", number, nullable=False),
        sa.Column("sent", number, nullable=False),
        sa.Column("tries", number, nullable=False),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_one_time_code")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("one_time_code")
