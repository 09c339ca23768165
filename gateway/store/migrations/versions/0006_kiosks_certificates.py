"""Kiosks' one-time codes and certificates."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "kiosk_code",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("until_ms", number, nullable=False),
        sa.Column("used_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store", "kiosk"],
            ["kiosk.store", "kiosk.kiosk"],
            name=op.f("fk_kiosk_code_store_kiosk"),
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_kiosk_code")),
    )
    op.create_table(
        "kiosk_certificate",
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("issued_at_ms", number, nullable=False),
        sa.Column("ends_at_ms", number, nullable=False),
        sa.Column("revoked_at_ms", number, nullable=True),
        sa.ForeignKeyConstraint(
            ["store", "kiosk"],
            ["kiosk.store", "kiosk.kiosk"],
            name=op.f("fk_kiosk_certificate_store_kiosk"),
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_kiosk_certificate")),
    )
    op.create_index("ix_kiosk_certificate_kiosk", "kiosk_certificate", ["store", "kiosk"])


def downgrade() -> None:
    """Undo it."""
    op.drop_index("ix_kiosk_certificate_kiosk", "kiosk_certificate")
    op.drop_table("kiosk_certificate")
    op.drop_table("kiosk_code")
