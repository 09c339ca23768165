"""Opening hours as an operator writes them: of a door, of a kiosk, of updates. Knows no clock."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationInfo, field_validator

from kiosk.core import hours
from kiosk.core.hours import OpeningHours
from runtime.settings import Table

Hours = Annotated[str, Field(max_length=100)]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Opening(Table):
    """When people may come in. A day without a line is open all day."""

    timezone: str = "Asia/Ho_Chi_Minh"
    monday: Hours = "00:00-24:00"
    tuesday: Hours = "00:00-24:00"
    wednesday: Hours = "00:00-24:00"
    thursday: Hours = "00:00-24:00"
    friday: Hours = "00:00-24:00"
    saturday: Hours = "00:00-24:00"
    sunday: Hours = "00:00-24:00"
    special: dict[date, Hours] = Field(default_factory=dict)  # "2027-02-06" = "closed"

    @field_validator("timezone")
    @classmethod
    def _exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"there is no time zone {name!r}") from error
        return name

    @field_validator(*WEEKDAYS)
    @classmethod
    def _can_be_read(cls, text: str, info: ValidationInfo) -> str:
        return _readable(str(info.field_name), text)

    @field_validator("special")
    @classmethod
    def _can_all_be_read(cls, special: dict[date, str]) -> dict[date, str]:
        return {day: _readable(day.isoformat(), text) for day, text in special.items()}

    def rules(self) -> OpeningHours:
        """The week and its special days."""
        week = tuple(hours.parse(getattr(self, day)) for day in WEEKDAYS)
        special = {day: hours.parse(text) for day, text in self.special.items()}
        return OpeningHours(ZoneInfo(self.timezone), week, special)


def _readable(day: str, text: str) -> str:
    try:
        hours.parse(text)
    except ValueError as error:
        raise ValueError(f"{day}: {error}") from error
    return text
