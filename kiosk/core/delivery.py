"""Which events to publish next, so that all reach the gateway over a way that may lose anything.

Sans IO: it only counts. Events go out in order, a window of them ahead of the receipt; when
receipts stop, sending goes back to the first event without one. The gateway deduplicates.

When one end was restored from a copy, the two remember different pasts under the same numbers.
Then everything that is left is numbered anew, in a new epoch: that is always safe, because the
gateway also knows an event by its id.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto

from contract.messages import Receipt

# 100 in flight keep the client library at its full speed; with 1,000 it needs 2.5 times the
# CPU, because it walks over all of them at every acknowledgement.
WINDOW = 100
STALLED_S = 3.0  # a healthy gateway commits and answers within milliseconds
# A broker that refuses is asked again with one event only, after 3, 6, 12 … seconds: somebody has
# to change its rules first, and should find one line in its log and not a hundred a second.
REFUSED_S, REFUSED_MAX_S = 3.0, 300.0
# Sent three times without a word: whoever hangs behind a broker that lives is as far away as a
# broker that is gone, and the screen says so.
SILENT_S = 9.0
BEHIND_MAX = 3  # one receipt may have been late; a gateway that is asked thrice means it


class Rift(Enum):
    """Why the numbers of an outbox are worth nothing any more."""

    OUTBOX_RESTORED = auto()  # the gateway has what this outbox knows nothing of
    GATEWAY_RESTORED = auto()  # the gateway lacks what this outbox was told to forget


REMEMBERS = {
    Rift.OUTBOX_RESTORED: "restored from a copy; events are numbered anew",
    Rift.GATEWAY_RESTORED: "the gateway was restored from a copy and lacks what it had confirmed",
}
"""What a person should know when the two ends remember different pasts."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far the events of one outbox have got: 0 <= receipted <= sent <= last."""

    epoch: str
    last: int  # the newest event in the outbox
    receipted: int  # committed by the gateway up to here
    sent: int  # given to the network up to here, since we last went back
    online: bool = False
    moved_s: float = 0.0  # monotonic: the last sign that sending gets anywhere
    refusals: int = 0  # in a row, since something was committed or the link came anew
    resumes_s: float = 0.0  # monotonic: nothing goes out before, because it would be refused
    behind: int = 0  # receipts in a row that know less than one before
    unheard_s: float | None = None  # monotonic: since when the oldest event waits for a receipt


def opened(epoch: str, last: int, depth: int) -> Delivery:
    """Begin with what the outbox holds: `depth` events up to number `last`."""
    return Delivery(epoch, last=last, receipted=last - depth, sent=last - depth)


def appended(was: Delivery, seq: int, now_s: float) -> Delivery:
    """The outbox holds one more event."""
    unheard_s = now_s if was.unheard_s is None else was.unheard_s
    return replace(was, last=seq, unheard_s=unheard_s)


def is_heard(was: Delivery, now_s: float) -> bool:
    """Whether somebody listens at the other end, as far as anybody can know here."""
    return was.online and (was.unheard_s is None or now_s - was.unheard_s < SILENT_S)


def linked(was: Delivery, online: bool, now_s: float) -> Delivery:
    """The link came or went. What was on its way over the old one is not counted on."""
    anew = replace(was, online=online, sent=was.receipted, moved_s=now_s)
    unheard_s = now_s if was.last > was.receipted else None
    return replace(anew, refusals=0, resumes_s=now_s, unheard_s=unheard_s)


def refused(was: Delivery, now_s: float) -> Delivery:
    """The broker did not take an event. Others on their way with it say nothing new."""
    if now_s < was.resumes_s:
        return was
    wait_s = min(REFUSED_S * 2**was.refusals, REFUSED_MAX_S)
    refusals = min(was.refusals + 1, 16)
    return replace(was, sent=was.receipted, refusals=refusals, resumes_s=now_s + wait_s)


def receipted(
    was: Delivery, receipt: Receipt, chain: str | None, now_s: float
) -> tuple[Delivery, Rift | None]:
    """The gateway's word came in. `chain` is ours at that number; None if we have none there."""
    if receipt.epoch != was.epoch:
        return was, None  # of an outbox before this one
    if receipt.upto < was.receipted:
        behind = was.behind + 1
        rift = Rift.GATEWAY_RESTORED if behind >= BEHIND_MAX else None
        return replace(was, behind=behind), rift
    if receipt.upto > was.last or receipt.chain != chain:
        return was, Rift.OUTBOX_RESTORED
    if receipt.upto == was.receipted:
        return replace(was, behind=0), None
    sent = max(was.sent, receipt.upto)  # what was sent before going back has arrived after all
    now = replace(was, receipted=receipt.upto, sent=sent, moved_s=now_s, behind=0)
    unheard_s = now_s if was.last > receipt.upto else None
    return replace(now, refusals=0, resumes_s=now_s, unheard_s=unheard_s), None


def due(was: Delivery, now_s: float) -> tuple[Delivery, range]:
    """The numbers to publish now, in this order; they count as sent. Ask again at every step."""
    if not was.online or now_s < was.resumes_s:
        return was, range(0)
    sent, moved_s = was.sent, was.moved_s
    if sent > was.receipted and now_s - moved_s >= STALLED_S:
        sent = was.receipted
    if sent == was.receipted:
        moved_s = now_s  # nothing is on its way, so nothing can be late
    until = min(was.last, was.receipted + (1 if was.refusals else WINDOW))
    until = max(until, sent)
    return replace(was, sent=until, moved_s=moved_s), range(sent + 1, until + 1)
