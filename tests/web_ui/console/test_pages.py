from __future__ import annotations

import re

import pytest
from msgspec import structs

from contract.events import Arrived, ClockTrust, Condition, Device, Scanned, Touch, Touched, Verdict
from contract.messages import KioskState, TagHeard
from gateway.core.consent import Purpose
from gateway.core.matching import Source
from gateway.core.offers.reasons import Reason
from gateway.store import dead_letters, stores
from gateway.store.dead_letters import Letter
from tests.gateway.shop import HUY, NGOC, STORE, Outbox, pass_of
from tests.web_ui.office import Office
from web_ui.console.words import CLOCKS, REASONS, SOURCES
from web_ui.shared.device_words import CONDITIONS, DEVICES

SESSION = "0000000000000001"
PRESENCE_ONLY = frozenset({Purpose.PRESENCE})
WELL = KioskState(
    kiosk="quay-1",
    online=True,
    version="0.1.0",
    devices={Device.RADIO: Condition.OK, Device.CAMERA: Condition.OK},
    decided_to_painted_p95_ms=112.4,
    grabbed_to_painted_p95_ms=231.0,
)


def say(office: Office, state: KioskState, ago_s: int = 4) -> None:
    """A kiosk said how it is."""
    with office.shop.writers.begin() as db:
        stores.keep_state(db, STORE, state.kiosk, state, office.now_ms - ago_s * 1000)


def recognised(office: Office, member: str = NGOC) -> None:
    """A member came with a tag and said yes to the masked question."""
    outbox = Outbox()
    office.shop.handle(
        outbox.says(Arrived(f"t-{member}", "quay-1", -60, SESSION), office.now_ms),
        outbox.says(Touched(SESSION, Touch.HELLO), office.now_ms),
        outbox.says(Touched(SESSION, Touch.CONFIRM), office.now_ms),
    )


def test_every_word_of_the_gateway_has_words_for_people() -> None:
    assert set(REASONS) == set(Reason)
    assert set(SOURCES) == set(Source)
    assert set(DEVICES) == set(Device)
    assert set(CONDITIONS) == set(Condition)
    assert set(CLOCKS) == set(ClockTrust)


def test_a_visit_says_who_where_how_and_what_was_shown(office: Office) -> None:
    office.shop.member()
    office.shop.offer("tea")
    recognised(office)

    page = office.at("lan").get("/console/visits/")

    assert "Trần Bảo Ngọc" in page
    assert "13:00" in page
    assert "Quầy 1" in page
    assert "chạm màn hình" in page
    assert "chắc chắn 60 %" in page
    assert "đã hiện 1 ưu đãi" in page


def test_why_nothing_was_shown_is_said_in_words(office: Office) -> None:
    office.shop.member(consents=PRESENCE_ONLY)
    office.shop.offer("tea")
    recognised(office)

    page = office.at("lan").get("/console/visits/")

    assert "Không hiện gì" in page
    assert "khách chưa đồng ý nhận ưu đãi riêng" in page
    assert "Ngọc" not in page
    assert f"Thành viên {NGOC[-4:]}" in page


def test_a_visit_without_a_touch_says_that_it_was_noticed_only(office: Office) -> None:
    office.shop.member()
    office.shop.handle(Outbox().says(Arrived(f"t-{NGOC}", "quay-1", -60, None), office.now_ms))

    page = office.at("lan").get("/console/visits/")

    assert "thẻ Bluetooth" in page
    assert "Chỉ nhận thấy khách đến" in page


def test_visits_are_newest_first(office: Office) -> None:
    office.shop.member()
    office.shop.member(HUY, "Phạm Gia Huy")
    earlier_ms = office.now_ms - 600_000
    outbox = Outbox()
    office.shop.handle(outbox.says(Arrived(f"t-{NGOC}", "quay-1", -60, None), earlier_ms))
    code = Scanned(SESSION, Verdict.GOOD, pass_of(HUY, office.now_ms))
    office.shop.handle(outbox.says(code, office.now_ms))

    page = office.at("lan").get("/console/visits/")

    assert page.index("Phạm Gia Huy") < page.index("Trần Bảo Ngọc")
    assert "mã thành viên" in page


