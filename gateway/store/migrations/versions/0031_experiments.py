"""Experiments: who was in which arm. Which tables were taken out, and which reports were sent."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

KEY_BYTES = 32  # as long as the hash can use


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    key = op.create_table(
        "experiment_key",
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_experiment_key")),
    )
    op.bulk_insert(key, [{"key": secrets.token_hex(KEY_BYTES)}])
    op.create_table(
        "exposure",
        sa.Column("experiment", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("arm", sa.String(), nullable=False),
        sa.Column("at_ms", number, nullable=False),
        sa.PrimaryKeyConstraint("experiment", "member", name=op.f("pk_exposure")),
    )
    op.create_index("ix_exposure_arm", "exposure", ["experiment", "arm", "at_ms"])
    op.create_table(
        "export_run",
        sa.Column("number", number, nullable=False),
        sa.Column("at_ms", number, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("view", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("rows", number, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_export_run")),
    )
    op.create_table(
        "report_letter",
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("at_ms", number, nullable=False),
        sa.PrimaryKeyConstraint("first", "last", name=op.f("pk_report_letter")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("report_letter")
    op.drop_table("export_run")
    op.drop_table("exposure")
    op.drop_table("experiment_key")
