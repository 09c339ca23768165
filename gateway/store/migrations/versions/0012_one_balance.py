"""The ledger opens with the points that profiles had; a redemption knows what it gives."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.add_column(
        "redemption", sa.Column("rewards", sa.String(), nullable=False, server_default="[]")
    )
    # As `ledger.follow_files` would: so the next import posts only what it says newly.
    op.execute(
        "INSERT INTO posting (idem_key, request, member, currency, pack, kind, amount, at_ms,"
        " source, result) SELECT 'file:' || member || ':' || '0', '', member, 'points', '',"
        " 'follow', points, 0, 'file', 'done' FROM profile WHERE points > 0"
    )
    op.execute(
        'INSERT INTO lot (posting, member, currency, pack, "left", usable_from_ms)'
        " SELECT posting, member, 'points', '', amount, 0 FROM posting WHERE kind = 'follow'"
    )
    op.execute(
        "INSERT INTO posting_part (posting, lot, delta) SELECT lot.posting, lot.lot, posting.amount"
        " FROM lot JOIN posting ON posting.posting = lot.posting WHERE posting.kind = 'follow'"
    )


def downgrade() -> None:
    """Change it back; points earned here since are lost with the ledger, as before this step."""
    op.drop_column("redemption", "rewards")
