"""Whatever happens in whatever order, the screen never shows one shopper's things to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from contract.events import EntryReason, Verdict
from contract.messages import Level, Show, ShownAppointment, ShownOffer, ShownOrder, Text, Tone
from kiosk.core import screen
from kiosk.core.ease import Ease
from kiosk.core.inputs import Button, Language
from kiosk.core.screen import (
    Attract,
    CheckIn,
    Confirm,
    KeptOut,
    OfferDetail,
    Offers,
    OutOfOrder,
    PickUp,
    ReadBy,
    ScreenState,
    StaffCalled,
)
from kiosk.core.screen_rules import ScreenRules

WORDS = Text("x", "x")
OFFER = ShownOffer("o-1", Tone.JADE, WORDS, WORDS, WORDS, WORDS, WORDS)
BOOKED = ShownAppointment("T-1", WORDS, WORDS)
ORDER = ShownOrder("A-1", "#A-1", items=1, unpaid_vnd=0, ready=True)
SESSIONS = ["0000000000000001", "0000000000000002", "0000000000000003"]
RULES = ScreenRules(dim_after_s=30)

Step = Callable[[ScreenState, float], ScreenState]
sessions = st.sampled_from(SESSIONS)


def answer(session: str, level: Level) -> Show:
    return Show(
        session,
        "0" * 32,
        level,
        masked_name="N***",
        name=session,
        offers=(OFFER,),
        orders=(ORDER,),
        appointments=(BOOKED,),
    )


SUBJECTS = {Button.PICK_UP: "A-1", Button.CHECK_IN: "T-1"}


steps: st.SearchStrategy[Step] = st.one_of(
    sessions.map(lambda session: lambda state, now: screen.greet(state, session, now)),
    sessions.map(lambda session: lambda state, now: screen.accept_code(state, session, now)),
    sessions.map(
        lambda session: lambda state, now: screen.refuse_code(state, session, Verdict.EXPIRED, now)
    ),
    st.builds(answer, sessions, st.sampled_from(Level)).map(
        lambda shown: lambda state, now: screen.show(state, shown, now)
    ),
    st.sampled_from(Button).map(
        lambda button: (
            lambda state, now: screen.press(state, button, SUBJECTS.get(button, "o-1"), now)
        )
    ),
    st.sampled_from(["", *Ease]).map(
        lambda ease: lambda state, now: screen.press(state, Button.EASE, ease, now)
    ),
    st.sampled_from(Language).map(
        lambda language: lambda state, now: screen.speak(state, language, now)
    ),
    st.just(lambda state, now: screen.tick(state, RULES, now)),
    st.booleans().map(lambda online: lambda state, _: screen.link(state, online)),
    st.sampled_from(ReadBy).map(lambda reader: lambda state, _: screen.read_by(state, reader)),
    st.just(screen.fail),
    st.just(screen.ask_door),
    st.booleans().map(
        lambda is_granted: (
            lambda state, now: screen.door_answered(
                state, EntryReason.FULL, now, is_granted=is_granted
            )
        )
    ),
    st.just(screen.approach),
)
stories = st.lists(st.tuples(steps, st.floats(min_value=0, max_value=50)), max_size=40)


def personal_of(state: ScreenState) -> Show | None:
    match state.screen:
        case Offers(shown) | OfferDetail(shown) | PickUp(shown) | StaffCalled(shown):
            return shown
        case CheckIn(shown):
            return shown
    return None


@given(stories)
def test_personal_content_always_belongs_to_the_session_on_screen(
    story: list[tuple[Step, float]],
) -> None:
    state, now_s = ScreenState(), 0.0
    for step, gap_s in story:
        now_s += gap_s
        state = step(state, now_s)
        shown = personal_of(state)
        if shown is not None:
            assert shown.session == state.session
        if isinstance(state.screen, Attract | OutOfOrder):
            assert state.session == ""
        assert isinstance(state.screen, Attract) or not state.dimmed


@given(stories)
def test_every_visible_change_has_a_new_revision(story: list[tuple[Step, float]]) -> None:
    state, now_s = ScreenState(), 0.0
    for step, gap_s in story:
        now_s += gap_s
        before, state = state, step(state, now_s)
        visible = ["screen", "language", "offline", "warning_left_s", "read_by", "dimmed"]
        visible += ["ease", "is_easing"]
        if any(getattr(before, name) != getattr(state, name) for name in visible):
            assert state.revision > before.revision
        assert state.revision >= before.revision
        assert state.since_revision <= state.revision


@given(stories)
def test_left_alone_every_screen_returns_to_the_invitation(
    story: list[tuple[Step, float]],
) -> None:
    state, now_s = ScreenState(), 0.0
    for step, gap_s in story:
        now_s += gap_s
        state = step(state, now_s)
    for _ in range(120):
        now_s += 1
        state = screen.tick(state, RULES, now_s)

    assert (state.screen, state.session, state.language) == (Attract(), "", Language.VI)
    assert (state.ease, state.is_easing) == (frozenset(), False)


def test_a_screen_is_made_easier_and_then_stands_where_it_stood() -> None:
    shown = answer(SESSIONS[0], Level.PERSONAL)
    state = ScreenState(screen=Offers(shown), session=SESSIONS[0])
    for ease in ("", Ease.LARGE, Ease.REACH, Ease.LARGE, "nothing we know"):
        state = screen.press(state, Button.EASE, ease, 5)
    assert (state.is_easing, state.ease) == (True, frozenset({Ease.REACH}))
    assert screen.press(state, Button.OFFER, "o-1", 6) == replace(state, active_s=6)

    state = screen.press(state, Button.BACK, "", 7)

    assert (state.is_easing, state.ease) == (False, frozenset({Ease.REACH}))
    assert state.screen == Offers(shown)
    assert screen.press(state, Button.OFFER, "o-1", 8).screen == OfferDetail(shown, OFFER)


def test_help_comes_and_a_visit_ends_also_from_the_choice_of_eases() -> None:
    easing = screen.press(ScreenState(), Button.EASE, Ease.CONTRAST, 1)

    called = screen.press(easing, Button.STAFF, "", 2)

    assert (called.screen, called.is_easing, called.ease) == (StaffCalled(), False, easing.ease)
    assert not screen.press(easing, Button.END, "", 2).is_easing


def test_the_next_who_comes_finds_no_ease_of_the_one_before() -> None:
    easing = screen.press(ScreenState(), Button.EASE, Ease.CONTRAST, 1)
    assert screen.tick(easing, RULES, 45).is_easing

    left = screen.tick(easing, RULES, 46)

    assert (left.ease, left.is_easing) == (frozenset(), False)


def test_the_warning_counts_down_twenty_seconds() -> None:
    state = ScreenState(screen=Confirm("N***"), session=SESSIONS[0], active_s=0)
    seen = []
    for second in range(70):
        state = screen.tick(state, RULES, second)
        seen.append(state.warning_left_s)

    assert seen[44:48] == [None, 20, 19, 18]
    assert seen[64:66] == [1, None]
    assert state.screen == Attract()


@pytest.mark.parametrize(
    "button",
    [Button.CONFIRM, Button.OFFER, Button.PICK_UP, Button.CHECK_IN, Button.HELLO, Button.PAUSE],
)
def test_a_button_that_is_not_there_does_nothing(button: Button) -> None:
    state = ScreenState()

    assert screen.press(state, button, "o-1", 5).screen == Attract()


@pytest.mark.parametrize(("idle_s", "warning_s"), [(19, 20), (121, 20), (45, 19), (45, 61)])
def test_waiting_times_people_cannot_live_with_are_refused(idle_s: float, warning_s: float) -> None:
    with pytest.raises(ValueError, match="must be between"):
        ScreenRules(idle_s=idle_s, warning_s=warning_s)


def test_a_shopper_who_walks_away_from_a_door_leaves_nothing() -> None:
    asked = screen.ask_door(ScreenState(language=Language.EN), now_s=0)
    kept_out = screen.door_answered(asked, EntryReason.CLOSED, now_s=1, is_granted=False)
    assert kept_out.screen == KeptOut(EntryReason.CLOSED)

    gone = screen.tick(kept_out, ScreenRules(), now_s=14)

    assert (gone.screen, gone.language) == (Attract(), Language.VI)
    assert screen.press(asked, Button.BACK, "", now_s=1).screen == asked.screen


def checking_in() -> ScreenState:
    page = answer(SESSIONS[0], Level.PERSONAL)
    state = screen.show(ScreenState(session=SESSIONS[0]), page, 0)
    return screen.press(state, Button.CHECK_IN, "T-1", 10)


@pytest.mark.parametrize(
    "news", [{"ticket": 7}, {"hitch": WORDS}], ids=["a ticket", "a reason against it"]
)
@pytest.mark.parametrize("waited_s", [1, 9], ids=["soon", "late"])
def test_who_checks_in_waits_for_a_ticket_or_a_reason(
    news: dict[str, object], waited_s: int
) -> None:
    asking = checking_in()
    assert asking.screen == CheckIn(answer(SESSIONS[0], Level.PERSONAL), BOOKED)

    waited = screen.tick(asking, RULES, 10 + waited_s)
    came = structs.replace(BOOKED, **news)
    told = structs.replace(answer(SESSIONS[0], Level.PERSONAL), appointments=(came,))
    after = screen.show(waited, told, 10 + waited_s)

    page = answer(SESSIONS[0], Level.PERSONAL)
    assert waited.screen == CheckIn(page, BOOKED, is_unanswered=waited_s == 9)
    assert after.screen == CheckIn(told, told.appointments[0])
    assert screen.press(after, Button.BACK, "", 20).screen == Offers(told)


def test_a_word_to_another_session_ends_no_waiting() -> None:
    asking = checking_in()

    assert screen.show(asking, answer(SESSIONS[1], Level.PERSONAL), 11) is asking


def test_an_appointment_that_is_gone_meanwhile_leads_back_to_the_page() -> None:
    told = structs.replace(answer(SESSIONS[0], Level.PERSONAL), appointments=())

    assert screen.show(checking_in(), told, 11).screen == Offers(told)


def test_who_was_greeted_before_a_code_was_shown_is_gone_from_the_screen() -> None:
    greeted = screen.press(screen.greet(ScreenState(), SESSIONS[0], 0), Button.HELLO, "", 0)
    asked = screen.ask_door(greeted, now_s=1)

    assert screen.show(asked, answer(SESSIONS[0], Level.PERSONAL), 2) == asked


DIMS = ScreenRules(dim_after_s=300)


def test_an_invitation_nobody_looks_at_is_dimmed_and_wakes_for_whoever_comes() -> None:
    state = screen.tick(ScreenState(active_s=100), DIMS, 399)
    assert not state.dimmed
    state = screen.tick(state, DIMS, 400)
    assert state.dimmed
    assert screen.tick(state, DIMS, 9_000) is state

    awake = screen.approach(state, 9_001)
    assert not awake.dimmed
    assert awake.revision == state.revision + 1
    assert not screen.tick(awake, DIMS, 9_300).dimmed
    assert screen.tick(awake, DIMS, 9_301).dimmed


def test_who_moves_keeps_an_invitation_bright_without_painting_it_anew() -> None:
    state = ScreenState(active_s=100, revision=7)

    assert screen.approach(state, 350) == ScreenState(active_s=350, revision=7)


def test_without_a_motion_sensor_nothing_is_dimmed() -> None:
    assert not screen.tick(ScreenState(), ScreenRules(), 1e6).dimmed


@pytest.mark.parametrize(
    "wakes",
    [
        pytest.param(lambda state: screen.greet(state, "s", 9), id="a tag"),
        pytest.param(lambda state: screen.accept_code(state, "s", 9), id="a pass"),
        pytest.param(lambda state: screen.press(state, Button.STAY, "", 9), id="a touch"),
        pytest.param(lambda state: screen.speak(state, Language.EN, 9), id="a language"),
    ],
)
def test_everything_a_person_does_wakes_a_dimmed_screen(
    wakes: Callable[[ScreenState], ScreenState],
) -> None:
    after = wakes(ScreenState(dimmed=True, revision=3))

    assert not after.dimmed
    assert after.revision > 3


def test_moving_before_a_shoppers_own_screen_does_not_keep_it_up() -> None:
    state = screen.accept_code(ScreenState(), "s", 5)

    assert screen.approach(state, 9) is state
