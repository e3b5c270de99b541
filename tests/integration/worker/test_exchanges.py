"""Exchanges in the store: counted by each side, and nothing of what was refused anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from typing import Any

import msgspec
import pytest

from services.due import DueAsked, due
from services.load import load_documents
from services.make_topics import make_topics
from services.standing import Asked, ExchangeRow, exchanges, truces, unheeded
from services.store.contexts import known_states
from services.store.engine import Connection, connect
from services.worker.documents import load_register
from services.worker.process import make_processors
from streams.events import ContextEvent, TruceSuspended
from streams.inforce import Register
from streams.topics import TopicName
from streams.vocabulary import ExchangeStep
from tests.integration.anywhere import tables_holding
from tests.integration.worker.intake import digests_of, take_in_log
from tests.integration.worker.records import (
    KEYS,
    RECEIVED,
    Message,
    Voucher,
    log_of,
    message,
    said,
)
from tests.integration.worker.stored import one, rows
from tests.integration.worker.test_context import verdicts
from tests.integration.worker.test_process import RECORD, Announced
from tests.unit.streams import builders
from tests.unit.streams.builders import MISSION
from tests.unit.streams.context.said import at, counted, exchanging, nameless, truce
from tests.unit.streams.test_withhold import ELSEWHERE, NAME, NAMED

CONTEXT = TopicName.CONTEXT


def load(conn: Connection) -> Register:
    """The mission's agreement amended by an exchange."""
    load_documents(conn, [exchanging(id=f"truce-{MISSION}", version=2)], RECEIVED)
    return load_register(conn)


@pytest.fixture
def amended(conn: Connection) -> Register:
    return load(conn)


def asked(hour: float) -> Asked:
    return Asked(MISSION, at(hour), RECEIVED + timedelta(days=1))


def hear(conn: Connection, register: Register, *events: ContextEvent) -> None:
    take_in_log(conn, register, log_of([said(event) for event in events]))


def row(conn: Connection, hour: float, step: ExchangeStep) -> ExchangeRow:
    found = exchanges(conn, asked(hour))
    (told,) = [it for it in found if (it.handed_over_by, it.step) == ("north", step)]
    return told


def test_an_exchange_stands_and_its_truce_holds_by_the_agreement_alone(
    conn: Connection, amended: Register
) -> None:
    assert amended.knows(MISSION)
    told = row(conn, 1, ExchangeStep.LISTED)
    assert (told.phase.value, told.truce_holds, told.agreed) == ("open", True, 100)
    assert (told.giver_says, told.receiver_says, told.mission_says) == ((), (), ())
    assert not row(conn, 12, ExchangeStep.LISTED).truce_holds
    (silence,) = truces(conn, asked(1))
    assert (silence.truce, silence.purpose.value, silence.holds) == ("silence", "exchange", True)
    held = [it.truce for state in known_states(conn, MISSION) for it in state.state.context.truces]
    assert held == ["silence"]


def test_fire_at_its_points_in_its_window_breaches_its_truce_until_that_is_suspended(
    conn: Connection, amended: Register
) -> None:
    fire = [builders.report(name, observed_from=at(hour)) for name, hour in FIRE.items()]
    take_in_log(conn, amended, log_of(map(said, fire)))
    told = {name: verdicts(conn, name).get("truce:silence") for name in FIRE}
    assert told == {"before": None, "during": "violation", "later": "violation", "after": None}
    (cause,) = {
        row[0]
        for row in rows(conn, "SELECT kind FROM current_violations WHERE term_id = 'truce:silence'")
    }
    assert cause == "local_truce_breach"
    hear(conn, amended, truce("s", TruceSuspended(), 3, truce="silence"))
    assert verdicts(conn, "during")["truce:silence"] == "violation"
    assert "truce:silence" not in verdicts(conn, "later")


FIRE = {"before": -1, "during": 1, "later": 5, "after": 13}


def test_each_sides_count_stands_apart(conn: Connection, amended: Register) -> None:
    counts = (
        counted(1, 100),
        counted(2, 98, source="southern"),
        counted(3, 90, ExchangeStep.TRANSFERRED, 2, source="hq"),
        counted(4, 5, source="monitor"),
    )
    hear(conn, amended, *counts)
    told = row(conn, 1, ExchangeStep.LISTED)
    assert (told.giver_says, told.receiver_says, told.mission_says) == ((100,), (98,), ())
    assert [it.value for it in told.discrepancies] == ["sides_differ", "not_as_agreed"]
    assert row(conn, 2, ExchangeStep.TRANSFERRED).mission_says == (90,)
    assert [(it.event, it.reason) for it in unheeded(conn, asked(1))] == [
        (f"monitor/{nameless(4)}", "without_right")
    ]


