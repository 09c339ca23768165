"""SQLite finds a member's visits by the week they began in, so that old pages stay as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

BY_MEMBER, BY_WEEK = "ix_visit_member_store_first", "ix_visit_week"
WEEK_MS = 7 * 24 * 60 * 60 * 1000


def upgrade() -> None:
    """Change the schema."""
    if op.get_bind().dialect.name == "sqlite":
        op.create_index(BY_WEEK, "visit", [sa.text(f"first_at_ms / {WEEK_MS}"), "member", "store"])
        op.drop_index(BY_MEMBER, table_name="visit")


def downgrade() -> None:
    """Undo it."""
    if op.get_bind().dialect.name == "sqlite":
        op.create_index(BY_MEMBER, "visit", ["member", "store", "first_at_ms"])
        op.drop_index(BY_WEEK, table_name="visit")
