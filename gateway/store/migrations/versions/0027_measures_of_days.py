"""Days that are over are counted once, and which kiosk was heard in which hour is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

FOUND_BY = (
    ("ix_visit_store_first", "visit", ["store", "first_at_ms"]),
    ("ix_alert_store_offered", "alert", ["store", "offered_at_ms"]),
    ("ix_redemption_store", "redemption", ["store", "state", "changed_at_ms"]),
    ("ix_order_step_at_ms", "order_step", ["at_ms"]),
    ("ix_door_record_decided", "door_record", ["store", "decided_ms"]),
)


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "measured",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("hour", number, nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("count", number, nullable=False),
        sa.Column("total", number, nullable=False),
        sa.PrimaryKeyConstraint(
            "store", "day", "measure", "hour", "part", name=op.f("pk_measured")
        ),
    )
    op.create_table(
        "measured_day",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("store", "day", name=op.f("pk_measured_day")),
    )
    op.create_table(
        "kiosk_day",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hours", number, nullable=False),
        sa.PrimaryKeyConstraint("store", "kiosk", "day", name=op.f("pk_kiosk_day")),
    )
    op.drop_index(op.f("ix_visit_store"), "visit")
    for name, table, columns in FOUND_BY:
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Undo it."""
    for name, table, _ in FOUND_BY:
        op.drop_index(name, table)
    op.create_index(op.f("ix_visit_store"), "visit", ["store"])
    for table in ("kiosk_day", "measured_day", "measured"):
        op.drop_table(table)
