"""How many events were observed: sums, ranges, "at least", and by one witness alone."""

from __future__ import annotations

from streams.events import Count
from streams.incidents.observed import Number, observed, uncounted
from streams.incidents.witnesses import witnesses
from streams.vocabulary import Qualifier
from tests.unit.streams.incidents.scenes import breach


def test_sums_keep_ranges() -> None:
    told = observed(
        [
            breach("a", count=Count(min=3, max=3)),
            breach("b", count=Count(min=2, max=5)),
        ]
    )
    assert told.events == Number(5, 8)
    assert told.reports == 2


def test_at_least_is_carried_through() -> None:
    told = observed(
        [
            breach("a", count=Count(min=3, qualifier=Qualifier.AT_LEAST)),
            breach("b", count=Count(min=2, max=2)),
        ]
    )
    assert told.events == Number(5, None)


def test_what_could_not_be_counted_is_listed() -> None:
    some = [
        breach("b"),
        breach("a", source="patrol-2", count=Count(min=1, qualifier=Qualifier.UNCOUNTABLE)),
        breach("c", count=Count(min=4, max=4)),
    ]
    told = observed(some)
    assert told.uncounted == 2
    assert uncounted(some) == ("patrol-1/b", "patrol-2/a")
    assert told.events == Number(5, None)


def test_the_most_of_one_witness_stands_beside_the_sum() -> None:
    # One shot seen as a flash by one patrol and heard by another is two observed events.
    told = observed(
        [
            breach("a", count=Count(min=3, max=3)),
            breach("b", count=Count(min=2, max=2)),
            breach("c", source="patrol-2", count=Count(min=4, max=9)),
        ]
    )
    assert told.events == Number(9, 14)
    assert told.by_one_witness == Number(5, 9)
    assert told.witnesses == 2


def test_one_open_witness_leaves_the_most_open() -> None:
    told = observed(
        [
            breach("a", count=Count(min=3, max=3)),
            breach("c", source="patrol-2", count=Count(min=1)),
        ]
    )
    assert told.by_one_witness == Number(3, None)


def test_nothing_observed_is_none() -> None:
    told = observed([])
    assert (told.reports, told.witnesses, told.events) == (0, 0, Number(0, 0))
    assert told.by_one_witness == Number(0, 0)


def groups(*breaches: object) -> list[list[str]]:
    return [[it.id for it in group] for group in witnesses(breaches)]  # type: ignore[arg-type]


def test_two_sources_are_two_witnesses() -> None:
    assert groups(breach("a"), breach("b", source="patrol-2")) == [["a"], ["b"]]


def test_one_source_is_one_witness() -> None:
    assert groups(breach("a"), breach("b")) == [["a", "b"]]


def test_one_origin_is_one_witness_whoever_tells_of_it() -> None:
    one = breach("a", origin="camera-4")
    other = breach("b", source="patrol-2", origin="camera-4")
    assert groups(one, other) == [["a", "b"]]
    assert groups(one, breach("b", source="patrol-2", origin="camera-5")) == [["a"], ["b"]]


def test_what_is_derived_from_a_report_is_no_witness_beside_it() -> None:
    first = breach("a")
    copied = breach("b", source="press", derived_from=("a",))
    again = breach("c", source="blog", derived_from=("b",))
    alone = breach("d", source="patrol-2")
    assert groups(first, copied, again, alone) == [["a", "b", "c"], ["d"]]


def test_two_that_derive_from_what_is_not_here_are_one_witness() -> None:
    one = breach("b", source="press", derived_from=("elsewhere",))
    other = breach("c", source="blog", derived_from=("elsewhere",))
    assert groups(one, other) == [["b", "c"]]
