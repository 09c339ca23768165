"""By what members are known elsewhere, where their fields come from, and who is one with whom."""

import re
from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = ("birthday", "segments", "source", "provenance")


def upgrade() -> None:
    """Change the schema, and make the phone numbers that are there ids."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "external_id",
        sa.Column("external", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at_ms", number, nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["profile.member"], name=op.f("fk_external_id_member_profile")
        ),
        sa.PrimaryKeyConstraint("external", name=op.f("pk_external_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_external_id_member"), "external_id", ["member"])
    op.create_table(
        "interest",
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("at_ms", number, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["profile.member"], name=op.f("fk_interest_member_profile")
        ),
        sa.PrimaryKeyConstraint("member", "kind", "word", name=op.f("pk_interest")),
    )
    op.create_table(
        "merge",
        sa.Column("merge", number, nullable=False),
        sa.Column("kept", sa.String(), nullable=False),
        sa.Column("gone", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at_ms", number, nullable=False),
        sa.Column("undone_at_ms", number, nullable=True),
        sa.Column("before", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("merge", name=op.f("pk_merge")),
    )
    for name in ("kept", "gone"):
        op.create_index(op.f(f"ix_merge_{name}"), "merge", [name])
    # one by one and not in a batch: that would copy a million profiles
    for name in COLUMNS:
        op.add_column("profile", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("profile", sa.Column("said_at_ms", number, nullable=False, server_default="0"))
    op.add_column("profile", sa.Column("merged_into", sa.String(), nullable=True))
    op.execute(
        "UPDATE profile SET said_at_ms = coalesce("
        "(SELECT max(granted_at_ms) FROM consent WHERE consent.member = profile.member), 0)"
    )
    _fill()


def _fill() -> None:
    """A number that two members have is nobody's id: nobody knows whose."""
    db = op.get_bind()
    profile = sa.table("profile", sa.column("member"), sa.column("phone"))
    told = db.execute(sa.select(profile.c.member, profile.c.phone).where(profile.c.phone != ""))
    found = [(member, number) for member, phone in told if (number := _e164(phone))]
    often = Counter(number for _, number in found)
    rows = [
        {"external": f"phone:{number}", "member": member, "source": "profile", "at_ms": 0}
        for member, number in found
        if often[number] == 1
    ]
    names = ("external", "member", "source", "at_ms")
    if rows:
        db.execute(sa.insert(sa.table("external_id", *map(sa.column, names))), rows)


def _e164(said: str) -> str:
    number = re.sub(r"[ .()/\u00a0-]", "", said)
    number = re.sub(r"^00", "+", number)
    number = re.sub(r"^0", "+84", number)
    return number if re.fullmatch(r"\+[1-9][0-9]{7,14}", number) else ""


def downgrade() -> None:
    """Undo it."""
    for name in ("merged_into", "said_at_ms", *COLUMNS):
        op.drop_column("profile", name)
    for table in ("merge", "interest", "external_id"):
        op.drop_table(table)
