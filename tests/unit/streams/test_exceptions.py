"""An exception changes a verdict and no count, and a wider one never adds a violation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from streams.agreement import Exemption, Where
from streams.assessment import Assessment, Context, encode_assessment
from streams.context.facts import MissionContext, Notification
from streams.events import Count, PartyPlea
from streams.vocabulary import (
    Activity,
    Authentication,
    ExceptionName,
    Kind,
    Plea,
    Verdict,
)
from tests.unit.streams.builders import (
    NOON,
    OPERATOR,
    agreement,
    assessment,
    attribution,
    hours,
    point,
    report,
    square,
    term,
    zone,
)

ZONES = (zone("y", square(38.04, half=0.03)), zone("z"))
ACTIVITY = {
    ExceptionName.LIVE_FIRE_EXERCISE_OUTSIDE_ZONE: Activity.LIVE_FIRE_EXERCISE,
    ExceptionName.NOTIFIED_DEMINING: Activity.DEMINING,
    ExceptionName.NOTIFIED_MOVEMENT: Activity.MOVEMENT,
    ExceptionName.NOTIFIED_REPAIR: Activity.REPAIR,
}
HOURS = st.integers(-3, 3).map(hours)


@st.composite
def exemptions(draw: st.DrawFn) -> Exemption:
    name = draw(st.sampled_from(ExceptionName))
    exercise = name is ExceptionName.LIVE_FIRE_EXERCISE_OUTSIDE_ZONE
    return Exemption(
        name=name,
        notice_hours=draw(st.sampled_from([0.0, 2.0, 24.0])),
        kinds=draw(st.sampled_from([(), (Kind.EXPLOSION,), (Kind.SHOT,)])),
        outside=Where(zones=draw(st.sampled_from([("y",), ("z",)]))) if exercise else None,
    )


@st.composite
def notifications(draw: st.DrawFn) -> Notification:
    start = NOON + draw(HOURS)
    return Notification(
        activity=draw(st.sampled_from(Activity)),
        zones=draw(st.sampled_from([("y",), ("z",), ("y", "z"), ()])),
        start=start,
        end=start + hours(draw(st.integers(1, 4))),
        notified_at=NOON - draw(st.sampled_from([hours(48), hours(2), hours(0)])),
        by=draw(st.sampled_from(["north", "south"])),
    )


@st.composite
def scenes(draw: st.DrawFn) -> tuple[dict[str, Any], Exemption, Notification]:
    said: dict[str, Any] = {
        "location": draw(st.sampled_from([point(), point(38.05, accuracy_m=900.0), None])),
        "observed_to": draw(st.sampled_from([None, NOON + hours(1)])),
        "attribution": draw(st.sampled_from([None, attribution("north"), attribution("south")])),
        "assessed_as": draw(st.sampled_from([None, Activity.LIVE_FIRE_EXERCISE])),
        "count": Count(min=3, max=3),
    }
    return said, draw(exemptions()), draw(notifications())


def wider(exemption: Exemption, word: Notification) -> list[tuple[Exemption, Notification]]:
    """The same exception, each time by one thing wider."""
    return [
        (changed(exemption, notice_hours=0.0), word),
        (changed(exemption, kinds=()), word),
        (changed(exemption, outside=None), word),
        (exemption, changed(word, start=word.start - hours(2))),
        (exemption, changed(word, end=word.end + hours(2))),
        (exemption, changed(word, notified_at=word.notified_at - hours(48))),
        (exemption, changed(word, zones=("y", "z"))),
    ]


def judged(
    said: dict[str, Any], exemption: Exemption | None, word: Notification, where: Where
) -> Assessment:
    excepted = () if exemption is None else (exemption,)
    agreed = agreement(zones=ZONES, terms=(term(where=where, exceptions=excepted),))
    start, end = NOON, NOON + timedelta(hours=1)
    known = MissionContext.of([word]).touching(start, end).notifications
    return assessment(
        report(**said), agreed, context=Context(Authentication.OPERATOR, notifications=known)
    )


RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}


@given(scene=scenes(), where=st.sampled_from([Where(zones=("y", "z")), Where(everywhere=True)]))
@settings(max_examples=150, deadline=None)
def test_a_wider_exception_never_adds_a_violation(
    scene: tuple[dict[str, Any], Exemption, Notification], where: Where
) -> None:
    said, exemption, word = scene
    before = judged(said, exemption, word, where)
    assert RANK[before.verdict] <= RANK[judged(said, None, word, where).verdict]
    for broader, said_wider in wider(exemption, word):
        after = judged(said, broader, said_wider, where)
        assert RANK[after.verdict] <= RANK[before.verdict]
        assert after.count == before.count == Count(min=3, max=3)


def test_that_a_party_pleads_self_defence_changes_no_byte_of_the_assessment() -> None:
    pleaded = report(pleas=(PartyPlea(party="north", plea=Plea.SELF_DEFENCE),))
    assert encode_assessment(assessment(pleaded)) == encode_assessment(assessment())
    assert msgspec.json.decode(msgspec.json.encode(pleaded))["pleas"] == [
        {"party": "north", "plea": "self_defence"}
    ]


def test_what_was_notified_stands_in_the_digest_of_the_context_alone() -> None:
    word = Notification(
        activity=Activity.REPAIR,
        zones=("z",),
        start=NOON,
        end=NOON + hours(1),
        notified_at=NOON,
        by="north",
    )
    known = Context(Authentication.OPERATOR, notifications=(word,))
    told, plain = assessment(context=known), assessment(context=OPERATOR)
    assert told.context != plain.context
    assert msgspec.structs.replace(told, context=plain.context) == plain
