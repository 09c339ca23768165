"""What web shops and banks say, which of ours it is about, and what is told to others."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Change the schema."""
    _deliveries()
    _news()
    _outgoing()


def _deliveries() -> None:
    op.create_table(
        "connector_delivery",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("at_ms", NUMBER, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("changed", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_connector_delivery")),
        sa.UniqueConstraint("connector", "delivery", name=op.f("uq_connector_delivery_connector")),
    )
    op.create_index("ix_connector_delivery_state", "connector_delivery", ["state", "number"])
    op.create_table(
        "connector_failure",
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("times", NUMBER, nullable=False),
        sa.Column("last_at_ms", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("connector", "reason", name=op.f("pk_connector_failure")),
    )
    op.create_table(
        "connector_poll",
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("cursor_ms", NUMBER, nullable=False),
        sa.Column("asked_at_ms", NUMBER, nullable=False),
        sa.Column("answered_at_ms", NUMBER, nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("missed", NUMBER, nullable=False),
        sa.Column("silent_since_ms", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("connector", "noun", name=op.f("pk_connector_poll")),
    )


def _news() -> None:
    op.create_table(
        "outside",
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("outside", sa.String(), nullable=False),
        sa.Column("ours", sa.String(), nullable=False),
        sa.Column("updated_ms", NUMBER, nullable=False),
        sa.Column("is_made_here", sa.Boolean(), nullable=False),
        sa.Column("told_vnd", NUMBER, nullable=False),
        sa.Column("erased_at_ms", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("connector", "noun", "outside", name=op.f("pk_outside")),
    )
    op.create_index(op.f("ix_outside_ours"), "outside", ["ours"])
    op.create_table(
        "payment",
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("order_ref", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("amount_vnd", NUMBER, nullable=False),
        sa.Column("at_ms", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("connector", "reference", name=op.f("pk_payment")),
    )
    op.create_index(op.f("ix_payment_order_id"), "payment", ["order_id"])
    op.create_index(op.f("ix_payment_order_ref"), "payment", ["order_ref"])
    op.create_table(
        "privacy_request",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("ask", sa.String(), nullable=False),
        sa.Column("outside", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=True),
        sa.Column("asked_at_ms", NUMBER, nullable=False),
        sa.Column("due_ms", NUMBER, nullable=False),
        sa.Column("done_at_ms", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_privacy_request")),
    )


def _outgoing() -> None:
    op.create_table(
        "outgoing_event",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at_ms", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outgoing_event")),
        sa.UniqueConstraint("event", name=op.f("uq_outgoing_event_event")),
    )
    op.create_table(
        "outgoing_cursor",
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("endpoint", name=op.f("pk_outgoing_cursor")),
    )
    op.create_table(
        "outgoing_delivery",
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column("next_at_ms", NUMBER, nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("endpoint", "number", name=op.f("pk_outgoing_delivery")),
        sa.ForeignKeyConstraint(
            ["number"],
            ["outgoing_event.number"],
            name=op.f("fk_outgoing_delivery_number_outgoing_event"),
        ),
    )
    op.create_index("ix_outgoing_delivery_due", "outgoing_delivery", ["state", "next_at_ms"])


def downgrade() -> None:
    """Undo it."""
    for table in (
        "outgoing_delivery",
        "outgoing_cursor",
        "outgoing_event",
        "privacy_request",
        "payment",
        "outside",
        "connector_poll",
        "connector_failure",
        "connector_delivery",
    ):
        op.drop_table(table)
