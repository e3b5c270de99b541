"""Movements over HTTP: who may speak of them, who sees them, and that nobody else can tell.

Every question that the gateway answers is asked under every kind of token; what it is for is taken
from the routes themselves. A movement has marks that stand in nothing else, and a question about
somebody else's movement is answered as one about a movement that there is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import cycle
from typing import Any, Final, NamedTuple

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from services.load import load_documents
from services.settings import Settings
from services.store.engine import Connection, connect
from services.store.partitions import ensure_partitions
from services.store.rows import DueRow
from services.store.write import copy_rows
from services.tokens.token import Role
from services.worker.documents import load_register
from streams.agreement import content_hash
from streams.events import CheckedIn, MovementDeparted, MovementEvent, NamedPlaces, VehicleCount
from streams.vocabulary import MovementKind, MovementOutcome, VehicleClass
from tests.integration.anywhere import tables_holding
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client
from tests.integration.gateway.test_matrix import ASKED, MAY_CALL, Route
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of, said
from tests.unit.services.store.sample_rows import DUE
from tests.unit.streams.builders import MISSION
from tests.unit.streams.context.said import METHODOLOGY, at, nameless
from tests.unit.streams.movements.moved import (
    ACKNOWLEDGED,
    ended,
    moved,
    moving,
    notified,
)

JSON: Final = {"Content-Type": "application/json"}
AT: Final = {"at": "2026-03-02T18:00:00Z"}
TRUCKS: Final = 31_337
"""A number that stands in this movement alone."""
THEIRS: Final = nameless(0xAA)
OURS: Final = nameless(0xBB)
NOWHERE: Final = nameless(0xCC)
MARKS: Final = (THEIRS, str(TRUCKS))
WORDS: Final = (
    moved(
        1,
        notified(vehicles=(VehicleCount(vehicle=VehicleClass.TRUCK, count=TRUCKS),)),
    ),
    moved(2, ACKNOWLEDGED, -60, source="liaison"),
    moved(3, MovementDeparted(), 1),
    moved(4, CheckedIn(), 5, exercise=True),
    moved(5, ACKNOWLEDGED, -50, source="southern"),
    moved(6, ended(MovementOutcome.DENIED), 4, source="hq"),
)
"""The first organiser's, of which the north is told."""
OTHERS: Final = (
    replace(moved(21, notified(addressed=("south",))), source="aid-2"),
    replace(moved(22, ended(MovementOutcome.FACILITATED), 4), source="aid-2"),
)
"""The second organiser's, of which the south is told."""


def second(event: MovementEvent) -> MovementEvent:
    return replace(event, organiser="aid-2", movement=OURS)


def fill(conn: Connection) -> None:
    ensure_partitions(conn, RECEIVED)
    document = moving()
    load_documents(conn, [document, METHODOLOGY], RECEIVED)
    words = (*WORDS, *map(second, OTHERS))
    take_in_log(conn, load_register(conn), log_of(map(said, words)))
    late: DueRow = replace(
        DUE,
        mission=MISSION,
        agreement_id=document.id,
        subject=f"aid-1/{THEIRS}",
        rule="check_in_overdue",
        due_at=at(2),
        written_at=at(2),
        agreement=bytes.fromhex(content_hash(document)),
    )
    copy_rows(conn, "due_instants", [late])


@pytest.fixture(scope="module")
def loaded(gateway_settings: Settings) -> str:
    with connect(gateway_settings.database()) as conn:
        fill(conn)
    return MISSION


class Asker(NamedTuple):
    """What a token is for."""

    role: Role
    sources: frozenset[str]
    sees: bool
    """Whether it may know of the first organiser's movement."""


def named(*sources: str) -> frozenset[str]:
    return frozenset(sources)


