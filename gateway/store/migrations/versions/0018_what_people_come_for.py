"""What people come for is said by settings; goods are brought back; a card needs a skill."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "visit_type",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kind"),
    )
    for name in ("order_id", "note", "outcome"):
        op.add_column(
            "appointment", sa.Column(name, sa.String(), nullable=False, server_default="")
        )
    op.add_column("alert", sa.Column("skill", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Undo it."""
    op.drop_column("alert", "skill")
    for name in ("outcome", "note", "order_id"):
        op.drop_column("appointment", name)
    op.drop_table("visit_type")
