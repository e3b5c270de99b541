"""Scope: which missions, agreements and movements a transaction of the gateway's role may see.

Place on the data's way: token → **scope** → everything the gateway asks or stores. PostgreSQL's
row-level security (migrations 0014, 0029) reads it; without it there is nothing to be seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from psycopg.sql import SQL, Composed

from services.store.engine import Connection

EVERY_AGREEMENT = "*"
"""No id: ids begin with a letter or a digit (`streams.events.Slug`)."""

EVERY_SOURCE = "*"
"""Likewise."""

SCOPE = f"""
SELECT set_config('truceline.missions', %b, true),
    set_config('truceline.agreements', '{EVERY_AGREEMENT}', true),
    set_config('truceline.sources', '{EVERY_SOURCE}', true)
"""
"""For a statement that is a transaction of its own, and asks or writes only what it reads after
this; its parameter: `scope_of`."""


def set_scope(
    conn: Connection,
    missions: Iterable[str],
    agreements: Iterable[str] | None = None,
    sources: Iterable[str] | None = (),
) -> None:
    """Narrow the current transaction to these missions; it ends with the transaction.

    Args:
        conn: a connection in a transaction, made with `connect(…, scoped=True)`.
        missions: ids, of which none holds a comma.
        agreements: ids; None: every agreement of the missions.
        sources: ids of those whose movements are seen, as organiser or as addressed; None: all.
    """
    spoken_for = [EVERY_SOURCE] if sources is None else list(sources)
    named = [EVERY_AGREEMENT] if agreements is None else list(agreements)
    conn.execute(
        "SELECT set_config('truceline.missions', %s, true),"
        " set_config('truceline.agreements', %s, true),"
        " set_config('truceline.sources', %s, true)",
        [_joined(missions), _joined(named), _joined(spoken_for)],
    )


def begin_in_scope(conn: Connection, missions: Iterable[str]) -> None:
    """Begin a transaction within these missions and every agreement of theirs, in one message.

    Args:
        conn: a connection that begins none by itself (autocommit), made with `connect(…,
            scoped=True)`; commit it or close it.
        missions: ids, of which none holds a comma.
    """
    conn.execute(_begin(_joined(missions)))


@lru_cache(maxsize=64)
def _begin(missions: str) -> Composed:
    return SQL(
        "BEGIN; SELECT set_config('truceline.missions', {}, true),"
        " set_config('truceline.agreements', {}, true),"
        " set_config('truceline.sources', {}, true)"
    ).format(missions, EVERY_AGREEMENT, EVERY_SOURCE)


def scope_of(missions: Iterable[str]) -> str:
    """The parameter of `SCOPE`: these missions, and every agreement of theirs."""
    return _joined(sorted(missions))


def _joined(ids: Iterable[str]) -> str:
    """The ids as the policies read them; one with a comma would be read as two."""
    listed = list(ids)
    assert not any("," in id_ for id_ in listed), "ids are slugs"
    return ",".join(listed)
