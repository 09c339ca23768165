"""Stories at one kiosk: what happens, what the screen shows, what goes to the gateway."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs

from contract import codec, passes
from contract.events import (
    Arrived,
    Called,
    ClockTrust,
    Condition,
    Device,
    Left,
    Moved,
    Scanned,
    StateChanged,
    Touch,
    Touched,
    Verdict,
)
from contract.messages import (
    Denial,
    Level,
    Receipt,
    Refusal,
    Show,
    ShownOrder,
    Trust,
    TrustedKey,
    TrustedTag,
)
from kiosk.adapters.outbox import Outbox
from kiosk.app import KioskApp, Ports, Rules
from kiosk.core.codes import CodeRules
from kiosk.core.inputs import (
    Advertisement,
    Approached,
    Button,
    CodeRead,
    DeviceChanged,
    Heard,
    Language,
    LanguageChosen,
    LinkChanged,
    Painted,
    Pressed,
    Rang,
    Tick,
    Told,
)
from kiosk.core.presence import PresenceRules
from kiosk.core.screen import (
    Attract,
    Confirm,
    Goodbye,
    Hello,
    Offers,
    OutOfOrder,
    PickUp,
    ReadBy,
    Recorded,
    Refused,
    Screen,
    ScreenRules,
    StaffCalled,
    Waiting,
)
from kiosk.health import Health, Nameplate
from kiosk.reporter import Reporter
from runtime.clock import unix_ms
from tests.fakes import FLOOR_S, NOON, FakeClock, FakeFeed, FakePanel, FakeTime, FakeUplink

STORE_NO = 7
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
MEMBER = "00a1b2c3d4e5"
TOMORROW_MS = unix_ms(NOON) + 86_400_000
TRUST = Trust(
    "hue-1",
    1,
    TOMORROW_MS,
    tags=(TrustedTag("t-17", "ibeacon:fda50693-a4e2-4fb1-afcf-c6eb07647825:1:17"),),
    keys=(TrustedKey(MEMBER, 1, KEY.public_key().public_bytes_raw().hex()),),
)
UUID = bytes.fromhex("fda50693a4e24fb1afcfc6eb07647825")
ORDER = ShownOrder("A-1", "#A-1", items=2, unpaid_vnd=0, ready=True)


class Kiosk:
    """A whole kiosk on fakes, but with its real outbox, and the words to tell stories in."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.uplink, self.feed = FakeClock(), FakeUplink(), FakeFeed()
        self.panel, self.time = FakePanel(), FakeTime(self.clock)
        self.outbox = Outbox(folder / "outbox.db", "hue-1", "quay-1")
        sessions = (f"{number:016x}" for number in range(1, 1_000))
        self.app = KioskApp(
            Rules("quay-1", PresenceRules(), CodeRules(STORE_NO), ScreenRules()),
            Ports(
                Reporter(self.outbox, self.uplink, self.clock, self.time),
                self.feed,
                self.panel,
                self.clock,
                self.time,
                lambda: next(sessions),
            ),
            Health(Nameplate("quay-1", "0.1.0"), self.uplink, self.clock, self.time),
        )
        self.app.handle(LinkChanged(online=True))
        self.app.handle(Told(TRUST))

    def screen(self) -> Screen:
        return self.app.state.screen

    @property
    def sent(self) -> list[object]:
        """What was reported, however often it went out."""
        return list({event.seq: event.body for event in self.uplink.sent}.values())

    def wait(self, seconds: float) -> None:
        for _ in range(int(seconds / 0.5)):
            self.clock.advance(0.5)
            self.app.handle(Tick())

    def tag_near(
        self, minor: int = 17, rssi_dbm: int = -58, seconds: int = 5, receiver: str = ""
    ) -> None:
        data = b"\x02\x15" + UUID + (1).to_bytes(2) + minor.to_bytes(2) + b"\xc5"
        for _ in range(seconds):
            self.clock.advance(1)
            heard = Advertisement({0x004C: data}, {}, rssi_dbm)
            self.app.handle(Heard(heard, self.clock.monotonic_s(), receiver))
            self.app.handle(Tick())

    def pass_text(self, store_no: int = STORE_NO, slots_old: int = 0) -> str:
        slot = passes.slot_at(self.clock.utc().timestamp()) - slots_old
        return passes.make(KEY, 1, MEMBER, slot, store_no)

    def hold_up(self, text: str, grabbed_ms: float = 0) -> None:
        self.app.handle(CodeRead(text, grabbed_ms))

    def warns(self) -> bool:
        return self.app.state.warning_left_s is not None

    def language(self) -> Language:
        return self.app.state.language

    def press(self, button: Button, subject: str = "") -> None:
        self.app.handle(Pressed(button, self.app.state.revision, subject))

    def told(self, level: Level, session: str = "", **content: object) -> None:
        session = session or self.app.state.session
        message = Show(session, "0" * 32, level, **content)  # type: ignore[arg-type]
        self.app.handle(Told(message))


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    made = Kiosk(tmp_path)
    yield made
    made.outbox.close()


