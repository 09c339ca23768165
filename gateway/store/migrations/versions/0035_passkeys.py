"""Passkeys of who works in the shop."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "passkey",
        sa.Column("credential", sa.String(), nullable=False),
        sa.Column("staff", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", number, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at_ms", number, nullable=False),
        sa.Column("used_at_ms", number, nullable=True),
        sa.ForeignKeyConstraint(
            ["staff"], ["staff.staff"], name=op.f("fk_passkey_staff_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("credential", name=op.f("pk_passkey")),
    )
    op.create_index(op.f("ix_passkey_staff"), "passkey", ["staff"])
    op.create_table(
        "spent_challenge",
        sa.Column("challenge", sa.String(), nullable=False),
        sa.Column("until_ms", number, nullable=False),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_spent_challenge")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("spent_challenge")
    op.drop_index(op.f("ix_passkey_staff"), "passkey")
    op.drop_table("passkey")
