"""What a writer finds, and how writers that meet wait for each other."""

import hashlib
import os
from datetime import timedelta
from threading import Thread

from msgspec.structs import replace

from services.store.engine import Connection, connect
from services.store.known import (
    KnownKey,
    claim_placeholders,
    fill_placeholders,
    known_keys,
    links_to,
    lock_keys,
    versions_of,
)
from services.store.rows import BatchRows, KeyKind, KeyRow
from services.store.write import copy_batch
from streams.keys import Key
from streams.vocabulary import Relation
from tests.integration.store.test_write import wait_until_somebody_waits
from tests.unit.services.store.sample_rows import (
    NOW,
    add_report,
    add_retraction,
    key_row,
    submission,
)

PLACEHOLDER = KnownKey(None, None)
KEY = Key((12).to_bytes(16))


def test_only_what_is_there_is_known(conn: Connection) -> None:
    rows = BatchRows()
    for number in range(200):
        add_report(rows, submission(number))
    copy_batch(conn, rows)
    asked = [*(row.key for row in rows.keys[:50]), *(Key(os.urandom(16)) for _ in range(50))]
    assert known_keys(conn, asked) == {
        row.key: KnownKey(row.content_hash, vouched=True) for row in rows.keys[:50]
    }
    assert known_keys(conn, []) == {}


def test_a_placeholder_is_made_once_and_overwrites_nothing(conn: Connection) -> None:
    rows = BatchRows()
    add_report(rows, submission(1))
    copy_batch(conn, rows)
    there = submission(1)
    claim_placeholders(conn, [KEY, there.key, KEY])
    claim_placeholders(conn, [KEY])
    assert known_keys(conn, [KEY, there.key]) == {
        KEY: PLACEHOLDER,
        there.key: KnownKey(there.content_hash, vouched=True),
    }


def test_a_placeholder_is_filled_by_the_first_version_and_vouched_for_by_any(
    conn: Connection,
) -> None:
    claim_placeholders(conn, [KEY])
    first, second = hashlib.sha256(b"1").digest(), hashlib.sha256(b"2").digest()
    fill_placeholders(conn, [KeyRow(KEY, NOW, KeyKind.REPORT, vouched=False, content_hash=first)])
    assert known_keys(conn, [KEY]) == {KEY: KnownKey(first, vouched=False)}
    later = NOW + timedelta(days=40)
    fill_placeholders(conn, [KeyRow(KEY, later, KeyKind.REPORT, vouched=True, content_hash=second)])
    fill_placeholders(
        conn, [KeyRow(KEY, later, KeyKind.REPORT, vouched=False, content_hash=second)]
    )
    assert known_keys(conn, [KEY]) == {KEY: KnownKey(first, vouched=True)}
    assert conn.execute("SELECT received_at FROM event_keys").fetchone() == (NOW,)
    fill_placeholders(conn, [])


def test_versions_come_in_the_order_in_which_they_became_known(conn: Connection) -> None:
    one, other = submission(1), submission(2)
    rows = BatchRows()
    add_report(rows, one, violates=True)
    add_report(rows, other)
    second = replace(
        one, revision=2, received_at=NOW + timedelta(days=31), raw=b'{"id": 1}', key_id=None
    )
    rows.submissions.insert(0, second)
    add_retraction(rows, one, other)
    copy_batch(conn, rows)
    found = versions_of(conn, [one.key, other.key, KEY])
    assert found.keys() == {one.key, other.key}
    assert [version.revision for version in found[one.key]] == [1, 2]
    assert [version.raw for version in found[one.key]] == [one.raw, second.raw]
    assert {version.assessment_revision for version in found[one.key]} == {2}
    assert {version.assessment for version in found[one.key]} == {rows.assessments[-1].body}
    assert found[other.key][0].assessment_revision == 1


def test_an_event_that_is_not_assessed_has_no_assessment(conn: Connection) -> None:
    rows = BatchRows(keys=[key_row(submission(1))], submissions=[submission(1)])
    copy_batch(conn, rows)
    (version,) = versions_of(conn, [submission(1).key])[submission(1).key]
    assert version.assessment_revision == 0
    assert version.assessment is None


def test_who_speaks_of_a_report_is_found_by_the_report(conn: Connection) -> None:
    rows = BatchRows()
    add_retraction(rows, submission(1), submission(2))
    copy_batch(conn, rows)
    found = links_to(conn, [submission(1).key, submission(2).key])
    assert found.keys() == {submission(1).key}
    (link,) = found[submission(1).key]
    assert link.relation is Relation.RETRACTS
    assert (link.by_key, link.by_id, link.vouched) == (submission(2).key, "r-2", True)


def test_writers_that_speak_of_one_event_take_turns(empty_migrated_url: str) -> None:
    seen: list[dict[Key, KnownKey]] = []

    def second() -> None:
        with connect(empty_migrated_url) as conn:
            claim_placeholders(conn, [KEY])
            lock_keys(conn, [KEY])
            seen.append(known_keys(conn, [KEY]))

    content = hashlib.sha256(b"1").digest()
    with connect(empty_migrated_url) as first:
        claim_placeholders(first, [KEY])
        lock_keys(first, [KEY])
        thread = Thread(target=second)
        thread.start()
        wait_until_somebody_waits(empty_migrated_url)
        row = KeyRow(KEY, NOW, KeyKind.REPORT, vouched=True, content_hash=content)
        fill_placeholders(first, [row])
        first.commit()
        thread.join()
    assert seen == [{KEY: KnownKey(content, vouched=True)}]


def test_writers_that_lock_the_same_events_do_not_block_each_other_for_good(
    empty_migrated_url: str,
) -> None:
    keys = [Key(os.urandom(16)) for _ in range(60)]
    with connect(empty_migrated_url) as conn:
        claim_placeholders(conn, keys)
    failures: list[BaseException] = []

    def lock(asked: list[Key]) -> None:
        try:
            with connect(empty_migrated_url) as conn:
                for _ in range(20):
                    lock_keys(conn, asked)
                    conn.commit()
        except Exception as error:  # noqa: BLE001 (any failure at all is what the test looks for)
            failures.append(error)

    threads = [Thread(target=lock, args=[asked]) for asked in (keys, keys[::-1], keys[20:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