MISSION_ROLES: Final = (Role.COORDINATOR, Role.INVESTIGATOR, Role.AUDITOR, Role.ADMIN)
ASKERS: Final = (
    *(Asker(role, named(), sees=True) for role in MISSION_ROLES),
    *(Asker(role, named("aid-2"), sees=True) for role in MISSION_ROLES),
    Asker(Role.MOVEMENT_ORGANISER, named("aid-1"), sees=True),
    Asker(Role.PARTY, named("liaison"), sees=True),
    Asker(Role.PARTY, named("envoy", "elsewhere"), sees=True),
    Asker(Role.MOVEMENT_ORGANISER, named("aid-2"), sees=False),
    Asker(Role.PARTY, named("southern"), sees=False),
    *(
        Asker(role, sources, sees=False)
        for role in Role
        if role not in MISSION_ROLES
        for sources in (named(), named("aid-2", "guest", "hq", "southern"))
    ),
)
GET: Final = [route for route in MAY_CALL if route[0] == "GET"]
FORMS: Final = ("application/json", "text/csv")
MOVEMENT_ROUTES: Final = [route for route in GET if route[1].startswith("/v1/movement")]


def paths_of(route: Route) -> Iterator[str]:
    """How a route is asked so that it would tell of the movement, and with a mistake."""
    path = route[1].replace("{movement:str}", THEIRS).partition("{")[0]
    if path != route[1] and "{movement" not in route[1]:
        path = ASKED[route].path.partition("?")[0]
    ever = "from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z"
    at_ = f"at={AT['at']}"
    yield f"{path}?{at_}"
    yield f"{path}?{ever}"
    yield f"{path}?{at_}&{ever}"
    yield f"{path}?at=nonsense&subject={THEIRS}"


@pytest.mark.parametrize(
    "asker", ASKERS, ids=lambda it: f"{it.role}-{'+'.join(sorted(it.sources))}"
)
def test_no_answer_of_any_route_tells_who_may_not_know(
    client: Client, loaded: str, token: MakeToken, asker: Asker
) -> None:
    headers = token(asker.role, mission=loaded, sources=asker.sources)
    found = False
    for route in GET:
        for path in paths_of(route):
            for form in FORMS if route in MOVEMENT_ROUTES else FORMS[:1]:
                answer = client.get(path, headers=headers | {"Accept": form})
                text = answer.text.replace(f"subject={THEIRS}", "") + str(answer.headers)
                found |= any(mark in text for mark in MARKS)
                if not asker.sees:
                    assert [mark for mark in MARKS if mark in text] == [], (route, path)
    assert found == asker.sees


@pytest.mark.parametrize("route", MOVEMENT_ROUTES, ids=" ".join)
@pytest.mark.parametrize("role", Role)
def test_who_is_no_organiser_no_party_and_not_the_mission_may_not_ask(
    client: Client, loaded: str, token: MakeToken, role: Role, route: Route
) -> None:
    may = {*MISSION_ROLES, Role.MOVEMENT_ORGANISER, Role.PARTY}
    path = route[1].replace("{movement:str}", THEIRS)
    status = client.get(path, headers=token(role, mission=loaded)).status_code
    assert (status != 403) == (role in may)


def plain(answer: httpx.Response) -> tuple[int, dict[str, Any]]:
    body = answer.json()
    body.pop("instance", None)
    return answer.status_code, body


@pytest.mark.parametrize(
    ("role", "source"), [(Role.MOVEMENT_ORGANISER, "aid-2"), (Role.PARTY, "southern")]
)
def test_anothers_movement_is_answered_as_one_that_there_is_not(
    client: Client, loaded: str, token: MakeToken, role: Role, source: str
) -> None:
    headers = token(role, mission=loaded, sources=named(source))
    for asked in ({}, AT, {"at": "2026-01-01T00:00:00Z"}, {"at": "soon"}):
        unknown = client.get(f"/v1/movements/{NOWHERE}", params=asked, headers=headers)
        foreign = client.get(f"/v1/movements/{THEIRS}", params=asked, headers=headers)
        assert plain(foreign) == plain(unknown)
        assert foreign.status_code in {400, 404}
    own = client.get(f"/v1/movements/{OURS}", params=AT, headers=headers)
    assert own.json()["items"][0]["movement"]["phase"] == "ended"


def outcomes(client: Client, headers: dict[str, str], **asked: str) -> list[dict[str, Any]]:
    answer = client.get("/v1/movement-outcomes", params=AT | asked, headers=headers)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_figures_are_of_what_their_asker_sees(
    client: Client, loaded: str, token: MakeToken
) -> None:
    whole = outcomes(client, token(Role.COORDINATOR, mission=loaded))
    assert [(it["party"], it["notified"], it["outcomes"]) for it in whole] == [
        ("north", 1, {"denied": 1}),
        ("south", 1, {"facilitated": 1}),
    ]
    organiser = token(Role.MOVEMENT_ORGANISER, mission=loaded, sources=named("aid-2"))
    assert outcomes(client, organiser) == whole[1:]
    north = token(Role.PARTY, mission=loaded, sources=named("envoy"))
    assert outcomes(client, north, period="week") == [whole[0] | {"period": "2026-W10"}]
    assert outcomes(client, north, **{"from": "2026-03-03T00:00:00Z"}) == []


