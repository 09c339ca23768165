"""On which devices staff are told of cards."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "push_subscription",
        sa.Column("subscription", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("auth", sa.String(), nullable=False),
        sa.Column("staff", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("session", number, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("made_at_ms", number, nullable=False),
        sa.PrimaryKeyConstraint("subscription", name=op.f("pk_push_subscription")),
    )
    op.create_index(op.f("ix_push_subscription_staff"), "push_subscription", ["staff"])


def downgrade() -> None:
    """Undo it."""
    op.drop_index(op.f("ix_push_subscription_staff"), table_name="push_subscription")
    op.drop_table("push_subscription")
