import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from contract import passes
from contract.events import ClockTrust, Verdict
from kiosk.core.clock_trust import Belief, ClockRules, slots
from kiosk.core.codes import (
    MAX_HELD_UP,
    MAX_USES,
    Checked,
    CodeMemory,
    CodeRules,
    Moment,
    Use,
    check,
)
from kiosk.core.recognition import Recognition

GOOD, UNREADABLE, REPLAYED = Verdict.GOOD, Verdict.UNREADABLE, Verdict.REPLAYED

ANA, BINH = "0a0b0c0d0e0f", "b1b2b3b4b5b6"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
KNOWN = Recognition(epoch=1, keys={(ANA, 1): PUBLIC, (BINH, 1): PUBLIC})
RULES = CodeRules(store_no=3)

NOON_S = 1_800_000_000  # begins a slot
SLOT = NOON_S // 15


def shown(
    slot: int = SLOT,
    member: str = ANA,
    key: Ed25519PrivateKey = KEY,
    store_no: int = 3,
    key_id: int = 1,
) -> str:
    return passes.make(key, key_id, member, slot, store_no)


def at(elapsed_s: float, clock_error_s: float = 0) -> Moment:
    belief = Belief(ClockTrust.TRUSTED, NOON_S + elapsed_s + clock_error_s, 1.0)
    return Moment(slots(belief, ClockRules()), 1_000 + elapsed_s)


def play(scans: list[tuple[float, str]], known: Recognition = KNOWN) -> list[Checked | None]:
    memory, answers = CodeMemory(), []
    for elapsed_s, text in scans:
        memory, checked = check(memory, RULES, known, text, at(elapsed_s))
        answers.append(checked)
    return answers


def verdicts(scans: list[tuple[float, str]]) -> list[str]:
    """What a shopper notices: `…` while held up, `again` for the same check-in."""
    return [
        "…" if checked is None else "again" if checked.is_again else str(checked.verdict)
        for checked in play(scans)
    ]


ONE_CODE = [
    pytest.param(shown(), Verdict.GOOD, id="a pass of now"),
    pytest.param(shown(store_no=passes.ANY_STORE), Verdict.GOOD, id="good in every store"),
    pytest.param(shown(SLOT - 2), Verdict.GOOD, id="two slots old"),
    pytest.param(shown(SLOT - 3), Verdict.EXPIRED, id="three slots old"),
    pytest.param(shown(SLOT + 1), Verdict.GOOD, id="one slot ahead"),
    pytest.param(shown(SLOT + 2), Verdict.EARLY, id="two slots ahead"),
    pytest.param(shown(store_no=4), Verdict.FOREIGN, id="another store"),
    pytest.param(shown(key=OTHER_KEY), Verdict.FORGED, id="signed by somebody else"),
    pytest.param(shown(SLOT - 3, key=OTHER_KEY), Verdict.FORGED, id="forged and old"),
    pytest.param(shown(member="0" * 12), Verdict.UNVERIFIED, id="a member not known here"),
    pytest.param(shown(key_id=2), Verdict.UNVERIFIED, id="a device not known here"),
    pytest.param(shown(SLOT - 3, key_id=2), Verdict.EXPIRED, id="not known here and old"),
    pytest.param(shown(SLOT + 2, key_id=2), Verdict.EARLY, id="not known here and ahead"),
    pytest.param(shown() + "0", Verdict.UNREADABLE, id="a character too many"),
    pytest.param("MD1:" + "-" * 117, Verdict.UNREADABLE, id="a pass in form only"),
    pytest.param("https://example.com/", Verdict.UNREADABLE, id="somebody's website"),
    pytest.param("", Verdict.UNREADABLE, id="nothing"),
]


@pytest.mark.parametrize(("text", "verdict"), ONE_CODE)
def test_one_code(text: str, verdict: Verdict) -> None:
    (checked,) = play([(0, text)])

    assert checked is not None
    assert checked.verdict is verdict
    assert not checked.is_again
    readable = verdict is not UNREADABLE
    assert (checked.member != "") is readable


NOW, NEXT, LAST = shown(), shown(SLOT + 1), shown(SLOT - 1)
BINHS = shown(member=BINH)

STORIES = [
    pytest.param([(t, NOW) for t in range(11)], ["good"] + ["…"] * 10, id="held up 10 s: once"),
    pytest.param([(0, NOW), (2.5, NOW)], ["good", "…"], id="blurred for 2.5 s: still held up"),
    pytest.param([(0, NOW), (2.6, NOW)], ["good", "again"], id="taken away and shown again"),
    pytest.param([(0, NOW), (89, NOW)], ["good", "again"], id="the same pass, still one check-in"),
    pytest.param([(0, NOW), (91, NOW)], ["good", "replayed"], id="the same pass much later"),
    pytest.param([(0, NOW), (3, NOW), (91, NOW)], ["good", "again", "replayed"], id="no renewing"),
    pytest.param([(0, NOW), (20, NEXT)], ["good", "good"], id="the next pass of the same phone"),
    pytest.param([(0, NOW), (5, LAST)], ["good", "replayed"], id="an older pass of that member"),
    pytest.param([(0, NOW), (9, NEXT), (15, NOW)], ["good", "good", "replayed"], id="going back"),
    pytest.param([(0, NOW), (5, BINHS)], ["good", "good"], id="two members, one slot"),
    pytest.param([(0, NOW), (40, LAST)], ["good", "expired"], id="old before used: refresh it"),
    pytest.param(
        [(0, "wifi"), (0.1, NOW), (0.2, "wifi")],
        ["unreadable", "good", "…"],
        id="two codes at once",
    ),
    pytest.param([(0, "wifi"), (0, NOW)], ["unreadable", "good"], id="a wrong code blocks nothing"),
    pytest.param(
        [(0, shown(key=OTHER_KEY)), (1, NOW)], ["forged", "good"], id="a forgery uses nothing up"
    ),
    pytest.param(
        [(0, shown(SLOT + 1, key=OTHER_KEY)), (1, NOW)],
        ["forged", "good"],
        id="a forged newer pass uses nothing up",
    ),
    pytest.param(
        [(0, shown(key_id=2)), (3, shown(key_id=2))],
        ["unverified", "unverified"],
        id="what is not proven is not remembered: the gateway decides",
    ),
]


