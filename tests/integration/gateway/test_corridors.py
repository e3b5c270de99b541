"""What who asks for corridors is told: never open that is not known to be open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from services.gateway import app
from services.lag import Lag
from services.settings import Settings
from services.store.engine import connect
from services.store.generations import encode_parts
from services.store.rows import AvailabilityRow
from services.store.write import copy_rows
from services.tokens.token import Role
from streams.corridors.divided import PartState
from streams.vocabulary import Availability, Direction
from tests.integration.gateway import seeded
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client, client_of
from tests.integration.kept_up import fall_behind

pytestmark = pytest.mark.usefixtures("filled", "open_road")  # in this order

NOW = datetime.now(UTC)
OPEN = "always-open"
"""A road that is known to be open now."""
DIVIDED = "one-way-open"
"""A road that is known to be open one way now."""


@pytest.fixture(scope="module")
def open_road(gateway_settings: Settings) -> None:
    with connect(gateway_settings.database()) as conn:
        stored = AvailabilityRow(
            "smm",
            OPEN,
            *(1, 0),
            from_instant=NOW - timedelta(hours=1),
            starts_at=NOW - timedelta(hours=1),
            ends_at=None,
            not_valid_after=NOW + timedelta(hours=5),
            known_at=NOW - timedelta(hours=1),
            state="open",
            cause="open_by_status",
            cause_events=["operator-1/s-1", "smm-patrol-1/s-2"],
            events_digest=bytes(32),
            parts=None,
            shown_from=NOW - timedelta(hours=1),
        )
        parts = (
            PartState(
                direction=Direction.FORWARD,
                state=Availability.OPEN,
                cause="open_by_status",
                causes=("operator-1/s-1",),
                not_valid_after=NOW + timedelta(hours=2),
            ),
            PartState(
                direction=Direction.BACKWARD, state=Availability.CLOSED, cause="closed_by_status"
            ),
        )
        closed = replace(
            stored,
            corridor_id=DIVIDED,
            not_valid_after=None,
            state="closed",
            cause="closed_by_status",
            parts=encode_parts(parts),
        )
        copy_rows(conn, "corridor_availability", [stored, closed])
        conn.commit()


@pytest.fixture(params=[None, Lag(0, 1, None, ()), Lag(5, 1, 7e5, ())], ids=["?", "none", "late"])
def waits(request: pytest.FixtureRequest) -> Lag | None:
    lag: Lag | None = request.param
    return lag


@pytest.fixture
def asking(
    gateway_settings: Settings, monkeypatch: pytest.MonkeyPatch, waits: Lag | None
) -> Iterator[Client]:
    """A gateway to which Kafka says this, and that knows nothing of what was before."""
    with connect(gateway_settings.database()) as conn:
        fall_behind(conn)
    monkeypatch.setattr(app, "ask_lag", lambda _: waits)
    with client_of(gateway_settings) as client:
        yield client


@pytest.fixture
def quiet(gateway_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A gateway behind which nothing waits."""
    monkeypatch.setattr(app, "ask_lag", lambda _: Lag(0, 1, None, ()))
    with client_of(gateway_settings) as client:
        yield client


def items(client: Client, headers: dict[str, str], path: str, **asked: str) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/corridors{path}", params=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    assert "unknown is not open" in answer.json()["note"]
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_a_corridor_is_open_only_where_nothing_waits(
    asking: Client, token: MakeToken, waits: Lag | None
) -> None:
    headers = token(Role.MOVEMENT_ORGANISER)
    states = {one["corridor"]: one for one in items(asking, headers, "")}
    open_ = waits == Lag(0, 1, None, ())
    assert states[OPEN]["state"] == ("open" if open_ else "unknown")
    assert states[OPEN]["cause"] == ("open_by_status" if open_ else "system_behind")
    (last,) = items(asking, headers, f"/{OPEN}/availability", **{"from": NOW.isoformat()})[-1:]
    assert last["state"] == ("open" if open_ else "unknown")
    # Asking for what will be known tomorrow does not make it known.
    ahead = (NOW + timedelta(days=1)).isoformat()
    (last,) = items(asking, headers, f"/{OPEN}/availability", at=ahead, known_at=ahead)
    assert last["state"] == ("open" if open_ else "unknown")