def test_what_had_no_effect_is_told_to_who_said_it_and_to_the_mission(
    client: Client, loaded: str, token: MakeToken
) -> None:
    def told(role: Role, *sources: str) -> set[tuple[str, str]]:
        headers = token(role, mission=loaded, sources=named(*sources))
        items = client.get("/v1/unheeded", params=AT, headers=headers).json()["items"]
        return {(it["event"], it["reason"]) for it in items}

    exercise = (f"aid-1/{nameless(4)}", "exercise")
    stranger = (f"southern/{nameless(5)}", "unknown_movement")
    assert told(Role.MOVEMENT_ORGANISER, "aid-1") == {exercise}
    assert told(Role.PARTY, "southern") == {stranger}
    assert told(Role.MOVEMENT_ORGANISER, "aid-2") == told(Role.PARTY, "liaison") == set()
    assert told(Role.AUDITOR) == {exercise, stranger}


def test_an_organiser_is_told_how_its_movement_stands(
    client: Client, loaded: str, token: MakeToken
) -> None:
    headers = token(Role.MOVEMENT_ORGANISER, mission=loaded, sources=named("aid-1"))
    asked = {"at": "2026-03-02T15:00:00Z"}
    (told,) = client.get("/v1/movements", params=asked, headers=headers).json()["items"]
    assert (told["phase"], told["late_notice"], told["notice_due_hours"]) == ("under_way", True, 48)
    assert told["check_in_overdue_since"] == "2026-03-02T14:00:00Z"
    assert told["answers"] == [
        {"party": "north", "answer": "acknowledged", "at": "2026-02-28T00:00:00Z"}
    ]
    due = client.get("/v1/due", params={"from": "2026-03-01T00:00:00Z"}, headers=headers)
    assert [it["subject"] for it in due.json()["items"] if it["rule"] == "check_in_overdue"] == [
        f"aid-1/{THEIRS}"
    ]


def test_a_step_is_posted_under_a_token_that_names_its_source(
    client: Client, loaded: str, token: MakeToken
) -> None:
    body = msgspec.json.encode(moved(31))
    for role, sources, status in (
        (Role.MOVEMENT_ORGANISER, named("aid-1"), 201),
        (Role.MOVEMENT_ORGANISER, named("aid-2"), 403),
        (Role.MOVEMENT_ORGANISER, named(), 403),
        (Role.COORDINATOR, named(), 403),
        (Role.INVESTIGATOR, named("aid-1"), 403),
    ):
        headers = token(role, mission=loaded, sources=sources) | JSON
        assert client.post("/v1/context", content=body, headers=headers).status_code == status
    own = token(Role.MOVEMENT_ORGANISER, mission=loaded, sources=named("aid-1")) | JSON
    notification = json.loads(ASKED["POST", "/v1/context"].body()) | {  # type: ignore[misc]
        "mission": loaded,
        "source": "aid-1",
    }
    refused = client.post("/v1/context", content=json.dumps(notification), headers=own)
    assert refused.status_code == 403


NAME: Final = "Ivanenko"


@pytest.mark.parametrize(
    "changes",
    [
        {"remark": NAME},
        {"movement": NAME},
        {"organiser": f"{NAME} {NAME}"},
        {"step": {"type": "ended", "outcome": NAME}},
        {"step": {"type": NAME}},
        {"step": {"type": "departed", "driver": NAME}},
        {"event": NAME},
    ],
    ids=str,
)
def test_of_a_refused_step_nothing_is_anywhere(  # noqa: PLR0917 (each is a fixture)
    client: Client,
    loaded: str,
    token: MakeToken,
    gateway_settings: Settings,
    capfd: pytest.CaptureFixture[str],
    changes: dict[str, object],
) -> None:
    headers = token(Role.MOVEMENT_ORGANISER, mission=loaded, sources=named("aid-1")) | JSON
    event = json.loads(msgspec.json.encode(moved(32))) | changes
    answer = client.post("/v1/context", content=json.dumps(event), headers=headers)
    assert answer.status_code == 400
    assert NAME not in answer.text
    with connect(gateway_settings.database()) as conn:
        assert tables_holding(conn, NAME) == []
    logged = capfd.readouterr()
    assert NAME not in logged.out + logged.err


