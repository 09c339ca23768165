"""The clocks of tags with rotating identities."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "tag_clock",
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("started_s", number, nullable=False),
        sa.Column("set_at_s", number, nullable=False),
        sa.Column("told_s", number, nullable=False),
        sa.ForeignKeyConstraint(
            ["tag"], ["tag.tag"], name=op.f("fk_tag_clock_tag_tag"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_tag_clock")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("tag_clock")
