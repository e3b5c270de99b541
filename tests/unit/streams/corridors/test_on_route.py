"""What a judged report does to a corridor: which of its parts, and why."""

from __future__ import annotations

import pytest

from streams.agreement import Chainage, Crossing, Segment, Where
from streams.assessment import Context
from streams.corridors.events import Effect
from streams.corridors.on_route import Bearing, corridors_touched, effects_on_corridors
from streams.events import Point, Report
from streams.methodology import CorridorRules, Methodology, WeaponReach
from streams.vocabulary import Authentication, Hazard, Kind, Presence, Weapon
from tests.unit.streams import builders
from tests.unit.streams.builders import LAT, LON, point

SUSPENDS, IMPEDES, UNSETTLES = Effect.SUSPENDS, Effect.IMPEDES, Effect.UNSETTLES
# The road is 0.4 degrees of longitude long, 29.85 km at this latitude.
KM = 0.4 / 29.85
ROAD = builders.corridor(
    chainage=Chainage(tolerance_m=250),
    segments=(Segment(id="west", to_km=10), Segment(id="middle", to_km=20), Segment(id="east")),
    crossings=(Crossing(id="bridge", at_km=5),),
)
AGREEMENT = builders.agreement(
    corridors=(ROAD,), terms=(builders.term(where=Where(everywhere=True)),)
)
OPERATOR = Context(authentication=Authentication.TOKEN)


def methodology(*reaches: WeaponReach) -> Methodology:
    return builders.methodology(corridor=CorridorRules(stale_after_s=3600, reaches=reaches))


def bearing(
    report: Report,
    *,
    context: Context = OPERATOR,
    vouched: bool = True,
    under: Methodology | None = None,
    others: tuple[Report, ...] = (),
) -> Bearing | None:
    judged = builders.judged(report, AGREEMENT, under or methodology(), context)
    found = effects_on_corridors(
        judged.assessment, judged.in_force, [report, *others], vouched=vouched
    )
    assert found.keys() <= corridors_touched(judged.assessment, judged.in_force)
    return found.get("c")


def at_km(km: float, north_m: float = 0.0, **more: object) -> Report:
    place = point(lon=LON - 0.2 + km * KM, lat=LAT + north_m / 111_200)
    return builders.report("r-1", **{"location": place, **more})


@pytest.mark.parametrize(
    ("km", "segments"),
    [
        (2.0, ("west",)),
        (5.0, ("bridge", "west")),
        (9.9, ("middle", "west")),
        (15.0, ("middle",)),
        (25.0, ("east",)),
    ],
)
def test_fire_bears_on_the_segments_that_it_touches(km: float, segments: tuple[str, ...]) -> None:
    assert bearing(at_km(km)) == Bearing(SUSPENDS, segments)


def test_fire_beside_the_road_does_nothing_to_it() -> None:
    assert bearing(at_km(15, 3_000)) is None


MORTARS = WeaponReach(weapons=(Weapon.MORTAR,), reach_m=2_500)


@pytest.mark.parametrize(
    ("weapons", "north_m", "found"),
    [
        ((Weapon.MORTAR,), 3_000, Bearing(SUSPENDS, ("middle",))),
        ((Weapon.MORTAR,), 3_480, Bearing(IMPEDES, ("middle",))),
        ((Weapon.MORTAR,), 4_000, None),
        ((Weapon.TANK,), 3_000, None),
        ((), 3_000, None),
    ],
)
def test_where_the_methodology_says_so_fire_bears_as_far_as_weapons_reach(
    weapons: tuple[Weapon, ...], north_m: float, found: Bearing | None
) -> None:
    assert bearing(at_km(15, north_m, weapons=weapons), under=methodology(MORTARS)) == found


def test_what_was_withdrawn_leaves_all_that_it_bore_on_to_be_seen_again() -> None:
    gone = Context(authentication=Authentication.TOKEN, retracted_by="later")
    far = at_km(15, 3_000, weapons=(Weapon.MORTAR,))
    assert bearing(far, context=gone, under=methodology(MORTARS)) == Bearing(UNSETTLES, ("middle",))
    assert bearing(at_km(15), context=gone) == Bearing(UNSETTLES, ("middle",))


def test_of_versions_that_differ_nobody_can_tell_which_segment_is_meant() -> None:
    assert bearing(at_km(15), others=(at_km(25),)) == Bearing(SUSPENDS, ())


@pytest.mark.parametrize(
    ("kind", "vouched", "found"),
    [
        (Kind.MINE_UXO, True, Bearing(SUSPENDS, ("middle",), Hazard.MINES)),
        (Kind.MINE_UXO, False, Bearing(IMPEDES, ("middle",), Hazard.MINES)),
        (Kind.ROAD_HAZARD, True, Bearing(IMPEDES, ("middle",), Hazard.OBSTACLE)),
        (Kind.TROOP_PRESENCE, True, None),
    ],
)
def test_a_hazard_counts_though_no_term_speaks_of_it(
    kind: Kind, found: Bearing | None, *, vouched: bool
) -> None:
    assert bearing(at_km(15, kind=kind), vouched=vouched) == found


def test_mines_that_are_gone_or_were_not_found_are_no_hazard() -> None:
    for presence in (Presence.GONE, Presence.NOT_FOUND):
        report = at_km(15, kind=Kind.MINE_UXO, presence=presence, subject_ref="field-1")
        assert bearing(report) is None


AREA = builders.access_area()
"""2.2 km to each side of its middle, at the reference point."""


@pytest.mark.parametrize(
    ("place", "weapons", "found"),
    [
        (point(), (), SUSPENDS),
        (point(lat=LAT + 0.02, accuracy_m=500), (), IMPEDES),
        (point(lat=LAT + 0.04), (), None),
        (point(lat=LAT + 0.04), (Weapon.MORTAR,), SUSPENDS),
        (point(lat=LAT + 0.06), (Weapon.MORTAR,), None),
    ],
)
def test_fire_bears_on_an_access_area_as_on_a_route(
    place: Point, weapons: tuple[Weapon, ...], found: Effect | None
) -> None:
    terms = (builders.term(where=Where(everywhere=True)),)
    under = builders.agreement(corridors=(AREA,), terms=terms)
    report = builders.report("r-1", location=place, weapons=weapons)
    judged = builders.judged(report, under, methodology(MORTARS), OPERATOR)
    told = effects_on_corridors(judged.assessment, judged.in_force, [report], vouched=True)
    assert told == ({"mills": Bearing(found)} if found else {})


def test_an_exercise_does_nothing() -> None:
    assert bearing(at_km(15, exercise=True)) is None
