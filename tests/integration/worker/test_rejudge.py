"""History judged again after an amendment: it ends as if the version had been there before."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from services.load import load_documents
from services.rejudge import (
    DecidesNothingError,
    Difference,
    NoSuchVersionError,
    TermChange,
    plan,
    rejudge,
)
from services.store.digest import digest
from services.store.engine import Connection, connect
from services.worker.documents import load_register
from services.worker.transact import Transactor
from streams.agreement import Agreement, Validity
from streams.events import Report
from streams.methodology import Methodology, Thresholds
from streams.vocabulary import Verdict
from tests.integration.worker.ground import (
    AT_EDGE,
    IN_ZONE,
    ON_ROAD_ONLY,
    PLACES,
    agreement,
    methodology,
    opened,
    report,
    road,
)
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, Message, log_of, said
from tests.integration.worker.stored import states
from tests.unit.streams import builders
from tests.unit.streams.builders import NOON, hours

FROM_TWO = Validity(from_=NOON + hours(2))
LATER = RECEIVED + hours(1)


def amended(**changes: object) -> Agreement:
    """From two hours after noon on, fire into the zone is no breach, and fire on the road is."""
    road = agreement().terms[1]
    merged: dict[str, object] = {"terms": (road,), **changes}
    return agreement(builders.MISSION, version=2, valid=FROM_TWO, **merged)


def take(url: str, messages: Sequence[Message]) -> None:
    with connect(url) as conn:
        take_in_log(conn, load_register(conn), log_of(messages))


def load(url: str, *documents: Agreement | Methodology) -> None:
    with connect(url) as conn:
        load_documents(conn, documents, LATER)


def judge_again(url: str, name: str, *, write: bool = True) -> list[Difference]:
    transactor = Transactor(url, lambda: None, name="test")
    try:
        with connect(url) as conn:
            again = rejudge(transactor, plan(conn, name), write=write)
            return [it for one in again for it in one.differences]
    finally:
        transactor.close()


def stored(url: str) -> str:
    with connect(url) as conn:
        return digest(conn)


def states_of(url: str) -> set[str]:
    """What the road is shown as, at any time, by what is known now."""
    with connect(url) as conn:
        return {state for state, _ in states(conn)}


def revisions(conn: Connection) -> list[tuple[str, int]]:
    query = (
        "SELECT convert_from(body, 'UTF8')::jsonb ->> 'id', max(revision) FROM assessments"
        " GROUP BY 1 ORDER BY 1"
    )
    return conn.execute(query).fetchall()


def test_a_load_changes_nothing_that_is_judged_and_rejudging_what_it_decides(
    fresh_url: str,
) -> None:
    before = report("before", observed_from=NOON + hours(1), location=IN_ZONE)
    after = report("after", observed_from=NOON + hours(3), location=IN_ZONE)
    take(fresh_url, [said(before), said(after)])
    unamended = stored(fresh_url)
    load(fresh_url, amended())
    assert stored(fresh_url) == unamended
    (one,) = judge_again(fresh_url, f"{amended().id}@2")
    assert (one.id, one.before, one.after) == ("after", Verdict.VIOLATION, Verdict.NO_VIOLATION)
    assert one.terms == (TermChange("t", Verdict.VIOLATION, None),)
    with connect(fresh_url) as conn:
        assert revisions(conn) == [("after", 2), ("before", 1)]
        found = conn.execute("SELECT event_id, verdict, rule FROM current_violations").fetchall()
        assert ("before", "violation", "inside") in found
        assert ("after", "not_applicable", "agreement_amended") in found


def test_a_second_time_nothing_differs(fresh_url: str) -> None:
    take(fresh_url, [said(report("r", observed_from=NOON + hours(3)))])
    load(fresh_url, amended())
    assert judge_again(fresh_url, f"{amended().id}@2")
    settled = stored(fresh_url)
    assert not judge_again(fresh_url, f"{amended().id}@2")
    assert stored(fresh_url) == settled


def test_a_dry_run_says_the_same_and_writes_nothing(fresh_url: str) -> None:
    take(fresh_url, [said(report("r", observed_from=NOON + hours(3)))])
    load(fresh_url, amended())
    unwritten = stored(fresh_url)
    would = judge_again(fresh_url, f"{amended().id}@2", write=False)
    assert stored(fresh_url) == unwritten
    assert would == judge_again(fresh_url, f"{amended().id}@2")


def test_a_methodology_is_amended_likewise(fresh_url: str) -> None:
    take(fresh_url, [said(report("r", observed_from=NOON + hours(3), location=AT_EDGE))])
    strict = Thresholds(violation=0.95, possible=0.9)
    load(fresh_url, methodology(version=2, valid=FROM_TWO, thresholds=strict))
    (one,) = judge_again(fresh_url, f"{methodology().id}@2")
    assert (one.before, one.after) == (Verdict.POSSIBLE_VIOLATION, Verdict.CANNOT_DETERMINE)


def test_a_suspension_goes_with_the_clause_that_it_came_from(fresh_url: str) -> None:
    seen = report("r", observed_from=NOON + hours(3), location=ON_ROAD_ONLY)
    take(fresh_url, [said(opened("s", 2.5)), said(seen)])
    assert "suspended" in states_of(fresh_url)
    load(fresh_url, amended(terms=agreement().terms[:1], corridors=(road(),)))
    judge_again(fresh_url, f"{amended().id}@2")
    assert "suspended" not in states_of(fresh_url)


@pytest.mark.parametrize("seed", range(3))
def test_it_ends_as_if_the_version_had_been_there_from_the_beginning(
    fresh_url: str, worker_url: str, seed: int
) -> None:
    chance = random.Random(seed)
    messages = [said(_some(chance, number)) for number in range(60)]
    messages.append(said(report("withdrawal", retracts="r-3")))
    messages.append(said(opened("s-1", 2.5)))
    take(fresh_url, messages[:40])
    load(fresh_url, amended())
    take(fresh_url, messages[40:])
    assert judge_again(fresh_url, f"{amended().id}@2")
    with connect(worker_url) as conn:
        load_documents(conn, [amended()], LATER)
        take_in_log(conn, load_register(conn), log_of(messages))
        timely = digest(conn)
        conn.rollback()
    assert stored(fresh_url) == timely


def _some(chance: random.Random, number: int) -> Report:
    again = number % 5 == 0
    return report(
        f"r-{chance.randrange(9)}" if again else f"n-{number}",
        observed_from=NOON + hours(chance.uniform(0, 4)),
        location=chance.choice(PLACES),
    )


def test_what_is_not_loaded_is_refused_by_name(worker_url: str) -> None:
    with connect(worker_url) as conn, pytest.raises(NoSuchVersionError, match="agreement list"):
        plan(conn, "nothing@7")


def test_a_version_that_decides_nothing_is_refused(fresh_url: str) -> None:
    load(fresh_url, agreement(version=2))
    with connect(fresh_url) as conn, pytest.raises(DecidesNothingError, match="newer versions"):
        plan(conn, f"{agreement().id}@1")


def test_what_lies_in_its_time_is_gone_through_some_at_a_time_as_it_was_when_it_began(
    fresh_url: str,
) -> None:
    names = [f"r-{number}" for number in range(7)]
    take(fresh_url, [said(report(it, observed_from=NOON + hours(3))) for it in names])
    take(fresh_url, [said(report("before", observed_from=NOON + hours(1)))])
    load(fresh_url, amended())
    with connect(fresh_url) as conn:
        keys = plan(conn, f"{amended().id}@2").keys
        assert keys.total == len(names)
        chunks = keys.chunks(3)
        first = next(chunks)
        take(fresh_url, [said(report("meanwhile", observed_from=NOON + hours(3)))])
        told = [first, *chunks]
        assert [len(chunk) for chunk in told] == [3, 3, 1]
        found = [key for chunk in told for key in chunk]
        assert found == sorted(set(found))
        assert list(keys.chunks(3)) == []
