"""What was decided on all offers when somebody asked is one row, not a row an offer."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

JOINED = {
    "sqlite": "json_group_object(coalesce(offer, ''), reason)",
    "postgresql": "json_object_agg(coalesce(offer, ''), reason)::text",
}
APART = {
    "sqlite": "json_each(decision.reasons)",
    "postgresql": "json_each_text(decision.reasons::json)",
}


def upgrade() -> None:
    """Change the schema."""
    dialect = op.get_bind().dialect.name
    op.add_column("decision", sa.Column("reasons", sa.String(), nullable=True))
    op.execute(
        f"UPDATE decision SET reasons = (SELECT {JOINED[dialect]} FROM decision AS other "  # noqa: S608
        "WHERE other.visit = decision.visit AND other.event = decision.event) "
        "WHERE decision IN (SELECT min(decision) FROM decision GROUP BY visit, event)"
    )
    op.execute("DELETE FROM decision WHERE reasons IS NULL")
    with op.batch_alter_table("decision") as batch:
        batch.alter_column("reasons", existing_type=sa.String(), nullable=False)
        batch.drop_column("offer")
        batch.drop_column("reason")


def downgrade() -> None:
    """Undo it."""
    dialect = op.get_bind().dialect.name
    op.add_column("decision", sa.Column("offer", sa.String(), nullable=True))
    op.add_column("decision", sa.Column("reason", sa.String(), nullable=True))
    with op.batch_alter_table("decision") as batch:
        batch.alter_column("reasons", existing_type=sa.String(), nullable=True)
    op.execute(
        "INSERT INTO decision (visit, event, offer, reason, at_ms) "  # noqa: S608
        f"SELECT visit, event, nullif(key, ''), value, at_ms FROM decision, {APART[dialect]}"
    )
    op.execute("DELETE FROM decision WHERE reason IS NULL")
    with op.batch_alter_table("decision") as batch:
        batch.alter_column("reason", existing_type=sa.String(), nullable=False)
        batch.drop_column("reasons")
