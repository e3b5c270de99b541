"""Numbers that were estimated: `about` accuses nobody within what the methodology allows for."""

from __future__ import annotations

import pytest

from streams.agreement import Term
from streams.events import Count
from streams.inforce import compile_in_force
from streams.matching import Match, match_number
from streams.vocabulary import Kind, Qualifier
from tests.unit.streams.builders import agreement, methodology, report, term

AT_MOST = term(at_most=75)
AT_LEAST = term(prohibits=(), requires=(Kind.EXPLOSION,), at_least=75)
ONE = term(prohibits=(), requires=(Kind.EXPLOSION,))


def _about(number: int, asked: Term, within: float | None) -> Match:
    known = compile_in_force(agreement(terms=(asked,)), methodology())
    counted = report(count=Count(min=number, max=number, qualifier=Qualifier.ABOUT))
    (compiled,) = known.terms_of[Kind.EXPLOSION]
    return match_number(counted, compiled, within, absent=False)


@pytest.mark.parametrize(
    ("number", "answer"),
    # 75 is within a quarter of 60 and of 100.
    [(59, Match.NO), (60, Match.NO), (61, Match.UNKNOWN), (100, Match.UNKNOWN), (101, Match.YES)],
)
def test_an_estimate_is_too_many_where_its_least_is(number: int, answer: Match) -> None:
    assert _about(number, AT_MOST, 0.25) is answer


@pytest.mark.parametrize(
    ("number", "answer"),
    [(59, Match.YES), (60, Match.UNKNOWN), (99, Match.UNKNOWN), (100, Match.NO)],
)
def test_an_estimate_is_too_few_where_its_most_is(number: int, answer: Match) -> None:
    assert _about(number, AT_LEAST, 0.25) is answer


@pytest.mark.parametrize("number", [1, 1_000])
def test_an_estimate_that_may_be_off_by_anything_decides_no_number(number: int) -> None:
    assert _about(number, AT_MOST, None) is Match.UNKNOWN
    assert _about(number, AT_LEAST, None) is Match.UNKNOWN


def test_an_estimate_of_any_says_that_there_was_one() -> None:
    assert _about(3, ONE, None) is Match.NO
