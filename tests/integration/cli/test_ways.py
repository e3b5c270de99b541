"""`truceline corridor way` on a real database: only what is known to be open is a way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from services.cli import corridor_names
from services.lag import Lag
from services.load import load_documents
from services.local.endpoints import DATABASE_VARIABLE
from services.local.folder import HOME_VARIABLE
from services.store.engine import connect
from services.store.migrate import upgrade
from services.store.rows import AvailabilityRow
from services.store.write import copy_rows
from streams.agreement import Chainage, Corridor, Crossing, LineString
from tests.integration.cli.console import Console
from tests.integration.kept_up import fall_behind
from tests.integration.worker.ground import agreement, methodology, road
from tests.unit.streams.builders import LAT, LON, MISSION

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
QUIET = Lag(0, 1, None, ())


def drawn(corridor_id: str, north: float) -> Corridor:
    """A road from `west` to `east`, so far to the north."""
    crossings = (Crossing(id="west", at_km=1), Crossing(id="east", at_km=25))
    at = ((LON - 0.2, LAT + north), (LON + 0.2, LAT + north))
    whole = replace(road(corridor_id), route=LineString(coordinates=at))
    return replace(whole, chainage=Chainage(tolerance_m=100), crossings=crossings)


def stored(corridor_id: str, state: str, cause: str) -> AvailabilityRow:
    """Since an hour ago, without an end."""
    return AvailabilityRow(
        *(MISSION, corridor_id, 99, 0),
        from_instant=NOW - HOUR,
        starts_at=NOW - HOUR,
        ends_at=None,
        not_valid_after=NOW + HOUR if state == "open" else None,
        known_at=NOW - HOUR,
        state=state,
        cause=cause,
        cause_events=["patrol-1/r"],
        events_digest=bytes(32),
        parts=None,
        shown_from=NOW - HOUR,
    )


@pytest.fixture(scope="module")
def shell(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Console:
    upgrade(database_url)
    with connect(database_url) as conn:
        roads = (drawn("north-road", 0.02), drawn("south-road", 0.0))
        load_documents(conn, [agreement(corridors=roads), methodology()], NOW - 2 * HOUR)
        rows = [
            stored("north-road", "open", "open_by_status"),
            stored("south-road", "suspended", "suspended_by_report"),
        ]
        copy_rows(conn, "corridor_availability", rows)
    home = str(tmp_path_factory.mktemp("home"))
    return Console({DATABASE_VARIABLE: database_url, HOME_VARIABLE: home})


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits in Kafka."""
    monkeypatch.setattr(corridor_names, "ask_lag", lambda _: QUIET)


@pytest.mark.usefixtures("quiet")
def test_the_way_that_is_known_open_comes_first_and_the_other_with_what_is_in_the_way(
    shell: Console,
) -> None:
    way, no_way = shell.run("corridor", "way", "west", "east", "--json").lines
    assert (way["known_open"], [leg["corridor"] for leg in way["legs"]]) == (True, ["north-road"])
    assert datetime.fromisoformat(way["not_valid_after"]) == NOW + HOUR
    assert (no_way["known_open"], no_way["not_valid_after"]) == (False, None)
    (leg,) = no_way["legs"]
    assert (leg["corridor"], leg["cause"]) == ("south-road", "suspended_by_report")
    assert way["draft"]
    shown = shell.run("corridor", "way", "west", "east").out
    assert "Agreed under a draft" in shown
    assert shown.index("north-road") < shown.index("south-road")


def test_while_nobody_can_tell_what_waits_there_is_no_way(
    shell: Console, database_url: str
) -> None:
    with connect(database_url) as conn:
        fall_behind(conn)
    ran = shell.run("corridor", "way", "west", "east")
    assert "no way is known to be open" in ran.out
    assert "system_behind" in ran.out


@pytest.mark.usefixtures("quiet")
def test_a_crossing_point_that_is_not_there_is_an_error_that_names_those_that_are(
    shell: Console,
) -> None:
    ran = shell.run("corridor", "way", "west", "nowhere")
    assert ran.code != 0
    assert "'nowhere'" in ran.err
    assert "east, west" in ran.err


def test_several_missions_are_told_apart(shell: Console) -> None:
    ran = shell.run("corridor", "way", "west", "east", "--mission", "nobody")
    assert (ran.code != 0, "--mission" in ran.err) == (True, True)
