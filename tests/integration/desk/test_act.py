"""Acts of two gateways at once, each on a connection of its own, as PostgreSQL lets them by.

The gateway has one thread that writes; two gateways have two. Which of two people is first nobody
can say; that one act is kept and the other person is told must hold whichever it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from services.desk.act import Decision, Done, Other, Who, act
from services.desk.errors import ActRefusedError, ChangedSinceError
from services.desk.show import show
from services.local.engines import Engines
from services.local.postgres import API_ROLE
from services.store.engine import Connection, connect
from services.store.scope import set_scope
from streams.desk.act import Action
from streams.desk.fold import Review
from tests.integration.gateway import seeded

ITEMS = [seeded.item("smm", name, number) for name in ("smm-a", "smm-b") for number in (1, 2)]
ROUNDS = 12
Came = Done | ChangedSinceError | ActRefusedError


@pytest.fixture(scope="module")
def url(migrated_url: str, engines: Engines) -> str:
    """Of the gateway's role, on a database with violations."""
    with connect(migrated_url) as conn:
        seeded.seed(conn)
    name = str(conninfo_to_dict(migrated_url)["dbname"])
    return engines.postgres.url_of(name, role=API_ROLE)


@pytest.fixture
def gateways(url: str) -> Iterator[tuple[Connection, Connection]]:
    with connect(url, scoped=True) as one, connect(url, scoped=True) as other:
        for conn in (one, other):
            conn.autocommit = True
            conn.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        yield one, other


def decide(conn: Connection, who: str, decision: Decision) -> Came:
    try:
        with conn.transaction():
            set_scope(conn, ["smm"])
            return act(conn, Who(who, f"tok-of-{who}"), decision, datetime.now(UTC))
    except (ChangedSinceError, ActRefusedError) as no:
        return no


def at_once(gateways: tuple[Connection, Connection], *decisions: Decision) -> list[Came]:
    gate = Barrier(2)

    def run(conn: Connection, who: str, decision: Decision) -> Came:
        gate.wait()
        return decide(conn, who, decision)

    with ThreadPoolExecutor(2) as both:
        return list(both.map(run, gateways, ("ana", "ben"), decisions))


def revision(conn: Connection, item: str) -> str:
    with conn.transaction():
        set_scope(conn, ["smm"])
        shown = show(conn, item)
    assert shown is not None
    return shown.revision


def test_of_two_acts_upon_one_state_one_is_kept_and_the_other_is_told(
    gateways: tuple[Connection, Connection],
) -> None:
    item = ITEMS[0]
    for _ in range(ROUNDS):
        seen = revision(gateways[0], item)
        both = (
            Decision(item, seen, Action.RETURN, "ana asks"),
            Decision(item, seen, Action.RETURN, "ben asks"),
        )
        came = at_once(gateways, *both)
        (done,) = [one for one in came if isinstance(one, Done)]
        (told,) = [one for one in came if isinstance(one, ChangedSinceError)]
        kept = done.shown.acts[-1]
        assert told.shown.acts[-1] == kept
        assert kept.note in str(told)
    with gateways[0].transaction():
        set_scope(gateways[0], ["smm"])
        shown = show(gateways[0], item)
    assert shown is not None
    assert [one.seq for one in shown.acts] == list(range(1, ROUNDS + 1)), "none lost, none twice"


def test_two_who_merge_the_same_crosswise_never_wait_for_each_other_for_ever(
    gateways: tuple[Connection, Connection],
) -> None:
    one, other = ITEMS[2:]
    for _ in range(ROUNDS):
        seen = {item: revision(gateways[0], item) for item in (one, other)}
        came = at_once(
            gateways,
            Decision(one, seen[one], Action.MERGE, "a", (Other(other, seen[other]),)),
            Decision(other, seen[other], Action.MERGE, "b", (Other(one, seen[one]),)),
        )
        assert len(came) == 2
        (done,) = [it for it in came if isinstance(it, Done)]
        (part,) = done.shown.parts
        whole = done.shown.item
        split = Decision(
            whole,
            done.shown.revision,
            Action.SPLIT,
            "apart",
            (Other(part, revision(gateways[0], part)),),
        )
        apart = decide(gateways[0], "ana", split)
        assert isinstance(apart, Done)
        assert apart.shown.review is Review.UNREVIEWED


def test_who_sends_an_act_again_on_another_gateway_is_told_that_it_is_done(
    gateways: tuple[Connection, Connection],
) -> None:
    item = ITEMS[1]
    decision = Decision(item, revision(gateways[0], item), Action.CONFIRM, "seen")
    first, again = (decide(conn, "ana", decision) for conn in gateways)
    assert isinstance(first, Done)
    assert isinstance(again, Done)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.shown == first.shown


def test_one_act_sent_twice_at_once_is_done_once(gateways: tuple[Connection, Connection]) -> None:
    item = ITEMS[1]
    for number in range(ROUNDS):
        seen = revision(gateways[0], item)
        decision = Decision(item, seen, Action.RETURN, f"question {number}")
        gate = Barrier(2)

        def run(conn: Connection, gate: Barrier = gate, it: Decision = decision) -> Came:
            gate.wait()
            return decide(conn, "ana", it)

        with ThreadPoolExecutor(2) as both:
            came = list(both.map(run, gateways))
        assert all(isinstance(it, Done) for it in came)
        assert sorted(it.is_new for it in came if isinstance(it, Done)) == [False, True]
