from contract.messages import TagHeard
from kiosk.core.inputs import Advertisement
from kiosk.core.tag_news import KEPT, TagNews

UNIX_S = 1_785_000_000.0


def tlm(millivolts: int) -> Advertisement:
    frame = bytes.fromhex("2000") + millivolts.to_bytes(2) + bytes.fromhex("1980000000070000000a")
    return Advertisement({}, {0xFEAA: frame}, -60)


def bthome(percent: int) -> Advertisement:
    return Advertisement({}, {0xFCD2: bytes((0x40, 0x01, percent))}, -60)


SILENT = Advertisement({}, {}, -60)


def told(news: TagNews, now_s: float) -> dict[str, TagHeard]:
    return {one.tag: one for one in news.told(now_s, UNIX_S)}


def test_a_tag_is_told_with_the_time_on_the_wall_and_its_battery() -> None:
    news = TagNews()
    news.hear("t-1", tlm(2_950), 100.0)
    news.hear("t-2", bthome(57), 104.0)
    news.hear("t-3", SILENT, 110.0)

    assert told(news, now_s=110.0) == {
        "t-1": TagHeard("t-1", 1_784_999_990_000, battery_mv=2_950),
        "t-2": TagHeard("t-2", 1_784_999_994_000, battery_percent=57),
        "t-3": TagHeard("t-3", 1_785_000_000_000),
    }


def test_a_battery_is_remembered_while_the_tag_says_nothing_of_it() -> None:
    news = TagNews()
    news.hear("t-1", tlm(2_950), 100.0)
    news.hear("t-1", SILENT, 110.0)

    assert told(news, 110.0)["t-1"] == TagHeard("t-1", 1_785_000_000_000, battery_mv=2_950)


def test_what_is_ten_seconds_young_is_no_news() -> None:
    news = TagNews()
    news.hear("t-1", tlm(2_950), 100.0)
    news.hear("t-1", tlm(2_000), 109.9)

    assert told(news, 110.0)["t-1"].battery_mv == 2_950


def test_of_many_tags_the_last_heard_are_kept() -> None:
    news = TagNews()
    for number in range(KEPT):
        news.hear(f"t-{number}", SILENT, float(number))
    news.hear("t-0", SILENT, 100.0)
    news.hear("t-new", SILENT, 101.0)

    assert len(told(news, 101.0)) == KEPT
    assert {"t-0", "t-new", "t-2"} <= set(told(news, 101.0))
    assert "t-1" not in told(news, 101.0)


def test_whoever_withdrew_is_forgotten() -> None:
    news = TagNews()
    news.hear("t-1", SILENT, 1.0)
    news.hear("t-2", SILENT, 1.0)
    news.keep(lambda tag: tag == "t-2")

    assert set(told(news, 2.0)) == {"t-2"}


def test_more_than_full_is_full() -> None:
    news = TagNews()
    news.hear("t-1", bthome(255), 1.0)

    assert told(news, 2.0)["t-1"].battery_percent == 100
