"""Machines that ask to be kiosks, and what an owner said."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "kiosk_petition",
        sa.Column("petition", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("asked_at_ms", number, nullable=False),
        sa.Column("until_ms", number, nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=True),
        sa.Column("kiosk", sa.String(), nullable=True),
        sa.Column("staff", sa.String(), nullable=True),
        sa.Column("decided_at_ms", number, nullable=True),
        sa.PrimaryKeyConstraint("petition", name=op.f("pk_kiosk_petition")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("kiosk_petition")
