"""COPY in, psycopg's own reading out; and two writers that meet."""

from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Thread
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import astuple, replace
from psycopg import sql
from psycopg.errors import UniqueViolation

from services.store.binary import Target
from services.store.engine import Connection, connect
from services.store.errors import Fate, fate_of
from services.store.instants import SINCE_EVER, WITHOUT_END
from services.store.known import KnownKey, known_keys
from services.store.rows import (
    AvailabilityRow,
    BatchRows,
    ContextEventRow,
    CorridorEventKind,
    CorridorEventRow,
    KeyKind,
    KeyRow,
    SubmissionRow,
)
from services.store.write import copy_batch, copy_rows
from streams.keys import Key
from tests.unit.services.store.sample_rows import (
    NOW,
    SUBMISSION,
    add_report,
    add_retraction,
    rejected_row,
    submission,
)


class EveryType(Struct):
    """Every type that a row may have."""

    a_uuid: Key | None
    a_key: Key
    a_small: Annotated[int, "int2"] | None
    an_integer: int | None
    a_long: Annotated[int, "int8"] | None
    a_double: float | None
    a_bool: bool | None
    a_text: str | None
    a_body: bytes
    a_bytea: bytes | None
    an_instant: datetime | None
    texts: Sequence[str] | None


CREATE = """
CREATE TEMPORARY TABLE every_type (a_uuid uuid, a_key uuid, a_small smallint, an_integer integer,
    a_long bigint, a_double double precision, a_bool boolean, a_text text, a_body bytea,
    a_bytea bytea, an_instant timestamptz, texts text[])
    ON COMMIT DROP
"""
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
INSTANTS = st.datetimes(timezones=st.just(UTC)) | st.sampled_from([SINCE_EVER, WITHOUT_END])


def integers(bits: int) -> st.SearchStrategy[int]:
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


KEYS = st.binary(min_size=16, max_size=16).map(Key)
ROWS = st.lists(
    st.tuples(
        st.none() | KEYS,
        KEYS,
        st.none() | integers(16),
        st.none() | integers(32),
        st.none() | integers(64),
        st.none() | st.floats(allow_nan=False),
        st.none() | st.booleans(),
        st.none() | TEXTS,
        st.binary(max_size=5_000),
        st.none() | st.binary(max_size=40),
        st.none() | INSTANTS,
        st.none() | st.lists(TEXTS, max_size=4),
    ),
    max_size=6,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=ROWS)
def test_every_type_is_read_back_as_it_was_written(
    conn: Connection, rows: list[tuple[Any, ...]]
) -> None:
    target = Target("every_type", EveryType)
    with conn.transaction(force_rollback=True):
        conn.execute(CREATE)
        target.copy(conn, rows)
        for binary in (True, False):
            found = conn.execute("SELECT * FROM every_type", binary=binary).fetchall()
            assert found == rows


def all_of(conn: Connection, table: str) -> list[tuple[Any, ...]]:
    query = sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))
    return conn.execute(query, binary=True).fetchall()


def test_a_whole_batch_is_read_back_as_it_was_written(conn: Connection) -> None:
    rows = BatchRows()
    add_report(rows, submission(1), violates=True)
    add_retraction(rows, submission(1), submission(2))
    rows.keys.append(KeyRow(Key((1).to_bytes(16)), None, KeyKind.REPORT, None, None))
    rows.rejected.append(rejected_row(b"\xff\0{"))
    rows.corridor_events.append(
        CorridorEventRow("smm", "r", Key((2).to_bytes(16)), 1, NOW, CorridorEventKind.REPORT, b"")
    )
    rows.context_events.append(ContextEventRow("smm", Key((3).to_bytes(16)), 1, NOW, "truce", b""))
    copy_batch(conn, rows)
    assert sorted(all_of(conn, "event_keys")) == sorted(map(astuple, rows.keys))
    assert all_of(conn, "submissions") == [*map(astuple, rows.submissions)]
    assert all_of(conn, "assessments") == [*map(astuple, rows.assessments)]
    assert all_of(conn, "violations") == [*map(astuple, rows.violations)]
    assert all_of(conn, "supersessions") == [*map(astuple, rows.supersessions)]
    assert all_of(conn, "report_links") == [*map(astuple, rows.links)]
    assert all_of(conn, "corridor_events") == [*map(astuple, rows.corridor_events)]
    assert all_of(conn, "context_events") == [*map(astuple, rows.context_events)]
    assert all_of(conn, "rejected") == [*map(astuple, rows.rejected)]


def test_availability_keeps_the_ends_of_time(conn: Connection) -> None:
    row = AvailabilityRow(
        *("smm", "r", 1, 0, SINCE_EVER, SINCE_EVER, None, None, NOW),
        *("open", "c", ["a/1"], bytes(32), None, NOW),
    )
    copy_rows(conn, "corridor_availability", [row])
    assert all_of(conn, "corridor_availability") == [astuple(row)]


def test_an_instant_beyond_the_calendar_is_kept_and_can_be_read(conn: Connection) -> None:
    first_hours = datetime.fromisoformat("0001-01-01T00:00:00+14:00")
    copy_rows(conn, "submissions", [replace(SUBMISSION, observed_from=first_hours)])
    for binary in (True, False):
        query = "SELECT observed_from FROM submissions"
        assert conn.execute(query, binary=binary).fetchone() == (SINCE_EVER,)


