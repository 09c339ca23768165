"""Where the lines lie that an import refused."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "refused_file",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("at_ms", number, nullable=False),
        sa.Column("missed_at_ms", number, nullable=True),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_refused_file")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("refused_file")
