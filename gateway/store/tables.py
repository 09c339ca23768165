"""All tables together, for migrations: importing this makes `Base.metadata` complete."""

from gateway.store import (
    alerts,
    dead_letters,
    entries,
    entry_cards,
    events,
    kiosk_certificates,
    offers,
    orders,
    pass_uses,
    phones,
    profiles,
    screen_sessions,
    staff,
    stores,
    tag_clocks,
    visits,
)
from gateway.store.base import Base

__all__ = [
    "Base",
    "alerts",
    "dead_letters",
    "entries",
    "entry_cards",
    "events",
    "kiosk_certificates",
    "offers",
    "orders",
    "pass_uses",
    "phones",
    "profiles",
    "screen_sessions",
    "staff",
    "stores",
    "tag_clocks",
    "visits",
]
