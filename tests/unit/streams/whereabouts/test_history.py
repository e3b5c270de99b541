"""A file of reports gives the same whereabouts whatever the order of its lines."""

from __future__ import annotations

import random
from collections.abc import Iterable

from streams.gather import Refused
from streams.inforce import Register
from streams.whereabouts.fold import Whereabouts, encode_whereabouts
from streams.whereabouts.history import fold_history
from tests.unit.streams.builders import agreement, line, methodology, report
from tests.unit.streams.whereabouts.scenes import (
    INSIDE,
    OUTSIDE,
    REGISTER,
    SUBJECT,
    minutes,
    seen,
    spells_of,
)

VISIT = [seen(0, OUTSIDE), seen(10, INSIDE), seen(20, INSIDE), seen(30, OUTSIDE)]


def folded(lines: Iterable[bytes], register: Register = REGISTER) -> list[Whereabouts]:
    return [x for x in fold_history(register, lines) if isinstance(x, Whereabouts)]


def test_two_patrols_that_name_one_ref_saw_one_subject() -> None:
    by_two = [*VISIT[:2], seen(20, INSIDE, source="patrol-2"), *VISIT[3:]]
    (found,) = folded(map(line, by_two))
    assert minutes(spells_of(found)[0]) == (0, 10, 20, 30)


def test_a_retraction_that_comes_late_takes_the_sighting_out() -> None:
    withdrawn = report("late", retracts="m20")
    (found,) = folded(map(line, [*VISIT, withdrawn]))
    assert minutes(spells_of(found)[0]) == (0, 10, 10, 30)


def test_a_subject_whose_every_sighting_is_withdrawn_is_still_named() -> None:
    (found,) = folded(map(line, [VISIT[0], report("late", retracts="m0")]))
    assert (found.subject_ref, found.sightings, found.spells) == (SUBJECT, 0, ())


def test_order_and_repetition_of_lines_change_no_byte() -> None:
    others = [seen(5, INSIDE, id="o", subject_ref="other"), report("fire"), VISIT[1]]
    lines = [line(one) for one in [*VISIT, *others, report("late", retracts="m20")]]
    first = [encode_whereabouts(found) for found in folded(lines)]
    for seed in range(20):
        shuffled = lines * 2
        random.Random(seed).shuffle(shuffled)
        assert [encode_whereabouts(found) for found in folded(shuffled)] == first


def test_lines_that_cannot_be_read_or_judged_are_refused_with_their_number() -> None:
    foreign = seen(0, INSIDE, mission="elsewhere")
    found = list(fold_history(REGISTER, [b"{", line(foreign), line(VISIT[0])]))
    refused = [x for x in found if isinstance(x, Refused)]
    assert [(x.line, x.refusal.reason) for x in refused] == [
        (1, "malformed_json"),
        (2, "unknown_mission"),
    ]


def test_missions_are_apart() -> None:
    register = Register(
        (agreement(), agreement(mission="elsewhere")),
        (methodology(), methodology(mission="elsewhere")),
    )
    foreign = seen(0, INSIDE, mission="elsewhere")
    found = folded(map(line, [foreign, VISIT[1]]), register)
    assert [(x.mission, x.sightings) for x in found] == [("elsewhere", 1), ("mission", 1)]
