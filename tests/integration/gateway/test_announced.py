"""Windows that two sides announced otherwise are flagged in every answer about the corridor."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest
import vobject

from services.load import load_documents
from services.local.endpoints import DATABASE_VARIABLE
from services.local.folder import HOME_VARIABLE
from services.settings import Settings
from services.store.engine import connect
from services.tokens.token import Role
from streams.agreement import (
    Agreement,
    AnnouncedWindow,
    Announcement,
    Chainage,
    Corridor,
    Crossing,
)
from tests.integration.cli.console import Console
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client
from tests.integration.worker import ground
from tests.unit.streams.builders import corridor
from tests.unit.streams.corridors import mariupol

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
MISSION = "announced"
DIFFERS, AGREES, LATER = "differs", "agrees", "later"
BOARD = "/v1/corridors/board"
SAID = "announcements differ"


def hour(number: int, offset_h: int) -> datetime:
    return (NOW + timedelta(hours=number)).astimezone(timezone(timedelta(hours=offset_h)))


def road(corridor_id: str, *spans: tuple[int, int]) -> Corridor:
    """A road with one window, announced by Moscow's clock and by Kyiv's."""
    by = tuple(
        Announcement(party=party, from_=hour(start, offset), to=hour(end, offset))
        for party, offset, (start, end) in zip(("north", "south"), (3, 2), spans, strict=True)
    )
    crossings = (Crossing(id=f"{corridor_id}-a", at_km=1), Crossing(id=f"{corridor_id}-b", at_km=9))
    return corridor(
        corridor_id,
        announced=mariupol.road(*by).announced,
        chainage=Chainage(tolerance_m=100),
        crossings=crossings,
    )


@pytest.fixture(scope="module")
def roads(gateway_settings: Settings) -> None:
    drawn = (
        ground.road(),
        road(DIFFERS, (-2, 4), (-1, 5)),
        road(AGREES, (-2, 4), (-2, 4)),
        road(LATER, (48, 50), (49, 51)),
    )
    with connect(gateway_settings.database()) as conn:
        agreed = ground.agreement(MISSION, corridors=drawn)
        load_documents(conn, [agreed, ground.methodology(MISSION)], NOW - timedelta(days=1))


@pytest.mark.usefixtures("roads")
def test_lists_and_board_flag_a_dispute_of_the_next_day(client: Client, token: MakeToken) -> None:
    headers = token(Role.COORDINATOR, mission=MISSION)
    for path in ("/v1/corridors", "/v1/corridors/board"):
        told = client.get(path, headers=headers).json()["items"]
        flagged = {it["corridor"] for it in told if it.get("window_disputed")}
        assert flagged == {DIFFERS}, path
    as_text = {**headers, "Accept": "text/plain"}
    text = client.get("/v1/corridors/board", headers=as_text).text
    assert text.count(SAID) == 1
    ways = {"from": f"{DIFFERS}-a", "to": f"{DIFFERS}-b"}
    (way,) = client.get("/v1/corridors/ways", params=ways, headers=headers).json()["items"]
    assert way["legs"][0]["window_disputed"] is True
    assert way["draft"] is True


@pytest.mark.parametrize("turn", ["begins", "ends", "loaded"])
def test_who_waits_for_the_board_is_told_of_a_dispute_that_comes_or_goes_without_any_word(
    gateway_settings: Settings, client: Client, token: MakeToken, turn: str
) -> None:
    mission, now = f"dispute-{turn}", datetime.now(UTC)
    soon, day = now + timedelta(seconds=5), timedelta(days=1)
    starts, ends = {"begins": (soon + day, soon + 2 * day), "ends": (now - day, soon)}.get(
        turn, (now, now + day)
    )
    with connect(gateway_settings.database()) as conn:
        first = version_of(mission, 1, [(starts, ends)] * (turn != "loaded"))
        load_documents(conn, [first, ground.methodology(mission)], now - day)
        conn.commit()
        headers = token(Role.COORDINATOR, mission=mission)
        before = client.get(BOARD, headers=headers)
        assert flagged(before) == (turn == "ends")
        waits = {**headers, "If-None-Match": before.headers["etag"]}
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(client.get, BOARD, headers=waits, params={"wait_s": 30})
            if turn == "loaded":
                time.sleep(1.0)  # so that it does wait
                soon = datetime.now(UTC)
                load_documents(conn, [version_of(mission, 2, [(starts, ends)])], soon)
                conn.commit()
            told = waiting.result()
    assert flagged(told) == (turn != "ends")
    assert timedelta(seconds=-1) <= parsedate_to_datetime(told.headers["date"]) - soon
    assert parsedate_to_datetime(told.headers["date"]) - soon < timedelta(seconds=15)


def flagged(board: httpx.Response) -> bool:
    assert board.status_code == 200, board.text
    (shown,) = (it for it in board.json()["items"] if it["corridor"] == DIFFERS)
    return bool(shown.get("window_disputed", False))


def version_of(mission: str, version: int, spans: list[tuple[datetime, datetime]]) -> Agreement:
    """A road, with windows that the south has begin a minute later."""
    late = timedelta(minutes=1)
    by = [
        (
            Announcement(party="north", from_=start, to=end),
            Announcement(party="south", from_=start + late, to=end),
        )
        for start, end in spans
    ]
    announced = tuple(AnnouncedWindow(id=f"w{number}", by=it) for number, it in enumerate(by))
    drawn = (corridor(DIFFERS, announced=announced),)
    return ground.agreement(mission, version=version, corridors=drawn)


@pytest.mark.usefixtures("roads")
def test_times_and_figures_flag_the_disputes_of_their_own_time(
    client: Client, token: MakeToken
) -> None:
    headers = token(Role.COORDINATOR, mission=MISSION)
    found = {}
    for name, at in ((DIFFERS, 0), (AGREES, 0), (LATER, 49), (LATER, 100)):
        asked = {"at": hour(at, 0).isoformat()}
        path = f"/v1/corridors/{name}/availability"
        (it,) = client.get(path, params=asked, headers=headers).json()["items"]
        found[name, at] = it.get("window_disputed", False)
    assert found == {(DIFFERS, 0): True, (AGREES, 0): False, (LATER, 49): True, (LATER, 100): False}
    stats = client.get(f"/v1/corridors/{DIFFERS}/stats", headers=headers).json()["items"]
    assert all(it["window_disputed"] for it in stats)
    (promised,) = (it for it in stats if it["figure"] == "promised")
    assert 60 <= promised["minutes"] < 180, "from when both say that it begins"


@pytest.mark.usefixtures("roads")
def test_the_commands_say_so_too(gateway_settings: Settings, tmp_path: Path) -> None:
    shell = Console(environment(gateway_settings, tmp_path))
    own = ("--mission", MISSION)
    at = ("--at", NOW.isoformat(), *own, "--json")
    (told,) = shell.run("corridor", "availability", DIFFERS, *at).lines
    assert told["window_disputed"] is True
    told_of = {it["corridor_id"]: it for it in shell.run("corridor", "list", *at[2:]).lines}
    assert {it for it, one in told_of.items() if one["window_disputed"]} == {DIFFERS}
    for command in (("availability", DIFFERS), ("timeline", DIFFERS), ("stats", DIFFERS)):
        assert "Announcements of a window differ" in shell.run("corridor", *command, *own).out
    for command in (("availability", AGREES), ("timeline", AGREES), ("stats", AGREES)):
        ran = shell.run("corridor", *command, *own)
        assert ran.code == 0, ran
        assert "Announcements of a window differ" not in ran.out


@pytest.mark.usefixtures("roads")
def test_the_calendar_has_the_windows_and_says_which_are_in_dispute(
    client: Client, token: MakeToken, gateway_settings: Settings, tmp_path: Path
) -> None:
    headers = token(Role.MOVEMENT_ORGANISER, mission=MISSION)
    answer = client.get("/v1/corridors/calendar.ics", headers=headers)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events = vobject.readOne(answer.text).contents["vevent"]
    disputed = {it.uid.value for it in events if "IN DISPUTE" in it.description.value}
    assert disputed == {
        f"{MISSION}/truce-{MISSION}/{name}/announced/5-march@truceline" for name in (DIFFERS, LATER)
    }
    kept = {**headers, "If-None-Match": answer.headers["etag"]}
    assert client.get("/v1/corridors/calendar.ics", headers=kept).status_code == 304
    of_one = {"corridor": AGREES}
    one = client.get("/v1/corridors/calendar.ics", params=of_one, headers=headers).text
    assert len(vobject.readOne(one).contents["vevent"]) == 1
    shell, out = Console(environment(gateway_settings, tmp_path)), tmp_path / "corridors.ics"
    own = ("corridor", "calendar", "--mission", MISSION)
    assert shell.run(*own, "--out", out).code == 0
    assert out.read_bytes() == answer.content == shell.run(*own).out.encode()
    rows = {it["corridor"]: it for it in shell.run(*own, "--json").lines}
    assert (rows[DIFFERS]["firmness"], rows[DIFFERS]["sequence"]) == ("tentative", 0)
    assert shell.run("corridor", "calendar", "--mission", "nobody").code != 0


def environment(settings: Settings, home: Path) -> dict[str, str]:
    assert settings.database_url is not None
    return {DATABASE_VARIABLE: settings.database_url, HOME_VARIABLE: str(home)}
