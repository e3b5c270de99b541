"""Receipts, stored by the gateway's role and made again from the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from psycopg.conninfo import conninfo_to_dict

from services.gateway.posts import Post
from services.gateway.store_new import store_new
from services.gateway.take_in import take_in
from services.gateway.versions import Held
from services.local.engines import Engines
from services.local.postgres import API_ROLE
from services.receipts.public_keys import PublicKeys
from services.receipts.receipt import Receipt, canonical, make_receipt, read_parts, signed
from services.receipts.stored import Alone, add_alone, receipts_of
from services.receipts.verify import Finding, verify
from services.store.engine import Connection, connect
from services.store.rows import BatchRows, SubmissionRow
from services.store.scope import set_scope
from services.store.write import copy_batch
from streams.keys import EventKind, Key, event_key
from tests.unit.services.receipts.samples import signer_of
from tests.unit.services.store.sample_rows import NOW, submission

SIGNER = signer_of(1, NOW)
KEYS = PublicKeys(keys=(SIGNER.public,))
FIRST = replace(submission(1), received_at=NOW + timedelta(microseconds=1))
SECOND = replace(FIRST, revision=2, received_at=NOW + timedelta(days=40), raw=b"{}")
UNSIGNED = submission(2)


def post_of(number: int, mission: str, remark: str = "") -> Post:
    """An event of a mission; the same each time."""
    raw = f"{number}{mission}{remark}".encode()
    key = event_key(EventKind.REPORT, mission, "patrol-1", f"r-{number}")
    return Post(
        *(EventKind.REPORT, mission, "patrol-1", f"r-{number}", NOW, NOW, key, raw),
        *(sha256(raw).digest(), "tok-1"),
    )


def receipt_of(row: SubmissionRow) -> Receipt:
    return make_receipt(
        kind=EventKind(row.kind),
        id=row.event_id,
        mission=row.mission,
        source=row.source,
        revision=row.revision,
        content_hash=row.content_hash,
        received_at=row.received_at,
        key_id=SIGNER.key_id,
    )


@pytest.fixture(scope="module")
def filled_url(migrated_url: str) -> str:
    with connect(migrated_url) as conn:
        copy_batch(conn, BatchRows(submissions=[FIRST, SECOND, UNSIGNED]))
    return migrated_url


@pytest.fixture
def gateway(filled_url: str, engines: Engines) -> Iterator[Connection]:
    name = str(conninfo_to_dict(filled_url)["dbname"])
    with connect(engines.postgres.url_of(name, role=API_ROLE), scoped=True) as conn:
        set_scope(conn, ["smm"])
        yield conn
        conn.rollback()


def test_a_receipt_is_made_again_from_the_row_byte_for_byte(gateway: Connection) -> None:
    handed_out = [signed(one, SIGNER.sign(one)) for one in map(receipt_of, (FIRST, SECOND))]
    rows = [
        Alone(row.key, row.received_at, row.revision, row.mission, SIGNER.key_id, SIGNER.sign(one))
        for row, one in zip((FIRST, SECOND), map(receipt_of, (FIRST, SECOND)), strict=True)
    ]
    add_alone(gateway, rows)
    assert receipts_of(gateway, [FIRST.key, UNSIGNED.key]) == {FIRST.key: handed_out}
    assert [verify(one, KEYS) for one in handed_out] == [Finding.VALID] * 2


def test_what_did_not_come_through_the_gateway_has_none(gateway: Connection) -> None:
    add_alone(gateway, [])
    assert receipts_of(gateway, [FIRST.key, UNSIGNED.key]) == {}


# --- trees: groups as the gateway stores them ---------------------------------------------------


@pytest.fixture
def storing(fresh_migrated_url: str, engines: Engines) -> Iterator[Connection]:
    name = str(conninfo_to_dict(fresh_migrated_url)["dbname"])
    with connect(engines.postgres.url_of(name, role=API_ROLE), scoped=True) as conn:
        conn.autocommit = True
        yield conn


def kept(conn: Connection, missions: Iterable[str], posts: Iterable[Post]) -> dict[Key, list[Held]]:
    """The receipts that are made again from the store."""
    with conn.transaction():
        set_scope(conn, missions)
        made = receipts_of(conn, [post.key for post in posts])
    return {
        key: [Held(canonical(one.receipt), one.signature) for one in of] for key, of in made.items()
    }


def rows_of_receipts(conn: Connection, missions: Iterable[str]) -> list[tuple[int, int, int]]:
    """Of each row how many keys it has, how many are null, and how many leaves."""
    with conn.transaction():
        set_scope(conn, missions)
        return conn.execute(
            "SELECT cardinality(keys), cardinality(array_positions(keys, NULL)),"
            " octet_length(leaves) / 32 FROM receipts ORDER BY received_at, mission, 1 DESC"
        ).fetchall()


def valid(held: Held) -> bool:
    return verify(read_parts(*held), KEYS) is Finding.VALID


def test_a_group_is_kept_as_trees_of_its_missions_and_every_receipt_comes_again(
    storing: Connection,
) -> None:
    posts = [post_of(n, mission) for n in range(45) for mission in ("smm", "unmil")]
    held = store_new(storing, posts, SIGNER, NOW)
    assert held.keys() == {post.key for post in posts}
    assert all(map(valid, held.values()))
    assert kept(storing, ["smm", "unmil"], posts) == {key: [one] for key, one in held.items()}
    assert rows_of_receipts(storing, ["smm", "unmil"]) == [(32, 0, 32), (13, 0, 13)] * 2
    assert rows_of_receipts(storing, ["smm"]) == [(32, 0, 32), (13, 0, 13)]
    assert kept(storing, ["smm"], posts).keys() == {
        post.key for post in posts if post.mission == "smm"
    }, "no mission's trees lead to another's events"


def test_leaves_of_what_was_known_are_nobodys_receipts(storing: Connection) -> None:
    posts = [post_of(n, "smm") for n in range(70)]
    first = store_new(storing, posts[::3], SIGNER, NOW)
    # Of the same instant even, as another gateway may store them.
    rest = store_new(storing, posts, SIGNER, NOW)
    assert first.keys() | rest.keys() == {post.key for post in posts}
    assert not first.keys() & rest.keys()
    assert kept(storing, ["smm"], posts) == {key: [one] for key, one in (first | rest).items()}
    missing = sum(nulls for _, nulls, _ in rows_of_receipts(storing, ["smm"]))
    assert missing == len(first)


def test_a_group_in_which_nothing_is_new_keeps_no_tree(storing: Connection) -> None:
    posts = [post_of(n, "smm") for n in range(3)]
    store_new(storing, posts, SIGNER, NOW)
    assert store_new(storing, posts, SIGNER, NOW + timedelta(seconds=1)) == {}
    assert rows_of_receipts(storing, ["smm"]) == [(3, 0, 3)]


RUNS = count()
"""Examples share a store, and no event."""


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_whatever_is_sent_in_whatever_groups_a_receipt_stays_what_it_was(
    storing: Connection, data: st.DataObject
) -> None:
    run = 100 * next(RUNS)
    texts = st.tuples(
        st.integers(0, 50), st.sampled_from(["smm", "unmil"]), st.sampled_from(["once", "changed"])
    )
    known: dict[tuple[Key, bytes], tuple[bytes, str]] = {}
    posts: list[Post] = []
    for number in range(data.draw(st.integers(1, 3))):
        drawn = data.draw(st.lists(texts, max_size=80))
        group = [post_of(run + its, mission, remark) for its, mission, remark in drawn]
        posts += group
        # Groups of one instant, or of others.
        at = NOW + data.draw(st.sampled_from([timedelta(), timedelta(seconds=number)]))
        for post, outcome in zip(group, take_in(storing, group, SIGNER, at), strict=True):
            got = (outcome.receipt, outcome.signature)
            assert known.setdefault((post.key, post.content_hash), got) == got
            assert valid(Held(*got))
    of_store = kept(storing, ["smm", "unmil"], posts)
    assert {tuple(one) for of in of_store.values() for one in of} == set(known.values())
