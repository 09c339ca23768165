"""A machine that is no kiosk yet, with a gateway that answers as a test says."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contract import codec
from contract.enrolment import Issued
from contract.petitions import Answer, Inquiry, Place, Stage
from firmware_config import certificates
from kiosk.adapters.petition import Petition, Petitioner
from kiosk.adapters.place_file import PlaceFile
from kiosk.core.inputs import Button, Language, LanguageChosen, Pressed
from kiosk.core.new_here import AGAIN_AFTER_S, NewHere, Step
from kiosk.newcomer import Newcomer
from kiosk.spare import load_kiosk, load_spare
from runtime.errors import SettingsError, UnavailableError
from runtime.tls import Tls
from tests.fakes import FakeClock, FakeFeed

PLACE = Place("hue-1", 7, "quay-1", "An Nhiên", "Quầy 1", {"1": "ab" * 32}, "https://card.example")
INQUIRY = Inquiry("00" * 32, "00" * 16)
KEY = certificates.new_key()


@dataclass(frozen=True)
class FakePetitioner(Petitioner):
    """Answers one thing after the other; an error is raised."""

    answers: list[Answer | Exception] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def ask(self) -> Petition:
        self.asked.append(f"K7F-2Q{len(self.asked)}")
        if self.answers and isinstance(self.answers[0], SettingsError):
            raise self.answers.pop(0)  # type: ignore[misc]
        return Petition(self.asked[-1], INQUIRY, "the house", KEY)

    def answer(self, petition: Petition) -> Answer:
        said = self.answers.pop(0)
        if isinstance(said, Exception):
            raise said
        return said


class Machine:
    """A newcomer on fakes."""

    def __init__(self, folder: Path, *answers: Answer | Exception) -> None:
        tls = Tls(ca=folder / "ca.pem", certificate=folder / "identity.pem")
        where = ("gateway.lan", 8885)
        self.gateway = FakePetitioner(where, tls, PlaceFile(folder), answers=list(answers))
        self.clock, self.feed = FakeClock(), FakeFeed()
        self.newcomer = Newcomer(self.gateway, self.feed, self.clock)

    def screen(self) -> NewHere:
        screen = self.newcomer.state.screen
        assert isinstance(screen, NewHere)
        return screen

    def is_lost(self) -> bool:
        return self.newcomer.state.offline

    def steps(self, times: int = 1) -> Step:
        for _ in range(times):
            assert self.newcomer.step() is None
        return self.screen().step


WAITING, REFUSED, EXPIRED = (
    Answer(stage) for stage in (Stage.WAITING, Stage.REFUSED, Stage.EXPIRED)
)


def test_the_code_stays_while_the_owner_thinks_and_while_the_gateway_is_away(
    tmp_path: Path,
) -> None:
    machine = Machine(tmp_path, WAITING, UnavailableError("away"), WAITING)

    machine.steps(3)

    assert machine.screen() == NewHere(Step.WAITING, "K7F-2Q0")
    assert machine.is_lost(), "and the screen says so"
    machine.steps()
    assert not machine.is_lost()
    assert machine.gateway.asked == ["K7F-2Q0"]


def test_sent_away_it_asks_again_only_when_somebody_touches(tmp_path: Path) -> None:
    machine = Machine(tmp_path, REFUSED)
    assert machine.steps(2) is Step.REFUSED
    machine.clock.advance(86_400)
    assert machine.steps(3) is Step.REFUSED

    machine.newcomer.handle(Pressed(Button.BACK, machine.newcomer.state.revision))

    assert machine.steps() is Step.WAITING
    assert machine.screen().code == "K7F-2Q1"


def test_forgotten_it_says_so_and_asks_again_by_itself(tmp_path: Path) -> None:
    machine = Machine(tmp_path, EXPIRED)
    assert machine.steps(3) is Step.EXPIRED
    machine.clock.advance(AGAIN_AFTER_S)
    assert machine.steps() is Step.WAITING


def test_settings_that_cannot_work_are_shown_and_tried_again(tmp_path: Path) -> None:
    machine = Machine(tmp_path, SettingsError("add gateway.lan to [own_broker] names"))

    assert machine.steps() is Step.UNFIT
    assert machine.screen().detail == "add gateway.lan to [own_broker] names"
    machine.clock.advance(AGAIN_AFTER_S)
    assert machine.steps() is Step.WAITING


def test_it_speaks_the_language_that_was_touched(tmp_path: Path) -> None:
    machine = Machine(tmp_path, WAITING)
    machine.steps()
    before = machine.newcomer.state.revision

    machine.newcomer.handle(LanguageChosen(Language.EN))

    assert machine.newcomer.state.language is Language.EN
    assert machine.newcomer.state.revision > before
    assert machine.screen().code == "K7F-2Q0"


def approved(folder: Path, authority: str) -> Answer:
    """What a gateway answers in the end; the certificate is for the key of `Machine`."""
    house = certificates.new_authority("hien kiosks", FakeClock().utc())
    signed = certificates.issue_client(house, "quay-1@hue-1", KEY.public_key(), FakeClock().utc())
    issued = Issued(certificates.certificate_pem(signed), authority)
    return Answer(Stage.APPROVED, issued=issued, place=PLACE)


def test_let_in_it_writes_down_who_it_is_and_then_its_certificate(tmp_path: Path) -> None:
    machine = Machine(tmp_path, approved(tmp_path, "the house"))
    card = tmp_path / "kiosk.toml"
    card.write_text(f"""
data_dir = "{tmp_path}"
screen = {{ port = 8090 }}
trust = {{ issuers = {{ 2 = "{"cd" * 32}" }} }}
[broker]
host = "gateway.lan"
tls = {{ ca = "{tmp_path}/ca.pem", certificate = "{tmp_path}/identity.pem" }}
""")
    assert load_spare(card).is_new

    machine.steps()
    assert machine.newcomer.step() == PLACE

    assert not load_spare(card).is_new
    settings = load_kiosk(card)
    assert (settings.store, settings.kiosk, settings.store_no) == ("hue-1", "quay-1", 7)
    assert settings.trust.issuers == {"1": "ab" * 32, "2": "cd" * 32}
    assert (settings.screen.port, settings.screen.phone_url) == (8090, "https://card.example")
    assert (tmp_path / "identity.pem").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("authority", ["another house", ""])
def test_an_authority_that_is_not_the_codes_gets_no_kiosk(tmp_path: Path, authority: str) -> None:
    machine = Machine(tmp_path, approved(tmp_path, authority))

    assert machine.steps(2) is Step.UNFIT
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_place_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "place.json").write_bytes(codec.encode(PLACE)[:-9])

    with pytest.raises(SettingsError, match=r"place.json: .* let the kiosk ask anew"):
        PlaceFile(tmp_path).load()
