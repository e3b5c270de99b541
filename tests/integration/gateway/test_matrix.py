"""Route x role x mission x agreement x {valid, expired, revoked, none}: who is told what.

The routes are those that the gateway serves: one without a row in `ASKED` fails. Marks inside what
is stored say whose it is, and no answer may hold one of a mission or an agreement that its token is
not for. Every question is for what the mission smm holds under the agreement smm-a.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, Final, NamedTuple
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from services.gateway import examples
from services.gateway.app import EVERYBODY, MAY, ROUTES
from services.gateway.disclosure import VIEWS, View
from services.settings import Settings
from services.store.engine import Connection, connect
from services.tokens.stored import Wanted, create_token
from services.tokens.token import Role, Validity
from streams.cases.acts import act_hash
from streams.channel.messages import message_hash
from tests.integration.gateway import seeded
from tests.integration.gateway.served import Client
from tests.integration.gateway.test_posts import event, status

MISSION, AGREEMENT = "smm", "smm-a"
SOURCE: Final = seeded.source(MISSION)
AGREEMENTS: Final = (None, "smm-a", "smm-b", "unmil-a")
VALIDITIES: Final = (Validity.VALID, Validity.EXPIRED, Validity.REVOKED)
OF_OBSERVERS: Final = (
    "patrol",
    "report-of",
    "narrative-of",
    "subject-of",
    "sighting-of",
    *map(str, seeded.OBSERVER),
)
"""What only who works with reports may read."""

Route = tuple[str, str]


class Holder(NamedTuple):
    """What a token is for."""

    role: Role
    mission: str
    agreement: str | None
    validity: Validity

    def holds(self, mission: str, agreement: str) -> bool:
        return self.mission == mission and self.agreement in (None, agreement)


@dataclass(frozen=True)
class Asked:
    """How a route is asked, and what one whose role may is answered."""

    path: str
    expected: Callable[[Holder], int]
    shows: Callable[[str], str] | None = None
    """The mark of an agreement that its answer must hold; None: of those it holds none."""
    body: Callable[[], bytes] | None = None


def always(_: Holder) -> int:
    return 200


def no_such_crossing(_: Holder) -> int:
    return 400


def of_the_agreement(holder: Holder) -> int:
    return 200 if holder.holds(MISSION, AGREEMENT) else 404


def of_the_mission(holder: Holder) -> int:
    """Posts are for a mission: under which agreement they are judged nobody knows yet."""
    return 201 if holder.mission == MISSION else 403


def of_who_sees_all(holder: Holder) -> int:
    """There is a movement under every agreement; these tokens name no source of one."""
    held = holder.agreement is None or holder.agreement in seeded.MISSIONS[holder.mission]
    return 200 if VIEWS[holder.role] is View.WHOLE and held else 404


def of_whose_word_it_may_be(holder: Holder) -> int:
    """Who organises movements may post steps of those, and no notification of a party's."""
    return 403 if holder.role is Role.MOVEMENT_ORGANISER else of_the_mission(holder)


def of_who_looked_too_long_ago(holder: Holder) -> int:
    """Told what has happened since; who may not see the item is told of none."""
    return 409 if holder.holds(MISSION, AGREEMENT) else 404


def of_who_sees_all_of_it(holder: Holder) -> int:
    """Of one agreement; these tokens name no source that it was addressed to."""
    held = holder.holds(MISSION, AGREEMENT)
    return 200 if VIEWS[holder.role] is View.WHOLE and held else 404


def of_the_office(holder: Holder) -> int:
    """The mission files in its own name; a party needs a token that names its source."""
    speaks = holder.role is not Role.PARTY and holder.holds(MISSION, AGREEMENT)
    return 201 if speaks else 403


def allegation() -> bytes:
    act = json.loads(seeded.opening(MISSION, AGREEMENT))
    return json.dumps(act | {"text": f"charge {uuid4()}"}).encode()


def question() -> bytes:
    message = json.loads(seeded.letter(MISSION, AGREEMENT))
    return json.dumps(message | {"text": f"letter {uuid4()}"}).encode()


def zone(agreement: str) -> str:
    return f"zone-of-{agreement}"


def confirmation() -> bytes:
    return b'{"action":"confirm","revision":"9.1","note":"seen"}'


def notification() -> bytes:
    changes = {"id": uuid4().hex, "mission": MISSION, "source": "liaison"}
    return json.dumps(examples.NOTIFICATION | changes).encode()


