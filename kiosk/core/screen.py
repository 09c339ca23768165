"""What the touchscreen shows, as one state machine. It never decides who anybody is.

Personal content enters by one door only: a `Show` that answers the session now on screen.
It leaves with the session: by the end button, by idling, or by the next shopper's pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil

from contract.events import EntryReason, Verdict
from contract.messages import Level, Refusal, Show
from kiosk.core import aloud, choosing, own_page, proving, upkeep
from kiosk.core.ease import turned
from kiosk.core.identify import Identify
from kiosk.core.inputs import Button, Language
from kiosk.core.maintenance import PinLocked
from kiosk.core.own_page import (
    CheckIn,
    Choices,
    OfferDetail,
    Offers,
    PickUp,
    Privacy,
    RainCheck,
    WhyNot,
)
from kiosk.core.phone_keypad import CodeAsked, NoCode, NumberAsked
from kiosk.core.screen_rules import ScreenRules
from kiosk.core.screen_state import (
    Attract,
    Closed,
    Confirm,
    DoorAsked,
    Goodbye,
    Hello,
    KeptOut,
    LetIn,
    OutOfOrder,
    ReadBy,
    Recorded,
    Refused,
    Screen,
    ScreenState,
    StaffCalled,
    Waiting,
    awake,
    is_anyones,
    shown_on,
    to,
    wiped,
)

__all__ = [
    "Attract",
    "CheckIn",
    "Choices",
    "Closed",
    "CodeAsked",
    "Confirm",
    "DoorAsked",
    "Goodbye",
    "Hello",
    "KeptOut",
    "LetIn",
    "NoCode",
    "NumberAsked",
    "OfferDetail",
    "Offers",
    "OutOfOrder",
    "PickUp",
    "Privacy",
    "RainCheck",
    "ReadBy",
    "Recorded",
    "Refused",
    "Screen",
    "ScreenState",
    "StaffCalled",
    "Waiting",
    "WhyNot",
]  # all there is to see, for who only looks


PAYS_S = 180.0  # a bank's app, its PIN, its second code, and the bank's word back

Press = Callable[[ScreenState, Button, str, float], ScreenState | None]
"""What a touch leads to in one family of screens; None if it is none of theirs."""


def greet(state: ScreenState, session: str, now_s: float) -> ScreenState:
    """A member's tag came near. Only an idle screen greets; nobody is interrupted."""
    if not isinstance(state.screen, Attract):
        return state
    return to(state, Hello(), now_s, session)


def accept_code(state: ScreenState, session: str, now_s: float) -> ScreenState:
    """A pass was shown: whoever was served before is gone from the screen at once."""
    return to(state, Waiting(), now_s, session)


def refuse_code(state: ScreenState, session: str, verdict: Verdict, now_s: float) -> ScreenState:
    """A code that leads nowhere; it never throws a shopper out of their own screen."""
    if isinstance(state.screen, Confirm) or shown_on(state.screen) is not None:
        return replace(state, active_s=now_s)
    return to(state, Refused(verdict), now_s, session)


def ask_door(state: ScreenState, now_s: float) -> ScreenState:
    """A code was shown at a door; whoever was served before is gone from the screen at once."""
    return to(state, DoorAsked(), now_s, session="")


def door_answered(
    state: ScreenState, reason: EntryReason, now_s: float, *, is_granted: bool
) -> ScreenState:
    """The door has decided. That it opened is always said, a refusal only to whoever waits."""
    if is_granted:
        return to(state, LetIn(), now_s, session="")
    return to(state, KeptOut(reason), now_s) if isinstance(state.screen, DoorAsked) else state


def claimed(state: ScreenState, shown: Show, now_s: float) -> ScreenState:
    """A phone claimed this screen's code: the masked question, unless somebody is served here.

    Nothing else begins so. The phone may be far away and have a picture of the code; whoever
    stands here answers.
    """
    if shown.level is not Level.CONFIRM or not isinstance(state.screen, (Attract, Hello)):
        return state
    return to(state, Confirm(shown.masked_name), now_s, shown.session)


