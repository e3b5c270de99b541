"""Every lane is one session's at a time, shared out evenly, and taken over from the dead."""

from __future__ import annotations

from contextlib import closing

from services.relay.lanes import Lanes
from services.relay.relay import open_session
from services.store.outbox import LANES
from tests.integration.relay.crew import until

ALL = list(range(LANES))


def test_one_relay_has_all_lanes(relay_url: str) -> None:
    with closing(open_session(relay_url)) as conn:
        lanes = Lanes(conn)
        lanes.claim()
        assert lanes.held == ALL


def test_who_comes_later_gets_its_share_and_nobody_shares_a_lane(relay_url: str) -> None:
    with (
        closing(open_session(relay_url)) as one,
        closing(open_session(relay_url)) as other,
        closing(open_session(relay_url)) as third,
    ):
        relays = [Lanes(one)]
        relays[0].claim()
        for conn in (other, third):
            relays.append(Lanes(conn))
            for _ in range(2):
                for lanes in relays:
                    lanes.claim()
            held = [lane for lanes in relays for lane in lanes.held]
            assert sorted(held) == ALL
            share = -(-LANES // len(relays))
            assert max(len(lanes.held) for lanes in relays) <= share


def test_the_lanes_of_a_session_that_ended_are_free(relay_url: str) -> None:
    with closing(open_session(relay_url)) as heir:
        dead = open_session(relay_url)
        first, second = Lanes(dead), Lanes(heir)
        first.claim()
        second.claim()
        assert set(first.held) | set(second.held) == set(ALL)
        dead.close()

        def has_all() -> bool:
            second.claim()
            return second.held == ALL

        until(has_all)  # the server notices a moment later