STRANGE: Final = "ivanenko-olena"


def strange_steps() -> list[MovementEvent]:
    """Each names somebody, by bytes that are well-formed."""
    return [
        moved(41, notified(place=NamedPlaces(corridors=(STRANGE,)))),
        moved(42, notified(place=NamedPlaces(zones=(STRANGE,)))),
        moved(43, notified(addressed=("north", STRANGE))),
        moved(44, CheckedIn(), organiser=STRANGE),
        moved(45, retracts=nameless(1), organiser=STRANGE),
        moved(1, notified(addressed=(STRANGE,))),  # an id that is known, with other content
    ]


def test_of_a_name_that_no_agreement_has_nothing_is_anywhere(
    client: Client,
    loaded: str,
    token: MakeToken,
    gateway_settings: Settings,
    capfd: pytest.CaptureFixture[str],
) -> None:
    headers = token(Role.MOVEMENT_ORGANISER, mission=loaded, sources=named("aid-1"))
    steps = strange_steps()
    answers = [
        client.post("/v1/context", content=msgspec.json.encode(one), headers=headers | JSON)
        for one in steps
    ]
    assert [(it.status_code, it.json()["reason"]) for it in answers] == [
        (400, "unknown_name") for _ in steps
    ]
    lines = b"\n".join(map(msgspec.json.encode, (*steps, moved(46, CheckedIn(), 2))))
    many = headers | {"Content-Type": "application/x-ndjson"}
    told = client.post("/v1/context", content=lines, headers=many).text
    statuses = [json.loads(line)["status"] for line in told.splitlines()]
    assert statuses == [*(400 for _ in steps), 201]
    assert STRANGE not in told + "".join(it.text + str(it.headers) for it in answers)
    with connect(gateway_settings.database()) as conn:
        assert tables_holding(conn, STRANGE) == []
        assert tables_holding(conn, nameless(41)) == []
    logged = capfd.readouterr()
    assert STRANGE not in logged.out + logged.err


def test_names_of_a_version_that_was_loaded_just_now_are_known(
    client: Client, loaded: str, token: MakeToken, gateway_settings: Settings
) -> None:
    headers = token(Role.MOVEMENT_ORGANISER, mission=loaded, sources=named("aid-1")) | JSON
    body = msgspec.json.encode(moved(51, notified(place=NamedPlaces(corridors=("new-road",)))))
    assert client.post("/v1/context", content=body, headers=headers).status_code == 400
    corridors = [
        replace(one, id=name) for one in moving().corridors[:1] for name in ("c", "new-road")
    ]
    document = moving(version=2, corridors=tuple(corridors))
    with connect(gateway_settings.database()) as conn:
        load_documents(conn, [document], RECEIVED)
    assert client.post("/v1/context", content=body, headers=headers).status_code == 201


def test_where_nobody_can_say_what_may_be_named_nothing_is_stored(
    client: Client, loaded: str, token: MakeToken, gateway_settings: Settings
) -> None:
    headers = token(Role.MOVEMENT_ORGANISER, mission=loaded, sources=named("aid-1")) | JSON
    body = msgspec.json.encode(moved(61, CheckedIn(), 3))
    with connect(gateway_settings.database()) as conn:
        conn.execute("ALTER TABLE agreements RENAME TO away")
        conn.commit()
        try:
            answer = client.post("/v1/context", content=body, headers=headers)
            held = tables_holding(conn, nameless(61))
        finally:
            conn.execute("ALTER TABLE away RENAME TO agreements")
            conn.commit()
    assert (answer.status_code, held) == (503, [])
    assert int(answer.headers["Retry-After"]) > 0
    assert client.post("/v1/context", content=body, headers=headers).status_code == 201


