"""`judge`, through every stage, agrees with an oracle written another way on random scenes."""

from __future__ import annotations

import math
from collections import Counter
from random import Random

import pytest
from geographiclib.geodesic import Geodesic

from streams.assess import Judged, assess
from streams.inforce import Register
from streams.vocabulary import Verdict
from tests.unit.streams.judge_oracle import (
    SHARE_ERROR,
    Question,
    Told,
    destination,
    shares_of,
    told,
)
from tests.unit.streams.scenes import (
    random_agreement,
    random_context,
    random_methodology,
    random_report,
)

SCENES, REPORTS = 50, 55
# The reason of the table that each rule speaks for.
REASON = {
    "report_retracted": "report",
    "retraction": "report",
    "report_superseded": "report",
    "exercise": "report",
    "nothing_there": "nothing",
    "other_weapon": "weapon",
    "other_party": "party",
    "other_time": "date",
    "outside": "outside",
    "from_future": "future",
    "location_unknown": "location",
    "mostly_outside": "share",
    "straddles_edge": "edge",
    "weapon_unknown": "weapon",
    "party_unknown": "party",
    "perhaps_none": "count",
    "likely_inside": "share",
    "unauthenticated": "authentication",
    "grading_below_minimum": "grading",
    "means_insufficient": "means",
    "monitor_contradicts": "monitor",
    "weapon_partly_named": "weapon",
    "inside": "inside",
}


def scene(seed: int) -> list[tuple[Question, Judged]]:
    rng = Random(seed)
    agreed, method = random_agreement(rng), random_methodology(rng)
    reports = [random_report(rng, agreed) for _ in range(REPORTS)]
    contexts = [random_context(rng, said) for said in reports]
    results = assess(Register((agreed,), (method,)), reports, contexts)
    asked = (
        Question(said, context, agreed, method)
        for said, context in zip(reports, contexts, strict=True)
    )
    return [
        (question, result)
        for question, result in zip(asked, results, strict=True)
        if isinstance(result, Judged)
    ]


def agrees(judged: Judged, expected: dict[str, Told]) -> bool:
    found = {finding.term: finding for finding in judged.assessment.findings}
    assert found.keys() == expected.keys()
    return all(
        found[term].verdict is said.verdict and REASON[found[term].rule] in said.reasons
        for term, said in expected.items()
    )


def test_judge_agrees_with_the_oracle() -> None:
    verdicts: Counter[Verdict] = Counter()
    rules: Counter[str] = Counter()
    near_a_threshold = total = 0
    for seed in range(SCENES):
        for question, judged in scene(seed):
            total += 1
            verdicts.update(finding.verdict for finding in judged.assessment.findings)
            rules.update(finding.rule for finding in judged.assessment.findings)
            shares = shares_of(question)
            if agrees(judged, told(question, shares)):
                continue
            assert shares is not None, (seed, question, judged.assessment)
            near_a_threshold += 1
            assert_within_error(question, judged, shares)
    assert total >= 2_000
    assert near_a_threshold < 0.03 * total
    assert set(REASON) == set(rules), "every rule decided at least once"
    assert min(verdicts[verdict] for verdict in Verdict) > 50


def assert_within_error(question: Question, judged: Judged, shares: dict[int, float]) -> None:
    """Where they differ, each share differs by less than the sampling error, and explains it."""
    zones = question.agreement.zones
    exact = {hit.zone: hit.p_inside for hit in judged.sight.hits}
    for number in exact.keys() | shares.keys():
        valid = zones[number].valid
        if valid is None or valid.touches(question.start, question.end):
            assert abs(exact.get(number, 0.0) - shares.get(number, 0.0)) < SHARE_ERROR
    assert agrees(judged, told(question, exact)), (question, judged.assessment)


def test_every_share_is_within_the_error_of_sampling() -> None:
    """Also where no threshold is near."""
    for seed in range(1_000, 1_008):
        for question, judged in scene(seed):
            shares = shares_of(question) or {}
            for hit in judged.sight.hits:
                assert abs(hit.p_inside - shares.get(hit.zone, 0.0)) < SHARE_ERROR


@pytest.mark.parametrize("lat", [-58.0, 0.0, 31.0, 58.0])
@pytest.mark.parametrize("bearing", range(0, 360, 45))
def test_the_oracles_own_geodesic_is_good_to_a_decimetre(lat: float, bearing: int) -> None:
    true = Geodesic.WGS84.Direct(lat, 20.0, bearing, 10_000.0)
    angle = math.radians(bearing)
    east, north = 10_000.0 * math.sin(angle), 10_000.0 * math.cos(angle)
    lon, reached = destination((20.0, lat), east, north)
    assert Geodesic.WGS84.Inverse(true["lat2"], true["lon2"], reached, lon)["s12"] < 0.1
