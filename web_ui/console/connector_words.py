"""What is wrong with a connector, as an owner reads it. Marked for translation, said elsewhere."""

from __future__ import annotations

from gateway.core.changes import Ask, Refusal
from gateway.core.connector_health import Trouble
from web_ui.shared.i18n import later

TROUBLES = {
    Trouble.SILENT: later(
        "Things changed there and it did not tell us. They were fetched; check its webhooks."
    ),
    Trouble.UNANSWERED: later("It does not answer when asked. Check its address and token."),
    Trouble.REFUSED: later("Deliveries were refused within the last hour."),
    Trouble.NEVER_HEARD: later("It has not delivered anything yet. Check its webhooks."),
    Trouble.NOT_ASKED: later("It cannot be asked, so nobody would notice its silence."),
}
REFUSALS = {
    Refusal.UNKNOWN_CONNECTOR: later("it is not in the settings any more"),
    Refusal.TOO_LARGE: later("larger than a megabyte"),
    Refusal.UNSIGNED: later("not signed"),
    Refusal.WRONG_SIGNATURE: later("signed with another secret, or changed on the way"),
    Refusal.WRONG_SHOP: later("about another shop"),
    Refusal.OLD: later("older than five minutes"),
    Refusal.EARLY: later("from a clock that is five minutes ahead"),
    Refusal.UNREADABLE: later("not as its documentation says"),
    Refusal.FOREIGN_CURRENCY: later("to be paid in another currency than đồng"),
}
ASKS = {
    Ask.SEE: later("wants to see what is known of them"),
    Ask.ERASE: later("wants to be erased"),
    Ask.ERASE_SHOP: later("The shop has left: all that came from it is to be erased."),
}
