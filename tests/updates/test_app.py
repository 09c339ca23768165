from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from runtime.errors import UnavailableError
from tests.updates.bench_machine import NEW, OLD, BenchMachine
from updates.core.steps import Journal, Phase


@pytest.fixture
def machine(tmp_path: Path) -> BenchMachine:
    made = BenchMachine(tmp_path)
    made.set_up()
    return made


def install(machine: BenchMachine, version: str = NEW) -> Journal:
    return machine.updater.install(machine.publish(version), machine.runs())


def test_an_update_and_the_next_take_turns_in_two_folders(machine: BenchMachine) -> None:
    assert install(machine).is_well
    assert (machine.runs(), machine.leads_to()) == (NEW, (NEW, NEW))
    first = machine.links.proven_home()

    assert install(machine, "0.3.0").is_well
    assert (machine.runs(), machine.leads_to()) == ("0.3.0", ("0.3.0", "0.3.0"))
    assert {first.name, machine.links.proven_home().name} == {"a", "b"}


def test_a_person_goes_back_to_the_version_before(machine: BenchMachine) -> None:
    install(machine)

    back = machine.updater.send_back()

    assert (machine.runs(), machine.leads_to()) == (OLD, (OLD, OLD))
    assert back.said == f"{NEW} was taken back (somebody sent it back): {OLD} runs again"


def test_what_cannot_be_built_leaves_everything_as_it_was(machine: BenchMachine) -> None:
    journal = install(replace(machine, breaks=True))

    assert journal.said == f"{NEW} was not installed (pip had no room): {OLD} runs as before"
    assert (machine.runs(), machine.leads_to()) == (OLD, (OLD, OLD))


def test_a_file_that_is_not_the_signed_one_is_not_installed(machine: BenchMachine) -> None:
    release = machine.publish(NEW)
    (machine.root / "shelf" / "requirements.txt").write_text("requirements.txt of 0.6.6")

    journal = machine.updater.install(release, OLD)

    assert "requirements.txt is not the file that was signed" in journal.said
    assert machine.runs() == OLD


def test_a_journal_that_nobody_can_read_leads_back_to_what_has_proven_well(
    machine: BenchMachine,
) -> None:
    install(machine)
    machine.links.serve(machine.root / "first")
    (machine.root / "slots" / "journal.json").write_text("{")

    journal = machine.updater.carry_on()

    assert (machine.runs(), machine.leads_to()) == (NEW, (NEW, NEW))
    assert journal.said == (
        "an update was taken back (its journal could not be read): what has proven well runs again"
    )


def test_where_the_way_back_is_barred_it_says_so_and_goes_on_the_next_time(
    machine: BenchMachine,
) -> None:
    ill = machine.with_ill(NEW)
    in_the_way = machine.root / ".proven.new"  # where the link is made
    in_the_way.mkdir()

    with pytest.raises(UnavailableError, match=r"is not over \(returning\).*it is tried again"):
        ill.updater.install(machine.publish(NEW), OLD)
    assert ill.updater.journal().phase is Phase.RETURNING

    in_the_way.rmdir()
    assert ill.updater.carry_on().said.endswith(f"{OLD} runs again")
    assert (machine.runs(), machine.leads_to()) == (OLD, (OLD, OLD))
