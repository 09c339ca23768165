"""Erasures that were confirmed, the tombstones of who was erased, and who is paused for a day."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "tombstone",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at_ms", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tombstone")),
    )
    op.create_table(
        "pause",
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("until_ms", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_pause")),
        sa.ForeignKeyConstraint(
            ["member"], ["profile.member"], name=op.f("fk_pause_member_profile")
        ),
    )
    op.add_column("privacy_request", sa.Column("confirmed_at_ms", NUMBER, nullable=True))
    op.add_column(
        "privacy_request", sa.Column("report", sa.String(), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_column("privacy_request", "report")
    op.drop_column("privacy_request", "confirmed_at_ms")
    op.drop_table("pause")
    op.drop_table("tombstone")
