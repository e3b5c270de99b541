"""What a command came to, as the tests of commands look at it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Ran(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON, a value a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def failure(self) -> Any:  # noqa: ANN401  JSON
        """The error that `--json` writes."""
        return json.loads(self.err.splitlines()[-1])
