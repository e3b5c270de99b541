"""Shells of several people at once: each with a token of their own, before one gateway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from services.client.address import GATEWAY_VARIABLE
from services.client.token import TOKEN_FILE_VARIABLE
from services.local.endpoints import DATABASE_VARIABLE
from services.local.engines import Engines
from services.local.folder import HOME_VARIABLE
from services.local.postgres import API_ROLE
from services.receipts.key_folder import make_receipt_keys
from services.settings import Settings
from services.store.engine import connect
from services.tokens.stored import Wanted, create_token
from tests.conftest import name_of
from tests.integration.cli.console import Console
from tests.integration.gateway.served import HOST, gateway_of, listening

Shells = Mapping[str, Console]


@contextmanager
def shells_of(
    people: Mapping[str, Wanted], database_url: str, engines: Engines, folder: Path
) -> Iterator[Shells]:
    """A shell for each person, whose token lies under that name in the folder."""
    make_receipt_keys(folder / "receipts", datetime.now(UTC))
    with connect(database_url) as conn:
        for name, wanted in people.items():
            _, secret = create_token(conn, wanted, datetime.now(UTC))
            (folder / name).touch(mode=0o600)
            (folder / name).write_text(secret.text, "ascii")
    settings = Settings(
        database_url=database_url,
        kafka_bootstrap=engines.kafka.bootstrap,
        producer_keys=Path("none"),
        worker_group="none",
        api_database_url=engines.postgres.url_of(name_of(database_url), role=API_ROLE),
        receipt_keys=folder / "receipts",
    )
    with listening(gateway_of(settings)) as port:
        shared = {
            DATABASE_VARIABLE: database_url,
            HOME_VARIABLE: str(folder),
            GATEWAY_VARIABLE: f"http://{HOST}:{port}",
        }
        yield {
            name: Console({**shared, TOKEN_FILE_VARIABLE: str(folder / name)}) for name in people
        }
