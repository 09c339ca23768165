"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "alert",
        sa.Column("alert", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=True),
        sa.Column("visit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("session", sa.String(), nullable=True),
        sa.Column("order", sa.String(), nullable=True),
        sa.Column(
            "offered_at_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "claimed_at_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "closed_at_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("staff", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("alert", name=op.f("pk_alert")),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index("ix_alert_member", ["member", "store", "offered_at_ms"], unique=False)
        batch_op.create_index("ix_alert_store_state", ["store", "state"], unique=False)

    op.create_table(
        "dead_letter",
        sa.Column("letter", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("times", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("letter", name=op.f("pk_dead_letter")),
        sa.UniqueConstraint("digest", name=op.f("uq_dead_letter_digest")),
    )
    op.create_table(
        "edition",
        sa.Column("edition", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("edition", name=op.f("pk_edition")),
    )
    op.create_table(
        "high_water",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("upto", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("store", "kiosk", "epoch", name=op.f("pk_high_water")),
    )
    op.create_table(
        "offer",
        sa.Column("offer", sa.String(), nullable=False),
        sa.Column("priority", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tone", sa.String(), nullable=False),
        sa.Column("interest", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("is_personal", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("kind_vi", sa.String(), nullable=False),
        sa.Column("kind_en", sa.String(), nullable=False),
        sa.Column("badge_vi", sa.String(), nullable=False),
        sa.Column("badge_en", sa.String(), nullable=False),
        sa.Column("until_vi", sa.String(), nullable=False),
        sa.Column("until_en", sa.String(), nullable=False),
        sa.Column("title_vi", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("why_vi", sa.String(), nullable=False),
        sa.Column("why_en", sa.String(), nullable=False),
        sa.Column("price_vnd", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("was_vnd", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("offer", name=op.f("pk_offer")),
    )
    op.create_table(
        "pass_use",
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("key_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("member", "key_id", "slot", name=op.f("pk_pass_use")),
    )
    op.create_table(
        "profile",
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("interests", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_profile")),
    )
    op.create_table(
        "screen_session",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=True),
        sa.Column("visit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("answers", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("store", "kiosk", "session", name=op.f("pk_screen_session")),
    )
    op.create_table(
        "staff",
        sa.Column("staff", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("pin_hash", sa.String(), nullable=False),
        sa.Column("failures", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "locked_until_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.PrimaryKeyConstraint("staff", name=op.f("pk_staff")),
    )
    op.create_table(
        "store",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("store_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "trust_epoch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.PrimaryKeyConstraint("store", name=op.f("pk_store")),
        sa.UniqueConstraint("store_no", name=op.f("uq_store_store_no")),
    )
    op.create_table(
        "visit",
        sa.Column("visit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column(
            "first_at_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "last_at_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("heard_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("visit", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(
            "ix_visit_member_store", ["member", "store", "last_at_ms"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_visit_store"), ["store"], unique=False)

    op.create_table(
        "consent",
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column(
            "granted_at_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "text_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["profile.member"], name=op.f("fk_consent_member_profile")
        ),
        sa.PrimaryKeyConstraint("member", "purpose", name=op.f("pk_consent")),
    )
    op.create_table(
        "customer_order",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("items", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "unpaid_vnd", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("state", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["profile.member"], name=op.f("fk_customer_order_member_profile")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_customer_order")),
    )
    with op.batch_alter_table("customer_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_order_member"), ["member"], unique=False)

    op.create_table(
        "decision",
        sa.Column("decision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("offer", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["visit"], ["visit.visit"], name=op.f("fk_decision_visit_visit")),
        sa.PrimaryKeyConstraint("decision", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_visit"), ["visit"], unique=False)

    op.create_table(
        "kiosk",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column(
            "said_at_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.ForeignKeyConstraint(["store"], ["store.store"], name=op.f("fk_kiosk_store_store")),
        sa.PrimaryKeyConstraint("store", "kiosk", name=op.f("pk_kiosk")),
    )
    op.create_table(
        "pass_key",
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("key_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["profile.member"], name=op.f("fk_pass_key_member_profile")
        ),
        sa.PrimaryKeyConstraint("member", "key_id", name=op.f("pk_pass_key")),
    )
    op.create_table(
        "tag",
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["profile.member"], name=op.f("fk_tag_member_profile")),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_tag")),
        sa.UniqueConstraint("identity", name=op.f("uq_tag_identity")),
    )
    with op.batch_alter_table("tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tag_member"), ["member"], unique=False)

    op.create_table(
        "event",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("kiosk", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store", "kiosk"], ["kiosk.store", "kiosk.kiosk"], name=op.f("fk_event_store_kiosk")
        ),
        sa.PrimaryKeyConstraint("store", "kiosk", "epoch", "seq", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_id"), ["id"], unique=False)
