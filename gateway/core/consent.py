"""What a member may agree to, purpose by purpose. Everything is off until they did."""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    """The closed list of purposes; each is asked for, and withdrawn, on its own."""

    PRESENCE = "presence"  # be noticed by a tag
    PERSONAL_OFFERS = "personal_offers"
    STAFF_CONTEXT = "staff_context"  # staff may see who it is and what they came for
    PROFILING = "profiling"
    EMAIL = "email"
    SMS = "sms"
    ZALO = "zalo"


class Method(StrEnum):
    """The way in which somebody said yes or no."""

    PHONE = "phone"  # on the member's own phone, signed by its key
    KIOSK = "kiosk"  # at a kiosk's screen, signed in with a pass or a code
    DESK = "desk"  # at the counter or by telephone, to somebody of the staff
    API = "api"  # another system of the shop asked
    CSV = "csv"  # a file says so
    MERGE = "merge"  # what two profiles said is one person's now
    SPLIT = "split"
    AGE = "age"  # they turned out to be a child: gateway.core.minors
    BEFORE = "before"  # it was so when the ledger began


TEXT_VERSION = 1  # of the words members agreed to; grows when they change
