"""Withdrawal areas by metres: each party's weapons are measured from its own line."""

from __future__ import annotations

from functools import cache

import pytest

from streams.agreement import Agreement
from streams.assess import assess
from streams.assessment import Assessment, Finding
from streams.decode import Refusal
from streams.documents.read import examine_agreement
from streams.events import Attribution, Point, Report
from streams.inforce import Register
from streams.vocabulary import AttributionBasis, Kind, Weapon
from tests.unit.examples import example
from tests.unit.geo import oracle
from tests.unit.geo.test_derive import away_m, edges_of
from tests.unit.streams.builders import NOON, OPERATOR, report

NAME = "withdrawal-strips.yaml"
BEHIND = {"government": ((38.98, 48.765), 0.0), "formations": ((38.98, 48.715), 180.0)}
"""A corner of each party's line, and the bearing of what lies behind it."""


@cache
def strips() -> Agreement:
    examined = examine_agreement(
        example.text(NAME), {"zones.geojson": example.text("zones.geojson")}
    )
    assert (examined.mistakes, examined.advice) == ((), ())
    assert examined.document is not None
    return examined.document


@cache
def register() -> Register:
    return Register((strips(),), (example.methodology(),))


def line_of(party: str) -> tuple[tuple[float, float], ...]:
    (line,) = [line for line in strips().baselines if line.party == party]
    return line.line.coordinates


def seen(party: str, weapon: Weapon, lon: float, lat: float) -> Report:
    return report(
        mission=example.MISSION,
        kind=Kind.WEAPON_PRESENCE,
        weapons=(weapon,),
        calibres_mm=(152.0,) if weapon is Weapon.ARTILLERY else (),
        observed_from=NOON,
        location=Point(lon=lon, lat=lat, accuracy_m=1.0),
        attribution=Attribution(party=party, basis=AttributionBasis.HIGHLY_PROBABLE),
    )


def judged(asked: Report) -> Assessment:
    result = assess(register(), (asked,), (OPERATOR,))[0]
    assert not isinstance(result, Refusal)
    return result.assessment


def of(found: Assessment, term: str) -> Finding:
    return next(finding for finding in found.findings if finding.term == term)


@pytest.mark.parametrize("party", BEHIND)
@pytest.mark.parametrize(
    ("weapon", "area", "km"),
    [
        (Weapon.ARTILLERY, "artillery", 25),
        (Weapon.MLRS, "rockets", 35),
        (Weapon.TACTICAL_MISSILE, "missiles", 70),
    ],
)
def test_each_partys_weapons_stay_their_distance_behind_its_own_line(
    party: str, weapon: Weapon, area: str, km: int
) -> None:
    corner, bearing = BEHIND[party]
    edges = edges_of(list(line_of(party)))
    for share in (0.5, 0.9, 0.99, 1.01, 1.05, 1.2):
        spot = oracle.direct(*corner, bearing, share * km * 1_000)
        verdict = "violation" if away_m(edges, *spot) < km * 1_000 else "no_violation"
        assert of(judged(seen(party, weapon, *spot)), f"{party}-{area}").verdict == verdict


def test_no_party_is_bound_behind_the_others_line() -> None:
    for party, other in (("government", "formations"), ("formations", "government")):
        corner, bearing = BEHIND[party]
        within = oracle.direct(*corner, bearing, 10_000)
        found = judged(seen(other, Weapon.ARTILLERY, *within))
        assert of(found, f"{party}-artillery").verdict == "not_applicable"
        assert of(found, f"{other}-artillery").verdict == "no_violation"


def test_a_disputed_outline_is_shown_as_each_party_draws_it() -> None:
    fire = report(
        mission=example.MISSION,
        observed_from=NOON,
        location=Point(lon=38.41, lat=48.68, accuracy_m=9),
    )
    finding = of(judged(fire), "no-fire")
    assert (finding.verdict, finding.rule) == ("cannot_determine", "claims_differ")
    assert {claim.party: claim.verdict for claim in finding.claims} == {
        "government": "violation",
        "formations": "no_violation",
    }