@pytest.mark.parametrize(("scans", "noticed"), STORIES)
def test_story(scans: list[tuple[float, str]], noticed: list[str]) -> None:
    assert verdicts(scans) == noticed


def test_a_clock_set_back_revives_no_pass() -> None:
    memory, first = check(CodeMemory(), RULES, KNOWN, NOW, at(0))
    memory, _ = check(memory, RULES, KNOWN, shown(SLOT + 240), at(3600))

    _, revived = check(memory, RULES, KNOWN, NOW, at(3700, clock_error_s=-3700))

    assert first == Checked(GOOD, ANA)
    assert revived == Checked(REPLAYED, ANA)


def test_a_lost_phones_pass_is_not_good_again() -> None:
    memory, _ = check(CodeMemory(), RULES, KNOWN, NOW, at(0))

    _, checked = check(memory, RULES, Recognition(epoch=2), NOW, at(5))

    assert checked == Checked(Verdict.UNVERIFIED, ANA)


@pytest.mark.parametrize("store_no", [0, -1, 65_536])
def test_a_store_has_a_number(store_no: int) -> None:
    with pytest.raises(ValueError, match="store_no"):
        CodeRules(store_no)


def test_memory_keeps_neither_texts_nor_members_for_logs() -> None:
    memory, _ = check(CodeMemory(), RULES, KNOWN, NOW, at(0))

    assert ANA not in repr(memory)
    assert "MD1" not in repr(memory)


texts = st.sampled_from([NOW, NEXT, LAST, BINHS, shown(key=OTHER_KEY), "wifi", "", "x" * 160])
scans = st.lists(st.tuples(st.floats(0, 60), texts), max_size=30)


@given(scans)
def test_a_pass_makes_at_most_one_check_in(scans: list[tuple[float, str]]) -> None:
    elapsed_s, made = 0.0, []
    memory = CodeMemory()
    for gap_s, text in scans:
        elapsed_s += gap_s
        memory, checked = check(memory, RULES, KNOWN, text, at(elapsed_s))
        if checked is not None and checked.verdict is GOOD and not checked.is_again:
            made.append(text)

    assert len(made) == len(set(made))


@given(scans)
def test_a_code_out_of_sight_for_3_s_always_gets_an_answer(scans: list[tuple[float, str]]) -> None:
    elapsed_s, seen_s = 0.0, dict[str, float]()
    memory = CodeMemory()
    for gap_s, text in scans:
        elapsed_s += gap_s
        memory, checked = check(memory, RULES, KNOWN, text, at(elapsed_s))
        if elapsed_s - seen_s.get(text, -10.0) > 3:
            assert checked is not None
        seen_s[text] = elapsed_s


@given(st.text(max_size=200))
def test_no_text_raises_or_is_believed(text: str) -> None:
    _, checked = check(CodeMemory(), RULES, KNOWN, text, at(0))

    assert checked == Checked(UNREADABLE)


def test_memory_is_bounded_and_forgets_the_oldest() -> None:
    uses = {f"{number:012x}": Use(SLOT, 0) for number in range(MAX_USES)}
    memory = CodeMemory(uses=uses)
    for number in range(MAX_HELD_UP + 1):
        memory, _ = check(memory, RULES, KNOWN, f"code {number}", at(0))
    memory, _ = check(memory, RULES, KNOWN, NOW, at(0))

    assert len(memory.held_up) == MAX_HELD_UP
    assert "code 0" not in memory.held_up
    assert NOW in memory.held_up
    assert len(memory.uses) == MAX_USES
    assert "0" * 12 not in memory.uses
    assert memory.uses[ANA] == Use(SLOT, 1_000)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        pytest.param(shown(), Verdict.UNVERIFIED, id="a pass of now"),
        pytest.param(shown(SLOT - 1_000), Verdict.UNVERIFIED, id="an old one, for all we know"),
        pytest.param(shown(key=OTHER_KEY), Verdict.FORGED, id="a forged one, at any time"),
    ],
)
def test_a_kiosk_that_does_not_know_the_time_leaves_the_age_to_the_gateway(
    text: str, verdict: Verdict
) -> None:
    nowhen = Moment(range(0), 1_000)

    memory, checked = check(CodeMemory(), RULES, KNOWN, text, nowhen)

    assert checked == Checked(verdict, ANA)
    assert memory.uses == {}
