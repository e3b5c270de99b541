"""A dossier's reading is a function of the set of what is known, never of its order."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from msgspec.structs import replace

from streams.agreement import Validity
from streams.assess import Judged
from streams.assessment import Standing
from streams.decode import Reason, Refusal
from streams.dossier import Dossier, Link, Version, links_of, read_dossiers
from streams.events import Report
from streams.inforce import Register
from streams.reading import CONTRADICTION
from streams.vocabulary import Authentication, Relation, Verdict
from tests.unit.streams.builders import (
    NOON,
    agreement,
    hours,
    methodology,
    point,
    register,
    report,
    term,
)

THERE, ELSEWHERE = report(), report(location=point(45.0))
REGISTER = register()


def version(
    said: Report = THERE,
    authentication: Authentication = Authentication.TAG_VALID,
    received_at: datetime | None = NOON,
) -> Version:
    return Version(said, authentication, received_at)


def read(*versions: Version, links: tuple[Link, ...] = ()) -> Judged:
    (judged,) = read_dossiers(REGISTER, [Dossier(versions, links)])
    assert not isinstance(judged, Refusal)
    return judged


def decided(*versions: Version, links: tuple[Link, ...] = ()) -> tuple[str, int]:
    assessment = read(*versions, links=links).assessment
    return assessment.findings[0].rule, assessment.versions


def test_the_same_again_is_one_version() -> None:
    assert decided(version(), version(), version(received_at=NOON + hours(1))) == ("inside", 1)


def test_two_versions_that_differ_contradict_each_other() -> None:
    assert decided(version(), version(ELSEWHERE)) == (CONTRADICTION, 2)


def test_versions_that_differ_only_in_words_are_two_and_agree() -> None:
    assert decided(version(), version(report(remark="By the mill."))) == ("inside", 2)


@pytest.mark.parametrize("forged", [a for a in Authentication if not a.vouched])
def test_a_forged_version_is_silenced_by_a_vouched_one(forged: Authentication) -> None:
    assert decided(version(), version(ELSEWHERE, forged)) == ("inside", 1)
    assert decided(version(THERE, forged), version()) == ("inside", 1)


def test_where_nobody_is_vouched_for_all_versions_count() -> None:
    no_tag = Authentication.NO_TAG
    assert decided(version(THERE, no_tag)) == ("unauthenticated", 1)
    assert decided(version(THERE, no_tag), version(ELSEWHERE, no_tag)) == (CONTRADICTION, 2)


def test_the_earliest_receipt_of_a_version_counts() -> None:
    early, late = version(received_at=NOON - hours(1)), version(received_at=NOON + hours(1))
    assert decided(late) == ("inside", 1)
    for order in permutations((early, late)):
        assert decided(*order) == ("from_future", 1)


def test_an_honest_report_is_judged_alike_whenever_it_arrives() -> None:
    receipts = (None, NOON, NOON + timedelta(seconds=1), NOON + timedelta(days=365))
    contexts = {read(version(received_at=at)).assessment.context for at in receipts}
    assert len(contexts) == 1


@pytest.mark.parametrize(
    ("relation", "standing"),
    [(Relation.SUPERSEDES, Standing.SUPERSEDED), (Relation.RETRACTS, Standing.RETRACTED)],
)
def test_only_a_vouched_link_declares_anything(relation: Relation, standing: Standing) -> None:
    vouched, forged = (Link(relation, "r-2", vouched=v) for v in (True, False))
    assert read(version(), links=(forged,)).assessment.standing is Standing.STANDS
    declared = read(version(), links=(forged, vouched)).assessment
    assert declared.standing is standing
    assert declared.verdict is Verdict.NOT_APPLICABLE


def test_of_several_links_the_order_is_nothing() -> None:
    links = tuple(Link(Relation.SUPERSEDES, f"r-{n}", vouched=True) for n in (3, 2, 4, 2))
    read_in = {read(version(), links=order).assessment.context for order in permutations(links)}
    assert len(read_in) == 1


def test_the_order_of_versions_is_nothing() -> None:
    versions = (
        version(),
        version(ELSEWHERE, received_at=NOON - hours(2)),
        version(report(remark="Again."), received_at=None),
        version(received_at=NOON + hours(1)),
        version(ELSEWHERE, Authentication.NO_TAG),
    )
    assert len({read(*order).assessment for order in permutations(versions)}) == 1


def test_links_name_what_a_report_speaks_of() -> None:
    assert links_of(THERE) == ()
    assert links_of(report(supersedes="r-0", retracts="r-00")) == (
        (Relation.SUPERSEDES, "r-0"),
        (Relation.RETRACTS, "r-00"),
    )


def test_dossiers_are_read_in_their_order_and_apart() -> None:
    unknown = version(report(mission="nowhere"))
    dossiers = [
        Dossier((version(report("r-1")), version(report("r-1", location=None)))),
        Dossier((unknown,)),
        Dossier((version(report("r-2")),)),
        Dossier((unknown, replace(unknown, report=report(mission="nowhere", remark="x")))),
    ]
    first, second, third, fourth = read_dossiers(REGISTER, dossiers)
    assert isinstance(first, Judged)
    assert isinstance(third, Judged)
    assert (first.assessment.id, third.assessment.id) == ("r-1", "r-2")
    for refused in (second, fourth):
        assert isinstance(refused, Refusal)
        assert refused.reason is Reason.UNKNOWN_MISSION


def test_a_version_that_nothing_can_judge_says_nothing() -> None:
    long_ago = report(observed_from=NOON - timedelta(days=36_500))
    assert decided(version(long_ago), version()) == ("inside", 1)


def test_the_agreement_a_reading_names_is_the_one_it_was_judged_under() -> None:
    """Versions under two agreements: whichever the reading names, `in_force` is the same one."""
    old = agreement(version=1, valid=Validity(from_=NOON - hours(9)), terms=(term("old"),))
    new = agreement(version=2, valid=Validity(from_=NOON + hours(1)), terms=(term("new"),))
    both = Register((old, new), (methodology(),))
    for remark in ("a", "b", "c", "d"):
        later = report(observed_from=NOON + hours(2), remark=remark)
        (judged,) = read_dossiers(both, [Dossier((version(), version(later)))])
        assert isinstance(judged, Judged)
        assert judged.in_force.agreement_hash == judged.assessment.agreement
        assert [f.rule for f in judged.assessment.findings] == [CONTRADICTION] * 2
