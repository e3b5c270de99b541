"""The desk of the demo: one result released by two people, and what a party is told meanwhile.

    confirm by one → release by the same: refused → release by another → a party is told

Place on the data's way: after judging, through the gateway, each person under a token of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from services.client.decide import decide
from services.client.errors import SaidNoError
from services.client.post import HttpGateway
from services.client.token import read_token
from services.desk.show import ItemShown, show
from services.errors import ServiceError
from services.gateway.ask_violations import ViolationAsked, ViolationTold, ask_violations
from services.private_file import write_private
from services.store.engine import Connection
from services.store.queries.desk import results_of
from services.tokens.stored import Wanted, create_token
from services.tokens.token import Role, Token
from streams.desk.act import Action
from streams.desk.item import ViolationItem
from streams.keys import EventKind, event_key

PEOPLE: Final = ("ana.petrovic", "ben.okafor")
TIMEOUT_S: Final = 30.0
_EVERYTHING: Final = ViolationAsked(*(None,) * 9, limit=1_000, after=None)


class DeskDemoError(ServiceError):
    """The result that is shown is not there, or an act went otherwise than it should."""


@dataclass(frozen=True, slots=True)
class Released:
    """What came of it."""

    shown: ItemShown
    """The item at the end, with who did what."""
    alone: str
    """What the first person was told who tried to release it alone."""
    told_before: int
    """Violations that a party was told of before."""
    told: ViolationTold
    """What it is told now."""


def release_by_two(
    conn: Connection, gateway_url: str, folder: Path, mission: str, report: tuple[str, str]
) -> Released:
    """Have two people release the first violation of a report.

    Args:
        conn: the operator's connection.
        gateway_url: the gateway's address.
        folder: the instance's data folder.
        mission: whose the report is.
        report: its source and id.

    Raises:
        DeskDemoError: there is none, or it is not told of in the end.
    """
    party = _token(conn, mission, Role.PARTY, None, folder)
    before = ask_violations(conn, party, _EVERYTHING).told
    item = _item(conn, mission, report)
    with _person(conn, gateway_url, folder, mission, PEOPLE[0]) as first:
        _act(first, item, conn, Action.CONFIRM, "by the impacts on the camera's record")
        alone = _alone(first, item, conn)
    with _person(conn, gateway_url, folder, mission, PEOPLE[1]) as second:
        _act(second, item, conn, Action.RELEASE, "read beside the patrol's log")
    told = [it for it in ask_violations(conn, party, _EVERYTHING).told if it not in before]
    if not told:
        raise DeskDemoError("what two people released is told to nobody")
    return Released(_shown(conn, item), alone, len(before), told[0])


def _token(
    conn: Connection, mission: str, role: Role, principal: str | None, folder: Path
) -> Token:
    """Make a token for the demo; its secret is in a private file named after the person."""
    wanted = Wanted("the demo", mission, frozenset({role}), days=1, principal=principal)
    made, secret = create_token(conn, wanted, datetime.now(UTC))
    if principal is not None:
        write_private(folder / "keys" / f"token-{principal}", f"{secret.text}\n")
    return made


@contextmanager
def _person(
    conn: Connection, url: str, folder: Path, mission: str, name: str
) -> Iterator[HttpGateway]:
    _token(conn, mission, Role.INVESTIGATOR, name, folder)
    token = read_token(folder / "keys" / f"token-{name}")
    with closing(HttpGateway(url, token)) as gateway:
        yield gateway


def _item(conn: Connection, mission: str, report: tuple[str, str]) -> str:
    found = results_of(conn, [event_key(EventKind.REPORT, mission, *report)])
    if not found:
        raise DeskDemoError(f"the report {report[1]} breaches nothing")
    first = min(found, key=lambda it: it.term_id)
    return str(ViolationItem(first.key, first.term_id))


def _shown(conn: Connection, item: str) -> ItemShown:
    found = show(conn, item)
    assert found is not None, "its report was found"
    return found


def _act(gateway: HttpGateway, item: str, conn: Connection, action: Action, note: str) -> None:
    body: dict[str, Any] = {
        "action": action.value,
        "revision": _shown(conn, item).revision,
        "note": note,
    }
    decide(gateway, item, msgspec.json.encode(body), TIMEOUT_S)


def _alone(gateway: HttpGateway, item: str, conn: Connection) -> str:
    try:
        _act(gateway, item, conn, Action.RELEASE, "alone")
    except SaidNoError as error:
        return error.detail
    raise DeskDemoError("one person released what takes two")