def test_every_corridor_of_the_agreements_is_listed_and_unknown_until_it_is_known(
    quiet: Client, token: MakeToken
) -> None:
    states = {one["corridor"]: one for one in items(quiet, token(Role.COORDINATOR), "")}
    assert set(states) == {OPEN, DIVIDED, "road-of-smm-a", "road-of-smm-b"}
    # Its state of July has gone stale; the road itself is drawn.
    assert (states["road-of-smm-a"]["state"], states["road-of-smm-a"]["cause"]) == (
        "unknown",
        "stale",
    )
    assert states["road-of-smm-a"]["route"]["type"] == "LineString"


def test_one_way_is_told_apart_from_the_other_and_is_open_only_where_nothing_waits(
    asking: Client, token: MakeToken, waits: Lag | None
) -> None:
    headers, path = token(Role.MOVEMENT_ORGANISER), f"/{DIVIDED}/availability"
    quiet = waits == Lag(0, 1, None, ())
    forward = "open" if quiet else "unknown"
    listed = {one["corridor"]: one for one in items(asking, headers, "")}[DIVIDED]
    now = NOW + timedelta(minutes=30)
    (told,) = items(asking, headers, path, at=now.isoformat())
    for whole in (listed, told):
        ways = {part["direction"]: part["state"] for part in whole["parts"]}
        assert (whole["state"], ways) == ("closed", {"forward": forward, "backward": "closed"})
    (told,) = items(asking, headers, path, at=now.isoformat(), direction="forward")
    assert (told["state"], told.get("parts")) == (forward, None)
    assert ("not_valid_after" in told) is quiet


def test_by_whose_word_a_part_is_open_is_told_to_who_sees_the_whole(
    quiet: Client, token: MakeToken
) -> None:
    for role, events in ((Role.COORDINATOR, ["operator-1/s-1"]), (Role.PARTY, None)):
        states = {one["corridor"]: one for one in items(quiet, token(role), "")}
        (forward,) = (p for p in states[DIVIDED]["parts"] if p["direction"] == "forward")
        assert forward.get("cause_events") == events


def test_who_asks_for_a_part_that_is_not_agreed_is_told_what_is(
    quiet: Client, token: MakeToken
) -> None:
    path = "/v1/corridors/road-of-smm-a/availability?segment=km-9"
    refused = quiet.get(path, headers=token(Role.AUDITOR))
    assert refused.status_code == 400
    assert refused.json()["type"].endswith("bad_parameter")
    assert "one piece" in refused.json()["detail"]


def test_by_whose_word_is_told_to_who_sees_the_whole(quiet: Client, token: MakeToken) -> None:
    def word(headers: dict[str, str]) -> list[str]:
        states = {one["corridor"]: one for one in items(quiet, headers, "")}
        return list(states[OPEN].get("cause_events", []))

    assert word(token(Role.COORDINATOR)) == ["operator-1/s-1", "smm-patrol-1/s-2"]
    assert word(token(Role.CORRIDOR_OPERATOR, sources=frozenset({"operator-1"}))) == [
        "operator-1/s-1"
    ]
    assert word(token(Role.PARTY)) == []


def test_a_moment_is_told_by_what_was_known_at_another(quiet: Client, token: MakeToken) -> None:
    headers, path = token(Role.AUDITOR), "/road-of-smm-a/availability"
    at = (seeded.OBSERVED + timedelta(hours=1)).isoformat()
    (told,) = items(quiet, headers, path, at=at)
    assert (told["state"], told["cause_events"]) == ("open", ["smm-patrol-1/status-of-smm-a"])
    before = (seeded.NOW - timedelta(minutes=1)).isoformat()
    (told,) = items(quiet, headers, path, at=at, known_at=before)
    assert (told["state"], told["cause"]) == ("unknown", "nothing_known")


def test_intervals_follow_each_other_page_by_page(quiet: Client, token: MakeToken) -> None:
    headers = token(Role.AUDITOR)
    first = quiet.get("/v1/corridors/road-of-smm-a/availability?limit=1", headers=headers)
    assert [one["state"] for one in first.json()["items"]] == ["open"]
    second = quiet.get(first.links["next"]["url"], headers=headers)
    assert [one["state"] for one in second.json()["items"]] == ["unknown"]
    assert "link" not in second.headers


