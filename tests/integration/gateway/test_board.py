"""The board: what a phone on a bad line is told, when, and in how many bytes."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
import zstandard
from msgspec.structs import replace

from services.gateway import app, boards, lags
from services.lag import Lag
from services.settings import Settings
from services.store.engine import Connection
from services.store.generations import encode_parts
from services.store.rows import AvailabilityRow
from services.store.write import copy_rows
from services.tokens.token import Role
from streams.corridors.divided import PartState
from streams.vocabulary import Availability, Direction
from tests.integration.gateway.conftest import MakeToken
from tests.integration.gateway.served import Client, client_of
from tests.integration.kept_up import fall_behind

pytestmark = pytest.mark.usefixtures("filled")

PATH = "/v1/corridors/board"
QUIET = Lag(0, 1, None, ())
HOUR = timedelta(hours=1)
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def lag() -> list[Lag | None]:
    """What Kafka says: the last of these."""
    return [QUIET]


@pytest.fixture(scope="module")
def client(gateway_settings: Settings, lag: list[Lag | None]) -> Iterator[Client]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "ask_lag", lambda _: lag[-1])
        patch.setattr(lags, "GOOD_FOR_S", 0.0)
        with client_of(gateway_settings) as client:
            yield client


def row(id_: str, **changes: object) -> AvailabilityRow:
    """A corridor that has been open for an hour."""
    stored = AvailabilityRow(
        "smm",
        id_,
        *(1, 0),
        from_instant=NOW - HOUR,
        starts_at=NOW - HOUR,
        ends_at=None,
        not_valid_after=NOW + HOUR,
        known_at=NOW - HOUR / 2,
        state="open",
        cause="open_by_status",
        cause_events=["operator-1/s-1"],
        events_digest=bytes(32),
        parts=None,
        shown_from=NOW - HOUR / 2,
    )
    changed: AvailabilityRow = replace(stored, **changes)
    return changed


def grows_stale(id_: str, at: datetime) -> list[AvailabilityRow]:
    then: dict[str, Any] = {"state": "unknown", "cause": "stale", "not_valid_after": None}
    return [
        row(id_, ends_at=at, not_valid_after=at),
        row(id_, seq=1, starts_at=at, **then),
    ]


def write(owner: Connection, *rows: AvailabilityRow) -> None:
    copy_rows(owner, "corridor_availability", list(rows))


def ask(client: Client, headers: dict[str, str], etag: str = "", **asked: int) -> httpx.Response:
    held = {"If-None-Match": etag} if etag else {}
    return client.get(PATH, headers={**headers, **held}, params=asked)


def on_board(answer: httpx.Response, id_: str) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    (found,) = (it for it in answer.json()["items"] if it["corridor"] == id_)
    return dict(found)


def test_it_says_state_cause_since_until_and_the_last_word(
    client: Client, owner: Connection, token: MakeToken
) -> None:
    write(owner, row("open-road"))
    answer = ask(client, token(Role.MOVEMENT_ORGANISER))
    told = on_board(answer, "open-road")
    instants = {"since": NOW - HOUR, "not_valid_after": NOW + HOUR, "last_word_at": NOW - HOUR / 2}
    assert {name: datetime.fromisoformat(told.pop(name)) for name in instants} == instants
    assert (told["state"], told["cause"]) == ("open", "open_by_status")
    assert "operator-1" not in answer.text
    assert on_board(answer, "road-of-smm-a")["name"] == "smm-a"
    made = parsedate_to_datetime(answer.headers["date"])
    assert abs(datetime.now(UTC) - made) < timedelta(minutes=1)


def test_a_role_sees_what_the_list_of_corridors_shows_it(client: Client, token: MakeToken) -> None:
    for role in Role:
        headers = token(role)
        listed = client.get("/v1/corridors", headers=headers).json()["items"]
        told = ask(client, headers).json()["items"]
        assert [(it["corridor"], it["state"], it["cause"]) for it in listed] == [
            (it["corridor"], it["state"], it["cause"]) for it in told
        ]


@pytest.mark.parametrize("accept", ["application/json", "text/plain"])
def test_the_tag_stays_while_ages_pass_and_goes_with_what_is_shown(
    client: Client, owner: Connection, token: MakeToken, accept: str
) -> None:
    headers, id_ = token(Role.PARTY) | {"Accept": accept}, f"tag-{accept[:4]}"
    write(owner, row(id_))
    first = ask(client, headers)
    again = ask(client, headers, first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    write(owner, row(id_, generation=2, cause="impeded_by_status", state="impeded"))
    other = ask(client, headers, first.headers["etag"])
    assert other.status_code == 200
    assert other.headers["etag"] != first.headers["etag"]
    assert "impeded_by_status" in other.text


def test_the_tag_goes_with_a_new_word_that_leaves_the_state_as_it_is(
    client: Client, owner: Connection, token: MakeToken
) -> None:
    headers = token(Role.PARTY)
    write(owner, row("again"))
    first = ask(client, headers)
    write(owner, row("again", generation=2, known_at=NOW - HOUR / 4))
    other = ask(client, headers, first.headers["etag"])
    assert other.status_code == 200
    assert on_board(other, "again")["state"] == "open"


def test_while_the_system_is_behind_nothing_is_usable_and_the_board_stays_the_same(
    client: Client, owner: Connection, token: MakeToken, lag: list[Lag | None]
) -> None:
    headers = token(Role.COORDINATOR)
    forward = PartState(
        direction=Direction.FORWARD, state=Availability.OPEN, cause="open_by_status"
    )
    backward = PartState(
        direction=Direction.BACKWARD, state=Availability.CLOSED, cause="closed_by_status"
    )
    closed = {"state": "closed", "cause": "closed_by_status", "not_valid_after": None}
    write(
        owner,
        row("waits"),
        row("waits-one-way", **closed, parts=encode_parts((forward, backward))),
    )
    before = ask(client, headers)
    lag.append(None)
    fall_behind(owner)
    behind = ask(client, headers, before.headers["etag"])
    told = on_board(behind, "waits")
    assert (told["state"], told["cause"]) == ("unknown", "system_behind")
    assert not told.keys() & {"since", "not_valid_after"}
    one_way = on_board(behind, "waits-one-way")
    assert {it["direction"]: it["state"] for it in one_way["parts"]} == {
        "forward": "unknown",
        "backward": "closed",
    }
    assert ask(client, headers, behind.headers["etag"]).status_code == 304
    lag.append(QUIET)
    assert ask(client, headers).headers["etag"] == before.headers["etag"]


def test_who_waits_is_told_of_staleness_that_needs_no_event(
    client: Client, owner: Connection, token: MakeToken
) -> None:
    headers, stale_at = token(Role.MOVEMENT_ORGANISER), datetime.now(UTC) + timedelta(seconds=3)
    write(owner, *grows_stale("grows-stale", stale_at))
    first = ask(client, headers)
    assert on_board(first, "grows-stale")["state"] == "open"
    told = ask(client, headers, first.headers["etag"], wait_s=30)
    assert datetime.now(UTC) >= stale_at
    assert on_board(told, "grows-stale")["cause"] == "stale"
    assert parsedate_to_datetime(told.headers["date"]) - stale_at < timedelta(seconds=15)


def test_who_waits_is_told_of_a_word_and_others_wait_on(
    client: Client, owner: Connection, token: MakeToken
) -> None:
    write(owner, row("closes"))
    mine, other = token(Role.PARTY), token(Role.PARTY, mission="unmil")
    with ThreadPoolExecutor(3) as threads:
        waiting = [
            threads.submit(
                ask, client, headers, ask(client, headers).headers["etag"], wait_s=wait_s
            )
            for headers, wait_s in ((mine, 30), (mine, 30), (other, 3))
        ]
        time.sleep(1.0)  # so that they do wait
        begun = time.monotonic()
        closed: dict[str, Any] = {"state": "closed", "cause": "closed_by_status"}
        write(owner, row("closes", generation=2, not_valid_after=None, **closed))
        answers = [waiter.result() for waiter in waiting]
    assert [it.status_code for it in answers] == [200, 200, 304]
    assert [on_board(it, "closes")["state"] for it in answers[:2]] == ["closed", "closed"]
    assert time.monotonic() - begun < 20


def test_nothing_is_waited_for_by_who_does_not_have_what_there_is(
    client: Client, token: MakeToken
) -> None:
    begun = time.monotonic()
    for etag in ("", 'W/"old"'):
        assert ask(client, token(Role.PARTY), etag, wait_s=30).status_code == 200
    assert time.monotonic() - begun < 20


def test_who_waits_in_vain_is_told_that_nothing_has_changed(
    client: Client, token: MakeToken
) -> None:
    headers = token(Role.PARTY)
    etag = ask(client, headers).headers["etag"]
    assert ask(client, headers, etag, wait_s=1).status_code == 304


def test_a_token_that_is_revoked_meanwhile_is_told_nothing(
    client: Client, owner: Connection, token: MakeToken
) -> None:
    headers = token(Role.PARTY)
    etag = ask(client, headers).headers["etag"]
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, client, headers, etag, wait_s=5)
        time.sleep(0.5)
        owner.execute("UPDATE tokens SET revoked_at = now() WHERE revoked_at IS NULL")
        assert waiting.result().status_code == 401


def test_where_too_many_wait_one_is_told_so_and_still_told_what_is_new(
    gateway_settings: Settings, monkeypatch: pytest.MonkeyPatch, token: MakeToken
) -> None:
    monkeypatch.setattr(boards, "MOST_WAITING", 1)
    with client_of(gateway_settings) as client:
        headers = token(Role.PARTY)
        etag = ask(client, headers).headers["etag"]
        refused = ask(client, headers, etag, wait_s=30)
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        assert refused.json()["type"].endswith("too_much_asked")
        assert ask(client, headers, 'W/"old"', wait_s=30).status_code == 200


@pytest.mark.parametrize("wait_s", ["0", "31", "-1", "1.5", "long"])
def test_a_wait_that_is_none_is_refused(client: Client, token: MakeToken, wait_s: str) -> None:
    refused = client.get(PATH, params={"wait_s": wait_s}, headers=token(Role.PARTY))
    assert refused.status_code == 400
    assert "from 1 to 30" in refused.json()["detail"]


def test_it_is_compressed_by_what_is_accepted(client: Client, token: MakeToken) -> None:
    headers = token(Role.PARTY)
    unpack: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.decompress,
        "zstd": zstandard.ZstdDecompressor().decompress,
        "identity": bytes,
    }
    tags = set()
    for coding, unpacked in unpack.items():
        asked = {**headers, "Accept-Encoding": coding}
        with client.stream("GET", PATH, headers=asked) as answer:
            body = unpacked(b"".join(answer.iter_raw()))
        assert answer.headers.get("content-encoding", "identity") == coding
        assert "Accept-Encoding" in answer.headers["vary"]
        assert b'"mission":"smm"' in body
        tags.add(answer.headers["etag"])
    assert len(tags) == 1


def test_the_text_is_for_people(client: Client, token: MakeToken) -> None:
    answer = client.get(PATH, headers=token(Role.PARTY) | {"Accept": "text/plain"})
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.startswith("smm at ")
    assert "\nroad-of-smm-a: UNKNOWN, stale\n" in answer.text
    refused = client.get(PATH, headers=token(Role.PARTY) | {"Accept": "text/csv"})
    assert refused.status_code == 406