def show(state: ScreenState, shown: Show, now_s: float) -> ScreenState:
    """What the gateway allows. An answer to another session is dropped, however late or early."""
    if shown.session != state.session or not state.session:
        return state
    state, shown = choosing.heard(state, shown)
    match shown.level:
        case Level.CODE:
            return proving.answered(state, shown.code_answer, now_s)
        case Level.CONFIRM:
            return to(state, Confirm(shown.masked_name), now_s)
        case Level.PERSONAL if isinstance(state.screen, CheckIn):
            return to(state, own_page.answered(state.screen, shown), now_s)
        case Level.PERSONAL if isinstance(state.screen, Choices):
            return choosing.answered(state, state.screen, shown)
        case Level.PERSONAL if not isinstance(state.screen, (OfferDetail, PickUp)):
            return to(state, Offers(shown), now_s)
        case Level.ORDER:
            return _owed(state, shown, now_s)
        case Level.REFUSED:
            return to(state, Refused(shown.refusal or Refusal.NOT_RECOGNISED), now_s)
    return state


def _owed(state: ScreenState, news: Show, now_s: float) -> ScreenState:
    """Money came for an order: whatever page of theirs is shown says so, in its place."""
    page = shown_on(state.screen)
    after = own_page.owed(page, news.orders) if page is not None else None
    if after is None or after == page:
        return state
    turned = replace(state.screen, shown=after)  # type: ignore[arg-type]
    if isinstance(state.screen, PickUp):
        turned = own_page.paid(state.screen, after)
    return replace(state, screen=turned, active_s=now_s, revision=state.revision + 1)


def press(state: ScreenState, button: Button, subject: str, now_s: float) -> ScreenState:
    """A touch. A button that is not on the present screen does nothing."""
    state = awake(state, now_s)
    if button is Button.EASE or (state.is_easing and button not in (Button.END, Button.STAFF)):
        return _eased(state, button, subject)
    for family in FAMILIES:
        if (after := family(state, button, subject, now_s)) is not None:
            return after
    match button, state.screen:
        case (Button.END, _) | (Button.PAUSE, Confirm() | Privacy()):
            return to(state, Goodbye(), now_s, session="")
        case Button.STAFF, StaffCalled():
            return state
        case Button.STAFF, _:
            return to(state, StaffCalled(shown_on(state.screen)), now_s)
        case (Button.HELLO, Hello()) | (Button.CONFIRM, Confirm()):
            return to(state, Waiting(), now_s)
        case Button.DENY, Confirm():
            return to(state, Attract(), now_s, session="")
        case Button.BACK, Attract() | Closed() | Waiting() | DoorAsked() | Confirm() | Offers():
            return state
        case Button.BACK, opened:
            page = shown_on(opened)
            if page is not None:
                return to(state, Offers(page), now_s)
            return to(state, Attract(), now_s, session="")
    return state


def _on_own_page(
    state: ScreenState, button: Button, subject: str, now_s: float
) -> ScreenState | None:
    match button, state.screen:
        case Button.OFFER, Offers(shown):
            return _open(state, own_page.offer_of(shown, subject), now_s)
        case Button.WHY_NOT, Offers(shown) if shown.why_not:
            return to(state, WhyNot(shown), now_s)
        case Button.PRIVACY, Offers(shown) if shown.name:  # a page of our own is nobody's
            return to(state, Privacy(shown), now_s)
        case Button.PICK_UP, Offers(shown) | OfferDetail(shown):
            return _open(state, own_page.order_of(shown, subject), now_s)
        case Button.CHECK_IN, Offers(shown):
            return _open(state, own_page.appointment_of(shown, subject), now_s)
    return None


FAMILIES: tuple[Press, ...] = (
    *(_on_own_page, choosing.press),
    *(aloud.press, proving.press, upkeep.press),
)


def fail(state: ScreenState, now_s: float) -> ScreenState:
    """What was just done could not be kept: nothing is promised to anybody."""
    if isinstance(state.screen, OutOfOrder):
        return replace(state, active_s=now_s)
    return to(state, OutOfOrder(), now_s, session="")


def give_up(state: ScreenState, now_s: float) -> ScreenState:
    """What was asked for cannot be had without the gateway: the visit is kept, and staff help."""
    return to(state, Recorded(), now_s)


def promise(state: ScreenState, later: RainCheck, now_s: float) -> ScreenState:
    """Nothing of an offer is left here for now: a code instead, which staff will know."""
    return to(state, later, now_s)


