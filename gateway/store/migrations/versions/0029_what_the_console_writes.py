"""What the console writes: offers, who works here, and who did what at the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the schema."""
    op.add_column("offer", sa.Column("owner", sa.String(), nullable=False, server_default="file"))
    for name, default in (("stores", ""), ("owner", "file")):
        column = sa.Column(name, sa.String(), nullable=False, server_default=default)
        op.add_column("staff", column)
    op.add_column("staff", sa.Column("session", NUMBER, nullable=False, server_default="0"))
    for name in ("pin_until_ms", "disabled_at_ms"):
        op.add_column("staff", sa.Column(name, NUMBER, nullable=True))
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
        "look",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("revision", NUMBER, nullable=False),
        sa.Column("staff", sa.String(), nullable=False),
        sa.Column("at_ms", NUMBER, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("accent", sa.String(), nullable=False),
        sa.Column("idle_s", NUMBER, nullable=True),
        sa.Column("logo_kind", sa.String(), nullable=True),
        sa.Column("logo", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("store", name=op.f("pk_look")),
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
    op.drop_table("look")
    op.drop_table("offer_draft")
    for name in ("disabled_at_ms", "pin_until_ms", "session", "owner", "stores"):
        op.drop_column("staff", name)
    op.drop_column("offer", "owner")
