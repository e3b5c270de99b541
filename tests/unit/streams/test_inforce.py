"""Which versions judge an interval, and what compiling them makes of zones and terms."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import permutations

import pytest

from geo.zones import ZoneSet
from streams.agreement import Agreement, Validity, Where, content_hash
from streams.inforce import Pick, Register, compile_in_force
from streams.outlines import CORRIDOR_PREFIX
from streams.vocabulary import Kind, ZoneKind
from tests.unit.streams.builders import (
    ALWAYS,
    MISSION,
    NOON,
    agreement,
    corridor,
    hours,
    methodology,
    term,
    zone,
)


def span(start: float, end: float | None) -> Validity:
    """Hours from noon."""
    return Validity(from_=NOON + hours(start), to=None if end is None else NOON + hours(end))


def pick(register: Register, start: float, end: float | None = None) -> Pick | None:
    first = NOON + hours(start)
    return register.pick(MISSION, first, first if end is None else NOON + hours(end))


def version_at(register: Register, start: float, end: float | None = None) -> tuple[int, bool]:
    found = pick(register, start, end)
    assert found is not None
    return found.in_force.agreement.version, found.straddles


def of(*agreements: Agreement) -> Register:
    return Register(agreements, (methodology(),))


V1, V2 = agreement(version=1, valid=span(-10, None)), agreement(version=2, valid=span(0, None))


def test_the_newest_version_in_force_judges() -> None:
    register = of(V1, V2)
    assert version_at(register, -1) == (1, False)
    assert version_at(register, 0) == (2, False)
    assert pick(register, -10.001) is None


def test_an_interval_across_an_amendment_straddles() -> None:
    register = of(V1, V2)
    assert version_at(register, -2, -1) == (1, False)
    assert version_at(register, -1, 0) == (2, True)
    assert version_at(register, 0, 1) == (2, False)


def test_the_end_of_a_version_that_is_amended_already_changes_nothing() -> None:
    register = of(agreement(version=1, valid=span(-10, 5)), V2)
    assert version_at(register, 4, 6) == (2, False)


def test_a_version_in_between_is_straddled() -> None:
    passing = agreement(version=2, valid=span(0, 1))
    register = of(V1, passing)
    assert version_at(register, 0.5) == (2, False)
    assert version_at(register, -1, 2) == (1, True)
    assert version_at(register, 1) == (1, False)


def test_what_was_in_force_at_some_time_of_the_interval_judges() -> None:
    ended = of(agreement(valid=span(-10, 0)))
    assert version_at(ended, -1, 1) == (1, True)
    assert version_at(ended, -11, 1) == (1, True)
    assert pick(ended, 0, 1) is None
    assert pick(ended, -12, -11) is None


def test_two_agreements_of_one_version_do_not_stand_for_each_other() -> None:
    first = agreement(id="first", valid=span(-10, 0))
    second = agreement(id="second", valid=span(0, None), terms=(term("other"),))
    register = of(first, second)
    before, after = pick(register, -1), pick(register, 1)
    assert before is not None
    assert after is not None
    assert (before.in_force.agreement, after.in_force.agreement) == (first, second)
    assert before.in_force.agreement_hash == content_hash(first)


def test_the_order_of_loading_decides_nothing() -> None:
    documents = (V1, V2, agreement(id="other", version=2, valid=span(0, None)))
    picked = {
        content_hash(found.in_force.agreement)
        for order in permutations(documents)
        if (found := pick(of(*order), 1)) is not None
    }
    assert len(picked) == 1


def test_a_mission_needs_both_documents() -> None:
    assert not Register((V1,), ()).knows(MISSION)
    assert not Register((), (methodology(),)).knows(MISSION)
    assert not Register((V1,), (methodology(mission="another"),)).knows(MISSION)
    assert of(V1).knows(MISSION)
    assert of(V1).pick("another", NOON, NOON) is None


def test_a_methodology_is_amended_like_an_agreement() -> None:
    register = Register((V1,), (methodology(), methodology(version=2, valid=span(0, None))))
    found = pick(register, -1, 1)
    assert found is not None
    assert found.straddles
    assert found.in_force.methodology.version == 2


def test_a_pair_of_versions_is_compiled_once() -> None:
    register = of(V1, agreement(version=2, valid=span(0, 1)))
    before, after = pick(register, -1), pick(register, 2)
    assert before is not None
    assert after is not None
    assert before.in_force is after.in_force


def test_a_term_speaks_of_zones_by_id_by_kind_and_by_corridor() -> None:
    in_force = compile_in_force(
        agreement(
            zones=(zone("a"), zone("b", kind=ZoneKind.STORAGE_SITE), zone("a"), zone("d")),
            corridors=(corridor("c"), corridor("e")),
            terms=(
                term("by-id", ("a",)),
                term("by-kind", where=Where(zone_kinds=(ZoneKind.STORAGE_SITE,))),
                term("by-corridor", where=Where(corridors=("e",))),
                term("all-corridors", where=Where(zone_kinds=(ZoneKind.CORRIDOR,))),
            ),
        ),
        methodology(),
    )
    zones = {t.term.id: sorted(t.zones) for t in in_force.terms_of[Kind.EXPLOSION]}
    assert zones == {
        "by-id": [0, 2],
        "by-kind": [1],
        "by-corridor": [5],
        "all-corridors": [4, 5],
    }
    assert in_force.zone_ids[5] == CORRIDOR_PREFIX + "e"
    assert in_force.corridor_of[CORRIDOR_PREFIX + "e"] == "e"


def test_terms_are_found_by_each_kind_once_and_sorted_by_id() -> None:
    twice = (Kind.SHOT, Kind.SHOT, Kind.BURST)
    in_force = compile_in_force(
        agreement(terms=(term("b", prohibits=twice), term("a", prohibits=(Kind.SHOT,)))),
        methodology(),
    )
    assert [t.term.id for t in in_force.terms_of[Kind.SHOT]] == ["a", "b"]
    assert [t.term.id for t in in_force.terms_of[Kind.BURST]] == ["b"]
    assert Kind.EXPLOSION not in in_force.terms_of


@pytest.mark.parametrize(
    ("start", "end", "covers", "touches"),
    [
        (-2, -1, False, False),
        (-1, 0, False, True),
        (0, 0, True, True),
        (0, 1, True, True),
        (0, 2, False, True),
        (1.999, 1.999, True, True),
        (2, 2, False, False),
        (2, 3, False, False),
        (-1, 3, False, True),
    ],
)
def test_a_validity_holds_its_start_and_not_its_end(
    start: float, end: float, *, covers: bool, touches: bool
) -> None:
    valid = span(0, 2)
    first: datetime = NOON + hours(start)
    last: datetime = NOON + hours(end)
    assert (valid.covers(first, last), valid.touches(first, last)) == (covers, touches)


def test_an_open_validity_never_ends() -> None:
    assert ALWAYS.covers(NOON, NOON + hours(1e6))


def test_only_the_newest_versions_are_indexed_and_nothing_else_changes() -> None:
    later = agreement(version=2, valid=Validity(from_=NOON + hours(5)))
    register = Register((agreement(), later), (methodology(),))
    asked: list[ZoneSet] = []

    def index(zones: ZoneSet, previous: ZoneSet | None) -> ZoneSet:
        assert previous is None
        asked.append(zones)
        return replace(zones)

    before = [register.pick(MISSION, at, at) for at in (NOON, NOON + hours(6))]
    indexed = register.indexed(index)
    after = [indexed.pick(MISSION, at, at) for at in (NOON, NOON + hours(6))]
    assert None not in before
    assert None not in after
    (old, new), (old_after, new_after) = before, after
    assert old is not None
    assert new is not None
    assert old_after is not None
    assert new_after is not None
    assert asked == [new.in_force.zone_set]
    assert old_after.in_force is old.in_force
    assert new_after.in_force.zone_set is not new.in_force.zone_set
    assert new_after.in_force.agreement is new.in_force.agreement
    assert indexed.pick(MISSION, NOON, NOON + hours(6)) is not None


def test_an_index_is_given_the_zones_that_the_mission_had_before() -> None:
    asked: list[tuple[ZoneSet, ZoneSet | None]] = []

    def index(zones: ZoneSet, previous: ZoneSet | None) -> ZoneSet:
        asked.append((zones, previous))
        return replace(zones)

    old = Register((agreement(),), (methodology(),)).indexed(index, Register((), ()))
    had = old.pick(MISSION, NOON, NOON)
    assert had is not None
    later = agreement(version=2, valid=Validity(from_=NOON + hours(5)))
    Register((agreement(), later), (methodology(),)).indexed(index, old)
    assert [previous for _, previous in asked] == [None, had.in_force.zone_set]
    never_asked = Register((agreement(),), (methodology(),))
    Register((agreement(), later), (methodology(),)).indexed(index, never_asked)
    assert asked[-1][1] is None, "nothing is compiled for it"