def test_infinity_is_read_as_the_end_of_time(conn: Connection) -> None:
    for binary in (True, False):
        query = (
            "SELECT '-infinity'::timestamptz, 'infinity'::timestamptz, '20000-01-01Z'::timestamptz"
        )
        found = conn.execute(query, binary=binary).fetchone()
        assert found == (SINCE_EVER, WITHOUT_END, WITHOUT_END)


def test_hostile_words_of_a_refused_event_are_made_storable(conn: Connection) -> None:
    hostile = replace(rejected_row(), message="\0 \ud800", event_id="a\0")
    copy_batch(conn, BatchRows(rejected=[hostile]))
    found = conn.execute("SELECT message, event_id FROM rejected").fetchone()
    assert found is not None
    assert "\0" not in found[0] + found[1]


def test_ten_megabytes_that_were_refused_are_kept_whole(conn: Connection) -> None:
    poison = b"[" * 10_000_000
    copy_rows(conn, "rejected", [rejected_row(poison)])
    assert conn.execute("SELECT raw = %s FROM rejected", [poison]).fetchone() == (True,)


@pytest.mark.parametrize(
    "mistake",
    [
        {"revision": 2**32 + 1},
        {"revision": "one"},
        {"key": "no key"},
        {"key": None},
        {"raw": None},
        {"observed_from": datetime(2026, 7, 14)},  # noqa: DTZ001 (the mistake)
        {"mission": "lone \ud800"},
        {"mission": "\0"},
    ],
)
def test_a_row_that_is_none_stops_the_process(conn: Connection, mistake: dict[str, Any]) -> None:
    # A mistake in the program: neither running it again nor waiting would mend it.
    with pytest.raises(Exception) as caught, conn.transaction():  # noqa: PT011 (any, see below)
        copy_rows(conn, "submissions", [replace(SUBMISSION, **mistake)])
    assert fate_of(caught.value) is Fate.STOP


@pytest.mark.parametrize("row", [astuple(SUBMISSION)[:-1], (*astuple(SUBMISSION), b"")])
def test_a_row_of_another_width_stops_the_process(conn: Connection, row: tuple[Any, ...]) -> None:
    with pytest.raises(Exception) as caught, conn.transaction():  # noqa: PT011 (any, see below)
        Target("submissions", SubmissionRow).copy(conn, [astuple(SUBMISSION), row])
    assert fate_of(caught.value) is Fate.STOP


def test_nothing_to_write_asks_the_server_for_nothing(store_url: str) -> None:
    conn = connect(store_url)
    conn.close()
    copy_batch(conn, BatchRows())


def test_a_report_sent_again_next_month_is_known(conn: Connection) -> None:
    rows = BatchRows()
    add_report(rows, submission(1))
    copy_batch(conn, rows)
    again = submission(1, received_at=NOW.replace(month=8))
    assert known_keys(conn, [again.key]) == {again.key: KnownKey(again.content_hash, vouched=True)}
    late = BatchRows()
    add_report(late, again)
    with pytest.raises(UniqueViolation) as caught, conn.transaction():
        copy_batch(conn, late)
    assert fate_of(caught.value) is Fate.RUN_AGAIN


def test_two_sources_with_one_id_do_not_collide(conn: Connection) -> None:
    rows = BatchRows()
    add_report(rows, submission(1, source="patrol-1"))
    add_report(rows, submission(1, source="patrol-2"))
    copy_batch(conn, rows)
    assert len(all_of(conn, "assessments")) == 2


def test_only_one_judgement_supersedes_another(conn: Connection) -> None:
    rows = BatchRows()
    add_report(rows, submission(1), violates=True)
    add_retraction(rows, submission(1), submission(2))
    copy_batch(conn, rows)
    again = BatchRows()
    add_retraction(again, submission(1), submission(3, received_at=NOW.replace(month=8)))
    with pytest.raises(UniqueViolation), conn.transaction():
        copy_batch(conn, again)


def test_two_writers_that_meet_on_an_event_write_it_once(empty_migrated_url: str) -> None:
    url = empty_migrated_url
    outcomes: list[Fate] = []

    def second() -> None:
        with connect(url) as conn:
            rows = BatchRows()
            add_report(rows, submission(1))
            add_report(rows, submission(2))
            try:
                copy_batch(conn, rows)
            except UniqueViolation as error:
                outcomes.append(fate_of(error))
                conn.rollback()

    with connect(url) as first:
        rows = BatchRows()
        add_report(rows, submission(1))
        copy_batch(first, rows)
        thread = Thread(target=second)
        thread.start()
        wait_until_somebody_waits(url)
        first.commit()
        thread.join()
        assert outcomes == [Fate.RUN_AGAIN]
        assert [row[0] for row in all_of(first, "submissions")] == [submission(1).key]


def wait_until_somebody_waits(url: str) -> None:
    with connect(url) as conn:
        for _ in range(500):
            waiting = conn.execute("SELECT FROM pg_locks WHERE NOT granted")
            if waiting.rowcount:
                return
            conn.rollback()
            conn.execute("SELECT pg_sleep(0.01)")
    pytest.fail("the second writer did not wait for the first")
