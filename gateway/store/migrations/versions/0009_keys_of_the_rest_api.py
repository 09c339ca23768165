"""Keys of the REST API, and what it answered under idempotency keys."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "api_key",
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_at_ms", number, nullable=False),
        sa.Column("ended_at_ms", number, nullable=True),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_api_key")),
    )
    op.create_index(op.f("ix_api_key_connector"), "api_key", ["connector"])
    op.create_table(
        "api_answer",
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("idem_key", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("status", number, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at_ms", number, nullable=False),
        sa.PrimaryKeyConstraint("connector", "idem_key", name=op.f("pk_api_answer")),
    )
    op.create_index(op.f("ix_api_answer_at_ms"), "api_answer", ["at_ms"])


def downgrade() -> None:
    """Undo it."""
    op.drop_table("api_answer")
    op.drop_table("api_key")
