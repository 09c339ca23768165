"""What fields, states and lists of the offers' pages are called. Marked here, said elsewhere."""

from __future__ import annotations

from contract.messages import Tone
from gateway.core.consent import Purpose
from gateway.core.offers.model import EffectKind, Mode
from gateway.core.roles import Approval
from gateway.core.tiers import Tier
from gateway.store.offer_drafts import DraftState, Problem
from gateway.store.offers import Owner
from web_ui.console.offer_standing import Standing
from web_ui.desk.words import TIERS
from web_ui.shared.i18n import later

FIELDS = {
    "title_vi": later("Title in Vietnamese"),
    "title_en": later("Title in English"),
    "kind_vi": later("Kind in Vietnamese"),
    "kind_en": later("Kind in English"),
    "badge_vi": later("Badge in Vietnamese"),
    "badge_en": later("Badge in English"),
    "until_vi": later("Until, in Vietnamese"),
    "until_en": later("Until, in English"),
    "why_vi": later("Why, in Vietnamese"),
    "why_en": later("Why, in English"),
    "tone": later("Colour"),
    "priority": later("Importance"),
    "tier": later("Lowest tier"),
    "interest": later("Interest"),
    "personal": later("Personal"),
    "starts_on": later("First day"),
    "ends_on": later("Last day"),
    "price_vnd": later("Price, ₫"),
    "was_vnd": later("Price before, ₫"),
    "terms": later("Terms"),
    "terms.when": later("Conditions"),
    "terms.trigger": later("Moment"),
    "terms.effects": later("What it gives"),
    "terms.caps": later("Limits"),
    "terms.stacking": later("Beside other offers"),
    "terms.stores": later("Stores"),
    "terms.channels": later("Where it is given"),
    "terms.hours": later("Hours"),
    "terms.not_on": later("Days without it"),
    "terms.consents": later("Consents it needs besides"),
    "terms.paused": later("Paused"),
}
TONES = {Tone.JADE: later("Jade"), Tone.GOLD: later("Gold"), Tone.LACQUER: later("Lacquer red")}
EFFECTS = {
    EffectKind.MESSAGE: later("A message"),
    EffectKind.VOUCHER: later("A voucher"),
    EffectKind.DISCOUNT_PCT: later("Discount in percent"),
    EffectKind.DISCOUNT_VND: later("Discount in ₫"),
    EffectKind.FIXED_PRICE_VND: later("A fixed price in ₫"),
    EffectKind.FREE_ITEM: later("A free item"),
    EffectKind.POINTS: later("Points"),
    EffectKind.CASHBACK_VND: later("Cashback in ₫"),
    EffectKind.UPGRADE_PICKUP: later("A better pick-up"),
    EffectKind.NOTIFY_STAFF: later("Staff are told"),
    EffectKind.TASK: later("A task for staff"),
}
TRIGGERS = {
    "moment": later("At this moment of the visit, e.g. check_in"),
    "scan": later("The code of this shelf was scanned"),
    "dwell_s": later("In the store for so many seconds"),
    "nth_visit": later("On this visit of theirs, e.g. 5"),
    "winback_days": later("Away for so many days"),
    "birthday_within_days": later("So many days around the birthday"),
    "pickup_arrived": later("So many orders are being picked up"),
    "appointment": later("So many appointments today"),
}
CAPS = {
    "total": later("In all"),
    "per_store": later("In each store"),
    "per_day": later("Each day"),
    "per_profile": later("For each customer"),
    "per_visit": later("On each visit"),
    "spend_vnd": later("Budget in ₫"),
    "cooldown_s": later("Seconds between two for one customer (a day is 86400)"),
}
MODES = {
    Mode.STACK: later("all of the group"),
    Mode.FIRST: later("the most important one"),
    Mode.BEST_FOR_SHOPPER: later("the best for the shopper"),
    Mode.LOWEST_COST: later("the cheapest for the shop"),
}
CHANNELS = {
    "kiosk": later("The screen in the shop"),
    "phone": later("Phone"),
    "staff": later("Counter"),
    "unmanned": later("Shop without staff"),
}
PURPOSES = {
    Purpose.PRESENCE: later("be noticed"),
    Purpose.PERSONAL_OFFERS: later("personal offers"),
    Purpose.STAFF_CONTEXT: later("staff may know them"),
    Purpose.PROFILING: later("their habits may be used"),
    Purpose.EMAIL: later("messages by e-mail"),
    Purpose.SMS: later("text messages"),
    Purpose.ZALO: later("Zalo messages"),
}
# What stands inside the terms, for who reads what would change.
PARTS = {**{str(kind): label for kind, label in EFFECTS.items()}, **CAPS}
STANDINGS = {
    Standing.RUNS: later("runs"),
    Standing.PLANNED: later("planned"),
    Standing.PAUSED: later("paused"),
    Standing.OVER: later("over"),
    Standing.NEW: later("not out yet"),
}
DRAFTS = {
    DraftState.DRAFT: later("being written"),
    DraftState.ASKED: later("waits for approval"),
}
OWNERS = {Owner.FILE: later("the file offers.csv"), Owner.CONSOLE: later("the console")}
REFUSED = {
    Approval.NOT_THEIRS: later("Your role approves no offers."),
    Approval.OTHER_ROLE: later("Somebody of another role has to approve it."),
    Approval.OTHER_PERSON: later("Somebody else has to approve what you wrote."),
    Problem.CHANGED: later("Somebody has just changed this offer. Look at it again."),
    Problem.NOT_ASKED: later("Nobody has asked for this offer to be approved."),
    Problem.MISTAKEN: later("There are mistakes in it. They are listed below."),
}
DONE = {
    "publish": later("It is out. Kiosks show it within seconds."),
    "send_back": later("It went back to who wrote it."),
    "discard": later("The draft was thrown away."),
    "pause": later("It is paused. Kiosks stop showing it within seconds."),
    "hand_back": later("From the next import on, the file says what it is."),
}
WORDS = {
    "fields": FIELDS,
    "tones": TONES,
    "effects": EFFECTS,
    "triggers": TRIGGERS,
    "caps": CAPS,
    "modes": MODES,
    "channels": CHANNELS,
    "purposes": PURPOSES,
    "standings": STANDINGS,
    "drafts": DRAFTS,
    "owners": OWNERS,
    "tiers": {str(tier): TIERS[tier] for tier in Tier},
}
