"""Children that live, die, refuse and hang: real processes, real signals."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.errors import SettingsError, UnavailableError
from simulator.processes import Job, Processes, hien, hien_in_turn
from tests.waiting import until

LIVES = "import time; print('here', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(15, signal.SIG_IGN); {LIVES}"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


class Time:
    """Real time is not waited for."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def children(tmp_path: Path, time: Time) -> Iterator[Processes]:
    made = Processes(tmp_path, time)
    yield made
    made.stop_all()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def has_said(folder: Path, name: str, times: int = 1) -> bool:
    return (folder / f"{name}.log").read_text().count("here") == times


def test_who_is_killed_is_started_again_after_a_pause(
    children: Processes, time: Time, tmp_path: Path
) -> None:
    children.start(Job("kiosk", python(LIVES)))
    until(lambda: has_said(tmp_path, "kiosk"), "the first life")
    first = children.pid("kiosk")
    children.kill("kiosk")
    children.tend()
    assert not is_alive(first)
    assert children.pid("kiosk") == first

    time.now_s += 1.0
    children.tend()

    until(lambda: has_said(tmp_path, "kiosk", times=2), "the second life")
    assert children.pid("kiosk") != first


def test_wrong_settings_end_everything_with_the_childs_own_sentence(children: Processes) -> None:
    children.start(Job("kiosk", python("print('hien: kiosk.toml: is not TOML'); exit(78)")))

    with pytest.raises(SettingsError, match=r"^kiosk: kiosk\.toml: is not TOML$"):
        until(children.tend, "the child ends")


def test_who_dies_again_and_again_is_given_up(children: Processes, time: Time) -> None:
    children.start(Job("web", python("print('hien: port 80 is taken'); exit(69)")))

    def die_again() -> None:
        children.tend()
        time.now_s += 0.5

    with pytest.raises(UnavailableError, match=r"web does not stay alive .*69.*port 80 is taken"):
        until(die_again, "five deaths")


def test_everything_is_stopped_from_the_top_down(children: Processes, tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    code = (
        "import signal, sys, time; name = sys.argv[1]\n"
        f"def stop(*_): open({str(diary)!r}, 'a').write(name); sys.exit()\n"
        "signal.signal(15, stop); print('here', flush=True); time.sleep(60)"
    )
    for floor, name in enumerate("abc"):
        children.start(Job(name, [*python(code), name], floor))
    until(lambda: all(has_said(tmp_path, name) for name in "abc"), "all live")

    children.stop_all()
    children.stop_all()

    assert diary.read_text() == "cba"


def test_who_does_not_stop_is_killed(tmp_path: Path, time: Time) -> None:
    children = Processes(tmp_path, time, stops_within_s=0.1)
    children.start(Job("stubborn", python(STUBBORN)))
    until(lambda: has_said(tmp_path, "stubborn"), "it lives")
    pid = children.pid("stubborn")

    children.stop_all()

    assert not is_alive(pid)


def test_nothing_outlives_a_demo_that_is_killed(tmp_path: Path) -> None:
    """SIGKILL leaves no chance to clean up, so the kernel has to."""
    code = f"""
import time
from pathlib import Path
from simulator.processes import Job, Processes
children = Processes(Path({str(tmp_path)!r}), time.monotonic)
children.start(Job("child", {python(LIVES)!r}))
print(children.pid("child"), flush=True)
time.sleep(60)
"""
    demo = subprocess.Popen(python(code), stdout=subprocess.PIPE, text=True)
    assert demo.stdout is not None
    child = int(demo.stdout.readline())
    until(lambda: has_said(tmp_path, "child"), "the child lives")
    demo.kill()
    demo.wait()
    demo.stdout.close()

    until(lambda: not is_alive(child), "the child is gone")


def test_children_do_not_get_a_persons_own_settings(
    children: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HIEN_BROKER__HOST", "shop.example")
    look = "import os; print('HIEN_BROKER__HOST' in os.environ)"
    children.run(Job("look", python(look)), lambda: None)

    assert (tmp_path / "look.log").read_text() == "False\n"


def test_a_failing_step_says_why(children: Processes) -> None:
    step = Job("migrate", python("print('hien: no such folder'); exit(1)"))

    with pytest.raises(UnavailableError, match=r"^migrate failed: no such folder$"):
        children.run(step, lambda: None)


def test_a_step_does_not_outlive_who_waits_for_it(children: Processes, tmp_path: Path) -> None:
    def lose_patience() -> None:
        if has_said(tmp_path, "migrate"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        children.run(
            Job("migrate", python(f"import os; print(os.getpid()); {LIVES}")), lose_patience
        )

    pid = int((tmp_path / "migrate.log").read_text().split()[0])
    assert not is_alive(pid)


def test_hien_is_found_wherever_one_stands(tmp_path: Path) -> None:
    done = subprocess.run(
        hien("--version"), cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("hien ")


def test_of_several_commands_none_runs_after_one_that_fails() -> None:
    done = subprocess.run(
        hien_in_turn(["--version"], ["no-such-command"], ["--version"]),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stdout.count("hien ") == 1
    assert "no-such-command" in done.stderr
