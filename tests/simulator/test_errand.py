"""Stories of shoppers at a kiosk: what they see on the left, what their hands do on the right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.core.inputs import Button
from simulator import errand
from simulator.codes import Code
from simulator.errand import Act, Hold, Leave, Lower, Press, Seen, asks_for
from simulator.people import Plan, Shopper
from simulator.shop import make_shop

MEMBER = make_shop(date(2026, 11, 23)).members[1]
MINE = f"Bạn có phải {MEMBER.given_name[0]}*** không?"
THEIRS = "Bạn có phải Ơ*** không?"
TOUCHER = Shopper("a", Plan.TOUCH, MEMBER, pace_s=1.0)
SHOWER = Shopper("b", Plan.SHOW, MEMBER, code=Code.PASS, code_of=MEMBER, pace_s=1.0)
LOOKER = Shopper("c", Plan.LOOK, pace_s=1.0)
BUYER = replace(TOUCHER, opens_offers=1, fetches=True, calls_staff=True)
PAGE = {"offers": ("tra-sen",), "orders": ("don-1",)}

GREETED = [("hello", {}, 8), ("waiting", {}, 1), ("confirm", {"title": MINE}, 8)]
RECOGNISED = [*GREETED, ("waiting", {}, 1)]

STORIES = [
    pytest.param(
        TOUCHER,
        [("attract", {}, 8), *RECOGNISED, ("offers", PAGE, 12), ("goodbye", {}, 12)],
        [Press(Button.HELLO), Press(Button.CONFIRM), Press(Button.END), Leave()],
        id="touches the hello, says yes, reads, ends",
    ),
    pytest.param(
        replace(TOUCHER, is_tidy=False),
        [*RECOGNISED, ("offers", PAGE, 30)],
        [Press(Button.HELLO), Press(Button.CONFIRM), Leave()],
        id="walks away from an open page",
    ),
    pytest.param(
        TOUCHER,
        [
            ("hello", {}, 8),
            ("waiting", {}, 1),
            ("confirm", {"title": THEIRS}, 8),
            ("attract", {}, 9),
        ],
        [Press(Button.HELLO), Press(Button.DENY), Leave()],
        id="is taken for somebody else and says no",
    ),
    pytest.param(TOUCHER, [("attract", {}, 40)], [Leave()], id="is never greeted and gives up"),
    pytest.param(
        BUYER,
        [
            *RECOGNISED,
            ("offers", PAGE, 5),
            ("offer_detail", {}, 5),
            ("offers", PAGE, 5),
            ("pick_up", {}, 5),
            ("offers", PAGE, 5),
            ("staff_called", {}, 5),
            ("offers", PAGE, 5),
            ("goodbye", {}, 12),
        ],
        [
            Press(Button.HELLO),
            Press(Button.CONFIRM),
            Press(Button.OFFER, "tra-sen"),
            Press(Button.BACK),
            Press(Button.PICK_UP, "don-1"),
            Press(Button.BACK),
            Press(Button.STAFF),
            Press(Button.BACK),
            Press(Button.END),
            Leave(),
        ],
        id="opens an offer, fetches an order, asks for help",
    ),
    pytest.param(
        BUYER,
        [
            *RECOGNISED,
            ("offers", {}, 25),
            ("staff_called", {}, 5),
            ("offers", {}, 5),
            ("goodbye", {}, 12),
        ],
        [
            Press(Button.HELLO),
            Press(Button.CONFIRM),
            Press(Button.STAFF),
            Press(Button.BACK),
            Press(Button.END),
            Leave(),
        ],
        id="wanted an offer and an order, and there is none",
    ),
    pytest.param(
        SHOWER,
        [("attract", {}, 3), ("waiting", {}, 1), ("offers", PAGE, 12), ("goodbye", {}, 12)],
        [Hold(), Lower(), Press(Button.END), Leave()],
        id="shows a pass until the screen answers",
    ),
    pytest.param(
        SHOWER,
        [("attract", {}, 3), ("refused", {}, 5), ("attract", {}, 5)],
        [Hold(), Lower(), Press(Button.BACK), Leave()],
        id="shows a code that is refused",
    ),
    pytest.param(
        SHOWER, [("attract", {}, 30)], [Hold(), Lower(), Leave()], id="shows a code nobody reads"
    ),
    pytest.param(
        SHOWER,
        [("attract", {}, 3), ("waiting", {}, 3), ("recorded", {}, 40)],
        [Hold(), Lower(), Leave()],
        id="gets no answer",
    ),
    pytest.param(
        SHOWER,
        [
            ("offers", PAGE, 3),
            ("goodbye", {}, 3),
            ("attract", {}, 3),
            ("waiting", {}, 1),
            ("offers", PAGE, 6),
        ],
        [Press(Button.END), Press(Button.BACK), Hold(), Lower(), Press(Button.END)],
        id="finds the page of somebody who just walked away",
    ),
    pytest.param(
        replace(TOUCHER, opens_offers=1),
        [*RECOGNISED, ("offers", PAGE, 2), ("idle", {}, 4), ("offers", PAGE, 5)],
        [
            Press(Button.HELLO),
            Press(Button.CONFIRM),
            Press(Button.STAY),
            Press(Button.OFFER, "tra-sen"),
        ],
        id="is still there when asked",
    ),
    pytest.param(
        LOOKER,
        [("attract", {}, 10), ("hello", {}, 10), ("attract", {}, 5)],
        [Leave()],
        id="only looks",
    ),
]


@pytest.mark.parametrize(("shopper", "screens", "acts"), STORIES)
def test_shoppers_do_what_people_do(
    shopper: Shopper, screens: list[tuple[str, dict[str, object], float]], acts: list[Act]
) -> None:
    now_s = 100.0
    done: list[Act] = []
    at_kiosk = errand.begin(shopper, now_s)
    for revision, (name, what, lasts_s) in enumerate(screens):
        seen = Seen(screen=name, revision=revision, **what)  # type: ignore[arg-type]
        for tenth in range(round(lasts_s * 10)):
            if name == "idle":
                seen = replace(seen, revision=1000 + tenth // 10)  # it counts down
            now_s += 0.1
            at_kiosk, act = errand.step(at_kiosk, seen, now_s)
            # The next screen of the story answers what was done, so nothing is done twice.
            if act is not None and (not done or act != done[-1]):
                done.append(act)

    assert done == acts


@pytest.mark.parametrize(
    ("title", "is_me"),
    [
        (MINE, True),
        (f"Are you {MEMBER.given_name[0]}***?", True),
        (THEIRS, False),
        ("Bạn có phải không?", False),
        ("", False),
    ],
)
def test_people_know_their_own_initial(title: str, *, is_me: bool) -> None:
    assert asks_for(TOUCHER, title) is is_me
    assert asks_for(LOOKER, title) is False


def test_hands_need_a_moment_after_every_new_screen() -> None:
    at_kiosk = errand.begin(TOUCHER, 0.0)

    at_kiosk, first = errand.step(at_kiosk, Seen("hello", 1), 10.0)
    at_kiosk, soon = errand.step(at_kiosk, Seen("hello", 1), 10.9)
    _, then = errand.step(at_kiosk, Seen("hello", 1), 11.1)

    assert (first, soon, then) == (None, None, Press(Button.HELLO))