def test_what_a_token_is_not_for_is_not_there(quiet: Client, token: MakeToken) -> None:
    for headers, own in (
        (token(Role.COORDINATOR, agreement="smm-b"), {"road-of-smm-b"}),
        (token(Role.COORDINATOR, mission="unmil"), {"road-of-unmil-a", "road-of-unmil-b"}),
    ):
        assert {one["corridor"] for one in items(quiet, headers, "")} == own
        for other in ("road-of-smm-a", "never-was"):
            answer = quiet.get(f"/v1/corridors/{other}/availability", headers=headers)
            assert answer.status_code == 404
            assert answer.json()["type"].endswith("corridor_unknown")


def test_corridors_come_in_forms_of_maps_and_tables(quiet: Client, token: MakeToken) -> None:
    headers = token(Role.COORDINATOR)
    drawn = quiet.get("/v1/corridors", headers=headers | {"Accept": "application/geo+json"}).json()
    routes = {one["properties"]["corridor"]: one["geometry"] for one in drawn["features"]}
    assert routes["road-of-smm-a"]["coordinates"] == [list(place) for place in seeded.ROUTE]
    assert routes[OPEN] is routes[DIVIDED] is None
    table = quiet.get("/v1/corridors", headers=headers | {"Accept": "text/csv"}).text
    assert table.startswith("mission,corridor,state,cause,")
    path = "/v1/corridors/road-of-smm-a/availability"
    refused = quiet.get(path, headers=headers | {"Accept": "application/geo+json"})
    assert refused.status_code == 406


@pytest.mark.parametrize(
    "asked",
    ["at=2026-07-14T06:30:00Z&from=2026-07-14T06:30:00Z", "at=noon", "known_at=1", "zone=z"],
)
def test_what_cannot_be_read_is_refused(quiet: Client, token: MakeToken, asked: str) -> None:
    path = f"/v1/corridors/road-of-smm-a/availability?{asked}"
    assert quiet.get(path, headers=token(Role.AUDITOR)).status_code == 400


def test_days_are_told_as_pieces_and_as_a_picture(
    asking: Client, token: MakeToken, waits: Lag | None
) -> None:
    headers = token(Role.PARTY)
    path, period = f"/v1/corridors/{OPEN}/timeline", {"to": (NOW + timedelta(hours=1)).isoformat()}
    told = asking.get(path, params=period, headers=headers).json()
    quiet = waits == Lag(0, 1, None, ())
    assert told["items"][-1]["state"] == ("open" if quiet else "unknown")
    assert told["items"][0]["cause"] == "nothing_known"
    times = [(it["start"], it["end"]) for it in told["items"]]
    assert all(end == start for (_, end), (start, _) in pairwise(times))
    assert datetime.fromisoformat(times[-1][1]) == NOW + timedelta(hours=1)
    as_picture = {**headers, "Accept": "image/svg+xml"}
    picture = asking.get(path, params=period, headers=as_picture)
    assert picture.headers["content-type"].partition(";")[0] == "image/svg+xml"
    drawn = ET.fromstring(picture.text)  # noqa: S314 (our own answer)
    titles = [it.text or "" for it in drawn.iter("{http://www.w3.org/2000/svg}title")]
    assert len(titles) == len(told["items"])
    assert ("open_by_status" in "".join(titles)) or not quiet
    assert told["draft"]
    assert "Agreed under a draft" in picture.text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nobodys/timeline", 404, "corridor_unknown"),
        (f"/{OPEN}/timeline?from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z", 400, "bad_param"),
        (f"/{OPEN}/timeline?from=2020-01-01T00:00:00Z&to=2022-01-01T00:00:00Z", 400, "bad_param"),
        ("/road-of-smm-a/timeline?segment=km-9", 400, "bad_param"),
    ],
)
def test_days_of_nothing_are_refused(
    quiet: Client, token: MakeToken, path: str, status: int, code: str
) -> None:
    refused = quiet.get(f"/v1/corridors{path}", headers=token(Role.COORDINATOR))
    assert refused.status_code == status
    assert code in refused.json()["type"]
