"""Tokens in the store: made, looked up, listed, revoked.

Place on the data's way: the gateway looks each caller up by `look_up`, under its own role, which
can call the function `find_token` and cannot read the table. All else is the operator's, who owns
the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from psycopg.rows import args_row

from services.errors import NotFoundError
from services.store.engine import Connection
from services.tokens.secret import Secret, make_secret, read_secret
from services.tokens.token import Role, Token

DEFAULT_DAYS: Final = 90
MAX_DAYS: Final = 366


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an operator asks a new token to be."""

    label: str
    mission: str
    roles: frozenset[Role]
    agreement: str | None = None
    sources: frozenset[str] = frozenset()
    days: int = DEFAULT_DAYS
    principal: str | None = None


class _Row(NamedTuple):
    id: str
    label: str
    mission: str
    agreement: str | None
    roles: Sequence[str]
    sources: Sequence[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    principal: str | None

    def token(self) -> Token:
        """Roles that a newer program gave mean nothing to this one, and permit nothing."""
        known = frozenset(Role(role) for role in self.roles if role in frozenset(Role))
        return Token(*self[:4], known, frozenset(self.sources), *self[6:])


_FIND = """
SELECT id, label, mission, agreement, roles, sources, created_at, expires_at, revoked_at,
    principal
FROM find_token(%b)
"""

_LIST = """
SELECT id, label, mission, agreement, roles, sources, created_at, expires_at, revoked_at,
    principal
FROM tokens
WHERE (%b::text IS NULL OR mission = %b) AND (%b::text IS NULL OR id = %b)
ORDER BY created_at DESC, id
"""

_ADD = """
INSERT INTO tokens (secret_hash, id, label, mission, agreement, roles, sources, created_at,
    expires_at, principal)
VALUES (%b, %b, %b, %b, %b, %b, %b, %b, %b, %b)
"""


def create_token(conn: Connection, wanted: Wanted, now: datetime) -> tuple[Token, Secret]:
    """Make a token; the secret is nowhere but in what is returned."""
    assert wanted.roles, "a token without a role lets nobody do anything"
    assert 1 <= wanted.days <= MAX_DAYS, "the command line asks for no other"
    secret = make_secret()
    token = Token(
        secret.token_id,
        wanted.label,
        wanted.mission,
        wanted.agreement,
        wanted.roles,
        wanted.sources,
        now,
        now + timedelta(days=wanted.days),
        principal=wanted.principal,
    )
    named = (token.id, token.label, token.mission, token.agreement)
    lists = (sorted(token.roles), sorted(token.sources))
    times = (token.created_at, token.expires_at)
    conn.execute(_ADD, [secret.hash, *named, *lists, *times, token.principal])
    return token, secret


def look_up(conn: Connection, presented: str) -> Token | None:
    """The token that somebody presents; None where nobody made it. Ask `validity` next."""
    secret = read_secret(presented)
    if secret is None:
        return None
    found = _rows(conn, _FIND, [secret.hash])
    return found[0] if found and found[0].id == secret.token_id else None


def list_tokens(conn: Connection, mission: str | None = None) -> list[Token]:
    """Every token, of a mission or of all, the newest first; revoked and expired ones too."""
    return _rows(conn, _LIST, [mission, mission, None, None])


def revoke_token(conn: Connection, token_id: str, now: datetime) -> Token:
    """Revoke a token from now on; one that was revoked before stays as it was.

    Raises:
        NotFoundError: nobody made a token of this id.
    """
    conn.execute(
        "UPDATE tokens SET revoked_at = %s WHERE id = %s AND revoked_at IS NULL", [now, token_id]
    )
    found = _rows(conn, _LIST, [None, None, token_id, token_id])
    if not found:
        raise NotFoundError(f"there is no token {token_id}: `truceline token list` names them")
    return found[0]


def _rows(conn: Connection, query: str, values: Sequence[object]) -> list[Token]:
    with conn.cursor(binary=True, row_factory=args_row(_Row)) as cursor:
        return [row.token() for row in cursor.execute(query.encode(), values)]
