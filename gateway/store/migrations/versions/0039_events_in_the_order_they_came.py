"""Events are numbered as they come, readers keep their place, and stays in zones are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

# Those that are here are numbered by what both databases have of the order they came in.
NUMBERED_POSTGRESQL = """
UPDATE event SET arrival = numbered.arrival
FROM (SELECT ctid AS place, row_number() OVER (ORDER BY id) AS arrival FROM event) AS numbered
WHERE event.ctid = numbered.place
"""


def upgrade() -> None:
    """Change the schema."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("event", sa.Column("arrival", number, nullable=False, server_default="0"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE event_arrival")
        op.execute(NUMBERED_POSTGRESQL)
        op.execute("SELECT setval('event_arrival', max(arrival)) FROM event HAVING count(*) > 0")
    else:
        op.execute("UPDATE event SET arrival = rowid")
    op.create_index(op.f("ix_event_arrival"), "event", ["arrival"])
    op.create_table(
        "log_reader",
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("upto", number, nullable=False),
        sa.PrimaryKeyConstraint("reader", name=op.f("pk_log_reader")),
    )
    op.create_table(
        "zone_hour",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("at_ms", number, autoincrement=False, nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("stays", number, nullable=False),
        sa.Column("stayed_s", number, nullable=False),
        sa.PrimaryKeyConstraint("store", "at_ms", "zone", name=op.f("pk_zone_hour")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("zone_hour")
    op.drop_table("log_reader")
    op.drop_index(op.f("ix_event_arrival"), "event")
    op.drop_column("event", "arrival")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SEQUENCE event_arrival")
