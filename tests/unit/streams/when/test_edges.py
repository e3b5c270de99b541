"""A batch's intervals are numbered as one instant after the other would be."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from streams.when.edges import Edges, Observed
from tests.unit.streams.builders import NOON, report

ZONES = st.sampled_from([UTC, *(timezone(timedelta(hours=h)) for h in (-23, -12, 5, 14, 23))])
MOMENTS = st.builds(
    lambda hours, micros, zone: (
        NOON.astimezone(zone) + timedelta(hours=hours, microseconds=micros)
    ).astimezone(zone),
    st.sampled_from([0, 1, 11, 12, 13, 24, 48, 49, 500]) | st.integers(-100, 100),
    st.integers(-1, 1),
    ZONES,
)


@given(st.lists(MOMENTS, max_size=5), st.lists(st.tuples(MOMENTS, MOMENTS), min_size=1, max_size=9))
def test_numbers_count_the_edges_at_or_before(
    edges: list[datetime], spans: list[tuple[datetime, datetime]]
) -> None:
    reports = [report(observed_from=min(span), observed_to=max(span)) for span in spans]
    numbers = Edges(edges).numbers(Observed.of(reports))
    distinct = sorted(set(edges))
    firsts = [bisect_right(distinct, min(span)) for span in spans]
    lasts = [bisect_right(distinct, max(span)) for span in spans]
    assert (numbers.first.tolist(), numbers.last.tolist()) == (firsts, lasts)
    alone = [a if a == b else None for a, b in zip(firsts, lasts, strict=True)]
    assert numbers.single() == alone
    grouped = {(a, b): rows for a, b, rows in numbers.alike()}
    assert sorted(row for rows in grouped.values() for row in rows) == [*range(len(spans))]
    assert all((firsts[row], lasts[row]) == pair for pair, rows in grouped.items() for row in rows)


def test_what_does_not_last_ends_as_it_begins() -> None:
    observed = Observed.of([report(), report(observed_to=NOON + timedelta(days=1))])
    assert [*observed.ends] == [NOON, NOON + timedelta(days=1)]
    assert [*observed.only([1]).ends] == [NOON + timedelta(days=1)]
