"""What an owner types: `hien gateway enrol-phone`, `broker-config`, `backup` and the like."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contract.events import Called
from gateway import cli
from gateway.core.vouchers import typed
from gateway.store import entry_cards, phones, privacy_requests, vouchers
from gateway.store.orders import OrderRow
from gateway.store.profiles import ProfileRow, pass_keys
from runtime.clock import SystemClock, unix_ms
from runtime.errors import SettingsError, UnavailableError
from tests.broker import free_port
from tests.gateway.shop import HUY, NGOC, Outbox, Shop


def run(folder: Path, *arguments: str) -> str:
    settings = ["--settings", str(folder / "gateway.toml")]
    done = CliRunner().invoke(
        cli.app, [*arguments, *settings], catch_exceptions=False, standalone_mode=False
    )
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    made.member()
    text = f'database = "{made.url}"\n[web]\nurl = "https://card.example.vn"\n'
    (tmp_path / "gateway.toml").write_text(text)
    return made


def test_a_link_is_made_that_makes_a_card_which_can_be_ended(shop: Shop, tmp_path: Path) -> None:
    said = json.loads(run(tmp_path, "enrol-phone", NGOC))

    start, _, code = said["link"].partition("#")
    assert (start, said["member"]) == ("https://card.example.vn/phone/", NGOC)
    now_ms = unix_ms(SystemClock().utc())
    assert 800_000 < said["until_ms"] - now_ms <= 900_000
    with shop.writers.begin() as db:
        enrolled = phones.enrol(db, code, b"\x07" * 32, now_ms)
        assert enrolled is not None
        assert len(pass_keys(db, {NGOC}, now_ms)) == 2

    assert run(tmp_path, "revoke-phone", NGOC, "--key-id", "1") == "1 cards ended\n"

    with shop.read() as db:
        assert set(pass_keys(db, {NGOC}, now_ms + 60_000)) == {(NGOC, enrolled.key_id)}
    assert run(tmp_path, "revoke-phone", NGOC) == "1 cards ended\n"


def test_somebody_who_is_no_member_is_named(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=HUY):
        run(tmp_path, "enrol-phone", HUY)


def test_the_broker_is_told_who_may_come_and_the_owner_what_was_written(
    shop: Shop, tmp_path: Path
) -> None:
    settings = tmp_path / "gateway.toml"
    more = f'[own_broker]\nfolder = "{tmp_path}/broker"\nnames = ["192.168.7.2"]\n'
    settings.write_text(settings.read_text() + more)

    said = json.loads(run(tmp_path, "broker-config"))

    assert said["kiosks"] == 2
    assert f"{tmp_path}/broker/mosquitto.conf" in said["written"]
    assert "user quay-1@hue-1\n" in (tmp_path / "broker" / "access.acl").read_text()
    assert json.loads(run(tmp_path, "broker-config")) == {"written": [], "kiosks": 2}


def test_a_backup_is_made_and_brought_back(shop: Shop, tmp_path: Path) -> None:
    shop.handle(Outbox().says(Called("0000000000000001")))
    file = tmp_path / "copy.db"

    assert run(tmp_path, "backup", str(file)) == f"{file}: {file.stat().st_size} bytes\n"
    with pytest.raises(SettingsError, match="holds 1 events"):
        run(tmp_path, "restore", str(file))
    said = run(tmp_path, "restore", "--replace", str(file))

    assert said.startswith("1 events restored, as of 20")
    assert "0 members erased again; consents withdrawn since must be so again" in said


def test_a_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    url = f"postgresql://hien:secret@127.0.0.1:{free_port()}/hien"
    (tmp_path / "gateway.toml").write_text(f'database = "{url}"\n')

    with pytest.raises(UnavailableError, match="Connection refused") as caught:
        run(tmp_path, "dead-letters")

    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_entry_card_is_ended_once_by_its_number_and_never_by_anything_else(
    shop: Shop, tmp_path: Path
) -> None:
    number = "00112233445566ff"

    assert run(tmp_path, "revoke-card", number) == f"card {number} has ended\n"
    assert run(tmp_path, "revoke-card", number) == f"card {number} had ended before\n"

    with pytest.raises(SettingsError, match="'00a1' is neither a card's number"):
        run(tmp_path, "revoke-card", "00a1")
    with shop.read() as db:
        assert entry_cards.ended(db) == (number,)


def test_codes_are_drawn_for_an_offer_and_for_whom_it_is_said(shop: Shop, tmp_path: Path) -> None:
    shop.offer("tea")

    printed = run(tmp_path, "draw-codes", "tea", "--count", "3", "--member", NGOC).split()

    assert len(set(printed)) == 3
    with shop.read() as db:
        kept = [vouchers.get(db, typed(code)) for code in printed]
    assert {(one.offer, one.kind, one.member) for one in kept if one} == {("tea", "personal", NGOC)}
    for wrong in (["nothing"], ["tea", "--member", HUY], ["tea", "--store", "nowhere"]):
        with pytest.raises(SettingsError, match=r"there is no (offer|member|store)"):
            run(tmp_path, "draw-codes", *wrong)


def test_an_import_is_tried_and_then_keeps_the_right_lines(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/profiles.csv").write_text("name,phone\nAn,0901234512\nBo,12\n")
    options = ("import", str(tmp_path / "in"), "--refused", str(tmp_path / "wrong"), "--json")
    expected = {"rows": 1, "lines": 2, "new": 1, "changed": 0, "refused": 1}

    assert json.loads(run(tmp_path, *options, "--dry-run")) == {**expected, "dry_run": True}
    assert shop.count(ProfileRow) == 1
    assert json.loads(run(tmp_path, *options)) == {**expected, "dry_run": False}
    assert shop.count(ProfileRow) == 2
    assert "không phải là số điện thoại" in (tmp_path / "wrong/profiles.csv").read_text()


def test_two_members_are_made_one_and_two_again(shop: Shop, tmp_path: Path) -> None:
    shop.member(HUY)
    merged = run(tmp_path, "merge-members", NGOC, HUY, "--staff", "lan")
    assert merged == f"{HUY} is one with {NGOC} now\n"
    with pytest.raises(SettingsError, match="split that first"):
        run(tmp_path, "merge-members", NGOC, HUY, "--staff", "lan")
    assert run(tmp_path, "split-member", HUY) == f"{HUY} and {NGOC} are two again\n"
    with pytest.raises(SettingsError, match="is not one with anybody"):
        run(tmp_path, "split-member", HUY)


def test_who_asks_at_the_counter_is_erased_and_gets_a_receipt(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--yes"):
        run(tmp_path, "erase", NGOC)
    with pytest.raises(SettingsError, match=HUY):
        run(tmp_path, "erase", HUY, "--yes")
    shop.order()

    said = run(tmp_path, "erase", NGOC, "--yes")

    assert said.startswith("Q1-")
    assert "order to pick up" in said
    with shop.writers.begin() as db:
        assert db.get(ProfileRow, NGOC) is not None
        db.get_one(OrderRow, "A-1").state = "handed_over"
    assert "order" not in run(tmp_path, "erase", NGOC, "--yes")
    with shop.read() as db:
        assert db.get(ProfileRow, NGOC) is None
    assert (tmp_path / "erasure.key").stat().st_mode & 0o077 == 0


def test_a_backup_of_who_was_erased_is_restored_without_them(shop: Shop, tmp_path: Path) -> None:
    run(tmp_path, "backup", str(tmp_path / "before.db"))
    run(tmp_path, "erase", NGOC, "--yes")

    said = run(tmp_path, "restore", str(tmp_path / "before.db"))

    assert "1 members erased again" in said
    with shop.read() as db:
        assert db.get(ProfileRow, NGOC) is None


def test_when_a_request_is_due_says_the_owners_table(shop: Shop, tmp_path: Path) -> None:
    shop.order()
    text = (tmp_path / "gateway.toml").read_text()
    (tmp_path / "gateway.toml").write_text(f"{text}[privacy_clocks]\nerase = 20\n")

    run(tmp_path, "erase", NGOC, "--yes")

    with shop.read() as db:
        (row,) = privacy_requests.undone(db)
    assert row.due_ms - row.asked_at_ms == 20 * 86_400_000
