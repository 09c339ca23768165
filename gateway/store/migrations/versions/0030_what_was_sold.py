"""What tills and web shops sold, each sale once; orders know what they cost in all."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_sale_store_at", ["store", "at_ms"]),
    ("ix_sale_member", ["member", "at_ms"]),
    ("ix_sale_order_id", ["order_id"]),
    ("ix_sale_refund_of", ["source", "refund_of"]),
)


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "sale",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sale", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("at_ms", number, nullable=False),
        sa.Column("amount_vnd", number, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("staff", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=True),
        sa.Column("session", sa.String(), nullable=True),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("voucher", sa.String(), nullable=True),
        sa.Column("refund_of", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member"], ["profile.member"], name=op.f("fk_sale_member_profile")
        ),
        sa.PrimaryKeyConstraint("source", "sale", name=op.f("pk_sale")),
    )
    for name, columns in INDEXES:
        op.create_index(name, "sale", columns)
    op.add_column("customer_order", sa.Column("total_vnd", number, nullable=True))


def downgrade() -> None:
    """Undo it."""
    op.drop_column("customer_order", "total_vnd")
    op.drop_table("sale")
