"""What is wrong with a machine's updates: the last one, the links, where releases come from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from contract.errors import ContractError
from runtime import machine_checks
from runtime.errors import SettingsError, UnavailableError
from runtime.finding import Finding, broken, doubtful, well
from runtime.settings import load
from updates.core import release
from updates.core.steps import Phase
from updates.journal import JournalFile
from updates.links import Links
from updates.settings import UpdateSettings
from updates.sources import Published

LOG = "journalctl -u hien-update says more; sudo hien update apply tries it again"


def findings(file: Path) -> Iterator[Finding]:
    """Everything, good or bad. SettingsError if the file itself is wrong."""
    settings = load(UpdateSettings, file)
    yield machine_checks.disk(settings.folder)
    try:
        proven = Links(settings.serving, settings.proven).proven_home()
    except SettingsError as error:
        yield broken("versions", str(error), "install again; docs/updates.md")
        return
    yield _last(settings, proven)
    yield _source(settings)


def _last(settings: UpdateSettings, proven: Path) -> Finding:
    journal = JournalFile(settings.folder / "journal.json").load(proven)
    if journal.phase is not Phase.RESTING:
        found = f"to {journal.new_version}: {journal.phase}, under way or cut off"
        return doubtful("last update", found, "the timer ends it: systemctl list-timers 'hien-*'")
    if not journal.is_well:
        return doubtful("last update", journal.said, LOG)
    return well("last update", journal.said or "none yet")


def _source(settings: UpdateSettings) -> Finding:
    try:
        offered = release.opened(settings.trusted(), Published(settings.source).manifest())
    except UnavailableError as error:
        return doubtful("releases", str(error), "is source in update.toml right, and reachable?")
    except ContractError as error:
        return broken("releases", str(error), "compare keys in update.toml with hien release's")
    return well("releases", f"{settings.source} offers {offered.version}")
