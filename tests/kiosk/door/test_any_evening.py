"""Anything that can happen at a door, in any order: what must never happen does not."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contract.events import Decision, EntryReason
from kiosk.core.doorway import Sensed
from kiosk.door.app import DoorRules
from tests.kiosk.door.rig import LOOK_S, SHORT, STARTED_S, Rig
from tests.kiosk.door.shop import ANA, BINH, CHI, ISSUERS, NOW_S, RULES, Order

FEW = settings(max_examples=20, stateful_step_count=20, deadline=None)
NAMES = st.sampled_from([ANA, BINH, CHI])


class Evening(RuleBasedStateMachine):
    """One door with its journal on the disk, restarted now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(TemporaryDirectory()))
        self.rig = Rig(folder, DoorRules(RULES, ISSUERS, SHORT))
        self.rig.trust()
        self.life = ExitStack()
        self.life.enter_context(self.rig.running())
        self.opened_by: list[str] = []
        self.orders: dict[str, bytes] = {}
        self.up_since_s: float | None = None

    def shown(self, text: str, pulses: int) -> None:
        if len(self.rig.lock.pulses) > pulses:
            assert text not in self.opened_by, "one pass let two people in"
            self.opened_by.append(text)
        self.watch()

    def watch(self) -> None:
        now_s = self.rig.clock.monotonic_s()
        if not self.rig.lock.is_up():
            self.up_since_s = None
        elif self.up_since_s is None:
            self.up_since_s = now_s
        else:
            hold_s = self.rig.rules.doorway.hold_s
            assert now_s - self.up_since_s <= hold_s + LOOK_S, "the lock stays energised"

    def true_slot(self) -> int:
        """What a phone shows, however wrong the door's machine is."""
        return int((NOW_S + self.rig.clock.elapsed_s - STARTED_S) // 15)

    @rule(name=NAMES, age=st.sampled_from([-240, -3, -2, -1, 0, 0, 1, 2, 3, 4, 240]))
    def a_pass_is_shown(self, name: str, age: int) -> None:
        pulses = len(self.rig.lock.pulses)
        text = self.rig.members.show(name, self.true_slot() - age)
        reason = self.rig.says(text)
        assert -1 <= age <= 2 or reason is not EntryReason.PASS, "out of time"
        self.shown(text, pulses)

    @rule(restarts=st.booleans())
    def the_last_pass_is_shown_again(self, restarts: bool) -> None:
        """At once when the door is ready again, while the pass still lives."""
        self.rig.lines.sensed = Sensed()
        self.time_goes_by(2)
        if restarts:
            self.the_process_is_restarted()
        pulses = len(self.rig.lock.pulses)
        for text in self.opened_by[-1:]:
            if text.startswith("order"):
                self.rig.orders(self.orders[text])
            else:
                self.rig.says(text)
            self.shown(text, pulses)

    @rule(number=st.integers(0, 3))
    def an_order_is_passed_on(self, number: int) -> None:
        pulses = len(self.rig.lock.pulses)
        at_s = NOW_S + self.rig.clock.elapsed_s - STARTED_S
        name = f"order {number}"
        self.orders[name] = Order(nonce=f"{number:032x}", at_s=at_s).sealed()
        self.rig.orders(self.orders[name])
        self.shown(name, pulses)

    @rule(
        is_open=st.booleans(),
        is_exit_asked=st.booleans(),
        is_beam_broken=st.booleans(),
        looks=st.integers(1, 40),
    )
    def hands(self, is_open: bool, is_exit_asked: bool, is_beam_broken: bool, looks: int) -> None:
        self.rig.lines.sensed = Sensed(is_open, is_exit_asked, is_beam_broken)
        for _ in range(looks):
            self.rig.passes(LOOK_S)
            self.watch()

    @rule(seconds=st.sampled_from([1, 5, 16, 700]))
    def time_goes_by(self, seconds: int) -> None:
        for _ in range(min(seconds, 6) * 50):
            self.rig.passes(LOOK_S)
            self.watch()
        self.rig.waits(max(seconds - 6, 0))
        self.watch()

    @rule()
    def the_process_is_restarted(self) -> None:
        self.life.close()
        self.life.enter_context(self.rig.running())
        self.up_since_s = None

    @rule(is_gone=st.booleans())
    def the_closer_comes_and_goes(self, is_gone: bool) -> None:
        self.rig.closer.is_gone = is_gone

    @rule(off_s=st.sampled_from([-3_600.0, 3_600.0, 4e7]), name=NAMES)
    def somebody_sets_the_clock(self, off_s: float, name: str) -> None:
        """And shows what would be a fresh pass by the clock that lies."""
        self.rig.clock.off_s, self.rig.source.synced = off_s, False
        self.time_goes_by(2)
        assert self.rig.shows(name) is not EntryReason.PASS, "the lie was believed"

    @rule()
    def the_clock_is_right_again(self) -> None:
        self.rig.clock.off_s, self.rig.source.synced = 0.0, True

    @invariant()
    def every_opening_has_its_own_record(self) -> None:
        granted = [
            entry.number for entry in self.rig.entries() if entry.decision is Decision.GRANTED
        ]
        assert set(self.rig.lock.pulses) <= set(granted)
        assert len(set(self.rig.lock.pulses)) == len(self.rig.lock.pulses)

    @invariant()
    def the_books_have_no_holes(self) -> None:
        numbers = [record.number for record in self.rig.records()]
        assert numbers == list(range(1, len(numbers) + 1))

    def teardown(self) -> None:
        self.life.close()
        self.stack.close()


TestEvening = Evening.TestCase
TestEvening.settings = FEW
