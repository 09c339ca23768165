"""Why, how and how well, as an owner reads it. Marked for translation here, said elsewhere."""

from __future__ import annotations

from contract.events import ClockTrust
from gateway.core.matching import Source
from gateway.core.offers.reasons import Reason
from web_ui.shared.i18n import later

REASONS = {
    Reason.GRANTED: later("shown"),
    Reason.PAUSED: later("not shown: it is paused"),
    Reason.OUTSIDE_HOURS: later("not shown: not at this hour or on this day"),
    Reason.WRONG_STORE: later("not shown: it is for other stores"),
    Reason.WRONG_CHANNEL: later("not shown: it is not for screens"),
    Reason.NOT_TRIGGERED: later("not shown: it was not its moment"),
    Reason.MIN_SPEND: later("not shown: the basket's total does not fit"),
    Reason.MIN_QTY: later("not shown: the number of items does not fit"),
    Reason.ITEM_MISSING: later("not shown: an item is missing from the basket"),
    Reason.CONDITION_UNMET: later("not shown: a condition is not met"),
    Reason.FACT_UNKNOWN: later("not shown: nobody knows what it asks for"),
    Reason.TOTAL_LIMIT: later("not shown: all of them are given out"),
    Reason.STORE_LIMIT: later("not shown: this store's share is given out"),
    Reason.DAY_LIMIT: later("not shown: today's are given out"),
    Reason.PROFILE_LIMIT: later("not shown: they have had it as often as they may"),
    Reason.VISIT_LIMIT: later("not shown: they had it on this visit"),
    Reason.BUDGET_SPENT: later("not shown: its budget is spent"),
    Reason.COOLDOWN: later("not shown: they have had it only just now"),
    Reason.UNKNOWN_CODE: later("not redeemed: nobody knows the code"),
    Reason.WRONG_RECIPIENT: later("not redeemed: the code is another member's"),
    Reason.LOCKED_ELSEWHERE: later("not redeemed: the code was being used elsewhere"),
    Reason.ALREADY_REDEEMED: later("not redeemed: it was used already"),
    Reason.RESERVATION_OVER: later("not redeemed: it came after two minutes"),
    Reason.KEY_REUSED: later("not redeemed: two requests had one number"),
    Reason.EXCLUDED_BY_GROUP: later("not shown: it does not go with an offer they got"),
    Reason.CONSENT_MISSING: later("not shown: they have not agreed to personal offers"),
    Reason.IDENTITY_TOO_WEAK: later("not shown: it was not certain enough who it is"),
    Reason.NOT_STARTED: later("not shown: it has not begun yet"),
    Reason.ENDED: later("not shown: it is over"),
    Reason.SEGMENT: later("not shown: it is about something they do not look at"),
    Reason.TIER: later("not shown: it is for a higher tier"),
    Reason.AGE: later("not shown: it is for people of another age"),
    Reason.BETTER_OFFER_APPLIED: later("not shown: better offers were"),
    Reason.HOLDOUT: later("not shown: a test keeps it from them"),
    Reason.NOTHING_RUNS: later("No offer is set up in this store."),
}
SOURCES = {
    Source.TAG: later("Bluetooth tag"),
    Source.PASS: later("member code"),
    Source.TOUCH: later("touch on the screen"),
    Source.PHONE: later("message from their phone"),
    Source.DOOR: later("let in by the door"),
    Source.NUMBER: later("code by message"),
    Source.SCREEN_CODE: later("code on the screen, by their phone"),
}
SOURCE_ICONS = {
    Source.TAG: "bluetooth",
    Source.PASS: "qrcode",
    Source.TOUCH: "hand-finger",
    Source.PHONE: "antenna",
    Source.DOOR: "door-exit",
    Source.NUMBER: "device-mobile-message",
    Source.SCREEN_CODE: "device-tablet",
}
CLOCKS = {
    ClockTrust.TRUSTED: later("right"),
    ClockTrust.HOLDOVER: later("running on its own"),
    ClockTrust.SUSPECT: later("doubtful"),
    ClockTrust.FLOOR: later("not set"),
}
