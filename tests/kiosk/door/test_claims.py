"""A store with several doors: each pass is claimed once, whoever is killed in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from msgspec import json

from kiosk.core.entry import Spend
from kiosk.door.claims import Claim, ClaimBook, Claimed, Claiming, ClaimLink, OnlyDoor
from kiosk.door.server import DoorServer
from tests.kiosk.door.test_server import ME

PATIENT_S = 30.0  # what is meant to answer does, however busy the machine
PASS = Spend("000000000000/1", 120_000_000)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[ClaimBook]:
    with closing(ClaimBook(tmp_path / "claims.db")) as book:
        yield book


def asked(book: ClaimBook, door: str, spend: Spend = PASS) -> bool:
    line = json.encode(Claiming(door, spend.key, spend.slot, spend.apart))
    return json.decode(book.answer(line), type=Claimed).is_yours


def test_the_first_door_that_claims_a_pass_has_it(book: ClaimBook) -> None:
    assert [asked(book, "front"), asked(book, "back")] == [True, False]


def test_a_door_whose_answer_was_lost_may_ask_again(book: ClaimBook) -> None:
    assert [asked(book, "front"), asked(book, "front")] == [True, True]


def test_only_a_newer_pass_is_claimed_anew(book: ClaimBook) -> None:
    older, newer = Spend(PASS.key, PASS.slot - 1), Spend(PASS.key, PASS.slot + 1)
    asked(book, "front")

    assert [asked(book, "back", older), asked(book, "front", older)] == [False, False]
    assert [asked(book, "back", newer), asked(book, "front")] == [True, False]


def test_a_card_rests_in_every_door(book: ClaimBook) -> None:
    slots = (1_000, 1_039, 1_040)

    assert [asked(book, "back", Spend("card", slot, 40)) for slot in slots] == [True, False, True]


def test_claims_outlive_the_process(tmp_path: Path) -> None:
    with closing(ClaimBook(tmp_path / "claims.db")) as before:
        asked(before, "front")
    with closing(ClaimBook(tmp_path / "claims.db")) as after:
        assert not asked(after, "back")


@pytest.mark.parametrize("line", [b"", b"open", b'{"door":"front"}', b"[" * 20_000, b"\xff"])
def test_nonsense_claims_nothing(book: ClaimBook, line: bytes) -> None:
    assert json.decode(book.answer(line), type=Claimed) == Claimed(False)


@contextmanager
def kept(folder: Path) -> Iterator[Path]:
    """Claims kept by a thread of this process, as `hien door claims` does."""
    path, stopping = folder / "claims.sock", threading.Event()
    server = DoorServer(path, ME)

    def keep() -> None:
        with closing(ClaimBook(folder / "claims.db")) as book, closing(server):
            while not stopping.is_set():
                for peer, line in server.lines(0.02):
                    server.reply(peer, book.answer(line))

    thread = threading.Thread(target=keep)
    thread.start()
    try:
        yield path
    finally:
        stopping.set()
        thread.join()


def test_two_doors_ask_the_same_book(tmp_path: Path) -> None:
    with kept(tmp_path) as path:
        front, back = (ClaimLink(path, door, PATIENT_S) for door in ("front", "back"))
        assert [front.claim(PASS), back.claim(PASS)] == [Claim.OURS, Claim.TAKEN]
        front.close()
        back.close()


def test_without_an_answer_nothing_is_known(tmp_path: Path) -> None:
    link = ClaimLink(tmp_path / "nobody.sock", "front")

    assert link.claim(PASS) is Claim.UNKNOWN
    link.close()


def test_a_keeper_that_hangs_does_not_make_a_person_wait(tmp_path: Path) -> None:
    with closing(DoorServer(tmp_path / "claims.sock", ME)):  # it listens, and never looks
        link = ClaimLink(tmp_path / "claims.sock", "front")
        assert link.claim(PASS) is Claim.UNKNOWN
        assert link._talk is None  # an answer that comes later is to nobody
        link.close()


def test_a_keeper_that_was_restarted_is_found_again(tmp_path: Path) -> None:
    link = ClaimLink(tmp_path / "claims.sock", "front", PATIENT_S)
    with kept(tmp_path):
        assert link.claim(PASS) is Claim.OURS
    assert link.claim(PASS) is Claim.UNKNOWN
    with kept(tmp_path):
        assert link.claim(PASS) is Claim.OURS
    with kept(tmp_path):
        assert link.claim(PASS) is Claim.OURS  # at the first try, although the connection was dead
    link.close()


def test_a_store_with_one_door_asks_nobody() -> None:
    assert OnlyDoor().claim(PASS) is Claim.OURS
