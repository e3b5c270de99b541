"""Agreements and methodologies: every version, by its hash.

Place on the data's way: `truceline agreement load` → **store** → the worker, which judges by them.
Immutable: the same document again changes nothing, another one under the same id and version is
refused. Which version is in force at an instant is decided by its own `valid`, in the core.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

import msgspec
from psycopg import sql
from psycopg.rows import args_row

from services.store.engine import Connection
from services.store.errors import DocumentChangedError, DocumentConflictError
from streams.agreement import Agreement, canonical_bytes
from streams.methodology import Methodology


class DocumentKind(StrEnum):
    """The table a document lives in."""

    AGREEMENT = "agreements"
    METHODOLOGY = "methodologies"


class StoredDocument(NamedTuple):
    """A document's row without its text."""

    hash: bytes
    id: str
    version: int
    mission: str
    valid_from: datetime
    valid_to: datetime | None
    loaded_at: datetime


def load_document(conn: Connection, document: Agreement | Methodology, now: datetime) -> bool:
    """Keep a document; False when it was there already, byte for byte.

    Raises `DocumentConflictError` when its id and version belong to another document.
    """
    kind = _kind_of(document)
    canonical = canonical_bytes(document)
    address = sha256(canonical).digest()
    insert = sql.SQL(
        "INSERT INTO {} (hash, id, version, mission, valid_from, valid_to, loaded_at, document)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
    ).format(sql.Identifier(kind))
    made = conn.execute(
        insert,
        [
            address,
            document.id,
            document.version,
            document.mission,
            document.valid.from_,
            document.valid.to,
            now,
            canonical,
        ],
    )
    if made.rowcount:
        return True
    same = sql.SQL("SELECT FROM {} WHERE hash = %s").format(sql.Identifier(kind))
    if conn.execute(same, [address]).rowcount:
        return False
    raise DocumentConflictError(
        f"{kind}: version {document.version} of {document.id} is already loaded with other"
        " contents; documents are never changed: give the amended one a new version"
    )


def agreements(
    conn: Connection, mission: str | None = None, known_at: datetime | None = None
) -> list[Agreement]:
    """Every version of every agreement, or of one mission's, oldest first; as loaded by then."""
    return [it.agreement for it in hashed_agreements(conn, mission, known_at)]


class HashedAgreement(NamedTuple):
    """A version of an agreement with its address; hashing a large one takes its time."""

    hash: bytes
    agreement: Agreement


def hashed_agreements(
    conn: Connection, mission: str | None = None, known_at: datetime | None = None
) -> list[HashedAgreement]:
    """Every version of every agreement, or of one mission's, oldest first; as loaded by then."""
    found = _documents(conn, DocumentKind.AGREEMENT, mission, known_at)
    return [HashedAgreement(it, msgspec.json.decode(body, type=Agreement)) for it, body in found]


def methodologies(conn: Connection, mission: str | None = None) -> list[Methodology]:
    """Every version of every methodology, or of one mission's, oldest first."""
    found = _documents(conn, DocumentKind.METHODOLOGY, mission)
    return [msgspec.json.decode(body, type=Methodology) for _, body in found]


class LoadedAgreement(NamedTuple):
    """A version of an agreement with when it was loaded."""

    loaded_at: datetime
    hash: bytes
    agreement: Agreement


def loaded_agreements(conn: Connection, mission: str) -> list[LoadedAgreement]:
    """Every version of a mission's agreements, in the order in which they were loaded."""
    rows = conn.execute(
        "SELECT loaded_at, hash, document FROM agreements WHERE mission = %s"
        " ORDER BY loaded_at, hash",
        [mission],
    )
    return [
        LoadedAgreement(at, bytes(it), msgspec.json.decode(body, type=Agreement))
        for at, it, body in rows
    ]


class LoadedDocument(NamedTuple):
    """A document with when it was loaded."""

    loaded_at: datetime
    hash: bytes
    document: Agreement | Methodology


def loaded_documents(conn: Connection) -> list[LoadedDocument]:
    """Every version of every document of both kinds, in the order in which they were loaded.

    Raises `DocumentChangedError` where one is not what was loaded: nothing is judged by it.
    """
    found = [
        *_loaded(conn, DocumentKind.AGREEMENT, Agreement),
        *_loaded(conn, DocumentKind.METHODOLOGY, Methodology),
    ]
    return sorted(found, key=lambda entry: (entry.loaded_at, entry.hash))


def _loaded(
    conn: Connection, kind: DocumentKind, read_as: type[Agreement | Methodology]
) -> list[LoadedDocument]:
    query = sql.SQL("SELECT loaded_at, hash, document FROM {}").format(sql.Identifier(kind))
    return [
        LoadedDocument(at, bytes(address), _unchanged(address, body, read_as))
        for at, address, body in conn.execute(query)
    ]


def _unchanged(
    address: bytes, body: bytes, read_as: type[Agreement | Methodology]
) -> Agreement | Methodology:
    if sha256(body).digest() != address:
        raise DocumentChangedError(
            f"the document stored under {address.hex()} has been changed in the database since it"
            " was loaded: nothing is judged by it; restore the table from a backup"
        )
    return msgspec.json.decode(body, type=read_as)


def list_documents(conn: Connection, kind: DocumentKind) -> list[StoredDocument]:
    """What is loaded, without the texts."""
    query = sql.SQL(
        "SELECT hash, id, version, mission, valid_from, valid_to, loaded_at FROM {}"
        " ORDER BY mission, id, version"
    ).format(sql.Identifier(kind))
    with conn.cursor(binary=True, row_factory=args_row(StoredDocument)) as cursor:
        return cursor.execute(query).fetchall()


def document_bytes(conn: Connection, kind: DocumentKind, address: bytes) -> bytes | None:
    """The canonical bytes of the document with this hash, or None."""
    query = sql.SQL("SELECT document FROM {} WHERE hash = %s").format(sql.Identifier(kind))
    row = conn.execute(query, [address]).fetchone()
    return None if row is None else bytes(row[0])


def _documents(
    conn: Connection, kind: DocumentKind, mission: str | None, known_at: datetime | None = None
) -> list[tuple[bytes, bytes]]:
    """Hash and text of each version, oldest first."""
    query = sql.SQL(
        "SELECT hash, document FROM {} WHERE (%s::text IS NULL OR mission = %s)"
        " AND loaded_at <= coalesce(%s::timestamptz, 'infinity') ORDER BY mission, id, version"
    ).format(sql.Identifier(kind))
    rows = conn.execute(query, [mission, mission, known_at])
    return [(bytes(address), bytes(body)) for address, body in rows]


def _kind_of(document: Agreement | Methodology) -> DocumentKind:
    if isinstance(document, Agreement):
        return DocumentKind.AGREEMENT
    return DocumentKind.METHODOLOGY
