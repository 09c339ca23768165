"""Setting parts of a cap aside for kiosks that may lose the network; their sum never exceeds it.

Time gives nothing back: a kiosk that is silent may have given out all of its lease before it
ended, and report it days later. Only its own word that it closed the lease frees the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from contract.leases import Lease, Report


@dataclass(frozen=True, slots=True)
class Leased:
    """What is known of one lease here."""

    kiosk: str
    granted: int
    spent: int = 0
    is_closed: bool = False

    @property
    def holds(self) -> int:
        """How much of the cap nobody else may give out because of it."""
        return self.spent if self.is_closed else self.granted


@dataclass(frozen=True, slots=True)
class Pool:
    """One cap, what tills here gave out of it, and the leases."""

    cap: int
    given_here: int = 0
    leases: Mapping[str, Leased] = field(default_factory=dict)

    @property
    def free(self) -> int:
        """What may still be given out here, or set aside."""
        return self.cap - self.given_here - sum(one.holds for one in self.leases.values())


@dataclass(frozen=True, slots=True)
class Request:
    """A kiosk asks for a lease under a new name; asked twice it is the same lease."""

    lease: str
    kiosk: str
    offer: str
    wanted: int
    until_ms: int


def grant(pool: Pool, request: Request) -> tuple[Pool, Lease | None]:
    """Set aside as much as is wanted, or as there is; None if there is nothing."""
    known = pool.leases.get(request.lease)
    granted = min(request.wanted, pool.free) if known is None else known.granted
    if granted <= 0 or (known is not None and known.kiosk != request.kiosk):
        return pool, None
    if known is None:
        leased = {**pool.leases, request.lease: Leased(request.kiosk, granted)}
        pool = replace(pool, leases=leased)
    return pool, Lease(request.lease, request.offer, granted, request.until_ms)


def settle(pool: Pool, kiosk: str, report: Report) -> Pool:
    """Take a kiosk's word for its own lease. Old, doubled and others' reports change nothing."""
    known = pool.leases.get(report.lease)
    if known is None or known.kiosk != kiosk or known.is_closed:
        return pool
    spent = min(max(known.spent, report.spent), known.granted)
    leased = replace(known, spent=spent, is_closed=report.is_closed)
    return replace(pool, leases={**pool.leases, report.lease: leased})
