"""THE MAIN PATH of a door: decide, write down, then open; and watch what becomes of it.

One thread owns all of it. While the lock is released it touches no disk, so that nothing can
keep it from dropping the line in time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from contract.events import Decision, Doubt, EntryReason, Trouble
from kiosk.core import clock_trust, doorway, entry
from kiosk.core.door_wire import (
    Answer,
    AnyAsk,
    AnyReply,
    DoorHealth,
    HowAreYou,
    PassOrder,
    ShowPass,
    TakeRecords,
)
from kiosk.core.doorway import Alarm, AtRest, DoorwayRules, Happening, Move, Sensed
from kiosk.core.entry import EntryRules, Situation, Verdict
from kiosk.door.claims import Claim, Claims
from kiosk.door.journal import Journal
from kiosk.door.latch import Latch
from kiosk.door.ledger import Ledger
from kiosk.door.trust_files import TrustFiles
from kiosk.timekeeper import Timekeeper
from runtime.clock import Clock
from runtime.errors import DeviceError

LOOK_AROUND_S = 1.0  # for clocks, files, the closer, and refusals to write down
UNTIL_TIME_IS_KNOWN = 2**40  # a slot beyond all others: everything counts as used

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DoorRules:
    """How this door decides and behaves."""

    entry: EntryRules
    issuers: Mapping[int, bytes] = field(repr=False)  # whose orders and key files it believes
    doorway: DoorwayRules = field(default_factory=DoorwayRules)
    opens_unclaimed: bool = True  # a shop does not shut because its other door is silent


@dataclass(frozen=True, slots=True)
class DoorPorts:
    """Everything outside the door's own state."""

    latch: Latch
    sense: Callable[[], Sensed]
    claims: Claims
    journal: Journal
    ledger: Ledger
    trust: TrustFiles
    time: Timekeeper
    clock: Clock
    was_cut_off: bool = False  # by the closer, since the last door process met it


