"""Two that store the same event at the same time: one does, the other hears that it is known."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg.conninfo import conninfo_to_dict

from services.gateway.store_new import store_new
from services.local.engines import Engines
from services.local.postgres import API_ROLE
from services.store.engine import Connection, connect
from services.store.rows import KeyKind, KeyRow
from services.store.write import copy_rows
from tests.integration.receipts.test_stored import SIGNER, post_of
from tests.unit.services.store.sample_rows import NOW

WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def storing(fresh_migrated_url: str, engines: Engines) -> Iterator[Connection]:
    name = str(conninfo_to_dict(fresh_migrated_url)["dbname"])
    with connect(engines.postgres.url_of(name, role=API_ROLE), scoped=True) as conn:
        conn.autocommit = True
        yield conn


@pytest.mark.parametrize("commits", [True, False])
def test_a_group_waits_for_another_at_its_keys_and_stores_what_that_left(
    storing: Connection, fresh_migrated_url: str, *, commits: bool
) -> None:
    posts = [post_of(number, "smm") for number in range(4)]
    met = posts[2]
    with connect(fresh_migrated_url) as other, ThreadPoolExecutor(1) as beside:
        row = KeyRow(met.key, NOW, KeyKind.REPORT, vouched=True, content_hash=met.content_hash)
        copy_rows(other, "event_keys", [row])
        stored = beside.submit(store_new, storing, posts, SIGNER, NOW)
        with connect(fresh_migrated_url) as watching:
            deadline = time.monotonic() + 30
            while watching.execute(WAITS).fetchone() == (0,):
                assert time.monotonic() < deadline, "it does not wait for the other"
                watching.rollback()
        if commits:
            other.commit()
        else:
            other.rollback()
        held = stored.result(30)
    left = {post.key for post in posts if not commits or post is not met}
    assert held.keys() == left
    with connect(fresh_migrated_url) as conn:
        assert {key for (key,) in conn.execute("SELECT key FROM submissions", binary=True)} == left


def test_a_group_of_nothing_stores_nothing(storing: Connection) -> None:
    assert store_new(storing, [], SIGNER, NOW) == {}