REPORT_PATH: Final = f"/v1/reports/{quote(seeded.report_id(MISSION, AGREEMENT), safe='')}"
DAYS: Final = "first_day=2026-03-01&last_day=2026-03-07"
ASKED: Final = {
    ("POST", "/v1/reports"): Asked(
        "/v1/reports", of_the_mission, body=lambda: event(mission=MISSION, source=SOURCE)
    ),
    ("POST", "/v1/corridor-status"): Asked(
        "/v1/corridor-status", of_the_mission, body=lambda: status(mission=MISSION, source=SOURCE)
    ),
    ("POST", "/v1/context"): Asked(
        "/v1/context",
        of_whose_word_it_may_be,
        body=notification,
    ),
    ("GET", "/v1/reports/{id:path}"): Asked(REPORT_PATH, of_the_agreement),
    ("GET", "/v1/violations"): Asked("/v1/violations", always, zone),
    ("GET", "/v1/incidents"): Asked("/v1/incidents", always, zone),
    ("GET", "/v1/incidents/{name:str}"): Asked(
        f"/v1/incidents/{seeded.incident_id(MISSION, AGREEMENT)}", of_the_agreement
    ),
    ("GET", "/v1/desk"): Asked("/v1/desk", always, zone),
    ("GET", "/v1/desk/times"): Asked("/v1/desk/times", always),
    ("GET", "/v1/desk/{item:str}"): Asked(
        f"/v1/desk/{seeded.item(MISSION, AGREEMENT)}", of_the_agreement
    ),
    ("POST", "/v1/desk/{item:str}"): Asked(
        f"/v1/desk/{seeded.item(MISSION, AGREEMENT)}", of_who_looked_too_long_ago, body=confirmation
    ),
    ("GET", "/v1/cases"): Asked("/v1/cases", always),
    ("POST", "/v1/cases"): Asked("/v1/cases", of_the_office, body=allegation),
    ("GET", "/v1/cases/{case:str}"): Asked(
        f"/v1/cases/{seeded.case_id(MISSION, AGREEMENT)}", of_who_sees_all_of_it
    ),
    ("GET", "/v1/cases/{case:str}/acts/{act:str}"): Asked(
        f"/v1/cases/{seeded.case_id(MISSION, AGREEMENT)}/acts/"
        f"{act_hash(seeded.opening(MISSION, AGREEMENT))}",
        of_who_sees_all_of_it,
    ),
    ("GET", "/v1/channel"): Asked("/v1/channel", always),
    ("POST", "/v1/channel"): Asked("/v1/channel", of_the_office, body=question),
    ("GET", "/v1/channel/{message:str}"): Asked(
        f"/v1/channel/{message_hash(seeded.letter(MISSION, AGREEMENT))}", of_who_sees_all_of_it
    ),
    ("GET", "/v1/whereabouts"): Asked("/v1/whereabouts", always, zone),
    ("GET", "/v1/crossings"): Asked("/v1/crossings", always, seeded.corridor),
    ("GET", "/v1/totals"): Asked(f"/v1/totals?{DAYS}", always),
    ("GET", "/v1/totals/differences"): Asked(f"/v1/totals/differences?{DAYS}", always),
    ("GET", "/v1/coverage"): Asked("/v1/coverage", always),
    ("GET", "/v1/restrictions"): Asked("/v1/restrictions", always),
    ("GET", "/v1/flags"): Asked("/v1/flags", always),
    ("GET", "/v1/corridors"): Asked("/v1/corridors", always, seeded.corridor),
    ("GET", "/v1/corridors/board"): Asked("/v1/corridors/board", always, seeded.corridor),
    ("GET", "/v1/corridors/calendar.ics"): Asked(
        "/v1/corridors/calendar.ics", always, seeded.corridor
    ),
    ("GET", "/v1/corridors/ways"): Asked("/v1/corridors/ways?from=a&to=b", no_such_crossing),
    ("GET", "/v1/corridors/{corridor_id:str}/availability"): Asked(
        f"/v1/corridors/{seeded.corridor(AGREEMENT)}/availability", of_the_agreement
    ),
    ("GET", "/v1/corridors/{corridor_id:str}/timeline"): Asked(
        f"/v1/corridors/{seeded.corridor(AGREEMENT)}/timeline?from=2026-07-14T00:00:00Z"
        "&to=2026-07-15T00:00:00Z",
        of_the_agreement,
    ),
    ("GET", "/v1/corridors/{corridor_id:str}/stats"): Asked(
        f"/v1/corridors/{seeded.corridor(AGREEMENT)}/stats?from=2026-07-01T00:00:00Z",
        of_the_agreement,
    ),
    ("GET", "/v1/phases"): Asked("/v1/phases", always),
    ("GET", "/v1/measures"): Asked("/v1/measures", always, seeded.measure),
    ("GET", "/v1/truces"): Asked("/v1/truces", always),
    ("GET", "/v1/exchanges"): Asked("/v1/exchanges", always),
    ("GET", "/v1/movements"): Asked("/v1/movements?at=2026-07-14T12:00:00Z", always),
    ("GET", "/v1/movements/{movement:str}"): Asked(
        f"/v1/movements/{seeded.MOVEMENT_ID}?at=2026-07-14T12:00:00Z", of_who_sees_all
    ),
    ("GET", "/v1/movement-outcomes"): Asked("/v1/movement-outcomes", always),
    ("GET", "/v1/unheeded"): Asked("/v1/unheeded", always),
    ("GET", "/v1/due"): Asked("/v1/due?from=2026-07-01T00:00:00Z", always, seeded.corridor),
    ("GET", "/v1/receipt-keys"): Asked("/v1/receipt-keys", always),
    ("GET", "/schema/openapi.json"): Asked("/schema/openapi.json", always),
    ("GET", "/metrics"): Asked("/metrics", always),
    ("GET", "/healthz"): Asked("/healthz", always),
    ("GET", "/readyz"): Asked("/readyz", always),
}
MAY_CALL: Final = {
    (str(method), path): route.opt[MAY]
    for route in ROUTES
    for path in route.paths
    for method in route.http_methods
}
CALENDAR: Final = ("GET", "/v1/corridors/calendar.ics")
OPEN: Final = [route for route, may in MAY_CALL.items() if may == EVERYBODY]
GUARDED: Final = [route for route in MAY_CALL if route not in OPEN]
HOLDERS: Final = [Holder(*of) for of in product(Role, seeded.MISSIONS, AGREEMENTS, VALIDITIES)]

