"""Where kiosks and zones stand on each store's floor."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "floor",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("revision", number, nullable=False),
        sa.Column("staff", sa.String(), nullable=False),
        sa.Column("at_ms", number, nullable=False),
        sa.Column("width_m", sa.Float(), nullable=False),
        sa.Column("depth_m", sa.Float(), nullable=False),
        sa.Column("picture_kind", sa.String(), nullable=True),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("store", name=op.f("pk_floor")),
    )
    op.create_table(
        "floor_item",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("x_m", sa.Float(), nullable=False),
        sa.Column("y_m", sa.Float(), nullable=False),
        sa.Column("radius_m", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("store", "item", name=op.f("pk_floor_item")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("floor_item")
    op.drop_table("floor")
