"""Days that are counted from a phase's beginning, by the local calendar."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from streams.agreement import PhaseDays
from streams.context.facts import PhaseBegan
from streams.when.phase_days import FOREVER, phase_stretch

BEGAN = datetime(2015, 2, 14, 22, tzinfo=UTC)  # 15 February, 00:00 in Kyiv
ONE, TWO = PhaseBegan(phase="one", at=BEGAN), PhaseBegan(phase="two", at=BEGAN.replace(month=3))


def days(from_day: int = 0, to_day: int | None = None, until: str | None = None) -> PhaseDays:
    return PhaseDays(
        phase="one", time_zone="Europe/Kyiv", from_day=from_day, to_day=to_day, until_phase=until
    )


def local(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        (days(), BEGAN.timestamp(), FOREVER),
        (days(2), local("2015-02-17T00:00+02:00"), FOREVER),
        (days(2, 14), local("2015-02-17T00:00+02:00"), local("2015-03-01T00:00+02:00")),
        (days(0, 45), BEGAN.timestamp(), local("2015-04-01T00:00+03:00")),  # summer time between
        (days(0, 45, "two"), BEGAN.timestamp(), TWO.at.timestamp()),
        (days(0, 14, "two"), BEGAN.timestamp(), local("2015-03-01T00:00+02:00")),
        (days(0, None, "three"), BEGAN.timestamp(), FOREVER),
    ],
)
def test_days_are_counted_by_the_local_calendar(asked: PhaseDays, start: float, end: float) -> None:
    assert phase_stretch(asked, (ONE, TWO)) == (start, end)


def test_a_phase_that_has_not_begun_has_no_days() -> None:
    assert phase_stretch(days(), (TWO,)) is None


def test_day_d_is_the_local_day_on_which_the_phase_begins_at_whatever_hour() -> None:
    late = PhaseBegan(phase="one", at=datetime(2015, 2, 14, 21, 59, 59, tzinfo=UTC))
    found = phase_stretch(days(1), (late,))
    assert found is not None
    assert found.start == local("2015-02-15T00:00+02:00")


def test_of_two_words_on_one_phase_the_earlier_counts() -> None:
    again = PhaseBegan(phase="one", at=BEGAN.replace(month=5))
    assert phase_stretch(days(), (again, ONE)) == (BEGAN.timestamp(), FOREVER)
