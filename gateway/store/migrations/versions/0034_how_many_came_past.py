"""How many came past each kiosk, by the quarter of an hour."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "counted",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at_ms", number, autoincrement=False, nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("number", number, nullable=True),
        sa.PrimaryKeyConstraint("store", "what", "at_ms", "kiosk", name=op.f("pk_counted")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("counted")
