"""What is wrong with kiosks, what screens show, what became of orders: as people read it."""

from __future__ import annotations

from contract.commands import Deed
from contract.vitals import Outcome, Shown
from gateway.core.fleet import Trouble
from gateway.store.device_orders import NOT_SENT
from web_ui.shared.i18n import later

TROUBLES = {
    Trouble.NEVER_SPOKE: later("It never spoke. Check its power, its network and its certificate."),
    Trouble.OFFLINE: later("It is not connected. Check its power and its network."),
    Trouble.DARK: later("Its screen paints nothing new. Restart it, or unplug it for a moment."),
    Trouble.DEAF: later("Its Bluetooth hears nothing. Restart it, or plug in a USB adapter."),
    Trouble.PART: later("One of its parts does not work; the list says which."),
    Trouble.POWER: later("It gets too little power. Use its own supply and a short cable."),
    Trouble.HOT: later("It is too hot and slows itself down. Give it air."),
    Trouble.DISK: later("Its disk is nearly full; hien doctor says how to make room."),
    Trouble.CARD: later("Its card is nearly worn out. Change it this month."),
    Trouble.CLOCK: later("It does not know the time for certain. Is it in the network?"),
    Trouble.BACKLOG: later("Many events wait to be sent. None is lost; is the gateway running?"),
    Trouble.SLOW: later("It answers slowly. Is something else running on it?"),
}
SHOWN = {
    Shown.INVITATION: later("the invitation"),
    Shown.SERVING: later("somebody's own page, which stays theirs"),
    Shown.IDENTIFY: later("which kiosk it is"),
    Shown.CLOSED: later("that the shop is closed"),
    Shown.OUT_OF_ORDER: later("that it is out of order"),
}
DEEDS = {
    Deed.OPEN_DOOR: later("open the door"),
    Deed.IDENTIFY: later("say which one it is"),
    Deed.LOOK: later("show its screen"),
    Deed.CLOSE: later("say that the shop is closed"),
    Deed.OPEN: later("go by the shop's hours again"),
    Deed.RESTART: later("start anew"),
}
OUTCOMES = {
    None: later("no answer yet"),
    NOT_SENT: later("not sent: the broker did not take it"),
    Outcome.DONE: later("done"),
    Outcome.EXPIRED: later("not done: it came too late"),
    Outcome.EARLY: later("not done: its clock is behind ours"),
    Outcome.CLOCK_UNKNOWN: later("not done: it does not know the time"),
    Outcome.SERVING: later("no picture: somebody is being served, and that is theirs"),
    Outcome.UNABLE: later("no picture: nothing on that machine can take one"),
    Outcome.BEFORE_START: later("not done: it had just started anew"),
}
