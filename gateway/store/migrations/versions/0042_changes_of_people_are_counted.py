"""SQLite counts changes of what an intake reads of people before its turn to write comes."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("tag", "consent", "pause", "pass_key")
CHANGES = ("INSERT", "UPDATE", "DELETE")


def upgrade() -> None:
    """Change the schema."""
    op.add_column("edition", sa.Column("people", NUMBER, server_default="0", nullable=False))
    op.execute(
        "INSERT INTO edition (edition, number) SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM edition)"
    )
    for name, when in _triggers():
        count = "UPDATE edition SET people = people + 1"
        op.execute(f"CREATE TRIGGER {name} AFTER {when} BEGIN {count}; END")


def downgrade() -> None:
    """Undo it."""
    for name, _ in _triggers():
        op.execute(f"DROP TRIGGER {name}")
    op.drop_column("edition", "people")


def _triggers() -> list[tuple[str, str]]:
    """Their names, and after what each counts."""
    if op.get_bind().dialect.name != "sqlite":
        return []
    return [
        (f"people_{table}_{change.lower()}", f"{change} ON {table}")
        for table in TABLES
        for change in CHANGES
    ]
