"""What somebody tried at the broker becomes a card on the staff's board, once until it is closed.

A stranger without a certificate is nobody's kiosk: said in the log only.
"""

from __future__ import annotations

import logging

from sqlalchemy.orm import Session

from contract import topics
from contract.errors import ContractError
from contract.messages import Live, Noun
from firmware_config.broker_watch import Alarm
from gateway.core.alerts import AlertKind
from gateway.core.visits import Place
from gateway.store import alerts, stores

log = logging.getLogger(__name__)


def raise_card(db: Session, alarm: Alarm, now_ms: int) -> tuple[str, Live] | None:
    """Offer staff a card; returns whom to tell what of it, None if there is nothing new."""
    who = alarm.user or "a stranger"
    log.warning("at the broker: %s by %s: %s", alarm.attempt, who, alarm.detail)
    try:
        kiosk = topics.user(alarm.user)
    except ContractError:
        return None
    if (kiosk.store, kiosk.kiosk) not in stores.kiosks(db):
        return None
    place = Place(kiosk.store, kiosk.kiosk, now_ms)
    card = alerts.offer_once(db, alerts.due(place, AlertKind.IMPOSTOR))
    return None if card is None else (kiosk.store, Live(Noun.ALERT, str(card.alert)))
