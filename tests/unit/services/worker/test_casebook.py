"""A batch, event by event, as readings to make."""

from __future__ import annotations

import pytest

from services.worker.casebook import (
    VERSIONS_LIMIT,
    CaseFile,
    TakenIn,
    as_good,
    split,
    take_in,
    take_in_plain,
)
from services.worker.incoming import Incoming
from streams.decode import Reason
from streams.events import Report
from streams.vocabulary import Authentication, Relation
from tests.unit.services.worker.incoming_events import incoming
from tests.unit.streams.builders import FAR_LON, point, report

NO_TAG = Authentication.NO_TAG
ELSEWHERE = point(lon=FAR_LON)


def taken_in(*items: Incoming[Report]) -> TakenIn:
    """Take events in that nobody knows yet; whatever they speak of is known of by then."""
    taken = TakenIn()
    ids = {item.event.id for item in items}
    ids |= {target for item in items for target in (item.event.retracts,) if target}
    take_in(items, {incoming(report(name)).key: CaseFile() for name in ids}, taken)
    return taken


def revisions(taken: TakenIn) -> list[tuple[str, int, int, bool]]:
    """Of each step: report, revision, versions read, whether another event caused it."""
    return [
        (
            step.dossier.versions[0].report.id,
            step.revision,
            len(step.dossier.versions),
            bool(step.cause),
        )
        for step in taken.steps
    ]


def test_a_report_that_nobody_speaks_of_is_plain() -> None:
    items = [incoming(report("a")), incoming(report("b"), 1)]
    plain, special = split(items, frozenset())
    assert (plain, special) == (items, [])


@pytest.mark.parametrize(
    "others",
    [
        [report("a", location=ELSEWHERE)],
        [report("b", retracts="a")],
        [report("b", supersedes="a")],
    ],
)
def test_a_report_with_company_is_not(others: list[Report]) -> None:
    items = [incoming(report("a")), *(incoming(it, 1) for it in others)]
    assert split(items, frozenset()) == ([], items)


def test_a_report_that_the_store_knows_of_is_not() -> None:
    item = incoming(report("a"))
    assert split([item], frozenset({item.key})) == ([], [item])


def test_a_link_to_another_source_leaves_a_report_plain() -> None:
    item = incoming(report("a"))
    taker = incoming(report("b", source="patrol-2", retracts="a"), 1)
    assert split([item, taker], frozenset()) == ([item], [taker])


def test_a_plain_report_is_one_version_and_one_reading() -> None:
    taken = TakenIn()
    take_in_plain([incoming(report("a"))], taken)
    assert [number for _, number in taken.versions] == [1]
    assert revisions(taken) == [("a", 1, 1, False)]


def test_each_version_is_a_reading_of_all_so_far() -> None:
    taken = taken_in(incoming(report("a")), incoming(report("a", location=ELSEWHERE), 1))
    assert [number for _, number in taken.versions] == [1, 2]
    assert revisions(taken) == [("a", 1, 1, False), ("a", 2, 2, False)]


def test_the_same_bytes_are_no_version() -> None:
    taken = taken_in(incoming(report("a")), incoming(report("a"), 1))
    assert revisions(taken) == [("a", 1, 1, False)]


def test_the_same_bytes_vouched_for_are_one() -> None:
    taken = taken_in(incoming(report("a"), 0, NO_TAG), incoming(report("a"), 1))
    assert revisions(taken) == [("a", 1, 1, False), ("a", 2, 2, False)]


def test_a_withdrawal_after_its_report_has_it_read_again() -> None:
    taken = taken_in(incoming(report("a")), incoming(report("b", retracts="a"), 1))
    assert revisions(taken) == [("a", 1, 1, False), ("b", 1, 1, False), ("a", 2, 1, True)]
    assert [(link.relation, link.by.event.id) for link in taken.links] == [(Relation.RETRACTS, "b")]


def test_a_withdrawal_before_its_report_is_known_when_that_comes() -> None:
    taken = taken_in(incoming(report("b", retracts="a")), incoming(report("a"), 1))
    assert revisions(taken) == [("b", 1, 1, False), ("a", 1, 1, False)]
    assert [link.by_id for link in taken.steps[-1].dossier.links] == ["b"]


def test_an_unvouched_withdrawal_is_kept_and_has_nothing_read_again() -> None:
    taken = taken_in(incoming(report("a")), incoming(report("b", retracts="a"), 1, NO_TAG))
    assert revisions(taken) == [("a", 1, 1, False), ("b", 1, 1, False)]
    assert len(taken.links) == 1


def test_versions_without_end_are_refused_and_leave_room_for_the_source_itself() -> None:
    flood = [incoming(report("a", remark=str(n)), n, NO_TAG) for n in range(VERSIONS_LIMIT + 2)]
    taken = taken_in(*flood, flood[-1], incoming(report("a"), 99))
    assert len(taken.versions) == VERSIONS_LIMIT + 1
    assert len(taken.steps[-1].dossier.versions) == VERSIONS_LIMIT + 1
    reasons = [(item.record.offset, item.refusal.reason) for item in taken.refused]
    assert reasons == [
        (offset, Reason.TOO_MANY_VERSIONS)
        for offset in (VERSIONS_LIMIT, VERSIONS_LIMIT + 1, VERSIONS_LIMIT + 1)
    ]


@pytest.mark.parametrize("known", Authentication)
@pytest.mark.parametrize("offered", Authentication)
def test_only_a_voucher_makes_what_is_known_better(
    known: Authentication, offered: Authentication
) -> None:
    assert as_good(known, offered) is not (offered.vouched and not known.vouched)
