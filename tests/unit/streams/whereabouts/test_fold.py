"""Where a subject was follows from the set of its sightings and the zones in force when seen."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.agreement import Claim, Validity, Zone
from streams.events import Area, Count, Report
from streams.inforce import Register
from streams.methodology import SightingRules
from streams.vocabulary import Presence
from streams.whereabouts.fold import (
    Answer,
    Open,
    encode_whereabouts,
    sightings_digest,
    whereabouts,
)
from tests.unit.streams.builders import (
    ALWAYS,
    LAT,
    MISSION,
    agreement,
    corridor,
    methodology,
    point,
    square,
    zone,
)
from tests.unit.streams.whereabouts.scenes import (
    EDGE,
    INSIDE,
    OUTSIDE,
    REGISTER,
    RULES,
    SUBJECT,
    after,
    fold,
    minutes,
    seen,
    sighting,
    spells_of,
    track,
)

VISIT = [seen(0, OUTSIDE), seen(10, INSIDE), seen(25, INSIDE + 0.01), seen(50, OUTSIDE)]


def register(**rules: float) -> Register:
    return Register((agreement(),), (methodology(sightings=SightingRules(**rules)),))


def test_a_visit_has_an_entry_an_exit_and_a_least_and_most_dwell() -> None:
    found = fold(VISIT)
    (visit,) = spells_of(found)
    assert minutes(visit) == (0, 10, 25, 50)
    assert (visit.least_s, visit.most_s) == (15 * 60, 50 * 60)
    assert (visit.first, visit.last, visit.sightings) == ("patrol-1/m10", "patrol-1/m25", 2)
    assert [minutes(s) for s in spells_of(found, Answer.OUTSIDE)] == [
        (None, 0, 0, 10),
        (25, 50, 50, None),
    ]
    assert found.sightings == 4


def test_an_exit_that_nobody_saw_is_not_known() -> None:
    (visit,) = spells_of(fold(VISIT[:3]))
    assert minutes(visit) == (0, 10, 25, None)
    assert visit.most_s is None


def test_between_sightings_too_far_apart_nothing_is_known() -> None:
    found = spells_of(fold([seen(0, INSIDE), seen(31, INSIDE)]))
    assert [minutes(spell)[1:3] for spell in found] == [(0, 0), (31, 31)]


def test_a_methodology_without_rules_lets_nothing_hold_between_sightings() -> None:
    found = fold(VISIT, Register((agreement(),), (methodology(),)))
    assert [minutes(spell) for spell in spells_of(found)] == [(0, 10, 10, 50), (0, 25, 25, 50)]


def test_a_line_between_two_sightings_outside_is_never_assumed() -> None:
    found = fold([seen(0, 37.9), seen(10, 38.1)])
    assert found.spells == ()


def test_a_track_gives_entry_and_exit_by_geometry() -> None:
    found = fold([track(0, 12, 37.9, 38.1)])
    (visit,) = spells_of(found)
    assert minutes(visit) == (0, 12, 0, 12)
    assert (visit.least_s, visit.most_s) == (0, 12 * 60)


def test_a_track_no_wider_known_than_the_zone_leaves_it_open() -> None:
    found = fold([track(0, 12, 37.9, 38.1, accuracy_m=20_000)])
    assert spells_of(found) == []
    assert [s.open_by for s in spells_of(found, Answer.UNDETERMINED)] == [Open.LOCATION]


def test_a_sighting_on_the_edge_is_undetermined_and_parts_what_lies_around_it() -> None:
    found = fold([seen(0, INSIDE), seen(5, EDGE), seen(10, INSIDE)])
    assert len(spells_of(found)) == 2
    (open_,) = spells_of(found, Answer.UNDETERMINED)
    assert (minutes(open_), open_.open_by) == ((0, 5, 5, 10), Open.LOCATION)


@pytest.mark.parametrize("presence", [Presence.GONE, Presence.NOT_FOUND])
def test_what_is_gone_is_inside_no_longer_and_nobody_knows_where(presence: Presence) -> None:
    found = fold([seen(0, INSIDE), seen(5, INSIDE, presence=presence), seen(10, INSIDE)])
    assert [minutes(spell)[1:3] for spell in spells_of(found)] == [(0, 0), (10, 10)]
    assert [s.open_by for s in spells_of(found, Answer.UNDETERMINED)] == [Open.GONE]


def test_not_found_somewhere_else_says_nothing_of_the_zone() -> None:
    found = fold([seen(0, INSIDE), seen(5, OUTSIDE, presence=Presence.NOT_FOUND), seen(9, INSIDE)])
    assert [minutes(spell)[1:3] for spell in spells_of(found)] == [(0, 9)]


def test_perhaps_none_is_no_presence() -> None:
    found = fold([seen(0, INSIDE, count=Count(min=0, max=3))])
    assert [s.answer for s in found.spells] == [Answer.UNDETERMINED]


def test_seen_at_some_time_of_an_interval_was_inside_at_no_known_instant() -> None:
    (visit,) = spells_of(fold([seen(0, INSIDE, observed_to=after(20)), seen(40, OUTSIDE)]))
    assert minutes(visit) == (None, 20, 0, 40)
    assert visit.least_s == 0


def test_clocks_that_may_be_off_widen_every_bound() -> None:
    (visit,) = spells_of(fold(VISIT, register(max_gap_s=1_800, clock_error_s=60)))
    assert minutes(visit) == (-1, 11, 24, 51)
    assert visit.least_s == 13 * 60


def test_clocks_that_may_be_off_leave_the_order_of_near_sightings_open() -> None:
    found = fold([seen(0, OUTSIDE), seen(1, INSIDE)], register(max_gap_s=1_800, clock_error_s=60))
    assert [minutes(spell)[0] for spell in spells_of(found)] == [None]


def test_in_two_places_at_one_instant_contradicts_itself_and_says_nothing() -> None:
    two = [seen(10, INSIDE), seen(10, 39.0, id="other", source="patrol-2")]
    found = fold([seen(0, OUTSIDE), *two, seen(20, OUTSIDE)])
    assert spells_of(found) == []
    assert [s.open_by for s in spells_of(found, Answer.UNDETERMINED)] == [Open.CONTRADICTED]
    (pair,) = found.contradictions
    assert {pair.first, pair.second} == {"patrol-1/m10", "patrol-2/other"}
    assert pair.within_s == 0
    assert pair.apart_m == pytest.approx(74_600 - 20 - 20, abs=200)


def test_faster_than_anything_goes_contradicts_itself() -> None:
    reports = [seen(0, INSIDE), seen(10, 39.0)]
    assert fold(reports).contradictions == ()
    assert fold(reports, register(max_speed_mps=200)).contradictions == ()
    (pair,) = fold(reports, register(max_speed_mps=100)).contradictions
    assert pair.within_s == 600
    assert fold(reports, register(max_speed_mps=100, clock_error_s=90)).contradictions == ()


def test_a_wide_location_that_holds_the_other_contradicts_nothing() -> None:
    wide = seen(10, 38.5, id="wide", location=point(38.5, LAT, 60_000.0))
    assert fold([seen(10, INSIDE), wide]).contradictions == ()


MOVED = agreement(
    zones=(
        zone(valid=Validity(from_=ALWAYS.from_, to=after(15))),
        zone(geometry=square(38.2), valid=Validity(from_=after(15))),
    )
)


def test_a_zone_that_moved_is_read_as_it_was_when_the_subject_was_seen() -> None:
    reports = [seen(0, INSIDE), seen(10, INSIDE), seen(20, INSIDE), seen(30, 38.2)]
    found = fold(reports, Register((MOVED,), (methodology(sightings=RULES),)))
    assert [minutes(spell) for spell in spells_of(found)] == [(None, 0, 10, 15), (20, 30, 30, None)]
    assert [minutes(s) for s in spells_of(found, Answer.OUTSIDE)] == [(15, 20, 20, 30)]


def test_a_sighting_across_the_move_says_nothing_of_either() -> None:
    across = seen(10, INSIDE, observed_to=after(20))
    found = fold([across], Register((MOVED,), (methodology(sightings=RULES),)))
    assert {s.open_by for s in found.spells} == {Open.ZONE_CHANGED}


def test_an_amendment_that_leaves_the_zone_as_it_is_cuts_nothing() -> None:
    amended = agreement(
        version=2,
        valid=Validity(from_=after(15)),
        zones=(zone(name="Another name"), zone("y", square(39.5))),
    )
    found = fold(VISIT, Register((agreement(), amended), (methodology(sightings=RULES),)))
    assert minutes(spells_of(found)[0]) == (0, 10, 25, 50)


def test_an_amendment_that_moves_the_zone_counts_however_late_it_was_loaded() -> None:
    amended = agreement(
        version=2, valid=ALWAYS, zones=(zone(geometry=square(OUTSIDE, half=0.005)),)
    )
    found = fold(VISIT, Register((agreement(), amended), (methodology(sightings=RULES),)))
    assert [minutes(spell)[1:3] for spell in spells_of(found)] == [(0, 0), (50, 50)]


def test_a_corridors_strip_is_a_zone_too() -> None:
    drawn = Register((agreement(corridors=(corridor(),)),), (methodology(sightings=RULES),))
    found = fold(VISIT, drawn)
    assert [minutes(spell)[1:3] for spell in spells_of(found, zone_id="corridor:c")] == [(0, 50)]


def test_what_is_seen_while_nothing_is_in_force_says_nothing() -> None:
    found = fold([seen(-60 * 24 * 365 * 20, INSIDE)])
    assert (found.sightings, found.spells) == (0, ())


def test_an_observation_from_the_future_says_nothing_of_any_time() -> None:
    early = sighting(seen(10, INSIDE))
    (look,) = early.looks
    ahead = type(early)((type(look)(look.report, after(10) - timedelta(seconds=61)),))
    (found,) = whereabouts(REGISTER, MISSION, [(SUBJECT, [ahead])])
    assert found.sightings == 0


def test_versions_that_differ_say_what_they_all_say() -> None:
    near = seen(10, INSIDE), seen(10, INSIDE + 0.001)
    far = seen(10, INSIDE), seen(10, OUTSIDE)
    unlike = [sighting(*near), sighting(*far)]
    agree, differ = whereabouts(REGISTER, MISSION, [("a", unlike[:1]), ("b", unlike[1:])])
    assert [s.answer for s in agree.spells] == [Answer.INSIDE]
    assert [s.answer for s in differ.spells] == [Answer.UNDETERMINED]


def test_an_unlocated_sighting_parts_nothing() -> None:
    found = fold([seen(0, INSIDE), seen(5, 0, location=None), seen(10, INSIDE)])
    assert [minutes(spell)[1:3] for spell in spells_of(found)] == [(0, 10)]


places = st.sampled_from([37.9, INSIDE, INSIDE + 0.01, EDGE, OUTSIDE, 39.0])


@st.composite
def histories(draw: st.DrawFn) -> list[Report]:
    found: list[Report] = []
    for number in range(draw(st.integers(1, 12))):
        at, lon = draw(st.integers(0, 90)), draw(places)
        form = draw(st.sampled_from(["point", "track", "area", "interval", "gone"]))
        name = {"id": f"n{number}", "source": draw(st.sampled_from(["patrol-1", "uav-2"]))}
        if form == "track":
            one = track(at, at + 5, lon, draw(places))
            found.append(seen(at, 0, location=one.location, observed_to=one.observed_to, **name))
        elif form == "area":
            found.append(seen(at, 0, location=Area(coordinates=square(lon).coordinates), **name))
        elif form == "interval":
            found.append(seen(at, lon, observed_to=after(at + draw(st.integers(0, 60))), **name))
        elif form == "gone":
            found.append(seen(at, lon, presence=Presence.GONE, **name))
        else:
            found.append(seen(at, lon, **name))
    return found


FAST = Register(
    (MOVED,),
    (methodology(sightings=SightingRules(max_gap_s=900, clock_error_s=5, max_speed_mps=60)),),
)


@settings(max_examples=25, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_order_repetition_and_company_change_no_byte(
    reports: Sequence[Report], rng: random.Random
) -> None:
    sightings = [sighting(one) for one in reports]
    (alone,) = whereabouts(FAST, MISSION, [(SUBJECT, sightings)])
    shuffled = [*sightings, *rng.sample(sightings, rng.randint(0, len(sightings)))]
    rng.shuffle(shuffled)
    *_, again = whereabouts(
        FAST, MISSION, [("other", [sighting(seen(3, INSIDE))]), (SUBJECT, shuffled)]
    )
    assert encode_whereabouts(again) == encode_whereabouts(alone)
    assert sightings_digest(shuffled) == sightings_digest(sightings)


CLAIMS = (
    Claim(party="north", geometry=square(OUTSIDE + 0.05)),
    Claim(party="south", geometry=square(INSIDE + 0.05)),
)
"""Of `z`: its middle lies in the south's claim alone, what lies outside of it in both."""


def test_a_subject_is_where_the_agreed_outline_has_it_whatever_parties_claim() -> None:
    disputed = agreement(zones=(zone(claims=CLAIMS),))
    claimed = fold(VISIT, Register((disputed,), (methodology(sightings=RULES),)))
    assert claimed.spells == fold(VISIT).spells


def test_where_no_outline_is_agreed_nobody_was_inside_for_certain() -> None:
    undrawn = zone(claims=CLAIMS)
    undrawn = Zone(id=undrawn.id, kind=undrawn.kind, name=undrawn.name, claims=CLAIMS)
    in_force = Register((agreement(zones=(undrawn,)),), (methodology(sightings=RULES),))
    found = fold(VISIT, in_force)
    assert spells_of(found) == spells_of(found, Answer.OUTSIDE) == []
    open_by = {spell.open_by for spell in spells_of(found, Answer.UNDETERMINED)}
    assert open_by == {Open.LOCATION}
    far = fold([*VISIT, seen(600, 40.0)], in_force)
    assert len(spells_of(far, Answer.OUTSIDE)) == 1
