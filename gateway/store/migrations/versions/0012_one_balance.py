"""The ledger opens with profiles' points; redemptions know their rewards; kiosks hold leases."""

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
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "purse",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("purse", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("store", "kiosk", name=op.f("pk_purse")),
    )
    words = ("lease", "store", "kiosk", "purse", "offer", "day")
    op.create_table(
        "lease",
        *(sa.Column(name, sa.String(), nullable=False) for name in words),
        *(sa.Column(name, number, nullable=False) for name in ("granted", "spent", "unit_vnd")),
        *(sa.Column(name, number, nullable=False) for name in ("at_ms", "until_ms")),
        sa.Column("renew_ms", number, nullable=True),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("lease", name=op.f("pk_lease")),
    )
    op.create_index("ix_lease_open", "lease", ["is_closed", "store", "kiosk"])
    op.create_index(op.f("ix_lease_offer"), "lease", ["offer"])
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
    op.drop_table("lease")
    op.drop_table("purse")
    op.drop_column("redemption", "rewards")