class DoorApp:
    """All the state of a door, and what happens to it.

    Every method raises DeviceError if the disk takes no more, or the lock does not obey; then the
    process must end.
    """

    def __init__(self, rules: DoorRules, ports: DoorPorts) -> None:
        self.rules = rules
        self.ports = ports
        self.problem = ""  # while there is one, nobody is let in
        self._sensed = Sensed()
        self._looked_s: float | None = None
        self.doorway = doorway.found(self._sense(), ports.clock.monotonic_s())
        if ports.journal.quarantined is not None:
            ports.journal.forgot_until(UNTIL_TIME_IS_KNOWN)
            self._trouble(Trouble.JOURNAL_DAMAGED)
        if ports.was_cut_off:
            self._trouble(Trouble.CUT_OFF)

    def handle(self, ask: AnyAsk) -> AnyReply:
        """Answer one question."""
        rules, ledger = self.rules.entry, self.ports.ledger
        match ask:
            case ShowPass(text):
                keys = self.ports.trust.keys
                return self._act(entry.decide(rules, keys, ledger.memory, text, self._situation()))
            case PassOrder(sealed):
                order, issuers = sealed.encode(), self.rules.issuers
                return self._act(
                    entry.decide_order(rules, issuers, ledger.memory, order, self._situation())
                )
            case TakeRecords(journal, kept):
                return ledger.hand_over(journal, kept)
            case HowAreYou():
                return self._health()

    def tick(self) -> None:
        """Look at the lines, and from time to time at everything else."""
        now_s = self.ports.clock.monotonic_s()
        was = self.doorway
        self.doorway, happened = doorway.step(was, self.rules.doorway, now_s, self._sense())
        if was.is_released and not self.doorway.is_released:
            self.ports.latch.secure()  # before anything that could take time
        for what in happened:
            self._happened(what)
        if self.doorway.is_released:
            return
        if self._looked_s is None or now_s - self._looked_s >= LOOK_AROUND_S:
            self._looked_s = now_s
            self._look_around()
            self.ports.ledger.flush()
        elif self.ports.ledger.is_pressing:
            self.ports.ledger.flush()

    def close(self) -> None:
        """Lock up, then write down what is left."""
        self.ports.latch.secure()
        self.ports.ledger.flush()

    def _act(self, verdict: Verdict) -> Answer:
        """A yes is written down before the lock moves; a no is written down within a second."""
        if verdict.is_granted:
            verdict = self._claimed(verdict)
        if verdict.is_granted and self.ports.ledger.grant(verdict) is None:
            verdict = Verdict(EntryReason.REPLAYED, verdict.holder, verdict.staff)
        if not verdict.is_granted:
            self.ports.ledger.refuse(verdict)
            return Answer(Decision.REFUSED, verdict.reason)
        return self._open(verdict)

    def _claimed(self, verdict: Verdict) -> Verdict:
        """Ask the store's other doors about a pass; an order is for this door alone."""
        if verdict.spend is None:
            return verdict
        match self.ports.claims.claim(verdict.spend):
            case Claim.TAKEN:
                return Verdict(EntryReason.REPLAYED, verdict.holder)
            case Claim.UNKNOWN if self.rules.opens_unclaimed:
                return replace(verdict, doubts=(*verdict.doubts, Doubt.UNCLAIMED))
            case Claim.UNKNOWN:
                return Verdict(EntryReason.OUT_OF_ORDER, verdict.holder)
        return verdict

    def _open(self, verdict: Verdict) -> Answer:
        hold_s = self.rules.doorway.hold_s
        try:
            self.ports.latch.arm(hold_s)
        except DeviceError as error:
            self._check(str(error))
            return Answer(Decision.REFUSED, EntryReason.OUT_OF_ORDER)
        self.doorway = doorway.release(self.doorway, self.ports.clock.monotonic_s())
        self.ports.latch.release()
        log.info("let in: %s", verdict.reason)
        return Answer(Decision.GRANTED, verdict.reason, verdict.doubts, hold_s)

    def _happened(self, what: Happening) -> None:
        match what:
            case Move.CAME_IN:
                self.ports.ledger.came_in()
            case Move.WENT_OUT:
                self.ports.ledger.went_out()
            case Move.DID_NOT_COME:
                log.info("nobody came in")
            case Alarm():
                self._trouble(Trouble(what))
            case AtRest(alarm):
                self._trouble(Trouble(alarm), is_over=True)

    def _look_around(self) -> None:
        self.ports.time.look()
        if self.ports.trust.look():
            keys = self.ports.trust.keys
            self.ports.journal.learned(keys.keyring_epoch, keys.revocations_epoch)
        self._remember_anew()
        self._look_for_problems()
        self.ports.ledger.time_passed()

    def _remember_anew(self) -> None:
        """A lost journal matters for as long as passes live that may have been used: a minute."""
        window = clock_trust.slots(self.ports.time.belief(), self.ports.time.rules)
        if window and self.ports.ledger.memory.blank_until == UNTIL_TIME_IS_KNOWN:
            self.ports.journal.forgot_until(window.stop)

    def _sense(self) -> Sensed:
        """The lines; one that cannot be read stays as it was."""
        try:
            self._sensed = self.ports.sense()
        except DeviceError as error:
            self._check(str(error))
        return self._sensed

    def _look_for_problems(self) -> None:
        """What lies outside this process may come back by itself."""
        problem = ""
        try:
            self.ports.latch.check()
            self.ports.sense()
        except DeviceError as error:
            problem = str(error)
        self._check(problem)

    def _check(self, problem: str) -> None:
        """Say once that there is a problem, and once that there is none any more."""
        if bool(problem) != bool(self.problem):
            self._trouble(Trouble.OUT_OF_ORDER, is_over=not problem)
        if problem and problem != self.problem:
            log.error("%s", problem)
        self.problem = problem

    def _trouble(self, trouble: Trouble, is_over: bool = False) -> None:
        log.warning("%s%s", trouble, " is over" if is_over else "")
        self.ports.ledger.trouble(trouble, is_over)

    def _situation(self) -> Situation:
        inside = self.ports.ledger.inside
        return Situation(
            self.ports.time.belief(),
            inside.people,
            inside.holders,
            is_ready=self.doorway.is_ready,
            is_in_order=not self.problem,
        )

    def _health(self) -> DoorHealth:
        believed, trust = self.ports.time.belief(), self.ports.trust
        return DoorHealth(
            clock=believed.trust,
            clock_error_s=round(believed.error_s, 3) if believed.is_known else None,
            people=self.ports.ledger.inside.people,
            is_in_order=not self.problem,
            problem=self.problem or trust.problem,
            alarms=tuple(Trouble(alarm) for alarm in self.doorway.alarms),
            keyring=trust.keys.keyring_epoch,
            revocations=trust.keys.revocations_epoch,
        )