Tokens = dict[Holder, dict[str, str]]


def make(conn: Connection, holder: Holder) -> dict[str, str]:
    """A token of a holder, as the header that presents it."""
    now = datetime.now(UTC)
    made = now - timedelta(days=9) if holder.validity is Validity.EXPIRED else now
    wanted = Wanted(
        "matrix", holder.mission, frozenset({holder.role}), holder.agreement, frozenset(), 1, "cai"
    )
    token, secret = create_token(conn, wanted, made)
    if holder.validity is Validity.REVOKED:
        conn.execute("UPDATE tokens SET revoked_at = %s WHERE id = %s", [now, token.id])
    return {"Authorization": f"Bearer {secret.text}"}


@pytest.fixture(scope="module")
def tokens(gateway_settings: Settings) -> Tokens:
    with connect(gateway_settings.database()) as conn:
        seeded.seed(conn)
        for mission, agreements in seeded.MISSIONS.items():
            for agreement in agreements:
                seeded.release(conn, mission, agreement)
        return {holder: make(conn, holder) for holder in HOLDERS}


def ask(client: Client, route: Route, headers: dict[str, str]) -> httpx.Response:
    asked = ASKED[route]
    if asked.body is None:
        return client.request(route[0], asked.path, headers=headers)
    headers = headers | {"Content-Type": "application/json"}
    return client.request(route[0], asked.path, headers=headers, content=asked.body())


def leaks(answer: httpx.Response, holder: Holder | None) -> Iterator[str]:
    """What an answer holds and its asker is not for."""
    text = answer.text + str(answer.headers)
    for mission, agreements in seeded.MISSIONS.items():
        for agreement in agreements:
            if holder is None or not holder.holds(mission, agreement):
                yield from (mark for mark in seeded.marks(mission, agreement) if mark in text)
        if (holder is None or holder.mission != mission) and f"{mission}-patrol" in text:
            yield f"{mission}-patrol"


def expected(route: Route, holder: Holder) -> int:
    if holder.validity is not Validity.VALID:
        return 401
    return ASKED[route].expected(holder) if holder.role in MAY_CALL[route] else 403


def test_every_route_has_its_row_in_the_matrix() -> None:
    assert set(ASKED) == set(MAY_CALL)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("route", GUARDED, ids=" ".join)
def test_a_token_is_answered_by_its_role_mission_agreement_and_validity(
    client: Client, tokens: Tokens, route: Route, role: Role
) -> None:
    shows = ASKED[route].shows
    for holder in (holder for holder in HOLDERS if holder.role is role):
        answer = ask(client, route, tokens[holder])
        assert answer.status_code == expected(route, holder), (holder, answer.text)
        assert list(leaks(answer, holder)) == [], holder
        if VIEWS[role] is View.COARSE or answer.status_code in (401, 403):
            assert [mark for mark in OF_OBSERVERS if mark in answer.text] == [], holder
        if shows is not None and answer.status_code == 200:
            for mission, agreements in seeded.MISSIONS.items():
                for agreement in agreements:
                    held = holder.holds(mission, agreement)
                    assert (shows(agreement) in answer.text) == held, (holder, agreement)


NOBODY: Final[dict[str, dict[str, str]]] = {
    "without": {},
    "empty": {"Authorization": ""},
    "other scheme": {"Authorization": "Basic c21tOnNtbQ=="},
    "no token": {"Authorization": "Bearer smm"},
    "nobody's": {"Authorization": f"Bearer trc_tok-0123456789ab_{'A' * 43}"},
}