def test_steps_of_a_mission_without_an_agreement_are_not_stored(
    client: Client, token: MakeToken, gateway_settings: Settings
) -> None:
    headers = token(Role.MOVEMENT_ORGANISER, mission="nobodys", sources=named("aid-1")) | JSON
    body = msgspec.json.encode(moved(71, mission="nobodys"))
    answer = client.post("/v1/context", content=body, headers=headers)
    assert (answer.status_code, answer.json()["reason"]) == (400, "unknown_mission")
    with connect(gateway_settings.database()) as conn:
        assert tables_holding(conn, nameless(71)) == []


@pytest.fixture(scope="module")
def many(gateway_settings: Settings, loaded: str) -> list[str]:
    """Movements in June, of which two begin at once; ids in the order of the list."""
    june, ids = 24 * 92, [nameless(0xD0 + number) for number in range(5)]
    steps = (
        replace(
            moved(80 + number, notified(june + max(number, 1), june + 12, kind=kind)),
            mission=loaded,
            movement=id_,
        )
        for number, (id_, kind) in enumerate(zip(ids, cycle(MovementKind), strict=False))
    )
    gone = replace(moved(90, MovementDeparted(), 1), movement=ids[4])
    with connect(gateway_settings.database()) as conn:
        take_in_log(conn, load_register(conn), log_of(map(said, (*steps, gone))))
    return ids


JUNE: Final = {"at": "2026-06-01T00:00:00Z", "from": "2026-06-01T00:00:00Z"}


def listed(client: Client, headers: dict[str, str], **asked: str) -> list[str]:
    """The ids of every page, one movement a page."""
    told: list[str] = []
    at: str | None = str(httpx.URL("/v1/movements", params=JUNE | asked | {"limit": "1"}))
    while at:
        answer = client.get(at, headers=headers)
        again = client.get(at, headers=headers | {"If-None-Match": answer.headers["etag"]})
        assert (answer.status_code, again.status_code) == (200, 304)
        body = answer.json()
        assert len(body["items"]) <= 1
        told += [one["movement"] for one in body["items"]]
        at = answer.links["next"]["url"] if "link" in answer.headers else None
        assert body.get("next") == at
        assert "acknowledged is not permitted" in body["note"]
    return told


def test_pages_follow_each_other_without_gap_and_repetition(
    client: Client, loaded: str, token: MakeToken, many: list[str]
) -> None:
    headers = token(Role.MOVEMENT_ORGANISER, mission=loaded, sources=named("aid-1"))
    assert listed(client, headers) == many
    whole = client.get("/v1/movements", params=JUNE, headers=headers)
    assert [one["movement"] for one in whole.json()["items"]] == many
    assert "link" not in whole.headers
    assert {one["draft"] for one in whole.json()["items"]} == {True}


def test_pages_are_of_what_their_asker_sees(
    client: Client, loaded: str, token: MakeToken, many: list[str]
) -> None:
    organiser = token(Role.MOVEMENT_ORGANISER, mission=loaded, sources=named("aid-1"))
    other = token(Role.MOVEMENT_ORGANISER, mission=loaded, sources=named("aid-2"))
    assert listed(client, other) == []
    first = client.get("/v1/movements", params=JUNE | {"limit": "1"}, headers=organiser)
    link = first.links["next"]["url"]
    assert not any(id_ in link for id_ in many)
    assert client.get(link, headers=other).json()["items"] == []
    later = link.replace("2026-06-01", "2026-06-02")
    assert client.get(later, headers=organiser).json()["parameter"] == "after"


def test_phase_and_kind_narrow(
    client: Client, loaded: str, token: MakeToken, many: list[str]
) -> None:
    headers = token(Role.COORDINATOR, mission=loaded)
    assert listed(client, headers, phase="under_way") == many[4:]
    assert listed(client, headers, phase="notified") == many[:4]
    by_kind = [listed(client, headers, kind=kind) for kind in MovementKind]
    assert by_kind == [[many[0], many[3]], [many[1], many[4]], [many[2]]]
    assert listed(client, headers, kind=[*MovementKind][1], phase="under_way") == many[4:]
    for asked in ({"phase": "lost"}, {"kind": "parade"}, {"limit": "0"}, {"after": "AAAA"}):
        answer = client.get("/v1/movements", params=asked, headers=headers)
        assert (answer.status_code, answer.json()["parameter"]) == (400, *asked)
