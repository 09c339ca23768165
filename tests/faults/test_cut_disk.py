"""The disk that power cuts are played on: what was synced is there, the rest may be."""

from __future__ import annotations

from pathlib import Path
from random import Random

from simulator.faults.cut_disk import SECTOR_BYTES, CutDisk
from simulator.faults.io_log import Created, Cut, Op, Removed, Renamed, Synced, Unsynced, Wrote

OLD, NEW = b"o" * SECTOR_BYTES, b"n" * SECTOR_BYTES


def left(*ops: Op, disk: CutDisk | None = None) -> set[tuple[tuple[str, bytes], ...]]:
    """Everything that could be found after these calls, in 300 cuts."""
    disk = disk or CutDisk()
    for op in ops:
        disk.do(op)
    return {tuple(sorted(disk.after_cut(Random(seed)).items())) for seed in range(300)}


def test_what_was_synced_is_there_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(OLD)

    found = left(Wrote("a", 2, b"xy"), Synced("a"), disk=CutDisk.holding(tmp_path))

    assert found == {(("a", b"ooxy" + OLD[4:]),)}


def test_a_write_that_was_not_synced_tears_at_its_sectors(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(OLD + OLD)

    found = left(Wrote("a", 0, NEW + NEW), disk=CutDisk.holding(tmp_path))

    assert found == {(("a", one + other),) for one in (OLD, NEW) for other in (OLD, NEW)}


def test_a_later_write_may_arrive_without_an_earlier_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"--")

    found = left(Wrote("a", 0, b"1"), Wrote("a", 1, b"2"), disk=CutDisk.holding(tmp_path))

    assert found == {(("a", content),) for content in (b"--", b"1-", b"-2", b"12")}


def test_a_sync_is_for_its_own_file_only(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_bytes(b"-")

    found = left(
        Wrote("a", 0, b"1"), Wrote("b", 0, b"2"), Synced("b"), disk=CutDisk.holding(tmp_path)
    )

    assert found == {(("a", content), ("b", b"2")) for content in (b"-", b"1")}


def test_a_file_grows_and_shrinks_with_zeros_between() -> None:
    found = left(
        *(Created("a"), Synced("")), *(Wrote("a", 3, b"x"), Cut("a", 6), Cut("a", 5)), Synced("a")
    )

    assert found == {(("a", b"\0\0\0x\0"),)}


def test_a_name_is_certain_only_once_its_folder_is_synced() -> None:
    made = (Created("a"), Wrote("a", 0, b"1"), Synced("a"))

    assert left(*made) == {(), (("a", b"1"),)}
    assert left(*made, Synced("")) == {(("a", b"1"),)}


def test_names_arrive_in_the_order_they_were_made() -> None:
    found = left(Created("a"), Created("b"), Removed("a"), Renamed("b", "c"))

    names = [(), ("a",), ("a", "b"), ("b",), ("c",)]
    assert found == {tuple((name, b"") for name in some) for some in names}


def test_a_removed_file_comes_back_with_what_was_in_it(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(OLD)

    found = left(Removed("a"), Created("a"), disk=CutDisk.holding(tmp_path))

    assert found == {(("a", OLD),), (), (("a", b""),)}


def test_what_was_removed_stays_so_once_its_folder_is_synced(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(OLD)

    made_and_gone = (Created("b"), Removed("a"), Removed("b"), Synced(""))
    assert left(*made_and_gone, disk=CutDisk.holding(tmp_path)) == {()}


def test_a_file_that_is_opened_anew_keeps_what_it_had_or_is_emptied(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")

    assert left(Created("a"), disk=CutDisk.holding(tmp_path)) == {(("a", b"1"),)}
    emptied = left(Created("a", is_emptied=True), disk=CutDisk.holding(tmp_path))
    assert emptied == {(("a", b"1"),), (("a", b""),)}


def test_after_a_failed_sync_a_later_one_brings_nothing_back() -> None:
    """Linux marks the pages as written: https://lwn.net/Articles/752063/."""
    lost = CutDisk(_whims=Random(0))
    made = (Created("a"), Synced(""), Wrote("a", 0, OLD), Unsynced("a"))

    assert left(*made, Wrote("a", 1, b"x"), Synced("a"), disk=lost) == {(("a", b"\0x"),)}


def test_a_name_follows_its_file_where_the_folder_cannot_be_synced() -> None:
    made = (Created("a"), Unsynced(""), Wrote("a", 0, b"1"))

    assert left(*made) == {(), (("a", b""),), (("a", b"1"),)}
    assert left(*made, Synced("a")) == {(("a", b"1"),)}