def test_a_kiosk_that_works_says_its_figures(office: Office) -> None:
    say(office, WELL)

    page = office.at("lan").get("/console/kiosks/")

    assert "Hoạt động tốt" in page
    assert "4 giây trước" in page
    assert "112 ms" in page
    assert "231 ms" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"online": False}, "Đang mất kết nối", id="away"),
        pytest.param({"clock": ClockTrust.SUSPECT}, "đáng ngờ", id="doubtful clock"),
        pytest.param({"devices": {Device.CAMERA: Condition.OUT}}, "hỏng", id="broken camera"),
        pytest.param({"decided_to_painted_p95_ms": 251.0}, "251 ms", id="slow screen"),
        pytest.param({"grabbed_to_painted_p95_ms": 401.0}, "401 ms", id="slow scan"),
    ],
)
def test_a_kiosk_that_wants_a_look_comes_first_and_says_why(
    office: Office, change: dict[str, object], said: str
) -> None:
    say(office, WELL)
    say(office, KioskState(**{**{f: getattr(WELL, f) for f in WELL.__struct_fields__},
                              "kiosk": "quay-2", **change}))  # fmt: skip

    page = office.at("lan").get("/console/kiosks/")

    assert page.index('id="kiosk-quay-2"') < page.index('id="kiosk-quay-1"')
    assert said in page
    assert page.count("Hoạt động tốt") == 1


def test_a_kiosk_that_never_spoke_says_what_to_check(office: Office) -> None:
    assert "Hãy kiểm tra nguồn điện" in office.at("lan").get("/console/kiosks/")


def test_dead_letters_name_their_sender_and_their_fault_only(office: Office) -> None:
    topic = "hien/1/07/hue-1/quay-9/up"
    letter = Letter(topic, b"Nguyen Van A", "kiosk: 'quay-9' is not registered")
    counted = Letter(topic, b"Tran Thi B", "body.tag: is missing", event="e-1")
    with office.shop.writers.begin() as db:
        dead_letters.add(db, [letter, letter, counted], office.now_ms)

    page = office.at("lan").get("/console/letters/")

    assert "hien/1/07/hue-1/quay-9/up" in page
    assert "is not registered" in page
    assert "Nguyen" not in page
    cells = re.findall("<td[^>]*>([^<]*)</td>", page)
    assert cells[3:5] == ["1", "đã đi tiếp"]
    assert cells[8:10] == ["2", "đã bị từ chối"]


def test_the_overview_counts_what_is_there(office: Office) -> None:
    office.shop.member()
    recognised(office)
    office.card()
    say(office, WELL)

    page = office.at("lan").get("/console/")

    assert '<b class="number">1</b>lượt khách' in page
    assert '<b class="number">1</b>khách đang chờ nhân viên' in page
    assert '<b class="number">1/2</b>kiosk đang kết nối' in page
    assert '<b class="number">0</b>tin không đọc được' in page


def test_a_new_shop_says_what_will_appear(office: Office) -> None:
    owner = office.at("lan")

    assert "Lượt đầu tiên sẽ hiện ngay ở đây" in owner.get("/console/visits/")
    assert "Mọi tin đều đọc được" in owner.get("/console/letters/")


def test_the_owners_pages_speak_english_too(office: Office) -> None:
    owner = office.at("lan")
    owner.post("/language", language="en", back="/console/")

    assert "0 visits" in owner.get("/console/").replace("</b>", " ").replace(
        '<b class="number">', ""
    )


def test_tags_are_listed_with_their_batteries_the_weak_ones_first(office: Office) -> None:
    at_ms = office.now_ms - 90_000
    tags = (
        TagHeard("t-1", at_ms, battery_mv=2_950),
        TagHeard("t-2", at_ms, battery_mv=2_399),
        TagHeard("t-3", at_ms - 90_000),
        TagHeard("t-4", at_ms - 90_000, battery_percent=14),
    )
    say(office, structs.replace(WELL, tags=tags))

    page = office.at("lan").get("/console/kiosks/")

    assert "4 thẻ vừa nghe thấy" in page
    places = [page.index(f"<dt>{tag}</dt>") for tag in ("t-2", "t-4", "t-1", "t-3")]
    assert places == sorted(places)
    assert "pin 2399 mV · cần thay pin" in page
    assert "pin 14 % · cần thay pin" in page
    assert page.count("cần thay pin") == 2
    assert "3 phút trước" in page


def test_a_kiosk_that_heard_no_tag_says_nothing_of_tags(office: Office) -> None:
    say(office, WELL)

    assert "thẻ vừa nghe thấy" not in office.at("lan").get("/console/kiosks/")