def test_a_member_walks_up_is_asked_and_sees_their_offers(kiosk: Kiosk) -> None:
    kiosk.tag_near()
    assert kiosk.screen() == Hello()

    kiosk.press(Button.HELLO)
    assert kiosk.screen() == Waiting()
    kiosk.told(Level.CONFIRM, masked_name="N***")
    assert kiosk.screen() == Confirm("N***")

    kiosk.press(Button.CONFIRM)
    kiosk.told(Level.PERSONAL, name="Ngọc")
    assert isinstance(kiosk.screen(), Offers)

    kiosk.press(Button.END)
    assert kiosk.screen() == Goodbye()
    kinds = [type(body).__name__ for body in kiosk.sent]
    assert kinds == ["Arrived", "Touched", "Touched", "Touched"]


def test_nothing_of_a_strangers_tag_is_kept_or_sent(kiosk: Kiosk) -> None:
    kiosk.tag_near(minor=99, seconds=30)

    assert kiosk.screen() == Attract()
    assert (kiosk.app.near, kiosk.sent) == ({}, [])


def test_a_pass_goes_to_the_gateway_and_its_answer_to_the_screen(kiosk: Kiosk) -> None:
    text = kiosk.pass_text()

    kiosk.hold_up(text)

    assert kiosk.screen() == Waiting()
    assert kiosk.sent == [Scanned(kiosk.app.state.session, Verdict.GOOD, text)]
    assert kiosk.panel.diary == [Verdict.GOOD]
    kiosk.told(Level.PERSONAL, name="Ngọc")
    assert isinstance(kiosk.screen(), Offers)


def test_a_code_held_up_for_ten_seconds_counts_once(kiosk: Kiosk) -> None:
    text = kiosk.pass_text()

    for _ in range(20):
        kiosk.hold_up(text)
        kiosk.wait(0.5)

    assert len(kiosk.sent) == 1


def test_the_same_pass_again_opens_the_screen_again_after_it_was_wiped(kiosk: Kiosk) -> None:
    text = kiosk.pass_text()
    kiosk.hold_up(text)
    kiosk.press(Button.END)
    kiosk.wait(5)

    kiosk.hold_up(text)

    assert kiosk.screen() == Waiting()


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        pytest.param("https://example.com/menu", Verdict.UNREADABLE, id="somebody's menu"),
        pytest.param("WIFI:S:AnNhien;;", Verdict.UNREADABLE, id="Wi-Fi"),
        pytest.param("old", Verdict.EXPIRED, id="screenshot"),
        pytest.param("elsewhere", Verdict.FOREIGN, id="another store"),
    ],
)
def test_a_bad_code_gets_its_reason_and_its_text_stays_here(
    kiosk: Kiosk, text: str, verdict: Verdict
) -> None:
    made = {"old": kiosk.pass_text(slots_old=9), "elsewhere": kiosk.pass_text(store_no=8)}

    kiosk.hold_up(made.get(text, text))

    assert kiosk.screen() == Refused(verdict)
    (scanned,) = kiosk.sent
    assert isinstance(scanned, Scanned)
    assert (scanned.verdict, scanned.text) == (verdict, "")


def test_a_bad_code_does_not_throw_out_the_shopper_who_is_served(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL, name="Ngọc")

    kiosk.hold_up("https://example.com")

    assert isinstance(kiosk.screen(), Offers)


def test_the_next_shoppers_pass_wipes_the_one_before_and_late_answers_are_dropped(
    kiosk: Kiosk,
) -> None:
    kiosk.hold_up(kiosk.pass_text())
    first = kiosk.app.state.session
    kiosk.told(Level.PERSONAL, name="Ngọc")
    kiosk.wait(20)

    kiosk.hold_up(kiosk.pass_text())
    assert kiosk.screen() == Waiting()
    kiosk.told(Level.PERSONAL, session=first, name="Ngọc")

    assert kiosk.screen() == Waiting()


