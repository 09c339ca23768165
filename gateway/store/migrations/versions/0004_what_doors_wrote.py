"""What doors wrote down."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "door_record",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("journal", sa.String(), nullable=False),
        sa.Column("number", number, nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("decided_ms", number, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("is_granted", sa.Boolean(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("times", number, nullable=False),
        sa.Column("people", number, nullable=True),
        sa.PrimaryKeyConstraint("store", "door", "journal", "number", name=op.f("pk_door_record")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("door_record")
