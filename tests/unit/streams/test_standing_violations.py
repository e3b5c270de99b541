"""What stands is open until a report says that it is gone, in whatever order the reports came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from streams.agreement import Agreement, Where
from streams.decode import Refusal
from streams.dossier import Dossier, Version, read_dossiers
from streams.events import Count, Report
from streams.standing_violations import (
    EndedAs,
    StandingViolation,
    Telling,
    standing_violations,
)
from streams.vocabulary import Authentication, Kind, Presence
from streams.whereabouts.sighting import sightings_of
from tests.unit.streams.builders import (
    FAR_LON,
    NOON,
    SOURCE,
    agreement,
    hours,
    point,
    register,
    report,
    term,
    zone,
)

GUN = "gun-7"
WITHDRAWN = agreement(terms=(term("t", prohibits=(Kind.WEAPON_PRESENCE,)),))
EDGE = point(38.0495)
"""Mostly in the zone: a possible violation."""


def gun(hour: float, presence: Presence | None = None, **changes: object) -> Report:
    fields: dict[str, object] = {
        "kind": Kind.WEAPON_PRESENCE,
        "observed_from": NOON + hours(hour),
        "subject_ref": GUN,
        "presence": presence,
    }
    return report(f"h{hour:g}", **(fields | changes))


def gone(hour: float, **changes: object) -> Report:
    return gun(hour, Presence.GONE, **changes)


def tell(said: Report, agreed: Agreement = WITHDRAWN) -> Telling:
    dossier = Dossier((Version(said, Authentication.OPERATOR, None),))
    sighting = sightings_of(dossier)[GUN]
    assert sighting is not None
    (judged,) = read_dossiers(register(agreed), [dossier])
    assert not isinstance(judged, Refusal)
    return Telling(sighting, judged.assessment)


def stand(*reports: Report, agreed: Agreement = WITHDRAWN) -> list[StandingViolation]:
    return standing_violations(tell(said, agreed) for said in reports)


def ended(*reports: Report, agreed: Agreement = WITHDRAWN) -> list[float | None]:
    """Of each violation that stands, in order, by which hour after noon it was over."""
    return [
        None if it.end is None else (it.end.by - NOON) / hours(1)
        for it in stand(*reports, agreed=agreed)
    ]


def since(*reports: Report) -> list[float]:
    return [(it.since - NOON) / hours(1) for it in stand(*reports)]


def test_a_violation_stands_until_a_report_says_gone() -> None:
    assert ended(gun(0)) == [None]
    (it,) = stand(gun(0), gone(2))
    assert (it.source, it.id, it.term, it.since) == (SOURCE, "h0", "t", NOON)
    assert it.end is not None
    assert (it.end.by, it.end.how) == (NOON + hours(2), EndedAs.GONE)
    assert it.end.event == f"{SOURCE}/h2"


def test_several_reports_of_one_thing_stand_since_the_first() -> None:
    assert since(gun(0), gun(1), gun(3)) == [0, 0, 0]
    assert ended(gun(0), gun(1), gone(2)) == [2, 2]


def test_what_is_there_again_stands_anew() -> None:
    reports = gun(0), gone(1), gun(2), gun(3)
    assert ended(*reports) == [1, None, None]
    assert since(*reports) == [0, 2, 2]


@pytest.mark.parametrize(
    ("word", "how"),
    [
        (gun(1, Presence.NOT_FOUND), EndedAs.NOT_FOUND),
        (gun(1, count=Count(min=0, max=0)), EndedAs.NOT_FOUND),
        (gone(1), EndedAs.GONE),
        (gun(1, location=point(FAR_LON)), EndedAs.SEEN_OUTSIDE),
    ],
)
def test_who_looked_there_or_saw_it_elsewhere_ends_it(word: Report, how: EndedAs) -> None:
    (it,) = stand(gun(0), word)
    assert it.end is not None
    assert it.end.how is how


@pytest.mark.parametrize(
    "word",
    [
        gun(1, location=None),
        gun(1, location=point(38.0505)),
        gun(1, weapons=()),
        gone(1, location=None),
        gone(1, location=point(FAR_LON)),
        gone(1, location=point(38.0505)),
        gun(1, Presence.NOT_FOUND, location=point(FAR_LON)),
        gun(1, count=Count(min=0)),
        gun(1, count=Count(min=0), location=point(FAR_LON)),
        gone(0),
        gone(-1),
        gone(-1, observed_to=NOON),
        gone(-1, observed_to=NOON + hours(1)),
        gun(1, kind=Kind.TROOP_MOVEMENT, location=point(FAR_LON)),
    ],
    ids=lambda said: f"{said.id}-{said.presence}-{said.location}"[:40],
)
def test_what_is_undetermined_or_not_surely_later_or_not_there_ends_nothing(word: Report) -> None:
    assert ended(gun(0), word)[0] is None


def test_who_looked_less_far_inside_than_it_was_seen_ends_nothing() -> None:
    assert ended(gun(0), gone(1, location=EDGE)) == [None]
    assert ended(gun(0, location=EDGE), gone(1, location=EDGE)) == [1]


def test_what_may_lie_between_two_reports_parts_them() -> None:
    perhaps = gone(0.5, observed_to=NOON + hours(3))
    assert since(gun(0), gun(1), perhaps) == [0, 1]
    assert ended(gun(0), gun(1), perhaps) == [3, None]


def test_a_word_of_gone_from_elsewhere_ends_nothing_and_leaves_open_since_when_it_stood() -> None:
    reports = gun(0), gone(1, location=point(FAR_LON)), gun(2)
    assert ended(*reports) == [None, None]
    assert since(*reports) == [0, 2]


def test_what_happens_does_not_stand() -> None:
    fire = agreement(terms=(term("t", prohibits=(Kind.TROOP_MOVEMENT, Kind.UAV_FLIGHT)),))
    for kind in (Kind.TROOP_MOVEMENT, Kind.UAV_FLIGHT):
        assert stand(gun(0, kind=kind), agreed=fire) == []


def test_a_claim_to_be_of_the_future_ends_nothing() -> None:
    told = [tell(gun(0)), tell(gone(1))]
    ahead = changed(told[1].sighting.looks[0], received_at=NOON)
    told[1] = Telling(changed(told[1].sighting, looks=(ahead,)), told[1].assessment)
    assert [it.end for it in standing_violations(told)] == [None]


def test_what_is_missing_from_where_it_must_be_is_missing_until_it_is_seen_there() -> None:
    stored = agreement(terms=(term("t", prohibits=(), requires=(Kind.WEAPON_PRESENCE,)),))
    missing = gun(0, Presence.NOT_FOUND)
    assert ended(missing, agreed=stored) == [None]
    assert ended(missing, gun(1, location=point(FAR_LON)), agreed=stored) == [None]
    (it,) = stand(missing, gun(1), agreed=stored)
    assert it.end is not None
    assert it.end.how is EndedAs.THERE_AGAIN


def test_under_a_term_of_everywhere_only_the_word_gone_ends_it() -> None:
    anywhere = agreement(
        terms=(term("t", prohibits=(Kind.WEAPON_PRESENCE,), where=Where(everywhere=True)),)
    )
    assert ended(gun(0), gun(1, Presence.NOT_FOUND), agreed=anywhere) == [None]
    assert ended(gun(0), gone(1), agreed=anywhere) == [1]


def test_each_term_is_told_by_itself() -> None:
    agreed = agreement(
        zones=(zone(), zone("y")),
        terms=(
            term("t", prohibits=(Kind.WEAPON_PRESENCE,)),
            term("u", ("y",), prohibits=(Kind.WEAPON_PRESENCE, Kind.TROOP_MOVEMENT)),
        ),
    )
    moved = gun(1, kind=Kind.TROOP_MOVEMENT, location=point(FAR_LON))
    assert ended(gun(0), moved, agreed=agreed) == [None, 1]


class Said(NamedTuple):
    """A report as the oracle reads it: minutes after noon."""

    start: int
    end: int
    word: str


MADE = {
    "there": (None, point()),
    "edge": (None, point(38.0505)),
    "gone": (Presence.GONE, point()),
    "not_found": (Presence.NOT_FOUND, point()),
    "elsewhere": (None, point(FAR_LON)),
    "gone_elsewhere": (Presence.GONE, point(FAR_LON)),
}
OVER = {"gone", "not_found", "elsewhere"}
DOUBTED = {*OVER, "gone_elsewhere"}
"""Words by which nobody can say that it went on all the time."""


@st.composite
def histories(draw: st.DrawFn) -> list[Said]:
    made = []
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, 8))
        end = start + draw(st.sampled_from([0, 0, 0, 1, 3]))
        made.append(Said(start, end, draw(st.sampled_from([*MADE, "there", "there"]))))
    return made


def reports_of(history: Iterable[Said]) -> list[Report]:
    return [
        changed(
            gun(it.start, MADE[it.word][0], location=MADE[it.word][1]),
            id=f"r{number}",
            observed_to=NOON + hours(it.end),
        )
        for number, it in enumerate(history)
    ]


def naive(history: list[Said]) -> dict[str, tuple[int, int | None]]:
    """Hour by hour: walk from a report to later ones, and to earlier ones, until one says over."""
    told = {}
    for number, own in enumerate(history):
        if own.word != "there":
            continue
        over_by = [
            hour
            for hour in range(30)
            if any(w.word in OVER and own.end < w.start and w.end == hour for w in history)
        ]
        first = own.end
        for start in range(own.start, -1, -1):
            seen = [w.end for w in history if w.word == "there" and w.start == start]
            if any(w.word in DOUBTED and w.start <= own.end and w.end >= start for w in history):
                break
            first = min([first, *seen])
        told[f"r{number}"] = (first, over_by[0] if over_by else None)
    return told


@given(histories())
def test_the_fold_agrees_with_a_walk_hour_by_hour(history: list[Said]) -> None:
    found = {
        it.id: (
            round((it.since - NOON) / hours(1)),
            None if it.end is None else round((it.end.by - NOON) / hours(1)),
        )
        for it in stand(*reports_of(history))
    }
    assert found == naive(history)


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_reports_is_nothing(history: list[Said], rng: object) -> None:
    reports = reports_of(history)
    shuffled = list(reports)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert stand(*shuffled) == stand(*reports)
