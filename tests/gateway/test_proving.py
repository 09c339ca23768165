"""A shopper without a pass types their number, and then the code that was sent to it."""

from __future__ import annotations

from itertools import count

import pytest
from sqlalchemy import select

from contract import codec
from contract.asks import Ask
from contract.events import Touch, Touched
from contract.messages import CodeAnswer, Level, Show
from contract.topics import KioskAddress, Leaf
from gateway.core import one_time_codes
from gateway.core.consent import Purpose
from gateway.core.one_time_codes import Letter
from gateway.keypads import Keypads
from gateway.messenger import BROKEN_S, Messenger
from gateway.proving import SENT_BY_KIOSK, Proving
from gateway.store import external_ids, pauses, profiles
from gateway.store.dead_letters import DeadLetterRow
from gateway.store.events import EventRow
from gateway.store.one_time_codes import OneTimeCodeRow
from gateway.store.screen_sessions import ScreenSessionRow
from gateway.store.visits import VisitRow
from runtime.errors import UnavailableError
from tests.fakes import FakeClock
from tests.gateway.shop import NGOC, NOON_MS, S1, S2, STORE, Outbox, Shop

QUAY = KioskAddress(STORE, "quay-1")
NUMBER, NOBODYS = "0901234512", "0987654321"


class Line:
    """A keypad's line to the gateway, and the telephones behind it."""

    def __init__(self, shop: Shop) -> None:
        ids = (f"letter-{number}" for number in count(1))
        self.shop, self.now_ms = shop, NOON_MS
        self.letters: list[Letter] = []
        self.can_send = True
        self.proving = Proving(b"k" * 32, lambda: self.can_send, lambda: next(ids))

    def types(self, number: str = NUMBER, code: str = "", session: str = S1) -> CodeAnswer | None:
        ask = Ask(session, number, "vi", code)
        with self.shop.writers.begin() as db:
            proven = self.proving.answer(db, QUAY, ask, self.now_ms)
        if proven.letter is not None:
            self.letters.append(proven.letter)
        assert (proven.show.session, proven.show.level) == (session, Level.CODE)
        assert proven.show == Show(
            session, session * 2, Level.CODE, code_answer=proven.show.code_answer
        ), "nothing else is told"
        return proven.show.code_answer

    @property
    def code(self) -> str:
        return self.letters[-1].text[:6]


@pytest.fixture
def line(shop: Shop) -> Line:
    shop.member()
    with shop.writers.begin() as db:
        assert external_ids.claim(db, NGOC, "phone:+84901234512", ("test", 0))
    return Line(shop)


def test_the_code_opens_the_own_page_with_the_next_touch_and_is_a_visit(
    shop: Shop, line: Line
) -> None:
    shop.offer()
    assert line.types() is CodeAnswer.SENT
    assert line.letters[0].number == "+84901234512"
    assert "An Nhiên" in line.letters[0].text
    assert shop.count(ScreenSessionRow) == 0, "a number proves nothing"

    assert line.types(code=line.code) is CodeAnswer.RIGHT
    assert shop.count(VisitRow) == 0, "only events are visits"
    (show,) = shop.handle(Outbox().says(Touched(S1, Touch.CONFIRM))).shows

    assert (show[1].level, show[1].name) == (Level.PERSONAL, "Ngọc")
    assert [one.id for one in show[1].offers] == ["tea"]
    with shop.read() as db:
        (visit,) = db.scalars(select(VisitRow))
    assert (visit.member, visit.evidence, visit.confidence) == (NGOC, "number", 0.95)


def test_the_page_does_not_need_the_consent_to_be_recognised_but_its_offers_need_theirs(
    shop: Shop, line: Line
) -> None:
    shop.offer()
    shop.member("00000000c003", "Lê Thị Vân", consents=frozenset[Purpose]())
    with shop.writers.begin() as db:
        external_ids.claim(db, "00000000c003", "phone:+84987654321", ("test", 0))
    line.types(NOBODYS)
    line.types(NOBODYS, line.code)

    (show,) = shop.handle(Outbox().says(Touched(S1, Touch.CONFIRM))).shows

    assert (show[1].level, show[1].name, show[1].offers) == (Level.PERSONAL, "Vân", ())


def test_nothing_tells_a_number_that_is_known_from_one_that_is_not(shop: Shop, line: Line) -> None:
    for number in (NUMBER, NOBODYS):
        line.now_ms = NOON_MS
        heard = [line.types(number), line.types(number), line.types(number, "000000")]
        line.now_ms += 30_000
        heard += [line.types(number), *(line.types(number, "000001") for _ in range(5))]
        line.now_ms += 30_000
        heard.append(line.types(number))
        assert [str(one) for one in heard] == [
            *("sent", "too_soon", "wrong", "sent"),
            *("wrong", "wrong", "wrong", "locked", "locked", "locked"),
        ], number
    assert {letter.number for letter in line.letters} == {"+84901234512"}


