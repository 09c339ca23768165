"""`hien gateway check` names a row that is not what a kiosk sent, and leaves a whole one alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import text

from cli.main import main
from contract import codec
from contract.events import Called
from gateway.store import event_check, schema
from gateway.store.dead_letters import Letter
from gateway.store.event_check import Flaw
from gateway.store.events import Received
from tests.gateway.shop import STORE, Outbox, Shop

EPOCH, OTHER = "0123456789abcdef", "fedcba9876543210"
QUAY = (STORE, "quay-1", EPOCH)


def called(number: int) -> Called:
    return Called(f"{number:016x}")


@pytest.fixture
def filled(shop: Shop) -> Shop:
    """Two kiosks; of one, the third event nobody could read; the other began anew."""
    kiosk, other, anew = Outbox(), Outbox("quay-2"), Outbox("quay-2", OTHER)
    said = [kiosk.says(called(one)) for one in (1, 2)]
    said.append(_strange(kiosk))
    said += [kiosk.says(called(one)) for one in (4, 5)]
    said += [other.says(called(one)) for one in (11, 12)]
    shop.handle(*said)
    again = [anew.says(called(one)) for one in (13, 14)]
    shop.handle(*again)
    return shop


def _strange(kiosk: Outbox) -> Received:
    payload = kiosk.says_strangely(b'{"danced":true}', kind="danced")
    return Received(*codec.decode_number(payload), Letter("hien/1/58", payload, "no such kind"))


def _again(anew: Outbox, one: Received) -> Received:
    """What an outbox that began a new epoch makes of an event that it still has."""
    event = one.event
    anew.seq += 1
    anew.chain = codec.link(anew.chain, event.id, anew.seq, event.at_ms, one.body)
    renumbered = structs.replace(event, epoch=anew.epoch, seq=anew.seq, chain=anew.chain)
    return Received(renumbered, one.body)


def found(shop: Shop) -> list[Flaw]:
    with shop.read() as db:
        return list(event_check.check(db))


def edited(shop: Shop, statement: str) -> list[Flaw]:
    """What is found after an edit, which is then undone."""
    with shop.writers() as db:
        db.execute(text(statement))
        return list(event_check.check(db))


def test_a_whole_database_has_no_flaw(filled: Shop) -> None:
    assert found(filled) == []


IN_QUAY = f"store = '{STORE}' AND kiosk = 'quay-1'"
EDITS = {
    f"UPDATE event SET body = replace(body, '5', '6') WHERE seq = 5 AND {IN_QUAY}": [5],
    f"UPDATE event SET at_ms = at_ms + 1 WHERE seq = 2 AND {IN_QUAY}": [2],
    f"UPDATE event SET id = 'x' || id WHERE seq = 4 AND {IN_QUAY}": [4],
    f"UPDATE event SET chain = 'x' WHERE seq = 1 AND {IN_QUAY}": [1, 2],
    f"UPDATE event SET clock = 'stopped' WHERE seq = 1 AND {IN_QUAY}": [1],
    f"UPDATE event SET kind = 'danced' WHERE seq = 1 AND {IN_QUAY}": [1],
    f"UPDATE event SET kind = 'left' WHERE seq = 1 AND {IN_QUAY}": [1],
    f"DELETE FROM event WHERE seq = 1 AND {IN_QUAY}": [None],
    f"DELETE FROM event WHERE seq = 4 AND {IN_QUAY}": [None],
    f"DELETE FROM event WHERE seq = 5 AND {IN_QUAY}": [None],
    f"UPDATE event SET seq = 9 WHERE seq = 5 AND {IN_QUAY}": [None, None],
    f"UPDATE high_water SET upto = 9 WHERE {IN_QUAY}": [None],
    f"UPDATE high_water SET chain = 'x' WHERE {IN_QUAY}": [None],
    f"DELETE FROM high_water WHERE {IN_QUAY}": [None],
    "DELETE FROM dead_letter": [None],
    "UPDATE dead_letter SET payload = replace(payload, 'danced', 'dancer')": [3],
}


def test_whatever_is_not_as_it_was_received_is_named(filled: Shop) -> None:
    for statement, seqs in EDITS.items():
        flaws = edited(filled, statement)
        assert [flaw.seq for flaw in flaws] == seqs, statement
        assert {flaw.outbox for flaw in flaws} == {QUAY}, statement


def test_all_events_of_an_outbox_are_missed(filled: Shop) -> None:
    flaws = edited(filled, f"DELETE FROM event WHERE {IN_QUAY}")

    assert QUAY in {flaw.outbox for flaw in flaws}


def test_what_was_committed_before_an_outbox_began_anew_is_not_missed(shop: Shop) -> None:
    kiosk, anew = Outbox(), Outbox(epoch=OTHER)
    first = [kiosk.says(called(one)) for one in (1, 2)]
    shop.handle(*first)
    shop.handle(*(_again(anew, one) for one in first), *(anew.says(called(n)) for n in (3, 4)))

    assert found(shop) == []
    assert [flaw.seq for flaw in edited(shop, "UPDATE event SET body = '{}' WHERE seq = 4")] == [
        4,
        4,
    ]


def test_events_from_before_chains_were_kept_are_taken_as_they_are(filled: Shop) -> None:
    assert edited(filled, "UPDATE event SET chain = ''") == []


def test_the_command_says_it_to_people_and_to_programs(
    filled: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "gateway.toml"
    settings.write_text(f'database = "{filled.url}"\n')
    asked = ["gateway", "check", "--settings", str(settings)]

    assert main(asked) == 0
    assert capsys.readouterr().out == "every event is what a kiosk sent\n"

    with filled.writers.begin() as db:
        db.execute(text(next(iter(EDITS))))
    assert main([*asked, "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["kiosk"], said["seq"]) == ("quay-1", 5)
    assert main(asked) == 1
    assert "quay-1" in capsys.readouterr().out


def test_a_damaged_log_is_said_before_anybody_writes_over_it(
    filled: Shop, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """SQLite stops reading there without a word, and so do the marks that events are counted by."""
    database = Path(filled.engine.url.database or "")
    copy = tmp_path / "copy.db"
    copy.write_bytes(database.read_bytes())
    damaged = bytearray(database.with_name(f"{database.name}-wal").read_bytes())
    damaged[-5_000] ^= 1
    copy.with_name("copy.db-wal").write_bytes(damaged)

    with schema.opened(f"sqlite:///{copy}") as engine, engine.connect() as db:
        assert db.scalar(text("SELECT count(*) FROM event")) < 8
    assert "its log is damaged: the newest of all tables is missing" in caplog.text
