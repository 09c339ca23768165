"""The consent ledger, which is only ever added to, and the messages that were permitted."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "consent_said",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("is_granted", sa.Boolean(), nullable=False),
        sa.Column("at_ms", NUMBER, nullable=False),
        sa.Column("text_version", NUMBER, nullable=False),
        sa.Column("text_digest", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_consent_said")),
    )
    op.create_index("ix_consent_said_member", "consent_said", ["member", "number"])
    op.create_table(
        "message_sent",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("at_ms", NUMBER, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_message_sent")),
    )
    op.create_index("ix_message_sent_member", "message_sent", ["member", "purpose", "at_ms"])
    op.execute(
        "INSERT INTO consent_said (member, purpose, is_granted, at_ms, text_version, text_digest,"
        " method, device, evidence) SELECT member, purpose, true, granted_at_ms, text_version, '',"
        " 'before', '', evidence FROM consent ORDER BY granted_at_ms, member, purpose"
    )
    for statement in _guard():
        op.execute(statement)


def downgrade() -> None:
    """Undo it."""
    op.drop_table("message_sent")
    op.drop_table("consent_said")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION consent_said_stays()")


def _guard() -> tuple[str, ...]:
    """No statement changes what somebody said."""
    sentence = "what was said is never changed"
    if op.get_bind().dialect.name == "sqlite":
        return (
            (
                "CREATE TRIGGER consent_said_stays BEFORE UPDATE ON consent_said"
                f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            ),
        )
    return (
        (
            "CREATE FUNCTION consent_said_stays() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{sentence}'; END $$"
        ),
        (
            "CREATE TRIGGER consent_said_stays BEFORE UPDATE ON consent_said"
            " FOR EACH ROW EXECUTE FUNCTION consent_said_stays()"
        ),
    )