@pytest.mark.parametrize("headers", NOBODY.values(), ids=list(NOBODY))
@pytest.mark.parametrize("route", GUARDED, ids=" ".join)
def test_who_presents_no_token_is_told_nothing(
    client: Client, tokens: Tokens, route: Route, headers: dict[str, str]
) -> None:
    assert tokens
    answer = ask(client, route, headers)
    assert answer.status_code == 401
    assert ("Basic" in answer.headers["www-authenticate"]) == (route == CALENDAR)
    assert 'Bearer realm="truceline"' in answer.headers["www-authenticate"]
    assert list(leaks(answer, None)) == []


def as_password(header: dict[str, str], user: str = "calendar") -> dict[str, str]:
    """What a program that keeps calendars sends of a token."""
    secret = header["Authorization"].removeprefix("Bearer ")
    return {"Authorization": f"Basic {b64encode(f'{user}:{secret}'.encode()).decode()}"}


def test_of_the_calendar_alone_a_token_may_be_the_password(
    client: Client, tokens: Tokens, capfd: pytest.CaptureFixture[str]
) -> None:
    for holder, header in tokens.items():
        answer = ask(client, CALENDAR, as_password(header))
        assert answer.status_code == expected(CALENDAR, holder), holder
        assert list(leaks(answer, holder)) == [], holder
        if answer.status_code == 200:
            assert answer.content == ask(client, CALENDAR, header).content
    for route in (it for it in GUARDED if it != CALENDAR):
        header = tokens[Holder(min(MAY_CALL[route]), MISSION, None, Validity.VALID)]
        assert ask(client, route, as_password(header)).status_code == 401, route
    said = "".join(capfd.readouterr())
    assert [it for it in tokens.values() if it["Authorization"].split()[1] in said] == []


def test_a_password_without_a_user_is_one_and_what_is_none_is_nobody(
    client: Client, tokens: Tokens
) -> None:
    header = tokens[Holder(Role.PARTY, MISSION, None, Validity.VALID)]
    assert ask(client, CALENDAR, as_password(header, user="")).status_code == 200
    for written in ("?", "Og==", "dHJj", "Og", "\xe4"):
        presented = {b"Authorization": f"Basic {written}".encode("latin-1")}
        answer = client.get(ASKED[CALENDAR].path, headers=presented)
        assert answer.status_code == 401, written


@pytest.mark.parametrize("route", OPEN, ids=" ".join)
def test_what_is_open_tells_of_no_mission_whoever_asks(
    client: Client, tokens: Tokens, route: Route
) -> None:
    some = [tokens[h] for h in HOLDERS if h.role is Role.ADMIN and h.agreement is None]
    for headers in (*NOBODY.values(), *some):
        answer = ask(client, route, headers)
        assert answer.status_code == 200, answer.text
        assert list(leaks(answer, None)) == []


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize("route", ASKED, ids=" ".join)
def test_another_method_is_refused_or_tells_only_which_there_are(
    client: Client, tokens: Tokens, route: Route, method: str
) -> None:
    assert tokens
    answer = client.request(method, ASKED[route].path)
    assert answer.status_code in {204, 404, 405}, answer.text
    assert list(leaks(answer, None)) == []


def test_what_was_refused_is_not_stored(
    client: Client, tokens: Tokens, gateway_settings: Settings
) -> None:
    sent: dict[str, int] = {}
    for holder in HOLDERS:
        if holder.role in {Role.REPORTER, Role.CORRIDOR_OPERATOR}:
            id_ = str(uuid4())
            body = event(id=id_, mission=MISSION, source=SOURCE)
            headers = tokens[holder] | {"Content-Type": "application/json"}
            sent[id_] = client.post("/v1/reports", content=body, headers=headers).status_code
    with connect(gateway_settings.database()) as conn:
        query = "SELECT event_id FROM submissions WHERE event_id = ANY(%s)"
        stored = {id_ for (id_,) in conn.execute(query, [list(sent)])}
    assert stored == {id_ for id_, told in sent.items() if told == 201}
    assert len(stored) == len(AGREEMENTS)
    assert set(sent.values()) == {201, 401, 403}


def test_the_marks_are_there_to_be_found(client: Client, tokens: Tokens) -> None:
    holder = Holder(Role.AUDITOR, MISSION, AGREEMENT, Validity.VALID)
    told: Any = ask(client, ("GET", "/v1/reports/{id:path}"), tokens[holder])
    text = json.dumps(told.json())
    assert f"narrative-of-{MISSION}-{AGREEMENT}" in text
    other = holder._replace(mission="unmil")
    assert list(leaks(told, other))
