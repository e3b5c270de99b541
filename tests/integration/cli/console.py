"""Commands run in this process against real engines, their output caught."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from services.cli.main import main
from tests.unit.services.cli.ran import Ran


@dataclass(frozen=True, slots=True)
class Console:
    """A shell with an environment of its own."""

    environment: Mapping[str, str]

    def run(self, *argv: str | Path, **more: str) -> Ran:
        """Run a command; `more` are further variables."""
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        err = io.StringIO()
        with patch.dict(os.environ), redirect_stdout(out), redirect_stderr(err):
            os.environ.pop("COLUMNS", None)  # the tests' own terminal must not fold what is read
            os.environ.update({**self.environment, **more})
            code = _run([str(argument) for argument in argv])
        written = out.buffer
        assert isinstance(written, io.BytesIO)
        return Ran(code, written.getvalue().decode(), err.getvalue())


def _run(argv: list[str]) -> int:
    try:
        main(argv)
    except SystemExit as ended:
        return int(ended.code or 0)
    raise AssertionError("main always exits")
