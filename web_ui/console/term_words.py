"""What can be wrong with an offer's conditions, in the owner's language. It looks for nothing.

The sentences are the core's own (gateway/core/offers); a test compares the two lists.
"""

from __future__ import annotations

from gateway.core.offers.conditions import TermsError
from gateway.core.offers.places import JsonTextError
from web_ui.shared.i18n import gettext as _
from web_ui.shared.i18n import later

PROBLEMS = (
    later("%(fact)s may be asked %(known)s, not %(said)s"),
    later("%(said)r is not a day like 2027-02-06"),
    later("%(said)r is not a number"),
    later("%(said)r is not a time like 09:30"),
    later("%(said)r is not a whole number from 0 to %(most)s"),
    later("%(said)r is not a word"),
    later("%(said)r is not one of %(known)s"),
    later("%(said)s goes with %(known)s only"),
    later("%(said)s must be words"),
    later("asks more than %(most)s questions"),
    later("is nested more than %(most)s deep"),
    later("it would be over before it can be used"),
    later("must be a list"),
    later("must be a list of words"),
    later("must be a word"),
    later("must be a word by which its lots are drawn"),
    later("must be an object"),
    later("must be an object with all, any, not or fact"),
    later("must be one of all, any, not or fact, not %(said)s"),
    later("must be some of the days 1 to 7 and from a time to a later one"),
    later("must be true or false"),
    later("must be words"),
    later("must change something"),
    later("must have exactly one of %(known)s"),
    later("must not be empty"),
    later("needs holdout_pct or other: else there is nothing to compare"),
    later("there is no fact %(said)r"),
    later("who is held out cannot redeem it: choose another goal"),
    later("window_days and enough must be 1 or more"),
)
# What Python's reader says of a text that is no JSON; other words of it are said as they are.
NO_JSON = (
    later("Expecting value"),
    later("Expecting property name enclosed in double quotes"),
    later("Expecting ':' delimiter"),
    later("Expecting ',' delimiter"),
    later("Extra data"),
    later("Unterminated string starting at"),
    later("Invalid control character at"),
    later("is nested too deep"),
)


def wrong(error: TermsError | JsonTextError) -> str:
    """Where it is wrong, as the conditions' own words name it, and why."""
    if isinstance(error, JsonTextError):
        return _(str(error))
    return f"{error.where}: {_(error.problem) % error.named}"
