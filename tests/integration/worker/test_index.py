"""The zones' index in a worker: built beside the reports, reused after a load and a restart."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from shapely import box, get_coordinates

from geo import grid
from geo.containment import contain
from geo.shapes import RegionBatch
from geo.zones import ZoneSet
from services.load import load_documents
from services.store.engine import connect
from services.worker import grids
from services.worker.documents import Documents
from services.worker.grids import Grids
from streams.agreement import Polygon, Validity, Zone
from streams.inforce import Register
from streams.vocabulary import ZoneKind
from tests.integration.worker.ground import agreement
from tests.integration.worker.records import RECEIVED
from tests.unit.streams.builders import MISSION, NOON, hours

LIMIT_BYTES = 300_000
WAIT_S = 120.0
FIRST = agreement().zones


def many_zones(changed: int | None = None) -> tuple[Zone, ...]:
    """Sixty squares in a row beside the mission's own; one of them smaller where it `changed`."""
    return (*FIRST, *(_square(number, smaller=number == changed) for number in range(60)))


def _square(number: int, *, smaller: bool) -> Zone:
    west, size = 38.2 + number / 100, 0.004 if smaller else 0.008
    outline = get_coordinates(box(west, 48, west + size, 48.01)).tolist()
    ring = tuple((lon, lat) for lon, lat in outline)
    geometry = Polygon(coordinates=(ring,))
    return Zone(id=f"s{number}", kind=ZoneKind.SECURITY_ZONE, name="Square", geometry=geometry)


class Worker:
    """What a worker holds between its transactions, with an index that says when it is there."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._built = threading.Semaphore(0)
        self._grids = Grids(folder, LIMIT_BYTES)
        self._documents = Documents(self._index)

    def _index(self, zones: ZoneSet, previous: ZoneSet | None) -> ZoneSet:
        try:
            return self._grids(zones, previous)
        finally:
            if len(zones) > len(FIRST) + 10:  # the other mission's are not indexed
                self._built.release()

    def zones_now(self) -> ZoneSet:
        with connect(self._url) as conn:
            register = self._documents.ask(conn)()
        return _newest(register)

    def zones_indexed(self) -> ZoneSet:
        """The mission's zones when their index is in place of the tree."""
        self.zones_now()
        assert self._built.acquire(timeout=WAIT_S)
        ends = time.monotonic() + WAIT_S
        while (zones := self.zones_now()).grid is None:
            assert time.monotonic() < ends, "the index was built and not put in place"
            time.sleep(0.05)
        return zones


def _newest(register: Register) -> ZoneSet:
    pick = register.pick(MISSION, NOON, NOON)
    assert pick is not None
    return pick.in_force.zone_set


def load(url: str, version: int, zones: tuple[Zone, ...]) -> None:
    with connect(url) as conn:
        valid = Validity(from_=NOON - hours(24))
        document = agreement(version=version, valid=valid, zones=zones)
        load_documents(conn, [document], RECEIVED + hours(version))


def answers(zones: ZoneSet) -> list[bytes]:
    """What discs at random near the squares are told, to the last bit."""
    rng = np.random.default_rng(5)
    count = 2_000
    lon, lat = rng.uniform(38.19, 38.81, count), rng.uniform(47.99, 48.02, count)
    radius_m, gaussian = rng.uniform(0, 400, count), rng.random(count) < 0.5
    found = contain(zones, RegionBatch(count, np.arange(count), lon, lat, radius_m, gaussian))
    return [it.tobytes() for it in (found.offsets, found.zone, found.relation, found.p_inside)]


def test_an_index_follows_a_load_and_a_restart_and_changes_no_answer(
    fresh_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reused: list[bool] = []

    def noted(zones: ZoneSet, limit_bytes: int, previous: ZoneSet | None = None) -> ZoneSet:
        reused.append(previous is not None and previous.grid is not None)
        return built(zones, limit_bytes, previous)

    built = grid.gridded
    monkeypatch.setattr(grid, "gridded", noted)
    load(fresh_url, 2, many_zones())
    worker = Worker(fresh_url, tmp_path)
    assert worker.zones_now().grid is None, "reports wait for no index"
    before = worker.zones_indexed()
    load(fresh_url, 3, many_zones(changed=30))
    after = worker.zones_indexed()
    assert reused == [False, True]
    assert answers(after) == answers(replace(after, grid=None)), "and as the tree answers"
    assert answers(after) != answers(before), "a square became smaller"

    monkeypatch.setattr(grids, "_write", lambda *_: pytest.fail("built again after a restart"))
    restarted = Worker(fresh_url, tmp_path).zones_indexed()
    assert answers(restarted) == answers(after)
