import pytest

from kiosk.adapters.ears import Ears
from kiosk.core.freshness import Told
from kiosk.core.inputs import Advertisement, Heard, Input
from kiosk.core.mgmt import Found
from kiosk.core.radio_watch import Hearing, RadioWatch
from tests.fakes import FakeClock

IBEACON = bytes.fromhex("0215426c7565436861726d426561636f6e730efe1355c5")
IDENTITY = "ibeacon:426c7565-4368-6172-6d42-6561636f6e73:3838:4949"
AIRED = bytes.fromhex("0201061aff4c00") + IBEACON
PHONE, STATIC = "4A:11:22:33:44:55", "C2:00:00:00:00:07"
RPA = bytes.fromhex("4a1122334455")


class Ear:
    def __init__(self, *reference: str) -> None:
        self.clock = FakeClock()
        self.put: list[Input] = []
        self.watch = RadioWatch(has_reference=bool(reference))
        self.watch.begin(self.clock.monotonic_s())
        self.ears = Ears(self.put.append, self.clock, self.watch, reference)

    @property
    def advertisements(self) -> list[Advertisement]:
        return [one.advertisement for one in self.put if isinstance(one, Heard)]


@pytest.mark.parametrize(
    ("address", "is_random", "kept"),
    [
        (PHONE, True, RPA),
        (PHONE, False, None),  # a public address may begin with any bits
        (STATIC, True, None),
        ("3A:11:22:33:44:55", True, None),  # private, and nobody can resolve it
    ],
)
def test_of_addresses_only_a_resolvable_one_is_passed_on(
    address: str, is_random: bool, kept: bytes | None
) -> None:
    by_bluez, by_kernel = Ear(), Ear()

    by_bluez.ears.tell(address, Told({0x4C: IBEACON}, None, -60), is_random=is_random)
    raw = bytes.fromhex(address.replace(":", ""))
    by_kernel.ears.find(Found(0, raw, is_random, -60, AIRED))

    expected = [Advertisement({0x4C: IBEACON}, {}, -60, kept)]
    assert by_bluez.advertisements == by_kernel.advertisements == expected


def test_a_phone_that_says_nothing_readable_is_heard_by_its_address() -> None:
    ear = Ear()

    ear.ears.tell(PHONE, Told(None, None, -60), is_random=True)
    ear.ears.tell(PHONE, Told(None, None, -61), is_random=True)
    ear.ears.find(Found(0, RPA, True, -62, b""))

    assert [(one.address, one.rssi_dbm) for one in ear.advertisements] == [
        (RPA, -60),
        (RPA, -61),
        (RPA, -62),
    ]


def test_a_stranger_of_whom_nothing_is_known_proves_that_the_radio_hears_and_no_more() -> None:
    ear = Ear()

    ear.ears.tell(STATIC, Told(None, None, -60), is_random=True)

    assert ear.put == []
    assert ear.watch.hearing(ear.clock.monotonic_s()) is Hearing.GOOD


def test_what_the_kernel_told_bluez_does_not_tell_again() -> None:
    ear = Ear()
    ear.ears.find(Found(0, RPA, True, -60, AIRED))
    ear.ears.tell(PHONE, Told({0x4C: IBEACON}, None, -60), is_random=True)
    assert len(ear.put) == 1

    ear.clock.advance(seconds=3)  # the kernel's channel is silent: BlueZ counts again
    ear.ears.tell(PHONE, Told({0x4C: IBEACON}, None, -60), is_random=True)
    assert len(ear.put) == 2


def test_without_a_reading_nothing_was_heard() -> None:
    ear = Ear()

    ear.ears.tell(STATIC, Told({0x4C: IBEACON}, None, -127), is_random=True)
    ear.ears.find(Found(0, RPA, True, None, AIRED))

    assert ear.put == []
    assert ear.watch.hearing(ear.clock.monotonic_s()) is Hearing.UNPROVEN


def test_only_the_reference_tag_proves_that_the_radio_hears() -> None:
    ear = Ear(IDENTITY)
    now_s = ear.clock.monotonic_s()

    ear.ears.tell(PHONE, Told(None, None, -60), is_random=True)
    assert ear.watch.hearing(now_s) is Hearing.UNPROVEN
    ear.ears.tell(STATIC, Told({0x4C: IBEACON}, None, -60), is_random=True)
    assert ear.watch.hearing(now_s) is Hearing.GOOD
