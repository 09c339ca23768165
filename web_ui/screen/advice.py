"""Why a code or a question led nowhere, and what to do next. A sentence for each cause."""

from __future__ import annotations

from dataclasses import dataclass

from contract.events import Verdict
from contract.messages import Refusal
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
