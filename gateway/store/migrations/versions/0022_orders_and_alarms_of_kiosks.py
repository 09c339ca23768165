"""What people ordered kiosks to do, and what is wrong with kiosks since when."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "device_order",
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("staff", sa.String(), nullable=False),
        sa.Column("at_ms", number, nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("answered_ms", number, nullable=True),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_device_order")),
    )
    op.create_index("ix_device_order_kiosk", "device_order", ["store", "device", "at_ms"])
    op.create_table(
        "kiosk_alarm",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("since_ms", number, nullable=False),
        sa.Column("told_ms", number, nullable=True),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store", "kiosk"],
            ["kiosk.store", "kiosk.kiosk"],
            name=op.f("fk_kiosk_alarm_store_kiosk"),
        ),
        sa.PrimaryKeyConstraint("store", "kiosk", "trouble", name=op.f("pk_kiosk_alarm")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("kiosk_alarm")
    op.drop_table("device_order")
