"""Tags with rotating identities and phones, from the file to what kiosks are told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from contract.events import Arrived
from gateway.store import base, csv_import, migrations, profiles, tag_clocks
from tests.gateway.shop import NOON_MS, STORE, Outbox

KEY, IRK = "0f" * 16, "ec" * 16
STARTED_S = NOON_MS // 1_000 - 1_000_000
NOON = datetime.fromtimestamp(NOON_MS / 1_000, UTC)


@pytest.fixture
def writers(tmp_path: Path) -> Iterator[sessionmaker[Session]]:
    engine = base.connect(f"sqlite:///{tmp_path / 'hien.db'}")
    migrations.upgrade(engine)
    yield base.writers(engine)
    engine.dispose()


def seeded(writers: sessionmaker[Session], folder: Path) -> None:
    head = "member,name,phone,tier,points,interests,consents,tags,pass_key_id,pass_public_key"
    tags = f"eddystone-eid:10:{STARTED_S}:{KEY};irk:{IRK}"
    (folder / "stores.csv").write_text(f"store,name,store_no\n{STORE},An Nhiên,7\n")
    (folder / "profiles.csv").write_text(f"{head}\n0000000000c1,An,,member,1,,presence,{tags},,\n")
    with writers.begin() as db:
        csv_import.load(db, folder, NOON_MS)


def test_both_are_told_and_no_identity_key_is(
    writers: sessionmaker[Session], tmp_path: Path
) -> None:
    seeded(writers, tmp_path)
    with writers.begin() as db:
        trust = profiles.next_trust(db, STORE, NOON)

    assert [one.irk for one in trust.irks] == [IRK]
    assert [(one.exponent, one.started_s, one.unsure_s) for one in trust.eids] == [
        (10, STARTED_S, 20)
    ]
    assert KEY not in repr(trust)


def test_a_clock_is_set_right_by_what_kiosks_hear_and_not_twice(
    writers: sessionmaker[Session], tmp_path: Path
) -> None:
    seeded(writers, tmp_path)
    with writers.begin() as db:
        (told,) = profiles.next_trust(db, STORE, NOON).eids
    later = NOON + timedelta(days=30)
    heard = Outbox("quay-1").says(
        Arrived(told.tag, "quay-1", -60, None, -700), NOON_MS + 30 * 86_400_000
    )
    for _ in range(2):  # two kiosks heard it by the same trust
        with writers.begin() as db:
            tag_clocks.observe(db, [heard.event])
    with writers.begin() as db:
        (after,) = profiles.next_trust(db, STORE, later).eids

    assert after.started_s == STARTED_S + 700
    assert after.unsure_s == 20  # as sure as on its first day