def test_a_code_is_good_for_the_screen_where_it_was_typed_only(shop: Shop, line: Line) -> None:
    line.types()
    line.types(code=line.code, session=S2)

    outbox = Outbox()
    (here,) = shop.handle(outbox.says(Touched(S1, Touch.CONFIRM))).shows
    (there,) = shop.handle(outbox.says(Touched(S2, Touch.CONFIRM))).shows
    assert here[1].level is Level.REFUSED
    assert there[1].level is Level.PERSONAL


def test_a_lucky_guess_at_a_number_nobody_has_is_as_wrong_as_any(shop: Shop, line: Line) -> None:
    line.types(NOBODYS)
    with shop.writers.begin() as db:
        row = db.scalars(select(OneTimeCodeRow)).one()
        row.code = one_time_codes.digest(b"k" * 32, row.who, "123456")

    assert line.types(NOBODYS, "123456") is CodeAnswer.WRONG
    assert shop.count(ScreenSessionRow) == 0


def test_a_kiosk_that_tries_many_numbers_is_slowed_down(line: Line) -> None:
    numbers = [f"09{number:08}" for number in range(SENT_BY_KIOSK + 1)]

    heard = [line.types(number) for number in numbers]

    assert heard == [CodeAnswer.SENT] * SENT_BY_KIOSK + [CodeAnswer.UNAVAILABLE]


def test_where_nobody_can_send_it_is_said_and_nothing_is_kept(shop: Shop, line: Line) -> None:
    line.can_send = False

    assert line.types() is CodeAnswer.UNAVAILABLE
    assert shop.count(OneTimeCodeRow) == 0


def test_neither_number_nor_code_stands_in_the_database(shop: Shop, line: Line) -> None:
    line.types(NOBODYS)
    line.types()
    code = line.code
    line.types(code=code)
    shop.handle(Outbox().says(Touched(S1, Touch.CONFIRM)))

    with shop.read() as db:
        rows = [
            vars(row)
            for table in (OneTimeCodeRow, EventRow, ScreenSessionRow, DeadLetterRow)
            for row in db.scalars(select(table))
        ]
    assert rows
    for secret in (NOBODYS, NUMBER, NOBODYS[1:], code):
        assert secret not in str(rows)


class Sender:
    """Somebody who sends codes, or not."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.problem: Exception | None = None

    def send(self, letter: Letter) -> None:
        if self.problem is not None:
            raise self.problem
        self.sent.append(letter)


def test_after_a_failure_nobody_is_promised_a_code_for_a_while() -> None:
    clock, sender = FakeClock(), Sender()
    messenger = Messenger(sender, clock)
    letter = Letter("1", NOON_MS, "+84901234512", "123456", "vi")
    assert messenger.can_send()
    assert not Messenger(None, clock).can_send()

    for problem in (UnavailableError("away"), ValueError("a slip of theirs")):
        sender.problem = problem
        messenger.post(letter)
        messenger.round()
        assert not messenger.can_send()
        clock.advance(BROKEN_S)
        assert messenger.can_send()
    sender.problem = None
    messenger.post(letter)
    messenger.round()
    assert sender.sent == [letter]


def test_the_screen_hears_its_answer_and_a_database_that_is_away_ends_nothing(
    shop: Shop, line: Line
) -> None:
    said: list[tuple[str, bytes]] = []

    def publish(topic: str, payload: bytes, *, qos: int = 1) -> None:
        assert qos == 0
        said.append((topic, payload))

    posted: list[Letter] = []
    keypads = Keypads(shop.writers, FakeClock(), line.proving, publish, posted.append)
    keypads.hear(QUAY, Ask(S1, NUMBER, "en"))

    ((topic, payload),) = said
    assert topic == QUAY.topic(Leaf.SHOW)
    assert codec.decode(Show, payload).code_answer is CodeAnswer.SENT
    assert "your code" in posted[0].text
    with shop.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE one_time_code")
    keypads.hear(QUAY, Ask(S2, NUMBER, "en"))
    assert len(said) == 1


def test_a_day_without_being_recognised_is_asked_for_by_a_code_as_by_a_pass(
    shop: Shop, line: Line
) -> None:
    line.types()
    line.types(code=line.code)
    outbox = Outbox()
    shop.handle(outbox.says(Touched(S1, Touch.CONFIRM)))
    with shop.read() as db:
        assert profiles.owners(db, {f"t-{NGOC}"}) == {f"t-{NGOC}": NGOC}

    outcome = shop.handle(outbox.says(Touched(S1, Touch.PAUSE)))

    assert outcome.shows == []
    with shop.read() as db:
        until_ms = pauses.until_ms(db, NGOC, NOON_MS)
        assert until_ms is not None
        assert until_ms >= NOON_MS + pauses.PAUSE_MS
        assert profiles.owners(db, {f"t-{NGOC}"}) == {}
        (session,) = db.scalars(select(ScreenSessionRow))
    assert session.member is None
    (show,) = shop.handle(outbox.says(Touched(S1, Touch.CONFIRM))).shows
    assert show[1].level is Level.REFUSED