def test_without_an_answer_the_screen_says_that_the_check_in_is_safe(kiosk: Kiosk) -> None:
    kiosk.app.handle(LinkChanged(online=False))
    kiosk.hold_up(kiosk.pass_text())
    kiosk.wait(3.5)

    assert kiosk.screen() == Recorded()
    assert kiosk.app.state.offline
    assert (kiosk.sent, kiosk.outbox.depth()) == ([], 1)


def test_what_was_kept_offline_goes_out_once_the_network_is_back(kiosk: Kiosk) -> None:
    kiosk.app.handle(LinkChanged(online=False))
    kiosk.hold_up(kiosk.pass_text())
    kiosk.app.handle(LinkChanged(online=True))

    assert [event.seq for event in kiosk.uplink.sent] == [1]
    kiosk.app.handle(Told(Receipt(kiosk.outbox.epoch, 1, kiosk.uplink.sent[0].chain)))
    assert kiosk.outbox.depth() == 0


def test_without_a_receipt_the_event_is_sent_again(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.wait(4)

    assert [event.seq for event in kiosk.uplink.sent] == [1, 1]


def test_an_untouched_personal_screen_warns_then_wipes(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL, name="Ngọc")

    kiosk.wait(46)
    assert kiosk.warns()
    kiosk.press(Button.STAY)
    assert not kiosk.warns()
    kiosk.wait(66)

    assert (kiosk.screen(), kiosk.app.state.session) == (Attract(), "")


def test_a_touch_meant_for_a_screen_that_is_gone_does_nothing(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.CONFIRM, masked_name="N***")
    old = kiosk.app.state.since_revision - 1

    kiosk.app.handle(Pressed(Button.CONFIRM, old))

    assert kiosk.screen() == Confirm("N***")
    assert len(kiosk.sent) == 1


def test_an_order_is_announced_once_however_often_it_is_pressed(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL, name="Ngọc", orders=(ORDER,))

    kiosk.press(Button.PICK_UP, "A-1")
    kiosk.press(Button.PICK_UP, "A-1")

    assert isinstance(kiosk.screen(), PickUp)
    assert [body for body in kiosk.sent if isinstance(body, Touched)] == [
        Touched(kiosk.app.state.session, Touch.PICK_UP, "A-1")
    ]


def test_a_shopper_who_calls_staff_finds_their_offers_again(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.PERSONAL, name="Ngọc")

    kiosk.press(Button.STAFF)
    assert isinstance(kiosk.screen(), StaffCalled)
    assert isinstance(kiosk.sent[-1], Called)
    kiosk.press(Button.BACK)

    assert isinstance(kiosk.screen(), Offers)


def test_a_member_who_withdraws_consent_is_forgotten_at_once(kiosk: Kiosk) -> None:
    kiosk.tag_near()
    kiosk.app.handle(Told(Trust("hue-1", 2, TOMORROW_MS)))
    kiosk.wait(30)

    assert kiosk.app.near == {}
    assert [type(body) for body in kiosk.sent] == [Arrived]


def test_a_lost_tag_is_denied_at_once_and_no_trust_brings_it_back(kiosk: Kiosk) -> None:
    kiosk.tag_near()
    kiosk.app.handle(Told(Denial("hue-1", 1, tags=("t-17",))))
    kiosk.app.handle(Told(structs.replace(TRUST, epoch=2)))
    kiosk.tag_near()

    assert kiosk.app.near == {}
    assert [type(body) for body in kiosk.sent] == [Arrived]


def test_nobody_is_recognised_on_a_word_that_has_grown_too_old(kiosk: Kiosk) -> None:
    kiosk.clock.advance(86_400)
    kiosk.wait(1)
    kiosk.tag_near()
    assert kiosk.sent == []

    kiosk.app.handle(Told(structs.replace(TRUST, epoch=2, not_after_ms=TOMORROW_MS * 2)))
    kiosk.tag_near()
    assert [type(body) for body in kiosk.sent] == [Arrived]


def test_at_a_receiver_away_from_the_screen_a_member_arrives_without_a_hello(kiosk: Kiosk) -> None:
    kiosk.tag_near(receiver="shelf-1")

    assert kiosk.sent == [Arrived("t-17", "shelf-1", -58)]
    assert kiosk.screen() == Attract()


def test_who_comes_from_a_shelf_to_the_screen_is_greeted_once(kiosk: Kiosk) -> None:
    kiosk.tag_near(receiver="shelf-1")
    kiosk.tag_near(seconds=12)

    assert kiosk.screen() == Hello()
    assert [(type(body), body.zone) for body in kiosk.sent] == [  # type: ignore[attr-defined]
        (Arrived, "shelf-1"),
        (Moved, "quay-1"),
        (Left, "quay-1"),
        (Arrived, "quay-1"),
    ]
    assert kiosk.sent[-1].session == kiosk.app.state.session  # type: ignore[attr-defined]


def test_who_only_walks_past_the_screen_moves_and_is_not_greeted(kiosk: Kiosk) -> None:
    kiosk.tag_near(receiver="shelf-1")
    kiosk.tag_near(rssi_dbm=-70, seconds=12)
    kiosk.wait(20)

    assert kiosk.screen() == Attract()
    assert [type(body) for body in kiosk.sent] == [Arrived, Moved, Left]


def test_nobody_is_reported_who_is_heard_by_several_but_near_none(kiosk: Kiosk) -> None:
    for _ in range(10):
        kiosk.tag_near(rssi_dbm=-70, seconds=1)
        kiosk.tag_near(rssi_dbm=-75, seconds=1, receiver="shelf-1")
    kiosk.wait(90)

    assert (kiosk.app.near, kiosk.sent) == ({}, [])


def test_who_left_and_comes_again_is_greeted_again(kiosk: Kiosk) -> None:
    for _ in range(2):
        kiosk.tag_near()
        kiosk.press(Button.END)
        kiosk.wait(120)

    assert [type(body) for body in kiosk.sent if not isinstance(body, Touched)] == [
        Arrived,
        Left,
        Arrived,
        Left,
    ]


def test_a_refusal_from_the_gateway_has_its_reason(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.told(Level.REFUSED, refusal=Refusal.REPLAYED_PASS)

    assert kiosk.screen() == Refused(Refusal.REPLAYED_PASS)


def test_the_language_lasts_for_one_session(kiosk: Kiosk) -> None:
    kiosk.app.handle(LanguageChosen(Language.EN))
    kiosk.hold_up(kiosk.pass_text())
    assert kiosk.language() is Language.EN

    kiosk.press(Button.END)
    kiosk.wait(13)

    assert kiosk.language() is Language.VI


@pytest.mark.parametrize(
    "does",
    [
        pytest.param(lambda kiosk: kiosk.hold_up(kiosk.pass_text()), id="keep"),
        pytest.param(lambda kiosk: kiosk.app.handle(LinkChanged(online=True)), id="send"),
        pytest.param(
            lambda kiosk: kiosk.app.handle(Told(Receipt(kiosk.outbox.epoch, 1, codec.GENESIS))),
            id="forget",
        ),
    ],
)
def test_a_kiosk_that_cannot_write_promises_nothing(
    kiosk: Kiosk, does: Callable[[Kiosk], None]
) -> None:
    kiosk.app.handle(LinkChanged(online=False))
    kiosk.app.handle(Rang())
    kiosk.outbox.close()

    does(kiosk)

    assert kiosk.screen() == OutOfOrder()
    kiosk.app.handle(Tick())
    assert kiosk.uplink.states[-1].devices[Device.OUTBOX] is Condition.OUT


def test_a_time_that_cannot_be_kept_is_said_and_closes_nothing(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text())
    kiosk.time.disk_refuses = True
    kiosk.app.handle(Tick())
    kiosk.time.disk_refuses = False  # and is tried again in ten minutes
    kiosk.app.handle(Tick())

    said = "cannot keep the time in clock-floor"
    degraded = StateChanged(Device.CLOCK, Condition.DEGRADED, said)
    assert kiosk.screen() == Waiting()
    assert kiosk.sent[1:] == [degraded]
    assert kiosk.uplink.states[-1].devices == {
        Device.OUTBOX: Condition.OK,
        Device.CLOCK: Condition.DEGRADED,
    }
    kiosk.time.is_kept = True
    kiosk.wait(1)
    assert kiosk.sent[1:] == [degraded, StateChanged(Device.CLOCK, Condition.OK)]


def test_a_failed_part_is_said_once(kiosk: Kiosk) -> None:
    for _ in range(3):
        kiosk.app.handle(DeviceChanged(Device.CAMERA, Condition.OUT, "no frame for 2 s"))

    assert kiosk.sent == [StateChanged(Device.CAMERA, Condition.OUT, "no frame for 2 s")]


@pytest.mark.parametrize(
    ("camera", "scanner", "reads"),
    [
        pytest.param(None, None, ReadBy.CAMERA, id="nobody has said anything yet"),
        pytest.param(Condition.OK, Condition.OK, ReadBy.CAMERA, id="both"),
        pytest.param(Condition.DEGRADED, None, ReadBy.CAMERA, id="a dark shop"),
        pytest.param(Condition.OUT, Condition.OK, ReadBy.SCANNER, id="only the scanner"),
        pytest.param(Condition.OUT, Condition.DEGRADED, ReadBy.SCANNER, id="one of two scanners"),
        pytest.param(Condition.OUT, Condition.OUT, ReadBy.NOTHING, id="neither"),
        pytest.param(Condition.OUT, None, ReadBy.NOTHING, id="a broken camera, no scanner"),
    ],
)
def test_the_invitation_names_what_can_read(
    kiosk: Kiosk, camera: Condition | None, scanner: Condition | None, reads: ReadBy
) -> None:
    for device, condition in ((Device.CAMERA, camera), (Device.SCANNER, scanner)):
        if condition is not None:
            kiosk.app.handle(DeviceChanged(device, condition))

    assert kiosk.app.state.read_by is reads
    kiosk.app.handle(DeviceChanged(Device.CAMERA, Condition.OK))
    assert kiosk.app.state.read_by is ReadBy.CAMERA


def test_a_kiosk_without_a_camera_reads_by_scanner_or_not_at_all(kiosk: Kiosk) -> None:
    kiosk.app.rules = replace(kiosk.app.rules, has_camera=False)

    seen = []
    for condition in (Condition.OK, Condition.OUT):
        kiosk.app.handle(DeviceChanged(Device.SCANNER, condition))
        seen.append(kiosk.app.state.read_by)

    assert seen == [ReadBy.SCANNER, ReadBy.NOTHING]


def test_the_button_beside_the_screen_calls_staff_as_the_one_on_it_does(kiosk: Kiosk) -> None:
    kiosk.app.handle(Rang())
    kiosk.app.handle(Rang())

    assert [type(body) for body in kiosk.sent] == [Called]
    assert kiosk.screen() == StaffCalled()


def test_an_opened_case_is_reported(kiosk: Kiosk) -> None:
    kiosk.app.handle(DeviceChanged(Device.CASE, Condition.OK))
    kiosk.app.handle(DeviceChanged(Device.CASE, Condition.OUT, "somebody opened the case"))

    assert kiosk.sent[-1] == StateChanged(Device.CASE, Condition.OUT, "somebody opened the case")


def test_somebody_who_comes_wakes_the_screen(kiosk: Kiosk) -> None:
    kiosk.app.state = replace(kiosk.app.state, dimmed=True)

    kiosk.app.handle(Approached())

    assert not kiosk.app.state.dimmed
    assert kiosk.sent == []


def test_the_time_from_frame_to_paint_is_measured_on_the_screen_that_answers(kiosk: Kiosk) -> None:
    kiosk.hold_up(kiosk.pass_text(), grabbed_ms=1_000)
    waiting = kiosk.app.state.revision
    kiosk.app.handle(Painted(waiting, 1_050))
    kiosk.told(Level.PERSONAL, name="Ngọc")
    kiosk.app.handle(Painted(kiosk.app.state.revision, 1_120))
    kiosk.wait(20)

    assert kiosk.uplink.states[-1].grabbed_to_painted_p95_ms == 120


def test_a_kiosk_that_does_not_know_the_time_says_so_and_claims_no_other(kiosk: Kiosk) -> None:
    kiosk.wait(1)
    kiosk.time.trust = ClockTrust.FLOOR
    kiosk.hold_up(kiosk.pass_text())
    kiosk.wait(0.5)

    (event,) = kiosk.uplink.sent
    assert (event.clock, event.at_ms) == (ClockTrust.FLOOR, FLOOR_S * 1_000)
    assert isinstance(event.body, Scanned)
    assert event.body.verdict is Verdict.UNVERIFIED
    states = kiosk.uplink.states
    assert [state.clock for state in states[-2:]] == [ClockTrust.TRUSTED, ClockTrust.FLOOR]
    assert states[-1].at_ms == FLOOR_S * 1_000


def test_the_state_tells_when_known_tags_were_heard_and_of_no_stranger(kiosk: Kiosk) -> None:
    kiosk.tag_near(seconds=1)
    kiosk.tag_near(minor=99, seconds=1)
    kiosk.wait(16)

    (heard,) = kiosk.uplink.states[-1].tags
    assert heard.tag == "t-17"
    assert 15_000 <= unix_ms(kiosk.clock.utc()) - heard.at_ms <= 18_000


def test_who_withdrew_is_told_of_no_more(kiosk: Kiosk) -> None:
    kiosk.tag_near(seconds=1)
    kiosk.app.handle(Told(structs.replace(TRUST, epoch=2, tags=())))
    kiosk.wait(16)

    assert kiosk.uplink.states[-1].tags == ()
