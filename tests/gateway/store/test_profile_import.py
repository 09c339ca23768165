"""Members from a file: whose line it is, what it changes, and what becomes of a wrong one."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from gateway.core import provenance
from gateway.store import csv_import, stores
from gateway.store.csv_import import Choices
from gateway.store.csv_lines import Line, Mistakes
from gateway.store.external_ids import ExternalIdRow
from gateway.store.profile_import import Importer, Maker, Tally
from gateway.store.profile_lines import Reader
from gateway.store.profiles import ConsentRow, PassKeyRow, ProfileRow, TagRow, find
from runtime.errors import SettingsError
from tests.gateway.shop import NOON_MS, Shop

AN, BO = "0000000000c1", "0000000000c2"
HEAD = "member,name,phone,email,points\n"


def write(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "profiles.csv").write_text(text, encoding="utf-8")
    return folder


def load(shop: Shop, folder: Path, text: str, at_ms: int = NOON_MS) -> Tally:
    with shop.writers.begin() as db:
        return csv_import.load(db, write(folder, text), at_ms)


def ids(shop: Shop) -> dict[str, str]:
    with shop.read() as db:
        return {row.external: row.member for row in db.scalars(select(ExternalIdRow))}


def test_a_line_without_a_member_is_whose_phone_or_address_it_names(
    shop: Shop, tmp_path: Path
) -> None:
    load(shop, tmp_path, f"{HEAD}{AN},An,0901 234 512,An@Example.VN,5\n")

    tally = load(shop, tmp_path, "name,phone,points\nAn,+84 901-234-512,7\nBo,0901234513,1\n")

    assert (tally.rows, tally.new, tally.changed) == (2, 1, 1)
    with shop.read() as db:
        an = db.get_one(ProfileRow, AN)
        assert (an.name, an.points) == ("An", 7)
        assert find(db, "0901234512") == find(db, "an@example.vn") == AN
        assert find(db, "0901234513") not in (AN, None)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        pytest.param(f"{BO},Bo,0901234512,,1", f"phone: +84901234512 belongs to member {AN}"),
        pytest.param(",Bo,0901234513,an@a.vn,1", f"email: an@a.vn belongs to member {AN}"),
        pytest.param(",Ai,,,1", "the line is about nobody"),
        pytest.param(f"{AN},An,12,,1", "'12' is not a telephone number"),
        pytest.param(f"{AN},An,,an@home,1", "'an@home' is not an e-mail address"),
        pytest.param(f"{AN},An,,,1,,", "the line has 7 cells, the header 5"),
    ],
)
def test_a_line_that_would_make_two_members_one_is_refused(
    shop: Shop, tmp_path: Path, line: str, says: str
) -> None:
    load(shop, tmp_path, f"{HEAD}{AN},An,0901234512,an@a.vn,1\n{BO},Bo,0901234513,,1\n")
    with pytest.raises(SettingsError, match=re.escape(says)):
        load(shop, tmp_path, f"{HEAD}{line}\n")


def test_a_new_number_takes_the_old_ones_place_and_what_others_told_us_stays(
    shop: Shop, tmp_path: Path
) -> None:
    load(shop, tmp_path, f"{HEAD}{AN},An,0901234512,,1\n")
    with shop.writers.begin() as db:
        db.add(ExternalIdRow(external="phone:+84288", member=AN, source="shopify", at_ms=1))

    load(shop, tmp_path, f"{HEAD}{AN},An,0901234599,,1\n{BO},Bo,0901234512,,1\n")

    assert ids(shop) == {"phone:+84901234599": AN, "phone:+84288": AN, "phone:+84901234512": BO}


def test_each_field_tells_where_it_came_from_and_when_it_changed(
    shop: Shop, tmp_path: Path
) -> None:
    load(shop, tmp_path, f"{HEAD}{AN},An,,,1\n", at_ms=1)
    load(shop, tmp_path, f"{HEAD}{AN},An,,,2\n", at_ms=2)

    with shop.read() as db:
        assert provenance.read(db.get_one(ProfileRow, AN).provenance) == (
            ("csv import", 1, ("name", "phone")),
            ("csv import", 2, ("points",)),
        )


def test_what_a_file_does_not_mention_stays_and_again_changes_nothing(
    shop: Shop, tmp_path: Path
) -> None:
    whole = f"member,name,birthday,segments,source,consents\n{AN},An,03-01,vip,ad:tet,presence\n"
    load(shop, tmp_path, whole)
    with shop.read() as db:
        before = stores.edition(db)

    assert load(shop, tmp_path, f"member,name\n{AN},An\n").changed == 0
    assert load(shop, tmp_path, whole).changed == 0

    with shop.read() as db:
        an = db.get_one(ProfileRow, AN)
        assert (an.birthday, an.segments, an.source) == ("03-01", "vip", "ad:tet")
        assert [row.purpose for row in db.scalars(select(ConsentRow))] == ["presence"]
        assert stores.edition(db) == before


def test_wrong_lines_are_written_with_their_reasons_and_can_be_mended_there(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_import, "BATCH", 2)  # so that there are several transactions
    good = "".join(f"00000000000{number},Khách,,,{number}\n" for number in range(5))
    folder = write(
        tmp_path / "in", f"{HEAD}{good}{AN},,,,1\nxyz,Ai Đó,0901234512,,1\n{BO},Bo,,,x\n"
    )
    refused = tmp_path / "refused"
    told: list[int] = []

    tally = csv_import.load_good(shop.writers, folder, NOON_MS, Choices(refused, told=told.append))

    assert (tally.rows, tally.new, tally.refused) == (5, 5, 3)
    assert told[-1] == (folder / "profiles.csv").stat().st_size
    path = refused / "profiles.csv"
    assert path.stat().st_mode & 0o077 == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["", "Ai Đó", "Bo"]
    assert rows[0]["reason_vi"] == "name: không được để trống"
    assert rows[1]["reason_en"] == "member: 'xyz' is not 12 hex digits"
    assert rows[2]["reason_vi"] == "points: 'x' không phải là số từ 0 đến 1000000000"

    mended = path.read_text(encoding="utf-8-sig").replace("xyz", "0000000000ff")
    path.write_text(mended, encoding="utf-8")
    again = csv_import.load_good(shop.writers, refused, NOON_MS, Choices(tmp_path / "still"))
    assert (again.new, again.refused) == (1, 2)
    with pytest.raises(SettingsError, match="would replace the files"):
        csv_import.load_good(shop.writers, folder, NOON_MS, Choices(folder))


def test_the_very_first_members_come_in_few_large_transactions_and_later_ones_in_small(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_import, "BATCH", 2)
    commits = [0]

    def count_one(_connection: object) -> None:
        commits[0] += 1

    event.listen(shop.engine, "commit", count_one)
    choices, folder = Choices(tmp_path / "refused"), tmp_path / "in"
    bookkeeping = 3  # where refused lines lie, whether there is anybody, and the new edition

    for first, transactions in ((0, 3), (21, 11)):  # 11 batches each
        lines = [f"{number:012x},An" for number in range(first, first + 21)]
        write(folder, "member,name\n" + "\n".join(lines))
        commits[0] = 0
        tally = csv_import.load_good(shop.writers, folder, NOON_MS, choices)
        assert (tally.new, commits[0] - bookkeeping) == (21, transactions)


def test_a_dry_run_says_the_same_and_leaves_everything_as_it_was(
    shop: Shop, tmp_path: Path
) -> None:
    text = f"{HEAD}{AN},An,0901234512,,1\n{BO},Bo,0901234512,,1\n"
    folder = write(tmp_path / "in", text)

    dry = csv_import.load_good(shop.writers, folder, NOON_MS, Choices(tmp_path / "a", is_dry=True))
    with shop.read() as db:
        assert (db.scalars(select(ProfileRow)).all(), stores.edition(db)) == ([], 0)
    real = csv_import.load_good(shop.writers, folder, NOON_MS, Choices(tmp_path / "b"))

    assert dry == real
    assert (dry.new, dry.refused) == (1, 1)
    assert (tmp_path / "a/profiles.csv").read_bytes() == (tmp_path / "b/profiles.csv").read_bytes()


PEOPLE = (ExternalIdRow, ConsentRow, TagRow, PassKeyRow, ProfileRow)
HEADER = ["member", "name", "phone", "email", "consents", "tags", "pass_key_id", "pass_public_key"]
FOBS = [f"eddystone-uid:00112233445566778899:00000000000{number}" for number in range(3)]
said = st.tuples(
    st.sampled_from(["", AN, BO, "0000000000c3"]),
    st.sampled_from(["An", "Bo"]),
    st.sampled_from(["", "0901234512", "0901234513"]),
    st.sampled_from(["", "a@a.vn", "b@a.vn"]),
    st.sampled_from(["", "presence", "presence;sms"]),
    st.lists(st.sampled_from(FOBS), max_size=2).map(";".join),
    st.sampled_from(["1", "2"]),
    st.sampled_from(["", "ab" * 32, "cd" * 32]),
)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(tmp_path_factory.mktemp("people"))


@given(st.lists(said.filter(lambda cells: cells[0] or cells[2] or cells[3]), max_size=8))
def test_many_lines_at_once_lead_to_what_one_after_the_other_leads_to(
    people: Shop, lines: list[tuple[str, ...]]
) -> None:
    with people.writers() as db:
        one_by_one = _result(db, [[line] for line in lines])
        assert _result(db, [lines]) == one_by_one
        db.rollback()


def _result(db: Session, batches: Sequence[Sequence[tuple[str, ...]]]) -> object:
    for table in PEOPLE:
        db.execute(delete(table))
    tags, members, mistakes, tally = count(), count(), Mistakes(), Tally()
    maker = Maker(NOON_MS, lambda: f"t{next(tags)}", lambda: f"{next(members):012x}")
    reader = Reader(HEADER)
    importer = Importer(maker, reader.fields, tally, mistakes)
    number = count(2)
    for batch in batches:
        lines = [Line("profiles", next(number), HEADER, list(cells)) for cells in batch]
        importer.take(
            db, [reader.read(line) for line in lines if line.cells[0] or any(line.cells[2:4])]
        )
    db.expire_all()
    columns = {table: [c for c in table.__table__.c if c.key != "tag"] for table in PEOPLE}
    rows = {table.__tablename__: set(db.execute(select(*columns[table])).all()) for table in PEOPLE}
    return rows, mistakes.sentences, (tally.new, tally.refused)
