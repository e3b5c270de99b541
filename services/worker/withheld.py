"""Withheld: of what the gateway has stored and a worker refuses, the bytes leave the store again.

    refused and withheld → did a gateway store these bytes? → its row without them

Place on the data's way: in the transaction that writes the refusal, beside `rejections`. A gateway
asks what a worker asks before it stores (`services.gateway.agreed_names`); so this is for workers
whose rules are newer than the gateway's, and for what was stored before there was such a rule. What
has been taken in counts, and is kept.

What a crash before the commit means: neither the refusal nor the emptying is there, and the record
comes again. After it: both are there; the record comes again, is refused again, and finds nothing.
A relay that has the row still in its outbox sends nothing of it (`services.relay.relay`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from services.store.contexts import context_taken_in
from services.store.engine import Connection
from services.store.known import StoredVersion, versions_of
from services.worker.incoming import Refused
from streams.keys import Key
from streams.topics import TopicName
from streams.withhold import key_if_stored

# PostgreSQL itself asks once more whether they are refused and have no effect (migration 0036).
_EMPTY: Final = """
UPDATE submissions SET raw = ''
WHERE key = %b AND received_at = %b AND revision = %b
"""


def empty_withheld(conn: Connection, refused: Sequence[Refused]) -> None:
    """Empty the stored bytes of context events that are refused and withheld.

    Args:
        conn: in the transaction that has written these refusals.
        refused: of one batch; those that came by another topic say nothing of what is stored.
    """
    contents = _contents(refused)
    if not contents:
        return
    stored = [
        version
        for versions in versions_of(conn, list(contents)).values()
        for version in versions
        if version.raw and version.content_hash in contents[version.key]
    ]
    if not stored:
        return
    taken_in = context_taken_in(conn, sorted({version.key for version in stored}))
    for version in stored:
        if (version.key, version.revision) not in taken_in:
            _empty(conn, version)


def _contents(refused: Sequence[Refused]) -> Mapping[Key, set[bytes]]:
    """The hashes of what is withheld, by the key that it would be stored under."""
    contents: dict[Key, set[bytes]] = {}
    for one in refused:
        if one.refusal.withheld and one.record.topic == TopicName.CONTEXT:
            key = key_if_stored(one.raw)
            if key is not None:
                contents.setdefault(key, set()).add(one.content_hash)
    return contents


def _empty(conn: Connection, version: StoredVersion) -> None:
    conn.execute(_EMPTY, [version.key, version.received_at, version.revision])
