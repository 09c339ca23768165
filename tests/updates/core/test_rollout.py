from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kiosk.core.hours import OpeningHours, parse
from tests.updates.core.test_release import made
from updates.core.rollout import Surroundings, obstacle, share, takes

DEVICES = [f"quay-{number}@shop-{store}" for store in range(100) for number in range(10)]
WEEK = OpeningHours(UTC, (parse("07:00-22:00"),) * 7)


def at(clock: str) -> float:
    return datetime.fromisoformat(f"2026-11-23T{clock}:00+00:00").timestamp()


def test_canaries_take_it_first_and_others_by_their_share() -> None:
    release = made(canaries=("quay-1@an-nhien",))
    assert takes(release, "quay-1@an-nhien")
    assert not any(takes(release, device) for device in DEVICES)

    counts = [sum(takes(made(percent=p), one) for one in DEVICES) for p in (10, 50, 100)]
    assert counts[0] in range(60, 140)
    assert counts[1] in range(430, 570)
    assert counts[2] == 1000


def test_who_took_it_still_does_when_the_share_grows_and_the_first_are_others_each_time() -> None:
    few = {one for one in DEVICES if takes(made(percent=10), one)}
    assert all(takes(made(percent=11), one) for one in few)

    next_time = {one for one in DEVICES if takes(made("0.3.0", percent=10), one)}
    assert len(few & next_time) < len(few) / 3


def test_shares_are_the_same_on_every_machine_and_for_ever() -> None:
    assert [share("0.2.0", f"quay-{n}@an-nhien") for n in (1, 2, 3)] == FIXED
    assert {share("1.0.0", one) for one in DEVICES} == {*range(100)}


FIXED = [46, 4, 53]  # printf "0.2.0 quay-1@an-nhien" | sha256sum: its first 8 bytes modulo 100


@pytest.mark.parametrize(
    ("clock", "is_certain", "unsent", "says"),
    [
        ("23:00", True, 0, None),
        ("06:35", True, 0, None),
        ("06:41", True, 0, "the shop is open, or opens within 20 minutes"),
        ("12:00", True, 0, "the shop is open"),
        ("21:59", True, 0, "the shop is open"),
        ("23:00", False, 0, "nobody steers this machine's clock"),
        ("23:00", True, 3, "3 events have not reached the gateway yet"),
        ("23:00", True, None, "the kiosk does not say"),
    ],
)
def test_nothing_is_updated_while_it_would_disturb_or_lose(
    clock: str, is_certain: bool, unsent: int | None, says: str | None
) -> None:
    why = obstacle(Surroundings(at(clock), is_certain, unsent, WEEK))

    assert why == says if says is None else (why or "").startswith(says)
