"""Each sentence of domain.md's "Corridor" that the fold has to keep, as a case of its own.

Times are minutes; the road's windows are 30-150 and 180-330, a word is stale after 60 minutes.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from streams.corridors.divided import Interval
from streams.corridors.effects import Cause
from streams.corridors.events import (
    CorridorEvent,
    Effect,
    RouteEvent,
    StatusEvent,
    decode_event,
    encode_event,
    events_digest,
)
from streams.corridors.fold import at, availability
from streams.corridors.sweep import CAUSES_NAMED
from streams.events import CorridorStatus, EventRef
from streams.vocabulary import AgreedAxis, Availability
from tests.unit.streams.corridors.agreed_times import minute, validity
from tests.unit.streams.corridors.histories import (
    END,
    METHODOLOGY,
    SKEW,
    STALE,
    agreement,
    arrived,
    corridor,
)

OPEN, IMPEDED, UNKNOWN, SUSPENDED, CLOSED = Availability
ROAD = corridor()


def says(
    source: str,
    status: Availability,
    issued: float,
    *,
    own_id: str | None = None,
    seen: float | str | None = "as issued",
    starts: float | None = None,
    ends: float | None = None,
    received: float | None = None,
    vouched: bool = True,
    settles: tuple[str, ...] = (),
    **other: Any,  # noqa: ANN401 -- further fields of CorridorStatus
) -> StatusEvent:
    """A status issued at a minute; by default seen, in effect and received at that minute."""
    observed = issued if isinstance(seen, str) else seen
    refs = (ref.split("/") for ref in settles)
    said = CorridorStatus(
        id=own_id or f"{status}{issued}",
        source=source,
        status=status,
        issued_at=minute(issued),
        observed_at=None if observed is None else minute(observed),
        effective_from=minute(issued if starts is None else starts),
        effective_to=None if ends is None else minute(ends),
        settles=tuple(EventRef(source=ref[0], id=ref[1]) for ref in refs),
        **{"mission": "smm", "corridor": "east"} | other,
    )
    return arrived(said, received, vouched=vouched)


def reported(
    effect: Effect, start: float, end: float | None = None, *, received: float | None = None
) -> RouteEvent:
    until = start if end is None else end
    return RouteEvent(
        source="patrol",
        id="r",
        effect=effect,
        observed_from=minute(start),
        observed_to=minute(until),
        received_at=minute(until if received is None else received),
    )


def signed(event: StatusEvent, by: str = "lost") -> StatusEvent:
    """The same, known by a signature."""
    return replace(event, public_key=by)


def fold(*events: CorridorEvent) -> tuple[Interval, ...]:
    return availability(ROAD, agreement(ROAD), METHODOLOGY, events)


def when(number: float, *events: CorridorEvent) -> Interval:
    return at(fold(*events), minute(number))


def state(number: float, *events: CorridorEvent) -> Availability:
    return when(number, *events).state


def cause(number: float, *events: CorridorEvent) -> Cause:
    return when(number, *events).cause


OPENED = says("observer", OPEN, 40, own_id="o")


class TestNeverOpenByDefault:
    def test_unknown_from_the_agreement_on_without_any_word(self) -> None:
        assert when(60).state is UNKNOWN
        assert when(60).cause is Cause.NEVER_OPENED
        assert when(160).cause is Cause.OUTSIDE_WINDOW

    def test_notification_alone_opens_nothing(self) -> None:
        road = corridor(AgreedAxis.NOTIFIED)
        assert {it.state for it in availability(road, agreement(road), METHODOLOGY, ())} == {
            UNKNOWN
        }

    def test_open_from_when_it_was_seen_until_it_is_stale(self) -> None:
        assert fold(OPENED)[2:4] == (
            Interval(
                minute(40), minute(100), OPEN, Cause.OPEN_BY_STATUS, ("observer/o",), minute(100)
            ),
            Interval(minute(100), minute(150), UNKNOWN, Cause.STALE, ("observer/o",), None),
        )

    @pytest.mark.parametrize(
        "opening",
        [
            pytest.param(says("observer", OPEN, 40, seen=None), id="that nobody observed"),
            pytest.param(says("observer", OPEN, 40, seen=20), id="observed outside the window"),
            pytest.param(says("observer", OPEN, 40, seen=46), id="said before it was seen"),
            pytest.param(says("observer", OPEN, 40, exercise=True), id="of an exercise"),
            pytest.param(says("observer", OPEN, 40, segment="km1"), id="of a segment"),
            pytest.param(says("observer", OPEN, 40, vouched=False), id="nobody vouches for"),
            pytest.param(says("observer", OPEN, 40, received=34), id="from the future"),
            pytest.param(says("observer", OPEN, 40, ends=40), id="without a time of effect"),
            pytest.param(says("observer", OPEN, 40, mission="other"), id="of another mission"),
            pytest.param(says("observer", OPEN, 40, corridor="west"), id="of another corridor"),
            pytest.param(says("closer", OPEN, 40), id="of a source that may only close"),
            pytest.param(says("patrol", OPEN, 40), id="of a source that may only report"),
            pytest.param(says("elsewhere", OPEN, 40), id="of a source for another corridor"),
            pytest.param(says("stranger", OPEN, 40), id="of nobody the agreement knows"),
            pytest.param(says("liaison_b", OPEN, 40), id="of a party, with every right"),
        ],
    )
    def test_no_open(self, opening: StatusEvent) -> None:
        assert OPEN not in {it.state for it in fold(opening)}

    def test_a_source_opens_only_while_it_is_authorised(self) -> None:
        assert state(145, says("former", OPEN, 140)) is OPEN
        assert state(190, says("former", OPEN, 185)) is UNKNOWN

    def test_open_ends_with_the_right_behind_it(self) -> None:
        words = says("demoted", OPEN, 90)
        assert when(99, words).not_valid_after == minute(100)
        assert [state(99, words), cause(100, words)] == [OPEN, Cause.LAPSED]
        assert state(105, says("demoted", OPEN, 100)) is UNKNOWN

    def test_open_ends_when_its_source_is_revoked(self) -> None:
        words = says("dismissed", OPEN, 95)
        assert when(109, words).not_valid_after == minute(110)
        assert [state(109, words), cause(110, words)] == [OPEN, Cause.LAPSED]

    def test_a_revoked_source_opens_nothing_whatever_date_its_word_bears(self) -> None:
        assert state(105, says("dismissed", OPEN, 95, received=109)) is OPEN
        assert state(105, says("dismissed", OPEN, 95, received=110)) is UNKNOWN

    def test_open_ends_when_its_key_is_revoked(self) -> None:
        words = signed(says("signing", OPEN, 95))
        assert when(109, words).not_valid_after == minute(110)
        assert [state(109, words), cause(110, words)] == [OPEN, Cause.LAPSED]
        assert state(105, signed(says("signing", OPEN, 95, received=110))) is UNKNOWN
        assert state(105, signed(says("signing", OPEN, 95), by="another")) is UNKNOWN

    def test_a_caution_with_a_revoked_key_impedes_and_no_more(self) -> None:
        opened, closed = says("observer", OPEN, 110), says("signing", CLOSED, 120)
        assert cause(125, opened, signed(closed)) is Cause.IMPEDED_UNVERIFIED

    def test_what_a_revoked_source_closed_before_stays_closed(self) -> None:
        assert state(140, OPENED, says("dismissed", CLOSED, 100)) is CLOSED

    def test_a_caution_of_a_revoked_source_impedes_and_no_more(self) -> None:
        opened = says("observer", OPEN, 110)
        assert cause(125, opened, says("dismissed", CLOSED, 120)) is Cause.IMPEDED_UNVERIFIED

    def test_a_revoked_source_settles_nothing(self) -> None:
        closed = says("closer", CLOSED, 90, own_id="c")
        seen = says("observer", OPEN, 120)
        in_time = says("dismissed", UNKNOWN, 100, ends=100, settles=("closer/c",))
        assert state(125, closed, in_time, seen) is OPEN
        late = says("dismissed", UNKNOWN, 115, ends=115, settles=("closer/c",))
        assert state(125, closed, late, seen) is CLOSED

    def test_a_clock_that_is_ahead_within_the_skew_still_opens(self) -> None:
        assert state(45, says("observer", OPEN, 40, received=40 - SKEW)) is OPEN

    def test_open_ends_with_the_window_in_which_it_was_seen(self) -> None:
        late = says("observer", OPEN, 140)
        assert when(149, late).not_valid_after == minute(150)
        assert cause(150, late) is Cause.OUTSIDE_WINDOW
        assert state(185, says("observer", OPEN, 140, starts=185)) is UNKNOWN
        assert cause(185, late) is Cause.LAPSED

    def test_open_holds_within_its_effective_time_only(self) -> None:
        words = says("observer", OPEN, 40, starts=50, ends=70)
        assert [state(number, words) for number in (49, 50, 69, 70)] == [
            UNKNOWN,
            OPEN,
            OPEN,
            UNKNOWN,
        ]
        assert cause(70, words) is Cause.LAPSED

    def test_open_reaches_across_windows_that_overlap_where_it_was_seen_in_both(self) -> None:
        assert when(290, says("observer", OPEN, 285)).not_valid_after == minute(330)

    @pytest.mark.parametrize(
        ("axis", "expected"),
        [
            (AgreedAxis.PROPOSED, Cause.AXIS_PROPOSED),
            (AgreedAxis.AGREED_IN_PRINCIPLE, Cause.AXIS_AGREED_IN_PRINCIPLE),
            (AgreedAxis.AGREED_IN_DETAIL, Cause.OPEN_BY_STATUS),
            (AgreedAxis.NOTIFIED, Cause.OPEN_BY_STATUS),
            (AgreedAxis.EXPIRED, Cause.AXIS_EXPIRED),
        ],
    )
    def test_permission_short_of_detail_never_opens(
        self, axis: AgreedAxis, expected: Cause
    ) -> None:
        road = corridor(axis)
        intervals = availability(road, agreement(road), METHODOLOGY, (OPENED,))
        assert at(intervals, minute(60)).cause is expected

    def test_a_caution_stands_on_whatever_axis(self) -> None:
        road = corridor(AgreedAxis.PROPOSED)
        closed = says("observer", CLOSED, 50)
        intervals = availability(road, agreement(road), METHODOLOGY, (closed,))
        assert at(intervals, minute(60)).state is CLOSED

    def test_nothing_is_known_while_agreement_or_corridor_are_not_in_force(self) -> None:
        road = corridor(valid=validity(50, 60))
        intervals = availability(road, agreement(road), METHODOLOGY, (OPENED,))
        causes = [at(intervals, minute(number)).cause for number in (45, 55, 60)]
        assert causes == [Cause.NOT_IN_FORCE, Cause.OPEN_BY_STATUS, Cause.NOT_IN_FORCE]
        assert cause(END, says("observer", CLOSED, 50)) is Cause.NOT_IN_FORCE
        assert at(fold(), minute(-1)) == Interval(
            datetime.min.replace(tzinfo=UTC), minute(0), UNKNOWN, Cause.NOT_IN_FORCE, (), None
        )

    def test_a_corridor_without_windows_never_opens(self) -> None:
        road = corridor(windows=())
        intervals = availability(road, agreement(road), METHODOLOGY, (OPENED,))
        assert [it.cause for it in intervals] == [Cause.OUTSIDE_WINDOW, Cause.NOT_IN_FORCE]


class TestLatestWordOfEachSource:
    def test_the_word_issued_last_counts_whichever_arrived_first(self) -> None:
        closed = says("observer", CLOSED, 50, received=300)
        opened = says("observer", OPEN, 60, received=60)
        assert state(65, closed, opened) is OPEN
        assert state(55, closed, opened) is CLOSED

    def test_of_words_issued_together_the_more_cautious_counts(self) -> None:
        assert state(50, OPENED, says("observer", SUSPENDED, 40)) is SUSPENDED

    def test_a_later_open_does_not_lift_another_sources_closure(self) -> None:
        assert state(65, says("closer", CLOSED, 50), says("observer", OPEN, 60)) is CLOSED

    def test_between_sources_the_most_cautious_word_stands(self) -> None:
        words = [OPENED, says("second", IMPEDED, 41, own_id="i")]
        assert when(45, *words).state is IMPEDED
        assert when(45, *words).causes == ("second/i",)
        words.append(says("closer", UNKNOWN, 42))
        assert cause(45, *words) is Cause.UNKNOWN_BY_STATUS
        words.append(says("liaison_a", SUSPENDED, 43))
        assert state(45, *words) is SUSPENDED
        words.append(says("liaison_b", CLOSED, 44))
        assert state(45, *words) is CLOSED

    def test_a_closure_without_end_stands_until_its_source_lifts_it(self) -> None:
        closed = says("observer", CLOSED, 50)
        assert state(320, closed) is CLOSED
        assert state(320, closed, says("observer", OPEN, 310)) is OPEN

    def test_a_stale_open_is_no_word_and_brings_no_lifted_closure_back(self) -> None:
        words = (says("observer", CLOSED, 50), says("observer", OPEN, 60))
        assert cause(130, *words) is Cause.STALE
        assert state(130, *words, says("second", OPEN, 125)) is OPEN

    def test_a_closure_comes_back_when_the_word_that_replaced_it_was_for_a_time(self) -> None:
        words = (says("observer", CLOSED, 50), says("observer", OPEN, 60, ends=70))
        assert [state(number, *words) for number in (55, 65, 75)] == [CLOSED, OPEN, CLOSED]

    def test_an_open_that_opens_nothing_takes_the_earlier_one_back(self) -> None:
        assert cause(60, OPENED, says("observer", OPEN, 50, seen=None)) is Cause.LAPSED

    def test_a_party_takes_its_own_closure_back_and_opens_nothing(self) -> None:
        closed, lifted = says("liaison_a", CLOSED, 50), says("liaison_a", OPEN, 60)
        assert cause(65, OPENED, closed, lifted) is Cause.NOT_REOPENED
        assert state(75, closed, lifted, says("observer", OPEN, 70)) is OPEN
        assert state(75, closed, says("observer", OPEN, 70)) is CLOSED

    def test_an_exercise_closes_nothing(self) -> None:
        assert state(50, OPENED, says("closer", CLOSED, 45, exercise=True)) is OPEN


class TestSegments:
    def test_a_caution_about_a_segment_counts_for_the_whole_corridor(self) -> None:
        assert state(50, OPENED, says("closer", CLOSED, 45, segment="km1")) is CLOSED

    def test_a_word_about_one_segment_replaces_no_word_about_another(self) -> None:
        words = [
            says("observer", CLOSED, 45, segment="km1"),
            says("observer", OPEN, 50, segment="km2"),
            says("second", OPEN, 55),
        ]
        assert state(60, *words) is CLOSED
        assert state(60, *words, says("observer", OPEN, 51, segment="km1")) is OPEN

    def test_a_word_about_the_whole_replaces_words_about_segments_never_the_reverse(self) -> None:
        segment = says("observer", CLOSED, 45, segment="km1")
        assert state(60, segment, says("observer", OPEN, 50)) is OPEN
        whole = says("observer", CLOSED, 45)
        assert state(60, whole, says("observer", OPEN, 50, segment="km1")) is CLOSED


class TestAfterASuspension:
    def test_an_open_seen_before_the_cause_does_not_revive(self) -> None:
        suspended = says("closer", SUSPENDED, 50, own_id="s", ends=60)
        assert state(55, OPENED, suspended) is SUSPENDED
        assert when(65, OPENED, suspended).cause is Cause.NOT_REOPENED
        assert when(65, OPENED, suspended).causes == ("closer/s",)

    def test_an_open_issued_later_but_seen_before_the_cause_does_not_revive(self) -> None:
        suspended = says("closer", SUSPENDED, 50, ends=60)
        assert state(75, suspended, says("observer", OPEN, 70, seen=50)) is UNKNOWN
        assert state(75, suspended, says("observer", OPEN, 70, seen=61)) is OPEN

    def test_an_open_seen_between_a_closure_and_its_saying_does_not_count(self) -> None:
        closed = says("closer", CLOSED, 60, starts=50, ends=90)
        assert state(95, closed, says("observer", OPEN, 59)) is UNKNOWN
        assert state(95, closed, says("observer", OPEN, 61)) is OPEN

    def test_a_report_suspends_until_it_is_settled_by_name(self) -> None:
        shelled = reported(Effect.SUSPENDS, 50, 55)
        later = says("observer", OPEN, 60)
        assert when(300, shelled, later).state is SUSPENDED
        assert when(300, shelled, later).causes == ("patrol/r",)
        settling = says("observer", OPEN, 60, settles=("patrol/r",))
        assert state(59, OPENED, shelled, settling) is SUSPENDED
        assert state(60, OPENED, shelled, settling) is OPEN

    def test_settling_alone_leaves_unknown(self) -> None:
        settling = says("closer", OPEN, 60, settles=("patrol/r",))
        assert cause(65, OPENED, reported(Effect.SUSPENDS, 50), settling) is Cause.NOT_REOPENED

    @pytest.mark.parametrize(
        "settling",
        [
            pytest.param({"source": "second"}, id="without the right"),
            pytest.param({"vouched": False}, id="nobody vouches for"),
            pytest.param({"exercise": True}, id="of an exercise"),
            pytest.param({"issued": 54}, id="before the cause had ended"),
            pytest.param({"received": 50}, id="from the future"),
            pytest.param({"source": "elsewhere"}, id="for another corridor"),
            pytest.param({"source": "liaison_b"}, id="of a party"),
            pytest.param({"settles": ("patrol/other",)}, id="that names another event"),
            pytest.param({"settles": ("sensor/r",)}, id="that names another source"),
        ],
    )
    def test_nothing_is_settled_by_a_status(self, settling: dict[str, Any]) -> None:
        words: dict[str, Any] = {"source": "observer", "issued": 60, "settles": ("patrol/r",)}
        words |= settling
        shelled = reported(Effect.SUSPENDS, 50, 55)
        assert state(70, shelled, says(status=UNKNOWN, **words)) is SUSPENDED

    def test_settled_is_from_when_it_was_said_and_takes_effect(self) -> None:
        shelled = reported(Effect.SUSPENDS, 50)
        early = says("closer", OPEN, 60, starts=45, settles=("patrol/r",))
        late = says("closer", OPEN, 60, starts=80, settles=("patrol/r",))
        assert [state(number, shelled, early) for number in (59, 60)] == [SUSPENDED, UNKNOWN]
        assert [state(number, shelled, late) for number in (79, 80)] == [SUSPENDED, UNKNOWN]

    def test_a_withdrawn_report_leaves_unknown_until_somebody_looks_again(self) -> None:
        withdrawn = reported(Effect.UNSETTLES, 50, 55)
        assert cause(60, OPENED, withdrawn) is Cause.NOT_REOPENED
        assert state(60, OPENED, withdrawn, says("observer", OPEN, 55)) is UNKNOWN
        assert state(60, OPENED, withdrawn, says("observer", OPEN, 56)) is OPEN
        assert state(45, OPENED, withdrawn) is OPEN

    def test_another_sources_closure_is_settled_by_name_too(self) -> None:
        closed = says("closer", CLOSED, 50, own_id="c")
        settling = says("observer", OPEN, 60, settles=("closer/c",))
        assert [state(number, closed, settling) for number in (59, 61)] == [CLOSED, OPEN]

    def test_a_party_s_withdrawal_is_settled_by_nobody_else(self) -> None:
        closed = says("liaison_b", CLOSED, 50, own_id="c")
        opened = says("second", OPEN, 62)
        by_mission = says("observer", UNKNOWN, 60, ends=61, settles=("liaison_b/c",))
        by_party = says("liaison_b", OPEN, 60, settles=("liaison_b/c",))
        assert state(65, closed, opened, by_mission) is CLOSED
        assert state(65, closed, opened, by_party) is OPEN

    @pytest.mark.parametrize("source", ["closer", "liaison_a"])
    def test_a_party_lifts_no_closure_but_its_own(self, source: str) -> None:
        closed = says(source, CLOSED, 50, own_id="c")
        opened = says("observer", OPEN, 62)
        by_party = says("liaison_b", UNKNOWN, 60, ends=61, settles=(f"{source}/c",))
        assert state(65, closed, opened, by_party) is CLOSED

    def test_a_party_lifts_no_impediment_that_a_report_left(self) -> None:
        mined = reported(Effect.IMPEDES, 50)
        by_party = says("liaison_b", UNKNOWN, 60, ends=61, settles=("patrol/r",))
        by_mission = says("closer", UNKNOWN, 60, ends=61, settles=("patrol/r",))
        assert state(70, OPENED, mined, by_party) is IMPEDED
        assert state(70, OPENED, mined, by_mission) is OPEN

    def test_a_caution_forged_in_a_party_s_name_is_settled_by_who_is_no_party(self) -> None:
        forged = says("liaison_a", CLOSED, 50, own_id="f", vouched=False)
        by_party = says("liaison_b", UNKNOWN, 60, ends=61, settles=("liaison_a/f",))
        by_mission = says("closer", UNKNOWN, 60, ends=61, settles=("liaison_a/f",))
        assert state(70, OPENED, forged, by_party) is IMPEDED
        assert state(70, OPENED, forged, by_mission) is OPEN

    def test_a_status_cannot_settle_itself(self) -> None:
        closed = says("observer", CLOSED, 50, own_id="c", settles=("observer/c",))
        assert state(60, OPENED, closed) is CLOSED

    def test_a_planned_closure_that_is_cancelled_by_name_leaves_no_trace(self) -> None:
        planned = says("closer", CLOSED, 45, own_id="c", starts=70)
        cancelled = says("closer", OPEN, 50, settles=("closer/c",))
        assert state(80, OPENED, planned) is CLOSED
        assert state(80, OPENED, planned, cancelled) is OPEN

    def test_a_routine_open_does_not_reach_across_a_closure_planned_before(self) -> None:
        planned = says("observer", CLOSED, 45, starts=70)
        routine = says("observer", OPEN, 50)
        assert cause(80, planned, routine) is Cause.NOT_REOPENED


class TestImpediments:
    def test_impeded_by_a_source_that_may_open_is_usable_with_difficulty(self) -> None:
        found = when(60, says("observer", IMPEDED, 40, own_id="i"))
        assert found.state is IMPEDED
        assert found.cause is Cause.IMPEDED_BY_STATUS
        assert found.causes == ("observer/i",)
        assert found.not_valid_after == minute(100)

    def test_impeded_by_anybody_else_makes_nothing_usable(self) -> None:
        assert state(45, says("closer", IMPEDED, 40)) is UNKNOWN
        assert state(45, says("liaison_b", IMPEDED, 40)) is UNKNOWN
        assert state(45, reported(Effect.IMPEDES, 40)) is UNKNOWN

    def test_a_stale_impediment_is_unknown_and_blocks_until_its_source_speaks(self) -> None:
        words = (says("closer", IMPEDED, 40), says("observer", OPEN, 90))
        assert state(95, *words) is IMPEDED
        assert cause(100, *words) is Cause.IMPEDIMENT_STALE
        assert state(120, *words, says("closer", OPEN, 110)) is OPEN

    def test_an_impediment_that_ends_blocks_no_longer(self) -> None:
        assert state(60, OPENED, says("closer", IMPEDED, 45, ends=60)) is OPEN

    def test_a_report_impedes_then_blocks_until_it_is_settled_by_name(self) -> None:
        words = (reported(Effect.IMPEDES, 50, 55), OPENED, says("observer", OPEN, 100))
        causes = [cause(number, *words) for number in (49, 50, 55 + STALE - 1, 55 + STALE)]
        assert causes == [
            Cause.OPEN_BY_STATUS,
            Cause.IMPEDED_BY_REPORT,
            Cause.IMPEDED_BY_REPORT,
            Cause.IMPEDIMENT_STALE,
        ]
        assert state(125, *words, says("closer", OPEN, 120, settles=("patrol/r",))) is OPEN


class TestWhoSaidIt:
    @pytest.mark.parametrize("said", [CLOSED, SUSPENDED, IMPEDED])
    @pytest.mark.parametrize(
        "who",
        [
            pytest.param({"source": "closer", "vouched": False}, id="nobody vouches for"),
            pytest.param({"source": "patrol"}, id="without the right"),
            pytest.param({"source": "stranger"}, id="unknown to the agreement"),
        ],
    )
    def test_a_caution_impedes_and_no_more_however_old(
        self, said: Availability, who: dict[str, Any]
    ) -> None:
        words = says(status=said, issued=45, **who)
        assert cause(50, OPENED, words) is Cause.IMPEDED_UNVERIFIED
        assert cause(190, words, says("observer", OPEN, 185)) is Cause.IMPEDED_UNVERIFIED
        assert state(50, words) is UNKNOWN

    def test_an_unvouched_unknown_has_no_effect(self) -> None:
        assert state(50, OPENED, says("closer", UNKNOWN, 45, vouched=False)) is OPEN

    def test_an_unvouched_caution_is_settled_by_name_and_leaves_no_barrier(self) -> None:
        forged = says("closer", CLOSED, 45, own_id="f", vouched=False)
        settling = says("closer", UNKNOWN, 50, ends=51, settles=("closer/f",))
        assert state(55, OPENED, forged, settling) is OPEN

    def test_an_unvouched_word_never_replaces_a_vouched_one(self) -> None:
        forged = says("closer", IMPEDED, 50, vouched=False)
        assert state(55, OPENED, says("closer", CLOSED, 45), forged) is CLOSED

    def test_a_later_vouched_word_replaces_an_unvouched_one(self) -> None:
        forged = says("observer", CLOSED, 35, vouched=False)
        assert state(38, says("second", OPEN, 34), forged) is IMPEDED
        assert state(45, OPENED, forged) is OPEN


class TestVersionsUnderOneId:
    @pytest.mark.parametrize("order", [1, -1])
    @pytest.mark.parametrize("issued", [35, 45])
    def test_the_more_cautious_version_stands_whichever_came_first(
        self, order: int, issued: int
    ) -> None:
        versions = [OPENED, says("observer", CLOSED, issued, own_id="o")]
        assert state(50, *versions[::order]) is CLOSED

    @pytest.mark.parametrize(
        "version",
        [
            pytest.param(says("observer", OPEN, 40, own_id="o", seen=None), id="nobody observed"),
            pytest.param(says("observer", OPEN, 40, own_id="o", ends=45), id="ended"),
            pytest.param(says("observer", OPEN, 40, own_id="o", exercise=True), id="exercise"),
            pytest.param(says("observer", OPEN, 40, own_id="o", segment="km1"), id="segment"),
        ],
    )
    def test_an_open_counts_only_where_every_version_opens(self, version: StatusEvent) -> None:
        assert state(50, OPENED) is OPEN
        assert state(50, OPENED, version) is UNKNOWN

    def test_a_closure_is_lifted_only_where_every_version_lifts_it(self) -> None:
        closed = says("observer", CLOSED, 45, own_id="c")
        later, earlier = (says("observer", OPEN, issued, own_id="o") for issued in (50, 42))
        assert state(55, closed, later) is OPEN
        assert state(55, closed, later, earlier) is CLOSED

    def test_only_what_every_version_names_is_settled(self) -> None:
        shelled = reported(Effect.SUSPENDS, 50)
        names = says("closer", OPEN, 60, own_id="s", settles=("patrol/r",))
        names_not = says("closer", OPEN, 60, own_id="s")
        assert state(65, shelled, names, names_not) is SUSPENDED

    @pytest.mark.parametrize(
        "version",
        [
            pytest.param({"exercise": True}, id="is an exercise"),
            pytest.param({"issued": 45}, id="was issued before the cause"),
            pytest.param({"received": 50}, id="is from the future"),
        ],
    )
    def test_nothing_is_settled_where_one_version(self, version: dict[str, Any]) -> None:
        shelled = reported(Effect.SUSPENDS, 50)
        words: dict[str, Any] = {
            "source": "closer",
            "status": UNKNOWN,
            "issued": 60,
            "own_id": "s",
            "settles": ("patrol/r",),
        }
        assert state(65, shelled, says(**words)) is UNKNOWN
        assert state(65, shelled, says(**words), says(**words | version)) is SUSPENDED

    def test_a_vouched_version_silences_the_unvouched_ones_of_its_id(self) -> None:
        forged = says("observer", CLOSED, 45, own_id="o", vouched=False)
        assert state(50, OPENED, forged) is OPEN

    def test_both_readings_of_a_report_count(self) -> None:
        readings = reported(Effect.IMPEDES, 50), reported(Effect.SUSPENDS, 50)
        assert state(55, OPENED, *readings) is SUSPENDED


class TestFromTheFuture:
    def test_a_caution_from_the_future_counts_from_its_receipt(self) -> None:
        ahead = says("closer", CLOSED, 1000, received=50)
        assert state(50 + SKEW, OPENED, ahead) is CLOSED
        assert state(60, OPENED, reported(Effect.SUSPENDS, 1000, received=50)) is SUSPENDED

    def test_a_closure_planned_by_a_clock_that_is_ahead_is_a_closure_at_its_time_too(self) -> None:
        planned = says("observer", CLOSED, 60, starts=80, received=50)
        later = says("observer", OPEN, 65)
        assert [state(number, planned, later) for number in (60, 70)] == [CLOSED, OPEN]
        assert cause(80, planned, later) is Cause.NOT_REOPENED

    def test_the_next_word_of_its_source_lifts_it_all_the_same(self) -> None:
        ahead = says("observer", CLOSED, 1000, received=50)
        assert state(70, ahead, says("observer", OPEN, 60)) is OPEN

    def test_what_is_seen_from_the_future_is_settled_by_what_is_said_after_its_receipt(
        self,
    ) -> None:
        ahead = reported(Effect.SUSPENDS, 45, 1000, received=50)
        assert state(70, ahead, says("observer", OPEN, 60, settles=("patrol/r",))) is OPEN

    def test_an_open_from_the_future_lifts_nothing(self) -> None:
        words = (says("observer", CLOSED, 45), says("observer", OPEN, 60, received=50))
        assert state(70, *words) is CLOSED

    @pytest.mark.parametrize("year", [1, 9999])
    @pytest.mark.parametrize("hours", [-14, 14])
    def test_absurd_dates_fold(self, year: int, hours: int) -> None:
        zone = timezone(timedelta(hours=hours))
        absurd = datetime(year, 1 if year == 1 else 12, 1 if year == 1 else 31, tzinfo=zone)
        status = replace(
            says("former", IMPEDED, 45).status,
            issued_at=absurd,
            observed_at=absurd,
            effective_from=absurd,
        )
        for word in (status, replace(status, source="closer", status=CLOSED)):
            received_absurdly = replace(arrived(word), received_at=absurd)
            assert fold(arrived(word, 50), received_absurdly)[-1].end is None


class TestNotValidAfter:
    def test_a_refresh_reaches_further_and_each_row_says_how_far_its_words_reach(self) -> None:
        rows = fold(OPENED, says("observer", OPEN, 70, own_id="p"))[2:4]
        assert [(row.start, row.not_valid_after) for row in rows] == [
            (minute(40), minute(100)),
            (minute(70), minute(130)),
        ]

    def test_of_two_sources_the_word_that_reaches_further_is_relied_on(self) -> None:
        words = (OPENED, says("second", OPEN, 50, own_id="p"))
        assert when(60, *words).causes == ("observer/o", "second/p")
        assert when(60, *words).not_valid_after == minute(110)
        assert state(105, *words) is OPEN

    def test_it_never_reaches_beyond_what_is_known_to_end_the_state(self) -> None:
        assert when(50, OPENED, says("closer", CLOSED, 45, starts=80)).not_valid_after == minute(80)
        impeded = says("closer", IMPEDED, 45, starts=80)
        assert when(50, OPENED, impeded).not_valid_after == minute(80)


class TestRows:
    def test_a_flood_of_causes_is_named_in_part(self) -> None:
        flood = [replace(reported(Effect.SUSPENDS, 50), id=f"r{n:02}") for n in range(40)]
        found = when(60, *flood)
        assert found.causes == tuple(f"patrol/r{n:02}" for n in range(CAUSES_NAMED))

    def test_the_offset_of_a_time_changes_nothing(self) -> None:
        moscow = timezone(timedelta(hours=3))
        moved = replace(OPENED, received_at=OPENED.received_at.astimezone(moscow))
        assert fold(moved) == fold(OPENED)
        assert events_digest([moved]) == events_digest([OPENED])
        status = replace(OPENED.status, observed_at=minute(40).astimezone(moscow))
        starts = [it.start for it in fold(replace(OPENED, status=status))]
        assert {start.tzinfo for start in starts} == {UTC}


class TestStoredEvents:
    @pytest.mark.parametrize(
        "event", [OPENED, says("a", CLOSED, 1, settles=("b/c",)), reported(Effect.IMPEDES, 1, 2)]
    )
    def test_an_event_reads_back_as_it_was_stored(self, event: CorridorEvent) -> None:
        assert decode_event(encode_event(event)) == event

    def test_the_digest_tells_sets_apart(self) -> None:
        other = replace(OPENED, content_hash=hashlib.sha256(b"other").hexdigest())
        sets: list[list[CorridorEvent]] = [
            [],
            [OPENED],
            [other],
            [OPENED, other],
            [replace(OPENED, vouched=False)],
            [replace(OPENED, received_at=minute(41))],
            [reported(Effect.IMPEDES, 1)],
            [reported(Effect.SUSPENDS, 1)],
            [reported(Effect.SUSPENDS, 1, 2)],
        ]
        assert len({events_digest(events) for events in sets}) == len(sets)

    def test_what_is_no_event_is_refused(self) -> None:
        with pytest.raises(msgspec.ValidationError):
            decode_event(b'{"event":"other"}')
