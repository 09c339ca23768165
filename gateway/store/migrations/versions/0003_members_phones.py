"""Members' phones: one-time codes, and until when a key is good."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "phone_code",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("until_ms", number, nullable=False),
        sa.Column("used_at_ms", number, nullable=True),
        sa.ForeignKeyConstraint(
            ["member"], ["profile.member"], name=op.f("fk_phone_code_member_profile")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_phone_code")),
    )
    op.create_index(op.f("ix_phone_code_member"), "phone_code", ["member"])
    with op.batch_alter_table("pass_key") as table:
        table.add_column(sa.Column("enrolled_at_ms", number, nullable=False, server_default="0"))
        table.add_column(sa.Column("ends_at_ms", number, nullable=True))
    with op.batch_alter_table("pass_key") as table:  # in one step, rows would have no default
        table.alter_column("enrolled_at_ms", server_default=None)


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("pass_key") as table:
        table.drop_column("ends_at_ms")
        table.drop_column("enrolled_at_ms")
    op.drop_index(op.f("ix_phone_code_member"), "phone_code")
    op.drop_table("phone_code")
