"""What counts as a sighting, and of which subject: by the whole of a report's dossier."""

from __future__ import annotations

import pytest

from streams.dossier import Dossier, Link
from streams.events import Count
from streams.vocabulary import Authentication, Kind, Relation
from streams.whereabouts.sighting import (
    SIGHTED,
    decode_sighting,
    encode_sighting,
    sightings_of,
)
from tests.unit.streams.whereabouts.scenes import INSIDE, SUBJECT, after, dossier, seen, sighting

REPORT = seen(0, INSIDE)
UNVOUCHED = Authentication.NO_TAG


def counts(of: Dossier) -> bool:
    return sightings_of(of)[SUBJECT] is not None


def test_a_report_that_names_a_subject_is_a_sighting_of_it() -> None:
    assert counts(dossier(REPORT))


@pytest.mark.parametrize("kind", sorted(set(Kind)))
def test_only_what_stands_or_moves_is_sighted(kind: Kind) -> None:
    assert bool(sightings_of(dossier(seen(0, INSIDE, kind=kind)))) is (kind in SIGHTED)


def test_a_report_without_a_subject_is_none() -> None:
    assert sightings_of(dossier(seen(0, INSIDE, subject_ref=None))) == {}


@pytest.mark.parametrize("relation", list(Relation))
def test_what_is_withdrawn_or_replaced_says_nothing_any_more(relation: Relation) -> None:
    assert not counts(dossier(REPORT, links=(Link(relation, "later", vouched=True),)))
    assert counts(dossier(REPORT, links=(Link(relation, "later", vouched=False),)))


def test_what_nobody_vouches_for_says_nothing() -> None:
    assert not counts(dossier(REPORT, authentication=UNVOUCHED))


def test_drills_and_withdrawals_say_nothing() -> None:
    assert not counts(dossier(seen(0, INSIDE, exercise=True)))
    assert not counts(dossier(seen(0, INSIDE, retracts="earlier")))


def test_versions_that_do_not_agree_on_the_subject_say_nothing_of_either() -> None:
    said = sightings_of(dossier(REPORT, seen(0, INSIDE, subject_ref="another")))
    assert said == {SUBJECT: None, "another": None}


def test_versions_that_say_the_same_of_where_and_when_are_one_look() -> None:
    assert len(sighting(REPORT, seen(0, INSIDE, remark="blue lorries")).looks) == 1
    assert len(sighting(REPORT, seen(0, INSIDE, count=Count(min=2, max=2))).looks) == 2


def test_the_order_of_versions_is_nothing() -> None:
    other = seen(0, INSIDE, observed_from=after(1))
    assert sighting(REPORT, other) == sighting(other, REPORT)


def test_a_receipt_is_kept_only_where_the_observation_lies_after_it() -> None:
    honest = sightings_of(dossier(REPORT, received_at=after(5)))[SUBJECT]
    ahead = sightings_of(dossier(REPORT, received_at=after(-5)))[SUBJECT]
    assert honest is not None
    assert ahead is not None
    assert honest.looks[0].received_at is None
    assert ahead.looks[0].received_at == after(-5)


def test_a_sighting_is_stored_and_read_again() -> None:
    one = sighting(REPORT)
    assert decode_sighting(encode_sighting(one)) == one
