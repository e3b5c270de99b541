"""Signatures: what the parties signed, as it reached us.

Place on the data's way: `truceline agreement load` → **store** → the worker, which judges by who
has signed. Only what counts is stored, and never changed; it is verified again whenever it is read.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from services.store.engine import Connection
from streams.agreement import Agreement, content_hash
from streams.signing import Signature, read_signature, signature_hash, write_signature


class LoadedSignature(NamedTuple):
    """A signature with when it was loaded."""

    loaded_at: datetime
    hash: bytes
    signature: Signature


_ADD = """
INSERT INTO agreement_signatures (hash, agreement, mission, party, loaded_at, body)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


def add_signature(
    conn: Connection, signature: Signature, agreement: Agreement, now: datetime
) -> bool:
    """Keep a signature that counts under a loaded version; False: it was there already."""
    row = (
        bytes.fromhex(signature_hash(signature)),
        bytes.fromhex(content_hash(agreement)),
        agreement.mission,
        signature.party,
        now,
        write_signature(signature),
    )
    return bool(conn.execute(_ADD, row).rowcount)


def loaded_signatures(
    conn: Connection, known_at: datetime | None = None, mission: str | None = None
) -> list[LoadedSignature]:
    """All that were loaded by `known_at`, or till now, in the order in which they were."""
    rows = conn.execute(
        "SELECT loaded_at, hash, body FROM agreement_signatures"
        " WHERE loaded_at <= coalesce(%s::timestamptz, 'infinity')"
        " AND mission = coalesce(%s, mission) ORDER BY loaded_at, hash",
        [known_at, mission],
    )
    return [LoadedSignature(at, bytes(hash_), read_signature(body)) for at, hash_, body in rows]


def signatures(conn: Connection) -> list[Signature]:
    """All of them."""
    return [entry.signature for entry in loaded_signatures(conn)]
