"""Whether an order from the console is for this kiosk, and whether it is to be obeyed now.

Broker and network are believed nothing: the seal, the time and the nonce decide.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from contract import commands
from contract.commands import Command, Deed
from contract.errors import ContractError
from contract.topics import KioskAddress
from contract.vitals import Outcome
from kiosk.core.clock_trust import Belief

EXACT_S = 10.0  # an order lives 5 s; by a worse clock nobody knows whether it is over


@dataclass(frozen=True, slots=True)
class Memory:
    """What a kiosk knows of earlier orders."""

    up_s: float  # how long; an order from before may have been obeyed by another process
    nonces: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """An order that is genuine and for this kiosk, and what is to become of it."""

    order: Command
    outcome: Outcome


def judge(
    keys: Mapping[int, bytes], sealed: bytes, here: KioskAddress, memory: Memory, now: Belief
) -> Judged | None:
    """None if it is nobody's word, for another device, for the door, or known already."""
    try:
        order = commands.read(keys, sealed)
    except ContractError:
        return None
    if (order.store, order.device) != (here.store, here.kiosk) or order.deed is Deed.OPEN_DOOR:
        return None
    if order.nonce in memory.nonces:
        return None
    return Judged(order, _outcome(order, memory, now))


def _outcome(order: Command, memory: Memory, now: Belief) -> Outcome:
    if not now.is_known or now.error_s > EXACT_S:
        return Outcome.CLOCK_UNKNOWN
    if order.until_ms / 1_000 < now.unix_s - now.error_s:
        return Outcome.EXPIRED
    if order.at_ms / 1_000 > now.unix_s + now.error_s:
        return Outcome.EARLY
    if order.at_ms / 1_000 < now.unix_s - memory.up_s + now.error_s:
        return Outcome.BEFORE_START
    return Outcome.DONE
