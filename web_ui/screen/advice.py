"""Why a code or a question led nowhere, and what to do next. A sentence for each cause."""

from __future__ import annotations

from dataclasses import dataclass

from contract.events import EntryReason, Verdict
from contract.messages import Refusal
from kiosk.core.at_the_shelf import Unknown
from kiosk.core.new_here import Step
from kiosk.core.phone_keypad import Hurdle
from web_ui.shared.i18n import later


@dataclass(frozen=True)
class Advice:
    """Said in the shopper's language, through gettext."""

    problem: str
    next_step: str


_EXPIRED = Advice(
    later("This code is too old"),
    later("Open your page on the phone again and show the new code. It changes every 15 seconds."),
)
_EARLY = Advice(
    later("Your phone's clock runs ahead"),
    later("Let your phone set its time by itself, then open your page and show the code again."),
)
_REPLAYED = Advice(
    later("This code was used already"),
    later("Open your page on the phone and show the code from there. A photo of it does not work."),
)
_FOREIGN = Advice(
    later("This code is for another store"),
    later("Choose this store on your page, then show the code again."),
)
_FORGED = Advice(
    later("This code is not valid"),
    later("Open your own page on the phone and show the code from there."),
)
_UNREADABLE = Advice(
    later("This is not a member code"),
    later("Open your page on the phone and show the code you find there."),
)
_UNCHECKED = Advice(
    later("We cannot check this code just now"),
    later("Please wait a moment and show it again, or call staff."),
)

ADVICE: dict[str, Advice] = {
    # GOOD and UNVERIFIED go on to the gateway; if they ever end here, the shopper tries again.
    Verdict.GOOD: _UNCHECKED,
    Verdict.UNVERIFIED: _UNCHECKED,
    Verdict.EXPIRED: _EXPIRED,
    Verdict.EARLY: _EARLY,
    Verdict.REPLAYED: _REPLAYED,
    Verdict.FOREIGN: _FOREIGN,
    Verdict.FORGED: _FORGED,
    Verdict.UNREADABLE: _UNREADABLE,
    Refusal.UNKNOWN_PASS: Advice(
        later("We do not know this code yet"),
        later("If you joined today, try again in a minute. Staff can also find your page for you."),
    ),
    Refusal.FORGED_PASS: _FORGED,
    Refusal.REPLAYED_PASS: _REPLAYED,
    Refusal.FOREIGN_PASS: _FOREIGN,
    Refusal.EXPIRED_PASS: _EXPIRED,
    Refusal.CONSENT_MISSING: Advice(
        later("Personal offers are switched off"),
        later("That is your own choice. You can switch them on at any time, on your page."),
    ),
    Refusal.NOT_RECOGNISED: Advice(
        later("We did not recognise you"),
        later("Open your page on the phone and hold its code up to this screen."),
    ),
}

NEW_HERE: dict[Step, Advice] = {
    Step.SEARCHING: Advice(
        later("This screen is looking for its gateway"),
        later(
            "Is it in the shop's network, and is the gateway switched on? This goes on by itself."
        ),
    ),
    Step.WAITING: Advice(
        later("This is a new kiosk"),
        later("Open Kiosks in the owner's console, and let it in if the same code stands there."),
    ),
    Step.REFUSED: Advice(
        later("The owner has sent this screen away"),
        later("If that was a mistake, touch the button. It then shows a new code."),
    ),
    Step.EXPIRED: Advice(
        later("Nobody has let this screen in"),
        later("A code is good for 15 minutes. A new one comes in a minute, or by the button."),
    ),
    Step.UNFIT: Advice(
        later("This screen cannot become a kiosk like this"),
        later("Whoever set it up finds below what to mend. It tries again by itself."),
    ),
}

_ELSE = later("Call staff, or come to the counter: they find your page for you.")
NO_CODE: dict[Hurdle, Advice] = {
    Hurdle.OFFLINE: Advice(later("We cannot send you a code: this screen is not connected"), _ELSE),
    Hurdle.SILENT: Advice(later("We cannot send you a code: the connection is slow"), _ELSE),
    Hurdle.UNAVAILABLE: Advice(later("We cannot send codes just now"), _ELSE),
    Hurdle.LOCKED: Advice(
        later("Too many tries with this number"),
        later("It works again in an hour. Until then staff find your page for you."),
    ),
}

_ASK = later("Call staff with the button below, or come to the counter.")
AT_SHELVES: dict[Unknown, Advice] = {
    Unknown.NO_LIST: Advice(
        later("This screen does not know yet what the store sells"),
        _ASK,
    ),
    Unknown.NOT_LISTED: Advice(later("We do not know this product here"), _ASK),
    Unknown.FOREIGN: Advice(
        later("This label is not ours"),
        later("It leads to another store or another address. Please tell our staff where it is."),
    ),
}

_AT_ANOTHER_TIME = later("Please come again when we are open, or call us with the button below.")
_CALL = later("Please call us with the button below.")
AT_DOORS: dict[EntryReason, Advice] = {
    # PASS and STAFF open the door, and then another picture is shown.
    EntryReason.PASS: _UNCHECKED,
    EntryReason.STAFF: _UNCHECKED,
    EntryReason.UNREADABLE: _UNREADABLE,
    EntryReason.NOT_FOR_DOORS: Advice(
        later("This code does not open doors"),
        later("It is good inside, at the screen. To come in, show your member code or entry card."),
    ),
    EntryReason.FOREIGN: _FOREIGN,
    EntryReason.UNKNOWN: Advice(
        later("The door does not know this code yet"),
        later("If you joined today, try again in a minute, or call us with the button below."),
    ),
    EntryReason.FORGED: _FORGED,
    EntryReason.EXPIRED: _EXPIRED,
    EntryReason.EARLY: _EARLY,
    EntryReason.REVOKED: Advice(later("This card was ended"), _CALL),
    EntryReason.REPLAYED: _REPLAYED,
    EntryReason.CLOSED: Advice(later("We are closed now"), _AT_ANOTHER_TIME),
    EntryReason.HOLIDAY: Advice(later("We are closed for the holiday"), _AT_ANOTHER_TIME),
    EntryReason.FULL: Advice(
        later("The shop is full just now"),
        later("Please wait until somebody comes out, then show your code again."),
    ),
    EntryReason.ALREADY_INSIDE: Advice(
        later("Your code has let somebody in already"),
        later("Each code lets in one person. If that is wrong, call us with the button below."),
    ),
    EntryReason.BUSY: Advice(
        later("Somebody is just going in"),
        later("Please wait until the door has shut, then show your code again."),
    ),
    EntryReason.CLOCK_UNKNOWN: Advice(later("The door does not know the time yet"), _CALL),
    EntryReason.TRUST_STALE: Advice(later("The door has had no news for too long"), _CALL),
    EntryReason.OUT_OF_ORDER: Advice(later("The door is out of order"), _CALL),
}
