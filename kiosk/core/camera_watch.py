"""Whether a kiosk can see, from its eye's signs of life. It starts and kills nothing itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from contract.events import Condition
from kiosk.core.eye_wire import Beat


@dataclass(frozen=True, slots=True)
class WatchRules:
    """How long what is borne."""

    starts_within_s: float = 30.0  # libraries from a slow card, then libcamera's own search
    beats_within_s: float = 6.0  # twelve beats; the eye itself says after 2 s that no frame came
    frozen_s: float = 5.0  # 75 pictures alike: noise alone would change them
    dark_s: float = 10.0  # longer than a hand covers the lens on its way
    dark_below: float = 6.0  # mean grey level; a shop at night still has 10
    first_retry_s: float = 1.0
    last_retry_s: float = 30.0  # a camera that hangs is not helped by haste
    healthy_s: float = 60.0  # who saw for so long begins with the short wait again


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of one eye; times are monotonic."""

    began_s: float = 0.0
    seen_s: float | None = None  # the last sign of life
    changed_s: float = 0.0  # when the picture last changed
    light_s: float = 0.0  # when it was last light
    retry_s: float = 0.0  # the wait after the next loss


@dataclass(frozen=True, slots=True)
class Finding:
    """How the camera is. OUT means: end this eye, wait, start another."""

    condition: Condition
    detail: str = ""


def begin(was: Watch, now_s: float) -> Watch:
    """An eye was started."""
    return Watch(began_s=now_s, changed_s=now_s, light_s=now_s, retry_s=was.retry_s)


def patience_s(was: Watch, rules: WatchRules, now_s: float) -> float:
    """For so long its next sign may take; 0 if it is overdue."""
    if was.seen_s is None:
        return max(was.began_s + rules.starts_within_s - now_s, 0.0)
    return max(was.seen_s + rules.beats_within_s - now_s, 0.0)


def silent(was: Watch, rules: WatchRules) -> Finding:
    """No sign came for as long as one has patience."""
    if was.seen_s is None:
        return Finding(Condition.OUT, f"the camera did not start in {rules.starts_within_s:.0f} s")
    return Finding(Condition.OUT, f"the camera hangs: silent for {rules.beats_within_s:.0f} s")


def beat(was: Watch, rules: WatchRules, sign: Beat, now_s: float) -> tuple[Watch, Finding]:
    """Pictures come; whether they show anything is told from their light and change."""
    is_dark = sign.brightness < rules.dark_below
    now = replace(
        was,
        seen_s=now_s,
        changed_s=now_s if sign.has_changed or is_dark else was.changed_s,  # all black is alike
        light_s=was.light_s if is_dark else now_s,
    )
    if now_s - now.changed_s >= rules.frozen_s:
        said = f"the same picture for {rules.frozen_s:.0f} s: the camera is frozen"
        return now, Finding(Condition.OUT, said)
    if now_s - now.light_s >= rules.dark_s:
        said = "everything is dark: is the lens covered, or the light off?"
        return now, Finding(Condition.DEGRADED, said)
    return now, Finding(Condition.OK)


def lose(was: Watch, rules: WatchRules, now_s: float) -> tuple[Watch, float]:
    """The eye is gone. Also returns for how many seconds to wait before starting another."""
    is_new = not was.retry_s or now_s - was.began_s >= rules.healthy_s
    wait_s = rules.first_retry_s if is_new else was.retry_s
    return replace(was, retry_s=min(2 * wait_s, rules.last_retry_s)), wait_s
