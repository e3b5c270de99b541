"""What the index of an agreement's zones takes of memory, in a line: for `agreement show`."""

from __future__ import annotations

from services.settings import GRID_VARIABLE, Settings
from services.worker.grids import FROM_ZONES, Grids, is_indexed
from streams.agreement import Agreement
from streams.inforce import compile_zones


def index_line(document: Agreement, settings: Settings) -> str:
    """What it takes in each worker, as far as one has built it here, and what it may take."""
    limit_bytes = settings.grid_bytes()
    allowed = f"at most {limit_bytes // 1_000_000} MB ({GRID_VARIABLE})"
    zones = compile_zones(document)
    if not is_indexed(zones, limit_bytes):
        return f"index: none for {len(zones)} zones; from {FROM_ZONES} on {allowed}"
    taken = Grids(settings.grids, limit_bytes).kept_bytes(zones)
    if taken is None:
        return f"index: {len(zones)} zones, {allowed}; no worker has built it on this folder"
    return f"index: {len(zones)} zones, {taken / 1e6:.1f} MB in each worker, {allowed}"
