"""Incidents: a function of the set of breaches, and what an oracle makes of the same set."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from streams.incidents.breach import Breach
from streams.incidents.fold import Incident, holding, incidents_digest, incidents_of
from streams.vocabulary import Verdict
from tests.unit.streams.incidents import oracle
from tests.unit.streams.incidents.scenes import METHODOLOGY, MISSION, RULES, breach, histories

FRONT_KM = 300


def fold(breaches: Iterable[Breach]) -> list[Incident]:
    return incidents_of(MISSION, breaches, {METHODOLOGY: RULES})


def ids(incident: Incident) -> frozenset[str]:
    return frozenset(it.id for it in incident.breaches)


def test_what_is_near_in_space_and_time_is_one_incident() -> None:
    (incident,) = fold([breach("a", 60, 0.0), breach("b", 70, 0.5), breach("c", 80, 1.2)])
    assert [it.id for it in incident.breaches] == ["a", "b", "c"]
    assert incident.day == date(2018, 2, 5)
    assert incident.zone == "z"


def test_on_both_sides_of_what_counts_as_near() -> None:
    here = breach("a", 60, 0, spread_m=0)
    assert len(fold([here, breach("b", 60, 0.99, spread_m=0)])) == 1
    assert len(fold([here, breach("b", 60, 1.01, spread_m=0)])) == 2
    assert len(fold([breach("a", 60), breach("b", 75)])) == 1
    assert len(fold([breach("a", 60), breach("b", 75.01)])) == 2


def test_zones_and_methodologies_are_apart() -> None:
    assert len(fold([breach("a"), breach("b", zone="y"), breach("c", zone=None)])) == 3


def test_what_has_no_known_place_is_an_incident_of_its_own() -> None:
    assert len(fold([breach("a"), breach("b", spread_m=None), breach("c", spread_m=None)])) == 3


def test_without_rules_each_breach_is_an_incident() -> None:
    both = [breach("a"), breach("b", source="patrol-2")]
    found = incidents_of(MISSION, both, {METHODOLOGY: None})
    assert [len(it.breaches) for it in found] == [1, 1]


def test_the_cut_off_ends_an_incident_and_the_next_continues_it() -> None:
    before, after = fold([breach("a", -5), breach("b", 5)])
    assert (before.day, after.day) == (date(2018, 2, 4), date(2018, 2, 5))
    assert after.continues == (before.id,)
    assert before.continues == ()


def test_all_of_a_chain_over_the_cut_off_is_continued() -> None:
    # a1 - b1 and, by the other end of the same incident of the evening, a2 - b2.
    found = fold(
        [
            *(breach(f"a{i}", -5 - i % 2, i * 0.8) for i in range(5)),
            breach("b1", 5, 0.0),
            breach("b2", 5, 3.2),
            breach("b3", 60, 3.2),
        ]
    )
    evening = next(it for it in found if it.day == date(2018, 2, 4))
    assert len(evening.breaches) == 5
    continued = {it.breaches[0].id: it.continues for it in found if it is not evening}
    assert continued == {"b1": (evening.id,), "b2": (evening.id,), "b3": ()}


def test_what_lies_between_two_days_continues_nothing_over_a_day_without_anything() -> None:
    days = fold([breach("a", -5), breach("b", 1_450)])
    assert all(it.continues == () for it in days)


def test_a_late_report_joins_two_and_a_retraction_splits_them() -> None:
    ends = [breach("a", 60, 0.0), breach("c", 60, 1.6)]
    apart = fold(ends)
    assert len(apart) == 2
    late = breach("b", 61, 0.8)
    (joined,) = fold([*ends, late])
    names = holding(MISSION, [joined])
    assert {names[it.id] for it in apart} == {joined.id}
    assert fold(ends) == apart


def test_an_earlier_report_gives_a_new_name_to_which_the_old_one_leads() -> None:
    (alone,) = fold([breach("b", 60)])
    (both,) = fold([breach("b", 60), breach("a", 55)])
    assert both.id != alone.id
    assert holding(MISSION, [both])[alone.id] == both.id


def test_a_front_under_heavy_fire_does_not_become_one_incident() -> None:
    # Somebody fires every 300 m and every ten minutes, all day long: pair by pair all is linked.
    chance = Random(7)
    front = [
        breach(f"r{step}-{minute}", minute + chance.random(), step * 0.3, spread_m=30.0)
        for step in range(int(FRONT_KM / 0.3))
        for minute in range(0, 1_440, 10)
    ]
    found = fold(front)
    assert sum(len(it.breaches) for it in found) == len(front)
    assert len(found) > FRONT_KM / 4
    for incident in found:
        along = [it.middle.lon for it in incident.breaches if it.middle is not None]
        assert (max(along) - min(along)) * 74.7 <= RULES.largest_m / 1_000
    assert all(it.adjoins for it in found)


def test_a_report_and_a_possible_violation_belong_together() -> None:
    (found,) = fold([breach("a"), breach("b", verdict=Verdict.POSSIBLE_VIOLATION)])
    assert len(found.breaches) == 2


@given(histories())
def test_the_oracle_agrees(breaches: list[Breach]) -> None:
    found = fold(breaches)
    assert {ids(it) for it in found} == oracle.groups(breaches, RULES)
    assert all(it.day == oracle.mission_day(b.start) for it in found for b in it.breaches)


@given(histories(most=25))
def test_what_continues_what_is_as_the_oracle_says(breaches: list[Breach]) -> None:
    found = fold(breaches)
    by_name = {it.id: ids(it) for it in found}
    pairs = {(ids(it), by_name[earlier]) for it in found for earlier in it.continues}
    assert pairs == oracle.continued(oracle.groups(breaches, RULES), breaches, RULES)


@given(histories(), st.randoms(use_true_random=False))
def test_order_and_repetition_give_one_digest(breaches: list[Breach], chance: Random) -> None:
    told = breaches + chance.choices(breaches, k=10) if breaches else []
    chance.shuffle(told)
    assert incidents_digest(fold(told)) == incidents_digest(fold(breaches))


@given(histories(), st.randoms(use_true_random=False))
def test_a_window_of_days_shows_what_the_whole_shows(
    breaches: list[Breach], chance: Random
) -> None:
    whole = fold(breaches)
    for day in sorted({it.day for it in whole}):
        days = {day, day - timedelta(days=1)}
        window = [it for it in breaches if oracle.mission_day(it.start) in days]
        chance.shuffle(window)
        shown = [it for it in fold(window) if it.day == day]
        assert shown == [it for it in whole if it.day == day]


@given(histories())
def test_every_report_is_in_one_incident_of_its_zone(breaches: list[Breach]) -> None:
    found = fold(breaches)
    assert sorted(it.id for one in found for it in one.breaches) == sorted(it.id for it in breaches)
    names = [it.id for it in found]
    assert len(set(names)) == len(names)
    assert set(holding(MISSION, found).values()) == set(names)
