"""What is written down of who did what at the desk: a closed list of deeds. It writes nothing."""

from __future__ import annotations

from enum import StrEnum


class Deed(StrEnum):
    """What somebody did."""

    OFFER_SAVED = "offer_saved"
    OFFER_ASKED = "offer_asked"
    OFFER_SENT_BACK = "offer_sent_back"
    OFFER_PUBLISHED = "offer_published"
    OFFER_DISCARDED = "offer_discarded"
    OFFER_PAUSED = "offer_paused"
    OFFER_HANDED_BACK = "offer_handed_back"
    MEMBER_SEEN = "member_seen"
    CARD_SEEN = "card_seen"
    MEMBERS_MERGED = "members_merged"
    MEMBERS_SPLIT = "members_split"
    LINK_MADE = "link_made"  # that makes a phone a member's card
    CARDS_ENDED = "cards_ended"
    DOOR_ORDERED = "door_ordered"  # what it did is in its own records
    ENTRY_CARD_ENDED = "entry_card_ended"
    KIOSK_ORDERED = "kiosk_ordered"
    KIOSK_LET_IN = "kiosk_let_in"
    KIOSK_TURNED_AWAY = "kiosk_turned_away"
    REQUEST_DONE = "request_done"
    ERASURE_ASKED = "erasure_asked"
    ERASURE_CONFIRMED = "erasure_confirmed"
    STAFF_INVITED = "staff_invited"
    STAFF_CHANGED = "staff_changed"
    STAFF_PIN_RESET = "staff_pin_reset"
    STAFF_DISABLED = "staff_disabled"
    STAFF_ENABLED = "staff_enabled"
    PIN_CHANGED = "pin_changed"
    SETTINGS_CHANGED = "settings_changed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    PASSKEY_REFUSED = "passkey_refused"  # it may be a copy
    SALE_GIVEN_BACK = "sale_given_back"
    SALE_BUYER_SET = "sale_buyer_set"
