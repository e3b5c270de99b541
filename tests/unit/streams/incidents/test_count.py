"""Counting rules: what becomes of each report's number, and that the lines reconcile."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.events import Count
from streams.incidents.breach import Breach
from streams.incidents.count import ONE, PERHAPS, Counted, Counting, counted, total
from streams.incidents.observed import Number
from streams.vocabulary import Kind, Verdict
from tests.unit.streams.incidents.scenes import breach

RULE = Counting.SERIES_OF_30


def shots(id_: str, minute: float, least: int, most: int | None = -1, **more: object) -> Breach:
    top = least if most == -1 else most
    return breach(id_, minute, count=Count(min=least, max=top), **more)  # type: ignore[arg-type]


def numbers(*breaches: Breach) -> list[Number | None]:
    return [it.counted for it in counted(breaches, RULE)]


def test_thirty_with_no_hours_gap_are_one_where_the_first_stands() -> None:
    assert numbers(shots("a", 0, 20), shots("b", 59, 10)) == [ONE, Number(0, 0)]
    assert numbers(shots("a", 0, 20), shots("b", 59, 9)) == [Number(20, 20), Number(9, 9)]


def test_an_hours_gap_ends_a_series_and_what_lasts_bridges_it() -> None:
    assert numbers(shots("a", 0, 20), shots("b", 60, 10)) == [Number(20, 20), Number(10, 10)]
    assert numbers(shots("a", 0, 20, lasts_min=30), shots("b", 89, 10)) == [ONE, Number(0, 0)]


def test_other_zones_verdicts_and_what_is_no_discharge_make_no_series() -> None:
    here = shots("a", 0, 20)
    assert numbers(here, shots("b", 1, 20, zone="y")) == [Number(20, 20)] * 2
    possible = shots("b", 1, 20, verdict=Verdict.POSSIBLE_VIOLATION)
    assert numbers(here, possible) == [Number(20, 20)] * 2
    guns = replace(shots("b", 1, 40), kind=Kind.WEAPON_PRESENCE)
    assert numbers(here, guns) == [Number(20, 20), Number(40, 40)]


def test_what_may_be_thirty_may_be_one_or_fewer_than_thirty() -> None:
    assert numbers(shots("a", 0, 20, 40)) == [PERHAPS]
    assert numbers(shots("a", 0, 20, None)) == [PERHAPS]
    assert numbers(shots("a", 0, 30, None)) == [ONE]


def test_who_gives_no_number_adds_none_and_goes_on_with_the_series() -> None:
    quiet = breach("b", 50)
    told = counted([shots("a", 0, 20), quiet, shots("c", 100, 10)], RULE)
    assert [it.counted for it in told] == [ONE, Number(0, 0), Number(0, 0)]
    assert told[1].observed is None
    assert numbers(quiet) == [None]


def observed(told: list[Counted]) -> Number:
    return total(it.observed for it in told)


@given(
    st.lists(
        st.builds(
            shots,
            st.uuids().map(str),
            st.integers(0, 600),
            st.integers(1, 25),
            st.sampled_from([-1, 40, None]),
            zone=st.sampled_from(["z", "y"]),
            lasts_min=st.sampled_from([0, 0, 50]),
        ),
        max_size=25,
    ),
    st.randoms(use_true_random=False),
)
def test_a_restated_total_is_the_old_one_and_its_differences(
    breaches: list[Breach], chance: object
) -> None:
    plain, restated = counted(breaches, Counting.OBSERVED_EVENTS), counted(breaches, RULE)
    assert not any(it.differs for it in plain)
    assert [it.breach for it in plain] == [it.breach for it in restated]
    assert observed(restated) == observed(plain)
    moved = sum(
        (it.counted or Number(0, 0)).min - (it.observed or Number(0, 0)).min
        for it in restated
        if it.differs
    )
    assert total(it.counted for it in restated).min == observed(plain).min + moved
    shuffled = list(breaches)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert counted(shuffled, RULE) == restated
