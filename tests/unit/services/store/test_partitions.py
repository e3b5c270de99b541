from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from services.store.partitions import Month

INSTANTS = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 (Hypothesis wants naive bounds)
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 (Hypothesis wants naive bounds)
    timezones=st.just(UTC) | st.just(timezone(timedelta(hours=14))),
)


@given(INSTANTS)
def test_every_instant_lies_in_its_month_and_in_no_other(instant: datetime) -> None:
    month = Month.of(instant)
    assert month.start <= instant < month.plus(1).start


@given(INSTANTS, st.integers(-40, 40), st.integers(-40, 40))
def test_months_add_up(instant: datetime, first: int, then: int) -> None:
    month = Month.of(instant)
    assert month.plus(first).plus(then) == month.plus(first + then)
    assert (month.plus(first) < month) == (first < 0)


def test_a_partition_is_named_by_table_and_month() -> None:
    assert Month(2026, 7).partition_of("violations") == "violations_y2026m07"
