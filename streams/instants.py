"""Instants as whole microseconds since 1970 UTC, for folds that sweep over time.

Place on the data's way: inside the folds of corridors and of whereabouts. Integers compare fast,
know no time zone and do not overflow when an hour is added to the year 9999: an event with an
absurd date must not stop a fold.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FOREVER = 1 << 62
"""Later than every datetime: an end that is not known, or that never comes."""

_MICROSECOND = timedelta(microseconds=1)
_FIRST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // _MICROSECOND
_LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // _MICROSECOND


def micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC of an aware `moment`, exactly."""
    return (moment - EPOCH) // _MICROSECOND


def micros_or_forever(moment: datetime | None) -> int:
    """The same; `FOREVER` where there is no moment."""
    return FOREVER if moment is None else micros(moment)


def seconds_to_micros(seconds: float) -> int:
    """A duration in whole microseconds."""
    return round(seconds * 1_000_000)


def moment_of(instant: int) -> datetime:
    """The aware UTC datetime of an instant; the first or last there is for anything beyond it."""
    return EPOCH + timedelta(microseconds=max(_FIRST, min(instant, _LAST)))


def moment_or_none(instant: int) -> datetime | None:
    """The same; None for `FOREVER`."""
    return None if instant >= FOREVER else moment_of(instant)