def speak(state: ScreenState, language: Language, now_s: float) -> ScreenState:
    """Change the language until this session ends."""
    state = awake(state, now_s)
    if language is state.language:
        return state
    return replace(state, language=language, revision=state.revision + 1)


def link(state: ScreenState, online: bool) -> ScreenState:
    """The network came or went; the screen says so."""
    if state.offline is not online:
        return state
    return replace(state, offline=not online, revision=state.revision + 1)


def read_by(state: ScreenState, reader: ReadBy) -> ScreenState:
    """Camera or scanner came or went; the invitation says where to hold a code, if anywhere."""
    if state.read_by is reader:
        return state
    return replace(state, read_by=reader, revision=state.revision + 1)


def link_phones(state: ScreenState, phone_link: str) -> ScreenState:
    """The code for phones is another one; only the invitation shows it."""
    if state.phone_link == phone_link:
        return state
    is_seen = isinstance(state.screen, Attract)
    return replace(state, phone_link=phone_link, revision=state.revision + is_seen)


def approach(state: ScreenState, now_s: float) -> ScreenState:
    """Somebody moves before the screen: an invitation that was dimmed is bright again.

    Nobody's own screen is kept up by this: it may be the next in the queue who moves.
    """
    if not isinstance(state.screen, Attract | Closed):
        return state
    awake = replace(state, dimmed=False, active_s=now_s)
    return replace(awake, revision=state.revision + 1) if state.dimmed else awake


def tick(state: ScreenState, rules: ScreenRules, now_s: float) -> ScreenState:
    """Time passed: give up waiting, warn, wipe."""
    still_s = now_s - state.active_s
    match state.screen:
        case Attract() | Closed() if still_s < rules.idle_s or not is_anyones(state):
            return _dim(state, rules, still_s)
        case Attract() | Closed():
            return wiped(state, now_s)
        case Waiting():
            return to(state, Recorded(), now_s) if still_s >= rules.answer_s else state
        case DoorAsked():
            silent = KeptOut(EntryReason.OUT_OF_ORDER)
            return to(state, silent, now_s) if still_s >= rules.answer_s else state
        case CheckIn() as asked if asked.is_asking:
            late = replace(asked, is_unanswered=True)
            return to(state, late, now_s) if still_s >= rules.answer_s else state
        case (
            Hello()
            | Recorded()
            | Refused()
            | LetIn()
            | KeptOut()
            | StaffCalled(None)
            | OutOfOrder()
            | Goodbye()
            | NoCode()
            | PinLocked()
            | Identify()
        ):
            return wiped(state, now_s) if still_s >= rules.notice_s else state
    if isinstance(state.screen, CodeAsked):
        state = proving.tick(state, state.screen, rules, now_s)
        still_s = now_s - state.active_s
    return _warn_or_wipe(state, rules, still_s, now_s)


def _dim(state: ScreenState, rules: ScreenRules, still_s: float) -> ScreenState:
    if state.dimmed or rules.dim_after_s is None or still_s < rules.dim_after_s:
        return state
    return replace(state, dimmed=True, revision=state.revision + 1)


def _warn_or_wipe(
    state: ScreenState, rules: ScreenRules, still_s: float, now_s: float
) -> ScreenState:
    is_paying = isinstance(state.screen, PickUp) and state.screen.is_paying
    idle_s = max(rules.idle_s, PAYS_S) if is_paying else rules.idle_s
    left_s = idle_s + rules.warning_s - still_s
    if left_s <= 0:
        return wiped(state, now_s)
    if left_s > rules.warning_s:
        return state
    whole_s = ceil(left_s)
    if whole_s == state.warning_left_s:
        return state
    return replace(state, warning_left_s=whole_s, revision=state.revision + 1)


def _eased(state: ScreenState, button: Button, subject: str) -> ScreenState:
    if button not in (Button.EASE, Button.BACK):
        return state  # it lies under the choice
    chosen = turned(state.ease, subject)
    is_open = button is Button.EASE
    eased = replace(state, ease=chosen, is_easing=is_open, revision=state.revision + 1)
    return aloud.switched(state, eased)


def _open(state: ScreenState, found: Screen | None, now_s: float) -> ScreenState:
    return state if found is None else to(state, found, now_s)
