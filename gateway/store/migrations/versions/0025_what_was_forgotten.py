"""What each run of the retention forgot."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "retention_run",
        sa.Column("at_ms", NUMBER, autoincrement=False, nullable=False),
        sa.Column("kept", sa.String(), nullable=False),
        sa.Column("before_ms", NUMBER, nullable=False),
        sa.Column("removed", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("at_ms", "kept", name=op.f("pk_retention_run")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("retention_run")
