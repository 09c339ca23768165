"""Appointments, and the queue of who came without one."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "appointment",
        sa.Column("appointment", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=True),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("starts_at_ms", number, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("ticket", number, nullable=True),
        sa.Column("waiting_since_ms", number, nullable=True),
        sa.Column("escalated_at_ms", number, nullable=True),
        sa.Column("alert", number, nullable=True),
        sa.Column("changed_at_ms", number, nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["profile.member"], name=op.f("fk_appointment_member_profile")
        ),
        sa.PrimaryKeyConstraint("appointment", name=op.f("pk_appointment")),
    )
    op.create_index("ix_appointment_store", "appointment", ["store", "state", "starts_at_ms"])
    op.create_index("ix_appointment_member", "appointment", ["member", "starts_at_ms"])
    op.create_index(op.f("ix_appointment_alert"), "appointment", ["alert"])


def downgrade() -> None:
    """Undo it."""
    op.drop_table("appointment")
