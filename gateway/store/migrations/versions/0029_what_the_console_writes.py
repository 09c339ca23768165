"""Offers are written and approved in the console, and who did what at the desk is written down."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0027"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the schema."""
    op.add_column("offer", sa.Column("owner", sa.String(), nullable=False, server_default="file"))
    op.create_table(
        "offer_draft",
        sa.Column("offer", sa.String(), nullable=False),
        sa.Column("cells", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", NUMBER, nullable=False),
        sa.Column("staff", sa.String(), nullable=False),
        sa.Column("at_ms", NUMBER, nullable=False),
        sa.Column("note", sa.String(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("offer", name=op.f("pk_offer_draft")),
    )
    op.create_table(
        "audit",
        sa.Column("entry", NUMBER, nullable=False),
        sa.Column("at_ms", NUMBER, nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("staff", sa.String(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at_ms", "audit", ["at_ms"])
    op.create_index("ix_audit_member", "audit", ["member"])


def downgrade() -> None:
    """Undo it."""
    op.drop_table("audit")
    op.drop_table("offer_draft")
    op.drop_column("offer", "owner")
