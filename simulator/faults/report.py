"""The page of what was rehearsed: one row a scenario, kept as JSON, drawn as Markdown.

Believes the tallies it is given, and says what no tally here can show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct, field, json

from simulator.faults.scenario import Scenario, Tally

NOT_TESTED = (
    "A card that says it has written and has not: the power cuts here keep what was synced.",
    "A real radio: its losses are the simulated shop's.",
    "Real pins and a real lock: the door's are simulated.",
    "A failing power supply: a cut is a cut here, no brown-out.",
)


class Row(Struct, frozen=True):
    """The latest run of one scenario. The counts are those of `Tally`."""

    name: str
    dose: int
    seed: int
    attempted: int
    acknowledged: int
    stored: int
    lost: int
    doubled: int
    invented: int
    figures: dict[str, float]
    seconds: float
    is_kept: bool
    broken: list[str] = field(default_factory=list)
    day: str = ""  # ISO, UTC
    machine: str = ""

    def flat(self) -> dict[str, object]:
        """As a program reads it: the figures stand among the counts."""
        row = msgspec.to_builtins(self)
        return {**{key: row[key] for key in _COUNTS}, **self.figures} | {
            "seconds": self.seconds,
            "is_kept": self.is_kept,
            "broken": self.broken,
        }


_COUNTS = (
    "name",
    "dose",
    "seed",
    "attempted",
    "acknowledged",
    "stored",
    "lost",
    "doubled",
    "invented",
)


_COLUMNS = ("fault", "dose", *_COUNTS[3:], "measured", "kept", "run")


def row(scenario: Scenario, dose: int, seed: int, tally: Tally, seconds: float) -> Row:
    """What one run came to; `day` and `machine` are for a row that is kept."""
    return Row(
        name=scenario.name,
        dose=dose,
        seed=seed,
        attempted=tally.attempted,
        acknowledged=tally.acknowledged,
        stored=tally.stored,
        lost=tally.lost,
        doubled=tally.doubled,
        invented=tally.invented,
        figures={name: round(value, 3) for name, value in tally.figures.items()},
        seconds=round(seconds, 1),
        is_kept=tally.is_kept,
        broken=list(tally.broken),
    )


def keep(page: Path, rows: Iterable[Row], scenarios: Sequence[Scenario]) -> None:
    """Put rows in the place of older ones, on the page and in the JSON file beside it."""
    data = page.with_suffix(".json")
    kept = read(data) if data.exists() else {}
    kept |= {one.name: one for one in rows}
    known = [kept[one.name] for one in scenarios if one.name in kept]
    data.write_bytes(json.format(json.encode(known), indent=2) + b"\n")
    page.write_text(drawn(kept, scenarios), encoding="utf-8")


def read(data: Path) -> dict[str, Row]:
    """The rows that were kept, by name."""
    return {one.name: one for one in json.decode(data.read_bytes(), type=list[Row])}


def drawn(rows: Mapping[str, Row], scenarios: Sequence[Scenario]) -> str:
    """The page. A scenario that nobody ran stands there too, and says so."""
    machines = list(dict.fromkeys(one.machine for one in rows.values()))
    lines = [
        "# Reliability, rehearsed",
        "",
        "What a shopper was told must be in the gateway's database exactly once. Each row is one",
        "run of a fault on purpose. `hien rehearse NAME --dose N --seed N` runs it again, and",
        "with `--report docs/reliability.md` it is put here; `reliability.json` is for programs.",
        "",
        f"| {' | '.join(_COLUMNS)} |",
        "|---" * len(_COLUMNS) + "|",
    ]
    lines += [f"| {' | '.join(_cells(one, rows.get(one.name), machines))} |" for one in scenarios]
    lines += ["", "## What happens, and what must hold", ""]
    lines += [f"- **{one.name}**: {one.what} {one.bar}" for one in scenarios]
    lines += [
        f"- **{one.name} did not hold**: {sentence}"
        for one in rows.values()
        for sentence in one.broken
    ]
    lines += ["", "## Not tested", "", *(f"- {sentence}" for sentence in NOT_TESTED)]
    lines += ["", "## Machines", ""]
    lines += [f"{number}. {machine}" for number, machine in enumerate(machines, 1)]
    return "\n".join([*lines, ""])


def _cells(scenario: Scenario, row: Row | None, machines: Sequence[str]) -> list[str]:
    if row is None:
        return [
            scenario.name,
            f"{scenario.full:,} {scenario.unit}",
            *["-"] * (len(_COLUMNS) - 3),
            "not yet",
        ]
    figures = ", ".join(_figure(name, value) for name, value in row.figures.items())
    machine = machines.index(row.machine) + 1
    of = "" if row.dose >= scenario.full else f" of {scenario.full:,}"
    counts = (row.attempted, row.acknowledged, row.stored, row.lost, row.doubled, row.invented)
    return [
        row.name,
        f"{row.dose:,}{of} {scenario.unit}",
        *(f"{count:,}" for count in counts),
        figures or "-",
        "yes" if row.is_kept else "**no**",
        f"{row.day}, seed {row.seed}, {row.seconds:,.0f} s, machine {machine}",
    ]


def _figure(name: str, value: float) -> str:
    """`recovered_s` 0.4 is "recovered 0.4 s"."""
    words, _, unit = name.rpartition("_")
    has_unit = words and unit in ("s", "ms", "bytes")
    said = f"{words if has_unit else name} {value:,.12g}{f' {unit}' if has_unit else ''}"
    return said.replace("_", " ")
