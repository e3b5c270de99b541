"""One run: cases from a seed to running gateways, then the store counted.

What must hold: no 5xx; a code wherever a route answers; no connection lost without a cause; nothing
stored but what has a receipt, and that once; each gateway's memory below `MEMORY_MB`.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from services.store.engine import connect
from tests.fuzz.case import MISSION, Case
from tests.fuzz.draw import draw_cases
from tests.fuzz.stage import both, counts, make_tokens, stored
from tests.fuzz.wire import Told, send_all

CONNECTIONS: Final = 24
MEMORY_MB: Final = 1_024
PROGRESS_EVERY: Final = 10_000


@dataclass(frozen=True, slots=True)
class Ground:
    """The database that a run has for itself."""

    url: str
    api_url: str
    keys: Path


@dataclass(frozen=True, slots=True)
class Found:
    """What a run came to."""

    told: Told
    faults: list[str]
    seconds: float
    memory_mb: tuple[float, ...]
    rows: dict[str, int]


def run(ground: Ground, seed: int, cases: int, rare: int, *, say: bool = False) -> Found:
    """Send so many cases and account for them."""
    reporter, operator = make_tokens(ground.url)
    drawn = draw_cases(seed, cases, rare, reporter, operator)
    began = time.monotonic()
    with both(ground.api_url, ground.keys) as gateways:
        ports = [gateway.port for gateway in gateways]
        told = asyncio.run(send_all(ports, _counted(drawn, began) if say else drawn, CONNECTIONS))
        memory_mb = tuple(gateway.highest_mb() for gateway in gateways)
        seconds = time.monotonic() - began
        with connect(ground.url) as conn:
            in_store, rows = stored(conn), counts(conn)
    faults = [*told.faults, *unaccounted(told.stored, in_store, rows)]
    faults += [f"a gateway held {mb:.0f} MB" for mb in memory_mb if mb > MEMORY_MB]
    faults += [f"{missing} cases were not sent" for missing in [cases - told.sent] if missing]
    return Found(told, faults, seconds, memory_mb, rows)


def unaccounted(receipted: list[bytes], in_store: list[bytes], rows: dict[str, int]) -> list[str]:
    """What is stored without a receipt, twice, or not at all."""
    expected, found = Counter(receipted), Counter(in_store)
    faults = [f"stored without a receipt: {raw[:200]!r}" for raw in found - expected]
    faults += [f"receipted and not stored: {raw[:200]!r}" for raw in expected - found]
    must = {table: len(receipted) for table in rows} | {"rejected": 0}
    if rows != must:
        faults.append(f"rows {rows} of {MISSION}, not {must}")
    return faults


def _counted(cases: Iterator[Case], began: float) -> Iterator[Case]:
    for number in count(1):
        case = next(cases, None)
        if case is None:
            return
        if not number % PROGRESS_EVERY:
            print(f"  {number:,} sent, {time.monotonic() - began:.0f} s", flush=True)
        yield case
