"""A kiosk's parts and how they are, in words for who looks after it at its own screen."""

from __future__ import annotations

from dataclasses import dataclass

from contract.events import Condition
from contract.messages import KioskState
from web_ui.shared.device_words import CONDITIONS, DEVICES
from web_ui.shared.i18n import gettext, spoken

WAITING_MAX = 100  # events; more than a minute's, even of a busy shop


@dataclass(frozen=True)
class Fact:
    """One line of how a kiosk is, in the language now in use."""

    name: str
    word: str
    is_well: bool


def facts(said: KioskState | None, *, offline: bool) -> list[Fact]:
    """How a kiosk is, as far as it has said."""
    link = gettext("not connected") if offline else gettext("connected")
    lines = [Fact(gettext("Connection to the gateway"), link, not offline)]
    if said is None:
        return lines
    waiting = said.outbox_depth
    depth = spoken().number(waiting)
    lines.append(Fact(gettext("Events that wait"), depth, waiting < WAITING_MAX))
    for device, condition in said.devices.items():
        is_well = condition is Condition.OK
        lines.append(Fact(gettext(DEVICES[device]), gettext(CONDITIONS[condition]), is_well))
    return lines
