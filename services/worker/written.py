"""Written: what a batch's transaction has written, for whoever tells of it after the commit.

Place on the data's way: `ReportWriter` | `write_statuses` → **Written** → announce, record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from services.worker.incoming import Refused
from streams.keys import Key


class Written(NamedTuple):
    """True once its transaction is committed."""

    refused: list[Refused]
    """Every refused event of the batch, those known before as well."""
    violated: Sequence[Key] = ()
    """The report of each new row of violations."""
