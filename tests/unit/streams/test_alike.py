"""Reports that are alike are judged once, and none is judged otherwise than by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import msgspec
import pytest
from msgspec.structs import replace

from streams.agreement import Agreement, Calibres, Exemption, Validity, Where
from streams.assess import Judged, assess, encode_lines
from streams.assessment import Context, encode_assessment
from streams.context.facts import PhaseBegan
from streams.decode import Refusal
from streams.events import Count, MonitorSide, Report
from streams.geofence import geofence
from streams.history import judge_history
from streams.inforce import Register
from streams.judge import judge
from streams.methodology import Methodology
from streams.sight import Sight
from streams.vocabulary import (
    Activity,
    Authentication,
    Detail,
    ExceptionName,
    Kind,
    Means,
    Presence,
    Side,
    Weapon,
)
from streams.when.edges import Observed
from tests.unit.examples import example
from tests.unit.streams.builders import (
    FAR_LON,
    NOON,
    OPERATOR,
    agreement,
    attribution,
    grading,
    hours,
    methodology,
    point,
    report,
    square,
    term,
    zone,
)
from tests.unit.streams.scenes import (
    random_agreement,
    random_full_context,
    random_methodology,
    random_report,
    said_otherwise,
    with_full_terms,
)

NAMES = ("r", "r-2", 'q"uote', "back\\slash")


def by_itself(register: Register, report: Report, context: Context) -> bytes:
    """Located, laid over zones and judged with nothing remembered, its bytes written in one go."""
    end = report.observed_to or report.observed_from
    pick = register.pick(report.mission, report.observed_from, end)
    assert pick is not None
    in_force = pick.in_force
    located = in_force.locator.locate([report])
    numbers = in_force.stretches.edges.numbers(Observed.of([report]))
    (hits,) = geofence(in_force, located.regions, numbers)
    sight = Sight(report, context, hits, located.unlocated.get(0), pick.straddles)
    return encode_assessment(judge(sight, in_force))


def bodies(results: Sequence[Judged | Refusal]) -> list[bytes]:
    return [result.body for result in results if isinstance(result, Judged)]


@pytest.mark.parametrize("seed", range(3))
def test_of_every_scene_each_is_judged_as_by_itself(seed: int) -> None:
    rng = Random(seed)
    agreed, method = random_agreement(rng), random_methodology(rng)
    places = [random_report(rng, agreed) for _ in range(5)]
    for _ in range(4):
        terms = with_full_terms(rng, agreed)
        register = Register((terms,), (method,))
        reports = [
            replace(said_otherwise(rng, rng.choice(places), agreed), id=rng.choice(NAMES))
            for _ in range(60)
        ]
        contexts = [
            OPERATOR if rng.random() < 0.7 else random_full_context(rng, report, terms)
            for report in reports
        ]
        batches = [slice(0, 20), slice(20, 60), slice(0, 60)]
        found = [bodies(assess(register, reports[it], contexts[it])) for it in batches]
        alone = [
            by_itself(register, report, context)
            for report, context in zip(reports, contexts, strict=True)
        ]
        assert found == [alone[it] for it in batches]


BASE = report(
    kind=Kind.ROUND,
    detail=Detail.INCOMING,
    calibres_mm=(120.0,),
    weapons=(Weapon.MORTAR,),
    attribution=attribution("north"),
    count=Count(min=5, max=5),
    observed_to=NOON,
)
TOLD_OTHERWISE: dict[str, dict[str, object]] = {
    "kind": {"kind": Kind.SHOT, "detail": None},
    "hour": {"observed_from": NOON + hours(2), "observed_to": NOON + hours(2)},
    "edge": {"observed_to": NOON + hours(2)},
    "place": {"location": point(FAR_LON)},
    "no place": {"location": None},
    "exercise": {"exercise": True},
    "retraction": {"retracts": "r-0"},
    "none": {"count": Count(min=0, max=0)},
    "perhaps none": {"count": Count(min=0, max=9)},
    "few": {"count": Count(min=1, max=1)},
    "presence": {"presence": Presence.GONE},
    "weapons": {"weapons": (Weapon.TANK,)},
    "party": {"attribution": attribution("south")},
    "grading": {"grading": grading("F6")},
    "means": {"means": (Means.THIRD_PARTY,)},
    "side": {"monitor_sides": (MonitorSide(zone="z", side=Side.OUTSIDE),)},
    "detail": {"detail": Detail.OUTGOING},
    "calibre": {"calibres_mm": (60.0,)},
    "activity": {"assessed_as": Activity.LIVE_FIRE_EXERCISE},
}
KNOWN_OTHERWISE = {
    "nobody vouches": Context(Authentication.NO_TAG),
    "superseded": replace(OPERATOR, superseded_by="r-2"),
    "retracted": replace(OPERATOR, retracted_by="r-2"),
    "from the future": replace(OPERATOR, received_at=NOON - hours(9)),
    "phase": replace(OPERATOR, phases=(PhaseBegan(phase="one", at=NOON),)),
}


def exacting(**narrowed: object) -> Register:
    """A term that asks for whatever a term can ask for, and one beside it that ends."""
    asks_all = term(
        "t",
        ("z",),
        prohibits=(Kind.ROUND, Kind.SHOT),
        weapons=(Weapon.MORTAR,),
        binds=("north",),
        valid=Validity(from_=NOON - hours(99), to=NOON + hours(1)),
        **narrowed,
    )
    zones = (zone(), zone("far", square(FAR_LON + 1)))
    return Register((agreement(zones=zones, terms=(asks_all,)),), (methodology(),))


FINER = {
    "details": (Detail.INCOMING,),
    "calibres": Calibres(min_mm=100.0),
    "at_most": 3,
    "exceptions": (
        Exemption(
            name=ExceptionName.LIVE_FIRE_EXERCISE_OUTSIDE_ZONE, outside=Where(zones=("far",))
        ),
    ),
}


@pytest.mark.parametrize("narrowed", [{}, FINER], ids=["plain", "finer"])
def test_what_the_rules_see_is_not_alike(narrowed: dict[str, object]) -> None:
    register = exacting(**narrowed)
    told = [BASE] + [replace(BASE, **changes) for changes in TOLD_OTHERWISE.values()]
    pairs = [(it, OPERATOR) for it in told] + [(BASE, it) for it in KNOWN_OTHERWISE.values()]
    pairs = [*pairs, *reversed(pairs)]
    found = bodies(assess(register, [it for it, _ in pairs], [it for _, it in pairs]))
    alone = [by_itself(register, *pair) for pair in pairs]
    assert found == alone
    if narrowed:  # a shot has no details: of it is said what is said of BASE
        assert len(set(alone)) == len(pairs) / 2 - 1


def test_an_assessment_is_made_when_asked_for_and_is_what_its_bytes_say() -> None:
    told = [replace(BASE, **changes) for changes in TOLD_OTHERWISE.values()]
    results = assess(exacting(**FINER), told, [OPERATOR] * len(told))
    for result in results:
        assert isinstance(result, Judged)
        body = result.body
        assert encode_assessment(result.assessment) == body
        assert result.assessment is result.assessment


def amended(rng: Random) -> tuple[Agreement, Methodology, Agreement]:
    first, method = example.agreement(), example.methodology()
    at = rng.choice(list(example.reports().values())).observed_from
    second = replace(first, version=2, valid=replace(first.valid, from_=at))
    return first, method, second


def test_the_example_told_again_and_again_is_judged_as_by_itself() -> None:
    rng = Random(1)
    first, method, second = amended(rng)
    register = Register((first, second), (method,))
    told = [
        replace(
            report,
            id=f"{report.id}-{number}",
            observed_from=report.observed_from + shift,
            observed_to=report.observed_to and report.observed_to + shift,
            count=rng.choice([report.count, Count(min=0), Count(min=0, max=0), Count(min=3)]),
        )
        for number in range(2)
        for report in example.reports().values()
        for shift in [timedelta(hours=rng.choice([0, 0, rng.randrange(9000)]))]
    ]
    results = list(judge_history(register, map(msgspec.json.encode, told)))
    judged = [result for result in results if isinstance(result, Judged)]
    bodies_each = [by_itself(register, report, OPERATOR) for report in told]
    assert [result.body for result in judged] == bodies_each
    assert encode_lines(judged) == b"".join(body + b"\n" for body in bodies_each)


def test_lines_of_many_are_the_bodies_of_each_whatever_was_read_or_counted() -> None:
    told = [
        report('q"\u00fc\n', count=None),
        report("r-2", count=Count(min=0)),
        report("r-3", count=Count(min=1, max=2), exercise=True, attribution=attribution("north")),
    ]
    register = Register((agreement(),), (methodology(),))
    results = assess(register, told, [OPERATOR] * len(told))
    judged = [result for result in results if isinstance(result, Judged)]
    assert len(judged) == len(told)
    several = replace(judged[1], reading=replace(judged[1].assessment, versions=2))
    for some in ((), judged, (judged[0], several, judged[2])):
        assert encode_lines(some) == b"".join(
            encode_assessment(one.assessment) + b"\n" for one in some
        )
