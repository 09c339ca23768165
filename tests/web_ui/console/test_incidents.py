"""The incident log in the console: opened, added to, told, printed; nothing is ever changed."""

from __future__ import annotations

from werkzeug.test import TestResponse

from gateway.core.incidents import HOUR_MS
from gateway.store import incidents
from tests.web_ui.office import Browser, Office

FIRST = {
    "known": "2026-03-01T09:00",  # four hours ago
    "happened": "Kiosk ở cửa bị lấy mất",
    "who": "không ai",
    "data": "khoá công khai",
    "how_many": "0",
}


def say(owner: Browser, number: str, **form: str) -> TestResponse:
    return owner.post(f"/console/incidents/{number}", scripts=False, **form)


def test_from_the_first_word_to_the_authority_and_the_end(office: Office) -> None:
    owner = office.at("lan")
    assert "Chưa ghi sự cố nào" in owner.get("/console/incidents/")

    assert say(owner, "", **FIRST).headers["Location"].endswith("/incidents/1")
    page = owner.get("/console/incidents/1")
    assert "Phải báo cơ quan chuyên trách" in page
    assert ">68<" in page, "of 72 hours, four are gone"
    assert "Kiosk ở cửa bị lấy mất" in owner.get("/console/incidents/")
    assert "Báo sự cố cho cơ quan chuyên trách #1" in owner.get("/console/file/")

    told = {"what": "authority", "words": "A05, qua bưu điện", "told": "2026-03-01T11:00"}
    say(owner, "1", **told)
    owner.post("/console/incidents/1", what="happened", words="Đã tìm lại được")

    page = owner.get("/console/incidents/1")
    assert "Đã báo cơ quan đúng hạn" in page
    assert "Kiosk ở cửa bị lấy mất" in page, "what was said stays"
    with office.shop.read() as db:
        (one,) = incidents.every(db)
        assert one.told_ms == office.now_ms - 2 * HOUR_MS
        assert {said.by for said in one.said} == {"lan"}
    paper = owner.get("/console/incidents/1/print")
    assert "Notice of a personal data breach" in paper
    assert paper.count("Đã tìm lại được") == 4, "as what counts and in the log, in two languages"

    owner.post("/console/incidents/1", what="closed", words="xong")
    assert "Ghi thêm" not in owner.get("/console/incidents/1")


def test_what_cannot_be_is_said_and_not_written(office: Office) -> None:
    owner = office.at("lan")
    for wrong in ({"known": "2026-03-02T09:00"}, {"known": "gestern"}, {"happened": " "}):
        say(owner, "", **{**FIRST, **wrong})
    say(owner, "", **FIRST)
    for wrong in (
        {"what": "authority", "words": "A05", "told": ""},
        {"what": "people", "words": "all", "told": "2026-03-02T09:00"},
        {"what": "note", "words": " "},
    ):
        assert say(owner, "1", **wrong).status_code == 302
    assert owner.post("/console/incidents/1", what="nonsense", words="x").status_code == 400
    assert owner.client.get("/console/incidents/2").status_code == 404

    with office.shop.read() as db:
        (one,) = incidents.every(db)
        assert len(one.said) == 4
