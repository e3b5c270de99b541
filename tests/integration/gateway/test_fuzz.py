"""A short seed of `make fuzz`: malformed requests to running gateways, and the store counted."""

from __future__ import annotations

from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from services.local.engines import Engines
from services.local.postgres import API_ROLE
from tests.fuzz.run import Ground, run, unaccounted

CASES, RARE = 1_000, 7


def test_nothing_malformed_is_stored_or_answered_without_a_code(
    empty_database_url: str, engines: Engines, tmp_path: Path
) -> None:
    name = str(conninfo_to_dict(empty_database_url)["dbname"])
    api_url = engines.postgres.url_of(name, role=API_ROLE)
    found = run(Ground(empty_database_url, api_url, tmp_path / "keys"), 7, CASES, RARE)
    assert found.faults == []
    assert found.rows["submissions"] > CASES / 10


def test_what_is_stored_without_a_receipt_or_twice_or_not_at_all_is_a_fault() -> None:
    rows = {"submissions": 2, "rejected": 0}
    assert unaccounted([b"a", b"b"], [b"b", b"a"], rows) == []
    assert unaccounted([b"a", b"b"], [b"a", b"c"], rows) != []
    assert unaccounted([b"a", b"b"], [b"a", b"a"], rows) != []
    assert unaccounted([b"a", b"b"], [b"a", b"b"], rows | {"rejected": 1}) != []
