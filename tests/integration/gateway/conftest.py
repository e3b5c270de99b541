"""A gateway on a database of its own, asked as a client would ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.local.engines import Engines
from services.local.postgres import API_ROLE
from services.receipts.key_folder import make_receipt_keys
from services.settings import Settings
from services.store.engine import Connection, connect
from services.tokens.stored import Wanted, create_token
from services.tokens.token import Role
from tests.conftest import name_of
from tests.integration.gateway import seeded
from tests.integration.gateway.served import Client, client_of

MakeToken = Callable[..., dict[str, str]]


@pytest.fixture(scope="module")
def gateway_settings(
    migrated_url: str, engines: Engines, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """A migrated database, receipt keys, and the gateway's role."""
    keys = tmp_path_factory.mktemp("keys") / "receipts"
    make_receipt_keys(keys, datetime.now(UTC))
    return Settings(
        database_url=migrated_url,
        kafka_bootstrap=engines.kafka.bootstrap,
        producer_keys=Path("none"),
        worker_group="none",
        api_database_url=engines.postgres.url_of(name_of(migrated_url), role=API_ROLE),
        receipt_keys=keys,
    )


@pytest.fixture(scope="module")
def client(gateway_settings: Settings) -> Iterator[Client]:
    """Whoever has the gateway's address."""
    with client_of(gateway_settings) as client:
        yield client


@pytest.fixture(scope="module")
def filled(gateway_settings: Settings) -> None:
    """What all questions of two missions may show (`seeded`)."""
    with connect(gateway_settings.database()) as conn:
        seeded.seed(conn)


@pytest.fixture
def owner(gateway_settings: Settings) -> Iterator[Connection]:
    """The operator's connection."""
    with connect(gateway_settings.database()) as conn:
        conn.autocommit = True
        yield conn


@pytest.fixture
def token(owner: Connection) -> MakeToken:
    """Make a token; the header that presents it."""

    def make(
        *roles: Role,
        mission: str = "smm",
        agreement: str | None = None,
        sources: frozenset[str] = frozenset(),
        days: int = 1,
        principal: str | None = None,
    ) -> dict[str, str]:
        may = frozenset(roles or {Role.REPORTER})
        wanted = Wanted("test", mission, may, agreement, sources, days, principal)
        _, secret = create_token(owner, wanted, datetime.now(UTC))
        return {"Authorization": f"Bearer {secret.text}"}

    return make
