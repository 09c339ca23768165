"""A member's visits in a store are found by when they began: that stays, and the end moves."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

BY_END, BY_BEGINNING = "ix_visit_member_store", "ix_visit_member_store_first"


def upgrade() -> None:
    """Change the schema."""
    op.create_index(BY_BEGINNING, "visit", ["member", "store", "first_at_ms"])
    op.drop_index(BY_END, table_name="visit")


def downgrade() -> None:
    """Undo it."""
    op.create_index(BY_END, "visit", ["member", "store", "last_at_ms"])
    op.drop_index(BY_BEGINNING, table_name="visit")
