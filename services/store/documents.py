"""Agreements and methodologies: every version, by its hash.

Place on the data's way: `truceline agreement load` → **store** → the worker, which judges by them.
Immutable: the same document again changes nothing, another one under the same id and version is
refused. Which version is in force at an instant is decided by its own `valid`, in the core.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final, Generic, NamedTuple, TypeAlias, TypeVar

import msgspec
from psycopg import sql
from psycopg.rows import args_row

from services.store.decoded import Decoded
from services.store.engine import Connection
from services.store.errors import DocumentChangedError, DocumentConflictError
from streams.agreement import Agreement, canonical_bytes
from streams.methodology import Methodology


class DocumentKind(StrEnum):
    """The table a document lives in."""

    AGREEMENT = "agreements"
    METHODOLOGY = "methodologies"


Document: TypeAlias = Agreement | Methodology

_TABLES: Final = {Agreement: DocumentKind.AGREEMENT, Methodology: DocumentKind.METHODOLOGY}
_DECODED: Final = Decoded()

D = TypeVar("D", Agreement, Methodology)
D_co = TypeVar("D_co", bound=Document, covariant=True)


class StoredDocument(NamedTuple):
    """A document's row without its text."""

    hash: bytes
    id: str
    version: int
    mission: str
    valid_from: datetime
    valid_to: datetime | None
    loaded_at: datetime


def load_document(conn: Connection, document: Document, now: datetime) -> bool:
    """Keep a document; False when it was there already, byte for byte.

    Raises `DocumentConflictError` when its id and version belong to another document.
    """
    kind = _TABLES[type(document)]
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


class LoadedDocument(NamedTuple, Generic[D_co]):
    """A version of a document with when it was loaded, and its address."""

    loaded_at: datetime
    hash: bytes
    document: D_co


def agreements(
    conn: Connection, mission: str | None = None, known_at: datetime | None = None
) -> list[Agreement]:
    """Every version of every agreement, or of one mission's, oldest first; as loaded by then."""
    return [it.document for it in loaded_agreements(conn, mission, known_at)]


def loaded_agreements(
    conn: Connection, mission: str | None = None, known_at: datetime | None = None
) -> list[LoadedDocument[Agreement]]:
    """The same with their addresses."""
    return _loaded(conn, Agreement, mission, known_at)


class DocumentsLoaded(NamedTuple):
    """How many there are; none is ever changed or removed, so equal counts are the same ones."""

    agreements: int
    signatures: int


def documents_loaded(conn: Connection, mission: str) -> DocumentsLoaded:
    """How many versions and signatures of a mission's agreements the connection may see."""
    row = conn.execute(
        "SELECT (SELECT count(*) FROM agreements WHERE mission = %(mission)s),"
        " (SELECT count(*) FROM agreement_signatures WHERE mission = %(mission)s)",
        {"mission": mission},
    ).fetchone()
    assert row is not None, "counts are always answered"
    return DocumentsLoaded(*row)


def methodologies(conn: Connection, mission: str | None = None) -> list[Methodology]:
    """Every version of every methodology, or of one mission's, oldest first."""
    return [it.document for it in _loaded(conn, Methodology, mission)]


def loaded_documents(conn: Connection) -> list[LoadedDocument[Document]]:
    """Every version of every document of both kinds, in the order in which they were loaded.

    Each is compared with its address as it is stored now: who judges asks once for many reports.

    Raises `DocumentChangedError` where one is not what was loaded: nothing is judged by it.
    """
    found: list[LoadedDocument[Document]] = [
        *_loaded(conn, Agreement, checked=True),
        *_loaded(conn, Methodology, checked=True),
    ]
    return sorted(found, key=lambda entry: (entry.loaded_at, entry.hash))


def _loaded(
    conn: Connection,
    read_as: type[D],
    mission: str | None = None,
    known_at: datetime | None = None,
    *,
    checked: bool = False,
) -> list[LoadedDocument[D]]:
    """Of one kind, oldest first; the text alone of those that are not read yet, or are checked."""
    held = {} if checked else _DECODED.held()
    query = sql.SQL(
        "SELECT loaded_at, hash, CASE WHEN hash <> ALL (%s::bytea[]) THEN document END FROM {}"
        " WHERE (%s::text IS NULL OR mission = %s)"
        " AND loaded_at <= coalesce(%s::timestamptz, 'infinity') ORDER BY mission, id, version"
    ).format(sql.Identifier(_TABLES[read_as]))
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(query, [list(held), mission, mission, known_at]).fetchall()
    return [
        LoadedDocument(at, address, _read(address, body, read_as, held))
        for at, address, body in rows
    ]


def _read(
    address: bytes,
    body: bytes | None,
    read_as: type[D],
    held: Mapping[bytes, Document],
) -> D:
    if body is None:
        document = held[address]
        assert isinstance(document, read_as)
        _DECODED.used(address)
        return document
    if sha256(body).digest() != address:
        raise DocumentChangedError(
            f"the document stored under {address.hex()} has been changed in the database since it"
            " was loaded: nothing is judged by it; restore the table from a backup"
        )
    found = msgspec.json.decode(body, type=read_as)
    _DECODED.keep(address, found, len(body))
    return found


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
