"""Runs commands in this process, as a shell would: arguments in; code, output and errors out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from services.cli.main import main
from services.client.address import GATEWAY_VARIABLE
from services.client.token import TOKEN_FILE_VARIABLE
from services.local.endpoints import (
    API_DATABASE_VARIABLE,
    DATABASE_VARIABLE,
    KAFKA_VARIABLE,
    LISTEN_VARIABLE,
)
from services.local.folder import HOME_VARIABLE
from services.settings import (
    GROUP_VARIABLE,
    KEYS_VARIABLE,
    RECEIPT_KEYS_VARIABLE,
    SPOOL_VARIABLE,
)
from tests.unit.services.cli.ran import Ran

VARIABLES = (
    API_DATABASE_VARIABLE,
    DATABASE_VARIABLE,
    KAFKA_VARIABLE,
    KEYS_VARIABLE,
    RECEIPT_KEYS_VARIABLE,
    GROUP_VARIABLE,
    LISTEN_VARIABLE,
    GATEWAY_VARIABLE,
    TOKEN_FILE_VARIABLE,
    SPOOL_VARIABLE,
    "COLUMNS",
)


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command where no engine runs and nothing is set."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))

    def run_command(*argv: str | Path) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in argv])
        out, err = capsys.readouterr()
        return Ran(ended.value.code or 0, out, err)  # type: ignore[arg-type]  # always a number

    return run_command
