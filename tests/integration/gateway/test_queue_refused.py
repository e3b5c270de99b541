"""What a worker refused gets another chance when it is posted again; nothing else does."""

from __future__ import annotations

from services.settings import Settings
from services.store.engine import Connection, connect
from services.worker.documents import register_of
from streams.inforce import Register
from streams.tags import STORED_HEADER
from streams.topics import TopicName
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client
from tests.integration.gateway.test_posts import JSON, event
from tests.integration.worker.intake import take_in
from tests.integration.worker.records import Entry


def queued(owner: Connection) -> int:
    row = owner.execute("SELECT count(*) FROM outbox").fetchone()
    assert row is not None
    return int(row[0])


def relay_to_a_worker(settings: Settings, owner: Connection, raw: bytes, nobody: Register) -> None:
    """Take the report out of the outbox, and have a worker read it that knows no agreement."""
    owner.execute("DELETE FROM outbox")
    hint = ((STORED_HEADER, b"1"),)
    record = Entry(TopicName.REPORTS, 0, 0, 1_700_000_000_000, b"k", raw, hint)
    with connect(settings.database()) as conn:
        assert take_in(conn, nobody, [record])
        conn.commit()


def test_a_refused_report_that_is_posted_again_is_queued_again_with_the_same_receipt(
    client: Client, token: MakeToken, owner: Connection, gateway_settings: Settings
) -> None:
    headers, raw = JSON | token(), event()
    owner.execute("DELETE FROM outbox")
    first = client.post("/v1/reports", content=raw, headers=headers)
    assert queued(owner) == 1
    again = client.post("/v1/reports", content=raw, headers=headers)
    assert queued(owner) == 1, "what is on its way is left alone"
    relay_to_a_worker(gateway_settings, owner, raw, register_of(()))
    once_more = client.post("/v1/reports", content=raw, headers=headers)
    assert (first.status_code, again.status_code, once_more.status_code) == (201, 200, 200)
    assert first.content == again.content == once_more.content
    assert queued(owner) == 1
