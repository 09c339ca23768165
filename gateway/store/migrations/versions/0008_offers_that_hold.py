"""Offers have terms; vouchers, redemptions and their counts; the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "voucher",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("offer", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=True),
        sa.Column("store", sa.String(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("max_uses", number, nullable=False),
        sa.Column("used", number, nullable=False),
        sa.ForeignKeyConstraint(["offer"], ["offer.offer"], name=op.f("fk_voucher_offer_offer")),
        sa.ForeignKeyConstraint(
            ["member"], ["profile.member"], name=op.f("fk_voucher_member_profile")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_voucher")),
    )
    op.create_index(op.f("ix_voucher_offer"), "voucher", ["offer"])
    op.create_table(
        "redemption",
        sa.Column("redemption", number, nullable=False),
        sa.Column("idem_key", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("offer", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("member", sa.String(), nullable=True),
        sa.Column("visit", number, nullable=True),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("cost_vnd", number, nullable=False),
        sa.Column("at_ms", number, nullable=False),
        sa.Column("lock_until_ms", number, nullable=False),
        sa.Column("changed_at_ms", number, nullable=False),
        sa.Column("order_ref", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("redemption", name=op.f("pk_redemption")),
        sa.UniqueConstraint("idem_key", name=op.f("uq_redemption_idem_key")),
    )
    op.create_index("ix_redemption_lapse", "redemption", ["state", "lock_until_ms"])
    op.create_index("ix_redemption_member", "redemption", ["member", "offer"])
    op.create_index(op.f("ix_redemption_offer"), "redemption", ["offer"])
    op.create_table(
        "tally",
        sa.Column("offer", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("used", number, nullable=False),
        sa.Column("spent_vnd", number, nullable=False),
        sa.PrimaryKeyConstraint("offer", "scope", "key", name=op.f("pk_tally")),
    )
    op.create_table(
        "posting",
        sa.Column("posting", number, nullable=False),
        sa.Column("idem_key", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", number, nullable=False),
        sa.Column("at_ms", number, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("undoes", number, nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["profile.member"], name=op.f("fk_posting_member_profile")
        ),
        sa.PrimaryKeyConstraint("posting", name=op.f("pk_posting")),
        sa.UniqueConstraint("idem_key", name=op.f("uq_posting_idem_key")),
        sa.UniqueConstraint("undoes", name=op.f("uq_posting_undoes")),
    )
    op.create_index(op.f("ix_posting_member"), "posting", ["member"])
    op.create_table(
        "lot",
        sa.Column("lot", number, nullable=False),
        sa.Column("posting", number, nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("left", number, nullable=False),
        sa.Column("usable_from_ms", number, nullable=False),
        sa.Column("expires_at_ms", number, nullable=True),
        sa.ForeignKeyConstraint(
            ["posting"], ["posting.posting"], name=op.f("fk_lot_posting_posting")
        ),
        sa.PrimaryKeyConstraint("lot", name=op.f("pk_lot")),
    )
    op.create_index("ix_lot_account", "lot", ["member", "currency", "pack"])
    op.create_table(
        "posting_part",
        sa.Column("posting", number, nullable=False),
        sa.Column("lot", number, nullable=False),
        sa.Column("delta", number, nullable=False),
        sa.ForeignKeyConstraint(
            ["posting"], ["posting.posting"], name=op.f("fk_posting_part_posting_posting")
        ),
        sa.ForeignKeyConstraint(["lot"], ["lot.lot"], name=op.f("fk_posting_part_lot_lot")),
        sa.PrimaryKeyConstraint("posting", "lot", name=op.f("pk_posting_part")),
    )
    with op.batch_alter_table("offer") as table:
        table.add_column(sa.Column("terms", sa.String(), nullable=False, server_default="{}"))
    with op.batch_alter_table("offer") as table:  # not in one: the rows that are there need it
        table.alter_column("terms", server_default=None)


def downgrade() -> None:
    """Undo it."""
    for table in ("posting_part", "lot", "posting", "tally", "redemption", "voucher"):
        op.drop_table(table)
    with op.batch_alter_table("offer") as offers:
        offers.drop_column("terms")
