"""What becomes of every table on an erasure, and with time: a new one must say so here."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from sqlalchemy import Column, MetaData, String, Table

from gateway.store import erasing
from gateway.store.retention import PARTS
from gateway.store.tables import Base

# On an erasure: rows go, stay as nobody's, or lose their words; by whom, the second set says.
BY_MEMBER = {one.__tablename__ for one in (*erasing.GO, *erasing.STAY)} | erasing.OTHERWISE
OTHER_WAYS = {
    **dict.fromkeys(("dead_letter", "api_answer"), "whole messages that name them go"),
    **dict.fromkeys(("outgoing_event", "outgoing_delivery"), "what waits or is kept goes"),
    **dict.fromkeys(("connector_delivery", "event", "kiosk", "incident_said"), "words go"),
    **dict.fromkeys(("merge", "outside", "decision"), "rows of theirs go"),
    **dict.fromkeys(("order_step", "pick_up_code"), "who collected for them goes"),
    **dict.fromkeys(("door_record", "tally"), "their number becomes nobody's"),
    "tag_clock": "goes with its tag",
    "refused_file": "lines in the files go",
}
# With time: lines of the table of retention, times of their own, and what stays while it holds.
BY_TIME = {part.table.__tablename__ for parts in PARTS.values() for part in parts}
OWN_TIME = {"api_answer", "connector_delivery", "outgoing_event", "outgoing_delivery"}
WHILE_MEMBER = {
    *("profile", "consent", "external_id", "pass_key", "pause", "tag", "tag_clock", "voucher"),
    *("merge", "outside", "privacy_request", "journey_due", "refused_file", "kiosk"),
}
ACCOUNTS = {
    *("posting", "lot", "customer_order", "order_step", "pick_up_code", "redemption", "sale"),
    *("tally", "incident_said"),
}
NOBODYS = {
    *("counted", "measured", "measured_day", "kiosk_day", "high_water", "edition", "tombstone"),
    *("store", "look", "visit_type", "offer", "offer_draft", "staff", "api_key", "export_run"),
    *("connector_failure", "connector_poll", "outgoing_cursor", "payment", "posting_part"),
    *("kiosk_alarm", "kiosk_certificate", "kiosk_code", "kiosk_petition", "device_order"),
    *("lease", "purse", "ended_entry_card", "experiment_key", "one_time_code"),
    *("duty_told", "filing", "incident", "report_letter", "retention_run", "log_reader"),
    *("passkey", "spent_challenge", "push_subscription"),  # of the staff
    *("product", "stock", "shelf_scan", "zone_hour", "floor", "floor_item"),
}
"""Numbers, the shop's own things, who works there, and hashes that nobody can read."""

PERSONAL = {
    *("member", "holder", "phone", "email", "birthday", "payload", "words", "ours"),
    *("handed_to", "collector", "answers", "customer", "shopper", "evidence", "tag", "identity"),
}
"""Columns that hold or lead to a person, wherever they stand."""


def unaccounted(tables: Iterable[Table]) -> set[str]:
    """Tables of which nobody has said what becomes of them, or said that they are nobody's."""
    here = {one.name: PERSONAL & {column.name for column in one.columns} for one in tables}
    erased, aged = BY_MEMBER | OTHER_WAYS.keys(), BY_TIME | OWN_TIME | WHILE_MEMBER | ACCOUNTS
    return {
        name
        for name, personal in here.items()
        if not (name in erased and name in aged) and not (name in NOBODYS and not personal)
    }


def test_of_every_table_it_is_said_what_an_erasure_and_time_make_of_it() -> None:
    tables = Base.metadata.sorted_tables

    assert unaccounted(tables) == set()
    said = BY_MEMBER | OTHER_WAYS.keys() | BY_TIME | OWN_TIME | WHILE_MEMBER | ACCOUNTS | NOBODYS
    assert said == {one.name for one in tables}, "and of none that is gone"
    assert not NOBODYS & (BY_MEMBER | OTHER_WAYS.keys())


@pytest.mark.parametrize(
    ("name", "column"),
    [("wish_list", "member"), ("guest_book", "phone"), ("anything", "number"), ("store", "phone")],
)
def test_a_table_that_nobody_thought_of_is_found(name: str, column: str) -> None:
    planted = Table(name, MetaData(), Column(column, String))
    others = [one for one in Base.metadata.sorted_tables if one.name != name]

    assert unaccounted([*others, planted]) == {name}
