"""Receipts, stored by the gateway's role and made again from the rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace
from psycopg.conninfo import conninfo_to_dict

from services.local.engines import Engines
from services.local.postgres import API_ROLE
from services.receipts.public_keys import PublicKeys
from services.receipts.receipt import Receipt, canonical, make_receipt, signed
from services.receipts.stored import add_receipts, receipts_of
from services.receipts.verify import Finding, verify
from services.store.engine import Connection, connect
from services.store.rows import BatchRows, ReceiptRow, SubmissionRow
from services.store.scope import set_scope
from services.store.write import copy_batch
from streams.keys import EventKind
from tests.unit.services.receipts.samples import signer_of
from tests.unit.services.store.sample_rows import NOW, submission

SIGNER = signer_of(1, NOW)
KEYS = PublicKeys(keys=(SIGNER.public,))
FIRST = replace(submission(1), received_at=NOW + timedelta(microseconds=1))
SECOND = replace(FIRST, revision=2, received_at=NOW + timedelta(days=40), raw=b"{}")
UNSIGNED = submission(2)


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
    receipts = [receipt_of(row) for row in (FIRST, SECOND)]
    signatures = SIGNER.sign_all([canonical(one) for one in receipts])
    rows = [
        ReceiptRow(row.key, row.received_at, row.revision, row.mission, SIGNER.key_id, signature)
        for row, signature in zip((FIRST, SECOND), signatures, strict=True)
    ]
    add_receipts(gateway, rows)
    handed_out = [
        signed(receipt, signature) for receipt, signature in zip(receipts, signatures, strict=True)
    ]
    assert receipts_of(gateway, [FIRST.key, UNSIGNED.key]) == {FIRST.key: handed_out}
    assert [verify(one, KEYS) for one in handed_out] == [Finding.VALID] * 2


def test_what_did_not_come_through_the_gateway_has_none(gateway: Connection) -> None:
    add_receipts(gateway, [])
    assert receipts_of(gateway, [FIRST.key, UNSIGNED.key]) == {}