def test_what_was_known_before_an_amendment_is_told_as_it_was_then(
    conn: Connection, amended: Register
) -> None:
    hear(conn, amended, counted(1, 100))
    then = RECEIVED + timedelta(days=1)
    asked_due = DueAsked(MISSION, None, None, None, then)
    before = (exchanges(conn, asked(1)), truces(conn, asked(1)), due(conn, asked_due))
    assert all(before)
    without = exchanging(id=f"truce-{MISSION}", version=3, exchanges=(), measures=(), phases=())
    load_documents(conn, [without], then + timedelta(days=1))
    assert (exchanges(conn, asked(1)), truces(conn, asked(1)), due(conn, asked_due)) == before
    assert exchanges(conn, asked(1)._replace(known_at=then + timedelta(days=1))) == []


def test_the_order_of_counts_and_the_cuts_between_batches_do_not_show(
    conn: Connection, amended: Register
) -> None:
    counts: list[Any] = [
        counted(1, 100),
        counted(2, 98, source="southern"),
        counted(3, 99, supersedes=nameless(1)),
        counted(4, 90, ExchangeStep.TRANSFERRED, 2, source="hq"),
    ]
    log = [said(event) for event in counts]
    current, _ = digests_of(conn, amended, log)
    assert digests_of(conn, amended, [*reversed(log), log[0]], cuts=(1, 2))[0] == current


@pytest.mark.parametrize("changes", [{"mission": NAME}, {"source": NAME}])
def test_a_count_of_a_stranger_is_refused_and_forgotten(
    conn: Connection, amended: Register, changes: dict[str, Any]
) -> None:
    hear(conn, amended, counted(1, 7, **changes))
    (kept,) = rows(conn, "SELECT reason, raw, mission, source, event_id FROM rejected")
    assert kept[0] in {"unknown_mission", "unknown_source"}
    assert kept[1:] == (None, None, None, None)
    assert tables_holding(conn, NAME) == []
    assert one(conn, "SELECT count(*) FROM submissions") == 0


def test_who_sends_a_count_writes_nothing_beside_it(conn: Connection, amended: Register) -> None:
    unvouched = said(counted(1, 7), Voucher.NOBODY)
    headers = (("truceline-key-id", NAME.encode()), ("truceline-tag", NAME.encode()))
    take_in_log(conn, amended, log_of([unvouched._replace(headers=headers)]))
    assert one(conn, "SELECT authentication FROM submissions") == "tag_unknown_key"
    assert tables_holding(conn, NAME) == []


def hostile() -> tuple[list[Message], list[Message]]:
    """Everything with a name in it that may be about an exchange: of context events, of reports."""
    context = [message(raw, topic=CONTEXT) for raw, _ in NAMED.values()]
    context += [said(counted(1, 7, mission=NAME)), said(counted(2, 7, source=NAME))]
    elsewhere = [message(raw) for raw in ELSEWHERE.values()]
    return context, elsewhere


@pytest.fixture
def announced(kafka_bootstrap: str) -> Iterator[Announced]:
    make_topics(kafka_bootstrap)
    with closing(Announced(kafka_bootstrap)) as made:
        yield made


def test_of_what_is_refused_nothing_but_hash_and_reason_is_anywhere(
    fresh_url: str,
    kafka_bootstrap: str,
    announced: Announced,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with connect(fresh_url) as conn:
        load(conn)
    (reports, *_), _, context = make_processors(
        fresh_url, kafka_bootstrap, KEYS, lambda: None, RECORD
    )
    of_context, of_reports = hostile()
    context(list(log_of([*of_context, said(counted(3, 100))])))
    reports(list(log_of([*of_reports, said(builders.report("r"))])))
    told = [rejection for _, rejection in announced.take(len(of_context) + len(of_reports))]
    with connect(fresh_url) as conn:
        kept = rows(conn, "SELECT content_hash, raw, mission, source, event_id FROM rejected")
        hashes = {sha256(sent.raw or b"").digest() for sent in (*of_context, *of_reports)}
        assert {it[0] for it in kept} == hashes
        assert {it[1:] for it in kept} == {(None, None, None, None)}
        assert tables_holding(conn, NAME) == []
        assert tables_holding(conn, "transferred") == []  # not even of those without a name
        assert tables_holding(conn, nameless(3)) != []  # what is sound is kept, and found here
    assert {(it.mission, it.source, it.id, it.size_bytes) for it in told} == {(None,) * 4}
    logged = capfd.readouterr()
    for text in (logged.out, logged.err, msgspec.json.encode(told).decode()):
        assert NAME not in text
    assert "refused" in logged.out + logged.err


def test_a_refused_event_of_another_kind_is_kept_as_ever(
    conn: Connection, amended: Register
) -> None:
    raw = json.dumps({"event": "measure", "id": "m-1", "remark": NAME}).encode()
    take_in_log(conn, amended, log_of([message(raw, topic=CONTEXT)]))
    assert one(conn, "SELECT raw FROM rejected") == raw
