"""Numbers as people read them, each with its unit; a dash for what nobody knows."""

from __future__ import annotations

from gateway.core.measures import Unit
from web_ui.shared.i18n import gettext as _
from web_ui.shared.i18n import spoken

ROUGHLY_MIN = 10  # from here on seconds say nothing
ROUGHLY_H = 3  # from here on minutes do not, either
ROUGHLY_D = 2  # nor hours
MILLION = 1_000_000
MINUTE_S, HOUR_S = 60, 3_600


def written(value: float | None, unit: Unit) -> str:
    """A number with its unit, as the language writes it; a dash for what nobody knows."""
    if value is None:
        return "–"
    match unit:
        case Unit.SECONDS:
            minutes, seconds = divmod(round(value), 60)
            hours = minutes // 60
            if hours >= ROUGHLY_D * 24:
                return _("%(days)s days") % {"days": spoken().number(round(hours / 24, 1))}
            if hours >= ROUGHLY_H:
                return _("%(hours)s h") % {"hours": spoken().number(hours)}
            if not minutes:
                return f"{seconds} s"
            if minutes >= ROUGHLY_MIN:
                return _("%(minutes)s min") % {"minutes": spoken().number(minutes)}
            return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": seconds}
        case Unit.VND:
            return spoken().money(round(value))
        case Unit.PERCENT:
            return f"{spoken().number(round(value, 1))} %"
    return spoken().number(round(value, 1) if value % 1 else int(value))


def on_scale(value: float, unit: Unit) -> str:
    """The same beside a chart, where there is little room."""
    if unit is Unit.VND and value >= MILLION:
        return _("%(millions)s m ₫") % {"millions": spoken().number(value / MILLION)}
    if unit is Unit.SECONDS and MINUTE_S <= value < ROUGHLY_H * HOUR_S:
        return _("%(minutes)s min") % {"minutes": spoken().number(round(value / MINUTE_S, 1))}
    return written(value, unit)
