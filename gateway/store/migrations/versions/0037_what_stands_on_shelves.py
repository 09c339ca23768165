"""Products, what each store has of them, how often their codes were read; calls from shelves."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "product",
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("gtin", sa.String(), nullable=False),
        sa.Column("name_vi", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("price_vnd", number, nullable=False),
        sa.Column("promo_vnd", number, nullable=True),
        sa.Column("promo_from_ms", number, nullable=True),
        sa.Column("promo_until_ms", number, nullable=True),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("is_for_adults", sa.Boolean(), nullable=False),
        sa.Column("is_sold", sa.Boolean(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.Column("picture_type", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("said_at_ms", number, nullable=False),
        sa.PrimaryKeyConstraint("product", name=op.f("pk_product")),
    )
    op.create_index("ix_product_gtin", "product", ["gtin"])
    op.create_table(
        "stock",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("stock", number, nullable=True),
        sa.Column("shelf", sa.String(), nullable=False),
        sa.Column("said_at_ms", number, nullable=False),
        sa.PrimaryKeyConstraint("store", "product", name=op.f("pk_stock")),
    )
    op.create_table(
        "shelf_scan",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shelf", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("medium", sa.String(), nullable=False),
        sa.Column("scans", number, nullable=False),
        sa.Column("calls", number, nullable=False),
        sa.PrimaryKeyConstraint(
            "store",
            "day",
            "shelf",
            "product",
            "campaign",
            "origin",
            "medium",
            name=op.f("pk_shelf_scan"),
        ),
    )
    for name in ("shelf", "product"):
        op.add_column("alert", sa.Column(name, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Undo it."""
    op.drop_column("alert", "product")
    op.drop_column("alert", "shelf")
    op.drop_table("shelf_scan")
    op.drop_table("stock")
    op.drop_index("ix_product_gtin", "product")
    op.drop_table("product")
