"""Numbers as Prometheus reads them; the format is written down at prometheus.io, text 0.0.4."""

from __future__ import annotations

from pathlib import Path

from runtime.metrics import Counter, Family, Kind, gathered, gauge, of_process


def test_a_family_looks_as_prometheus_reads_it() -> None:
    family = Family("hien_x", Kind.GAUGE, "About\nx\\y.", [({"a": "1", "b": 'q"\\\n'}, 1.5)])

    assert gathered([lambda: [family, gauge("hien_y", "Y.", 3)]]) == (
        "# HELP hien_x About\\nx\\\\y.\n"
        "# TYPE hien_x gauge\n"
        'hien_x{a="1",b="q\\"\\\\\\n"} 1.5\n'
        "# HELP hien_y Y.\n"
        "# TYPE hien_y gauge\n"
        "hien_y 3\n"
    )


def test_what_has_no_sample_is_not_mentioned() -> None:
    assert gathered([lambda: [Family("hien_x", Kind.GAUGE, "X.", [])]]) == ""


def test_a_counter_only_grows() -> None:
    counter = Counter("hien_answers_total", "Answers.", "status")
    for status in ("2xx", "4xx", "2xx"):
        counter.add(status)
    counter.add("2xx", 0.5)

    text = gathered([counter.families])

    assert "# TYPE hien_answers_total counter\n" in text
    assert 'hien_answers_total{status="2xx"} 2.5\n' in text
    assert 'hien_answers_total{status="4xx"} 1\n' in text


def test_large_numbers_keep_their_digits() -> None:
    assert gathered([lambda: [gauge("hien_bytes", "B.", 2**53 - 1)]]).endswith(
        "hien_bytes 9007199254740991\n"
    )


def test_a_process_says_who_it_is_and_what_it_uses() -> None:
    text = gathered([of_process("web", "0.1.0")])

    assert 'hien_process_info{process="web",version="0.1.0"} 1\n' in text
    values = dict(line.split(" ") for line in text.splitlines() if not line.startswith("#"))
    assert float(values["process_resident_memory_bytes"]) > 10_000_000
    assert float(values["process_open_fds"]) >= 3
    assert float(values["process_threads"]) >= 1
    assert float(values["process_cpu_seconds_total"]) > 0
    assert float(values["process_start_time_seconds"]) > 1_700_000_000


def test_where_proc_is_hidden_it_still_says_who_it_is(tmp_path: Path) -> None:
    assert gathered([of_process("web", "0.1.0", tmp_path)]).count("\n") == 3
