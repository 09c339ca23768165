"""The incident log, which is only ever added to; what the owner filed, and was reminded of."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "incident",
        sa.Column("incident", NUMBER, autoincrement=True, nullable=False),
        sa.Column("known_ms", NUMBER, nullable=False),
        sa.Column("due_ms", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("incident", name=op.f("pk_incident")),
    )
    op.create_table(
        "incident_said",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("incident", NUMBER, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("said_ms", NUMBER, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("told_ms", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(
            ["incident"], ["incident.incident"], name=op.f("fk_incident_said_incident_incident")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_incident_said")),
    )
    op.create_index("ix_incident_said_incident", "incident_said", ["incident", "number"])
    op.create_table(
        "filing",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("at_ms", NUMBER, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_filing")),
    )
    op.create_table(
        "duty_told",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("stage", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_duty_told")),
    )
    for statement in _guard():
        op.execute(statement)


def downgrade() -> None:
    """Undo it."""
    for table in ("duty_told", "filing", "incident_said", "incident"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION incident_said_stays()")


def _guard() -> tuple[str, ...]:
    """No statement changes what was said of an incident."""
    sentence = "what was said is never changed"
    if op.get_bind().dialect.name == "sqlite":
        return (
            (
                "CREATE TRIGGER incident_said_stays BEFORE UPDATE ON incident_said"
                f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            ),
        )
    return (
        (
            "CREATE FUNCTION incident_said_stays() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{sentence}'; END $$"
        ),
        (
            "CREATE TRIGGER incident_said_stays BEFORE UPDATE ON incident_said"
            " FOR EACH ROW EXECUTE FUNCTION incident_said_stays()"
        ),
    )
