"""Mission day: the day, by a mission's own cut-off, to which something belongs.

Place on the data's way: breach → **mission day** → cluster. The SMM's day ran from 19:30 to 19:30
of the clock in Kyiv, and its report of the 5th told of the evening of the 4th.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from geo.clusters import Ints
from streams.instants import moment_of, seconds_to_micros
from streams.methodology import IncidentRules
from streams.when.daily import DAY_S, clock_s
from streams.when.time_zones import time_zone

_HOUR = seconds_to_micros(3_600)


class MissionDays:
    """The days of one methodology's cut-off, by the clock on the wall there."""

    def __init__(self, rules: IncidentRules) -> None:
        self._zone = time_zone(rules.time_zone)
        begins_s = clock_s(rules.day_begins)
        # A day is called after the date on which its middle falls.
        self._ahead = timedelta(seconds=DAY_S - begins_s if 2 * begins_s >= DAY_S else -begins_s)

    def of(self, moment: datetime) -> date:
        """The mission day in which an aware `moment` lies."""
        try:
            return (moment.astimezone(self._zone).replace(tzinfo=None) + self._ahead).date()
        except OverflowError:
            return moment.date()  # within a day of the years 1 and 9999

    def of_each(self, moments: Sequence[datetime], micros: Ints) -> list[date]:
        """The mission days of many moments, each given both ways; hour by hour, of UTC.

        No clock is changed twice within an hour: where it shows the same day and the same offset
        at both ends of one, the day is that of each moment in it.
        """
        hours, hour_of = np.unique(micros // _HOUR, return_inverse=True)
        days = [self._of_hour(moment_of(hour * _HOUR)) for hour in hours.tolist()]
        return [
            days[hour] or self.of(moment)
            for hour, moment in zip(hour_of.tolist(), moments, strict=True)
        ]

    def _of_hour(self, begin: datetime) -> date | None:
        """The day in which the whole hour lies; None: each moment has to be asked."""
        try:
            last = begin + timedelta(hours=1) - datetime.resolution
            begun, over = begin.astimezone(self._zone), last.astimezone(self._zone)
        except OverflowError:
            return None  # within a day of the years 1 and 9999
        same = begun.utcoffset() == over.utcoffset() and self.of(begin) == self.of(last)
        return self.of(begin) if same else None

    def begins(self, day: date) -> datetime:
        """When a mission day begins, UTC; it ends where the next one begins."""
        midnight = datetime.combine(day, time()) - self._ahead
        return midnight.replace(tzinfo=self._zone).astimezone(UTC)
