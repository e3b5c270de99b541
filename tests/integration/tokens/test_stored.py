"""Tokens, made by the owner and looked up by the gateway's role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from services.errors import NotFoundError
from services.local.engines import Engines
from services.local.postgres import API_ROLE
from services.store.engine import Connection, connect
from services.tokens.secret import Secret, make_secret
from services.tokens.stored import (
    DEFAULT_DAYS,
    Wanted,
    create_token,
    list_tokens,
    look_up,
    revoke_token,
)
from services.tokens.token import Role, Validity, validity
from tests.unit.services.store.sample_rows import NOW

WANTED = Wanted(
    "north", "smm", frozenset({Role.REPORTER, Role.CORRIDOR_OPERATOR}), None, frozenset({"p-1"})
)
DAY = timedelta(days=1)


@pytest.fixture
def owner(migrated_url: str) -> Iterator[Connection]:
    """The operator's connection; what it makes is there for others, so tests name it freshly."""
    with connect(migrated_url) as conn:
        conn.autocommit = True
        yield conn


@pytest.fixture
def gateway(migrated_url: str, engines: Engines) -> Iterator[Connection]:
    """The gateway's connection."""
    name = str(conninfo_to_dict(migrated_url)["dbname"])
    with connect(engines.postgres.url_of(name, role=API_ROLE), scoped=True) as conn:
        conn.autocommit = True
        yield conn


def test_the_gateway_finds_who_presents_a_secret(owner: Connection, gateway: Connection) -> None:
    token, secret = create_token(owner, WANTED, NOW)
    assert look_up(gateway, secret.text) == token
    assert (token.roles, token.sources) == (WANTED.roles, WANTED.sources)
    assert token.expires_at - token.created_at == DEFAULT_DAYS * DAY


def test_who_holds_a_token_is_found_with_it_and_never_changed(
    owner: Connection, gateway: Connection
) -> None:
    token, secret = create_token(owner, replace(WANTED, principal="ana.petrovic"), NOW)
    found = look_up(gateway, secret.text)
    assert found == token
    assert found.principal == "ana.petrovic"
    with pytest.raises(psycopg.Error, match="history is never changed"):
        owner.execute("UPDATE tokens SET principal = 'x' WHERE id = %s", [token.id])
    revoke_token(owner, token.id, NOW)
    listed = {one.id: one for one in list_tokens(owner)}
    assert listed[token.id].principal == "ana.petrovic"


def test_a_secret_under_another_tokens_id_is_nobodys(
    owner: Connection, gateway: Connection
) -> None:
    _, secret = create_token(owner, WANTED, NOW)
    other, _ = create_token(owner, WANTED, NOW)
    assert look_up(gateway, Secret(other.id, secret.raw).text) is None


@pytest.mark.parametrize(
    "presented", ["", "trc_", make_secret().text], ids=["nothing", "no secret", "another secret"]
)
def test_what_nobody_made_is_nobodys(gateway: Connection, presented: str) -> None:
    assert look_up(gateway, presented) is None


def test_a_revoked_token_is_found_as_revoked_at_once(
    owner: Connection, gateway: Connection
) -> None:
    token, secret = create_token(owner, WANTED, NOW)
    revoked = revoke_token(owner, token.id, NOW + DAY)
    assert revoked == replace(token, revoked_at=NOW + DAY)
    assert validity(look_up(gateway, secret.text), NOW + DAY) is Validity.REVOKED


def test_revoking_again_changes_nothing(owner: Connection) -> None:
    token, _ = create_token(owner, WANTED, NOW)
    first = revoke_token(owner, token.id, NOW + DAY)
    assert revoke_token(owner, token.id, NOW + 2 * DAY) == first


def test_a_token_that_nobody_made_cannot_be_revoked(owner: Connection) -> None:
    with pytest.raises(NotFoundError, match="token list"):
        revoke_token(owner, "tok-000000000000", NOW)


def test_tokens_are_listed_by_mission_the_newest_first(owner: Connection) -> None:
    mission = replace(WANTED, mission="listed")
    old, _ = create_token(owner, mission, NOW)
    new, _ = create_token(owner, mission, NOW + DAY)
    assert list_tokens(owner, "listed") == [new, old]
    assert {old, new} < set(list_tokens(owner))


def test_the_store_does_not_have_the_secret(owner: Connection) -> None:
    _, secret = create_token(owner, WANTED, NOW)
    stored = owner.execute("SELECT tokens::text FROM tokens").fetchall()
    assert not any(secret.text[-43:] in row or secret.raw.hex() in row for (row,) in stored)


def test_a_role_of_a_newer_program_permits_nothing(owner: Connection, gateway: Connection) -> None:
    token, secret = create_token(owner, WANTED, NOW)
    owner.execute(
        "INSERT INTO tokens SELECT created_at, expires_at, NULL, 'tok-fedcba987654', %s, label,"
        " mission, agreement, '{reporter,archon}', sources FROM tokens WHERE id = %s",
        [replace(secret, raw=bytes(32)).hash, token.id],
    )
    found = look_up(gateway, Secret("tok-fedcba987654", bytes(32)).text)
    assert found is not None
    assert found.roles == {Role.REPORTER}
