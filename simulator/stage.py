"""THE MAIN PATH of the simulation: time passes, people act, waves and pictures go to the kiosks.

One thread owns the stage. It steps the world and everybody who lives by its clock together: what
is on the air, then what is before the cameras, then the time, each answered before the next, so
that an hour takes as long as the kiosks need for it and no longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from msgspec import structs

from runtime.clock import stopwatch_ms
from simulator.adapters import Adapters, Seat
from simulator.browser import Browser
from simulator.codes import Code, text_of
from simulator.errand import Hold, Leave, Lower, Press, Seen
from simulator.glass import Glass
from simulator.people import Shopper
from simulator.truth import Truth
from simulator.wire import Beat, HeldPhone, View, Wave, Waves, Wire
from simulator.world import Done, World

STEP_S = 0.5  # half of the interval in which tags advertise
FRAME_S = 1 / 15  # the cameras' frame rate
CERTAIN_FRAMES = 45  # three seconds; nine of ten passes are read within eight frames
ACCEPTED = frozenset(("waiting", "offers"))  # what a kiosk shows when it has taken a pass
FOLLOWS_WITHIN_S = 0.1  # a page that has not followed a touch by then will not (real time)


@dataclass(frozen=True, slots=True)
class Raised:
    """A phone at a kiosk's camera."""

    shopper: Shopper
    code: Code
    pose: HeldPhone
    taken_s: float  # when the last frame of it was taken
    frames: int = 0


class Stage:
    """The simulated shop and the lines to everything that lives in it."""

    def __init__(
        self,
        world: World,
        adapters: Adapters,
        browsers: Mapping[str, Browser],
        glass: Glass,
        origin_unix_s: float,
    ) -> None:
        self.world = world
        self.truth = Truth()
        self._adapters = adapters
        self._browsers = browsers
        self._glass = glass
        self._origin_unix_s = origin_unix_s
        self._rng = Random(1)
        self._phones: dict[str, Raised] = {}

    @property
    def unix_s(self) -> float:
        """The shop's time of day."""
        return self._origin_unix_s + self.world.now_s

    @property
    def seats(self) -> frozenset[Seat]:
        """The simulated adapters that have joined."""
        return self._adapters.seats

    @property
    def is_filming(self) -> bool:
        """Whether a phone is before any camera: then time moves frame by frame."""
        return bool(self._phones)

    @property
    def phones(self) -> dict[str, Raised]:
        """The phone before each kiosk's camera, where there is one; a copy."""
        return dict(self._phones)

    def step(self, dt_s: float) -> None:
        """Let `dt_s` pass in the shop and in every process that follows its clock."""
        self._adapters.admit(self.world.now_s)
        seen = {kiosk: browser.seen for kiosk, browser in self._browsers.items()}
        for done in self.world.step(dt_s, seen):
            self._do(done, seen[done.kiosk])
        listening = {kiosk for kiosk, wants in self._adapters.seats if wants == "radio"}
        self.truth.watch(self.world, dt_s, listening)
        self._adapters.tell(self._waves())
        self._adapters.tell(self._views())
        beat = Beat(self.world.now_s)
        self._adapters.tell({seat: beat for seat in self._adapters.seats if seat[1] == "clock"})

    def jump(self, name: str, ahead_s: float) -> None:
        """A machine's time of day is wrong by so much from now on; its stopwatch is not."""
        self._adapters.jump(name, ahead_s)

    def expect_silence(self, *names: str) -> None:
        """These machines hang, and nobody else: the shop's time goes on without them."""
        self._adapters.expect_silence(names)

    def raise_phone(self, kiosk: str, shopper: Shopper, code: Code) -> None:
        """Hold a phone with that code to a kiosk's camera, as well as people do."""
        text = text_of(code, shopper.code_of, self.unix_s)
        if not text:
            return
        now_s = self.world.now_s
        pose = posed(self._rng, text, now_s)
        self._glass.raised(kiosk, shopper, self._browsers[kiosk].seen.revision)
        self.truth.showed(shopper, code)
        self._phones[kiosk] = Raised(shopper, code, pose, now_s - FRAME_S)

    def pull_at(self, door: str, *, contact: bool, handle: bool, beam: bool) -> None:
        """Somebody is at a door: how its wires are from now on. Returns when it has seen them."""
        on: dict[Seat, bool] = {
            (door, "contact"): contact,
            (door, "exit"): handle,
            (door, "beam"): beam,
        }
        self._adapters.tell({seat: Wire(is_on) for seat, is_on in on.items()})

    def lower_phone(self, kiosk: str) -> None:
        """Put the phone away; nothing happens if none is there."""
        raised = self._phones.pop(kiosk, None)
        if raised is not None:
            if self._browsers[kiosk].seen.screen in ACCEPTED:
                self.truth.was_seen(raised.shopper, raised.code)
            self._glass.lowered(kiosk)
            self._adapters.tell({(kiosk, "camera"): View(self.world.now_s)})

    def _do(self, done: Done, seen: Seen) -> None:
        match done.act:
            case Hold():
                self.raise_phone(done.kiosk, done.shopper, done.shopper.code or Code.PASS)
            case Lower() | Leave():
                self.lower_phone(done.kiosk)
            case Press(button, subject):
                browser = self._browsers[done.kiosk]
                self._glass.touched(done.kiosk, done.shopper, button, seen.revision)
                browser.press(button, seen.revision, subject)
                browser.wait_for(lambda now: now.revision != seen.revision, FOLLOWS_WITHIN_S)

    def _waves(self) -> dict[Seat, Waves]:
        heard: dict[Seat, list[Wave]] = {}
        for sent in self.world.advertisements():
            wave = Wave(sent.at_s, sent.payload, sent.rssi_dbm)
            heard.setdefault((sent.kiosk, "radio"), []).append(wave)
        return {seat: Waves(waves) for seat, waves in heard.items()}

    def _views(self) -> dict[Seat, View]:
        """The frames that are due; the code on a phone is as fresh as its page makes it."""
        views: dict[Seat, View] = {}
        now_s = self.world.now_s
        for kiosk, raised in self._phones.items():
            if now_s - raised.taken_s < FRAME_S * 0.9:  # a step is not exactly a frame
                continue
            seat: Seat = (kiosk, "camera")
            text = text_of(raised.code, raised.shopper.code_of, self.unix_s)
            pose = structs.replace(raised.pose, text=text)
            frames = raised.frames + (seat in self._adapters.seats)
            self._phones[kiosk] = replace(raised, pose=pose, taken_s=now_s, frames=frames)
            if frames >= CERTAIN_FRAMES:
                self.truth.was_seen(raised.shopper, raised.code)
            self._glass.taken(kiosk, stopwatch_ms())
            views[seat] = View(now_s, pose)
        return views


def posed(rng: Random, text: str, since_s: float) -> HeldPhone:
    """A phone at arm's length as people hold it: askew, tilted, more or less bright.

    The distances give 3.9 to 6.7 px a module of a pass; 2.4 is what a good frame needs.
    """
    return HeldPhone(
        text=text,
        since_s=since_s,
        far_mm=rng.uniform(170, 290),
        right_mm=rng.uniform(-25, 25),
        down_mm=rng.uniform(-25, 15),
        turn_deg=rng.gauss(0, 8),
        tilt_deg=rng.gauss(0, 12),
        glow=rng.uniform(0.35, 1.0),
        room=rng.uniform(0.3, 1.0),
    )
