"""Each event keeps the chain value it came with, so that each row can be checked by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    # Events from before have none; what follows them is checked from its own predecessor on.
    op.add_column("event", sa.Column("chain", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Undo it."""
    op.drop_column("event", "chain")
