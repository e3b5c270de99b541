"""What is declared, notified, agreed and done, as facts: by whose word, and when."""

from __future__ import annotations

from datetime import datetime

import msgspec
import pytest

from streams.agreement import Phase, SigningKey, Source, Validity
from streams.context.facts import NOTHING_KNOWN
from streams.context.fold import decode_state, encode_state
from streams.context.heard import Heard
from streams.context.measures import MeasureNow, MeasureState, measure_at
from streams.context.truces import TruceState, truce_at
from streams.events import (
    ContextEvent,
    NamedPlaces,
    PartyClaim,
    TruceAgreed,
    TruceEnded,
    TruceExtended,
    TruceInForce,
    TruceProposed,
    TruceStep,
    TruceSuspended,
)
from streams.vocabulary import MeasureStatus, Right
from tests.unit.streams.context.said import (
    agreement,
    at,
    begins,
    folded,
    heard,
    measured,
    notifies,
    reasons,
    terms,
    truce,
)

CLAIMED, VERIFIED = MeasureStatus.CLAIMED, MeasureStatus.VERIFIED
NOT_VERIFIED = MeasureStatus.NOT_VERIFIED


def starts(*events: ContextEvent) -> dict[str, datetime]:
    return {began.phase: began.at for began in folded(*events).context.phases}


def held(*events: ContextEvent) -> list[tuple[datetime, datetime]]:
    return [(one.start, one.end) for one in folded(*events).context.truces]


def guns(hour: float, *events: ContextEvent) -> MeasureNow:
    return measure_at(next(m for m in folded(*events).measures if m.id == "guns"), at(hour))


def now(
    state: MeasureState, claimed: int | None, verified: int | None, *, overdue: bool = False
) -> MeasureNow:
    return MeasureNow(state, overdue, claimed, verified)


def test_where_nothing_is_said_nothing_but_dates_is_known() -> None:
    assert starts() == {"dated": at(10)}
    assert folded(under=agreement(phases=())).context == NOTHING_KNOWN


def test_a_phase_begins_by_a_declaration() -> None:
    assert starts(begins("d", hour=3))["declared"] == at(3)


def test_of_two_sources_the_later_beginning_stands() -> None:
    both = (begins("d", hour=3), begins("e", hour=4, source="second"))
    assert starts(*both)["declared"] == at(4)


def test_of_one_source_the_word_issued_last_counts() -> None:
    later = begins("e", hour=2, issued_at=at(9))
    assert starts(begins("d", hour=3), later)["declared"] == at(2)


def test_a_declaration_of_a_phase_that_begins_otherwise_does_nothing() -> None:
    state = folded(begins("a", "dated", 1), begins("b", "nowhere", 1))
    assert reasons(state) == {"a": "not_by_declaration", "b": "unknown_phase"}
    assert [began.phase for began in state.context.phases] == ["dated"]


def test_a_phase_does_not_open_on_an_unverified_measure() -> None:
    assert "gated" not in starts(measured("c", CLAIMED, 1))
    assert "gated" not in starts(measured("v", VERIFIED, 1, done=49))
    assert "gated" not in starts(measured("n", NOT_VERIFIED, 1))
    assert starts(measured("v", VERIFIED, 1))["gated"] == at(1)
    assert starts(measured("v", VERIFIED, 1, done=50))["gated"] == at(1)


def test_a_dated_phase_waits_for_all_that_gate_it() -> None:
    one = measured("v", VERIFIED, 1)
    other = measured("w", VERIFIED, 7, measure="mines")
    assert "both" not in starts(one)
    assert starts(one, other)["both"] == at(7)
    early = measured("w", VERIFIED, 2, measure="mines")
    assert starts(one, early)["both"] == at(5)


def test_gates_that_were_never_verified_together_do_not_open() -> None:
    events = (
        measured("v", VERIFIED, 6),
        measured("n", NOT_VERIFIED, 8),
        measured("w", VERIFIED, 9, measure="mines"),
    )
    assert "both" not in starts(*events)
    assert starts(*events)["gated"] == at(6)


def test_a_phase_that_has_begun_stays_so_whatever_is_said_later() -> None:
    assert starts(measured("v", VERIFIED, 1), measured("n", NOT_VERIFIED, 2))["gated"] == at(1)


def test_what_one_of_two_verifiers_denies_is_not_verified() -> None:
    denied = measured("n", NOT_VERIFIED, 1, source="second")
    assert "gated" not in starts(measured("v", VERIFIED, 1), denied)


def test_a_measure_goes_from_pending_to_claimed_to_verified() -> None:
    events = (measured("c", CLAIMED, 1, done=50), measured("v", VERIFIED, 3, done=50))
    assert guns(0, *events) == now(MeasureState.PENDING, None, None)
    assert guns(1, *events) == now(MeasureState.CLAIMED, 50, None)
    assert guns(3, *events) == now(MeasureState.VERIFIED, 50, 50)


def test_partial_fulfilment_keeps_both_numbers_apart() -> None:
    events = (measured("c", CLAIMED, 1, done=45), measured("v", VERIFIED, 2, done=38))
    assert guns(2, *events) == now(MeasureState.CLAIMED, 45, 38)
    assert guns(8, *events) == now(MeasureState.CLAIMED, 45, 38, overdue=True)


def test_a_measure_is_overdue_from_its_deadline_on_until_it_is_verified() -> None:
    assert not guns(7.99).overdue
    assert guns(8).overdue
    late = measured("v", VERIFIED, 9)
    assert guns(8.5, late).overdue
    assert not guns(9, late).overdue


def test_a_claim_after_a_refusal_waits_for_the_mission_again() -> None:
    events = (measured("n", NOT_VERIFIED, 2, done=3), measured("c", CLAIMED, 4))
    assert guns(3, *events) == now(MeasureState.NOT_VERIFIED, None, 3)
    assert guns(4, *events).state is MeasureState.CLAIMED


def test_a_deadline_after_a_phase_is_known_once_that_begins() -> None:
    def due(*events: ContextEvent) -> datetime | None:
        return next(m.due for m in folded(*events).measures if m.id == "mines")

    assert due() is None
    assert due(begins("d", hour=1)) == at(1 + 48)


def test_a_truce_holds_only_once_it_is_in_force() -> None:
    assert held(truce("p", TruceProposed(terms=terms()))) == []
    assert held(truce("p", TruceAgreed(terms=terms()))) == []
    assert held(truce("f")) == [(at(0), at(12))]
    assert held(truce("f", hour=-5)) == [(at(0), at(12))]
    assert held(truce("f", hour=5)) == [(at(5), at(12))]
    assert held(truce("f", hour=12)) == []


def test_an_extension_moves_the_end_and_comes_too_late_after_it() -> None:
    extended = truce("e", TruceExtended(ends_at=at(20)), 11)
    assert held(truce("f"), extended) == [(at(0), at(20))]
    late = truce("e", TruceExtended(ends_at=at(20)), 12)
    assert held(truce("f"), late) == [(at(0), at(12))]
    assert reasons(folded(truce("f"), late)) == {"e": "truce_not_in_force"}


def test_a_suspended_truce_holds_again_when_it_is_in_force_again() -> None:
    events = (truce("f"), truce("s", TruceSuspended(), 3), truce("g", hour=5))
    assert held(*events) == [(at(0), at(3)), (at(5), at(12))]


def test_a_truce_that_was_ended_early_is_over_for_good() -> None:
    events = (truce("f"), truce("x", TruceEnded(), 3), truce("g", hour=5))
    assert held(*events) == [(at(0), at(3))]
    assert reasons(folded(*events)) == {"g": "truce_is_over"}


def test_at_one_instant_the_later_step_in_its_life_comes_last_whatever_they_are_called() -> None:
    suspended, ended = truce("a", TruceSuspended()), truce("a", TruceEnded(), 3)
    assert held(truce("z"), suspended) == []
    extended = truce("z", TruceExtended(ends_at=at(20)), 3)
    assert held(truce("f"), extended, ended) == [(at(0), at(3))]
    assert reasons(folded(truce("f"), extended, ended)) == {}


def test_new_terms_replace_the_old_ones_from_then_on() -> None:
    other = TruceInForce(terms=terms(0, 8, guarantors=("other",)))
    state = folded(truce("f"), truce("g", other, 4))
    assert [(one.start, one.end, one.guarantors) for one in state.context.truces] == [
        (at(0), at(4), ("guarantor",)),
        (at(4), at(8), ("other",)),
    ]


def test_a_truce_has_one_state_at_every_instant() -> None:
    events = (
        truce("p", TruceProposed(terms=terms()), -9),
        truce("a", TruceAgreed(terms=terms()), -8),
        truce("f", hour=-1),
        truce("s", TruceSuspended(), 3),
        truce("g", hour=5),
        truce("e", TruceExtended(ends_at=at(14)), 6),
    )
    (history,) = folded(*events).truces
    states = [truce_at(history, at(hour)) for hour in (-10, -9, -8, -1, 0, 3, 5, 13, 14)]
    assert [state and (state.state.value, state.holds) for state in states] == [
        None,
        ("proposed", False),
        ("agreed", False),
        ("in_force", False),
        ("in_force", True),
        ("suspended", False),
        ("in_force", True),
        ("in_force", True),
        ("lapsed", False),
    ]
    ended = folded(*events, truce("x", TruceEnded(), 7)).truces[0]
    told = truce_at(ended, at(20))
    assert told is not None
    assert told.state is TruceState.ENDED_EARLY


def test_a_suspension_after_an_extension_leaves_the_new_end() -> None:
    extended = (truce("f"), truce("e", TruceExtended(ends_at=at(14)), 6))
    for hour in (8, 13):  # before the end that was agreed first, and after it
        suspended = truce("s", TruceSuspended(), hour)
        (history,) = folded(*extended, suspended).truces
        states = [truce_at(history, at(when)) for when in (hour, 13.9, 14)]
        assert [now and (now.state.value, now.ends_at) for now in states] == [
            ("suspended", at(14)),
            ("suspended", at(14)),
            ("lapsed", at(14)),
        ]


@pytest.mark.parametrize("step", [TruceSuspended(), TruceEnded()])
@pytest.mark.parametrize("hour", [12, 15])
def test_nobody_breaks_off_what_has_lapsed(step: TruceStep, hour: float) -> None:
    again = truce("g", TruceInForce(terms=terms(20, 22)), 16)
    state = folded(truce("f"), truce("x", step, hour), again)
    assert reasons(state) == {"x": "truce_not_in_force"}
    told = truce_at(state.truces[0], at(15.5))
    assert told is not None
    assert (told.state, told.since) == (TruceState.LAPSED, at(12))
    assert [(one.start, one.end) for one in state.context.truces] == [
        (at(0), at(12)),
        (at(20), at(22)),
    ]


def test_a_truce_somewhere_that_the_agreement_does_not_have_has_no_effect() -> None:
    elsewhere = TruceInForce(terms=terms(place=NamedPlaces(zones=("z", "nowhere"))))
    assert reasons(folded(truce("f", elsewhere))) == {"f": "unknown_place"}
    unknown = notifies("n", place=NamedPlaces(corridors=("nowhere",)))
    assert reasons(folded(unknown)) == {"n": "unknown_place"}


def test_a_notification_is_a_fact_as_it_was_said() -> None:
    (one,) = folded(notifies("n", 2, 3)).context.notifications
    assert (one.start, one.end, one.notified_at) == (at(2), at(3), at(-24))
    assert (one.by, one.event, one.zones, one.corridors) == ("north", "liaison/n", ("z",), ())


def test_the_mission_writes_down_whose_activity_it_is_and_a_party_its_own_alone() -> None:
    by_mission = folded(notifies("n", source="hq", party="south"))
    assert [one.by for one in by_mission.context.notifications] == ["south"]
    assert folded(notifies("n", party="south")).context.notifications == ()


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (notifies("x", source="stranger"), "unknown_source"),
        (notifies("x", source="monitor"), "without_right"),
        (notifies("x", exercise=True), "exercise"),
        (notifies("x", party="south"), "party_cannot"),
        (begins("x", source="monitor"), "without_right"),
        (begins("x", source="liaison"), "party_cannot"),
        (begins("x", declares=PartyClaim(party="north", text="Self-defence.")), "claim"),
        (truce("x", source="liaison"), "party_cannot"),
        (truce("x", source="monitor"), "without_right"),
        (measured("x", VERIFIED, source="liaison"), "party_cannot"),
        (measured("x", VERIFIED, source="monitor"), "without_right"),
        (measured("x", CLAIMED, source="hq"), "anothers_measure"),
        (measured("x", CLAIMED, measure="mines"), "anothers_measure"),
        (measured("x", VERIFIED, measure="unknown"), "unknown_measure"),
        (notifies("x", issued_at=at(101)), "from_future"),
        (notifies("x", notified_at=at(101)), "from_future"),
        (measured("x", VERIFIED, 101, issued_at=at(0)), "from_future"),
    ],
)
def test_who_is_not_authorised_is_kept_without_effect_and_told_why(
    event: ContextEvent, reason: str
) -> None:
    state = folded(event)
    assert reasons(state) == {"x": reason}
    assert state.context == folded().context
    assert state.measures == folded().measures


def test_a_party_can_propose_a_truce() -> None:
    proposed = truce("p", TruceProposed(terms=terms()), source="liaison")
    assert reasons(folded(proposed)) == {}


def test_nobody_vouches_for_it_nobody_heeds_it() -> None:
    assert reasons(folded(heard(notifies("x"), vouched=False))) == {"x": "not_vouched"}


def test_an_unvouched_version_takes_nothing_from_a_vouched_one() -> None:
    forged = heard(notifies("x", 5, 6), vouched=False)
    state = folded(notifies("x"), forged)
    assert reasons(state) == {}
    assert len(state.context.notifications) == 1


def test_versions_that_differ_have_no_effect_whoever_came_last() -> None:
    state = folded(notifies("x", 0, 1), notifies("x", 0, 2))
    assert reasons(state) == {"x": "versions_contradict"}


def test_other_bytes_that_say_the_same_are_no_contradiction() -> None:
    assert reasons(folded(notifies("x"), heard(notifies("x"), text=" "))) == {}


def test_what_its_source_withdraws_or_replaces_has_no_effect() -> None:
    replaced = (notifies("x"), notifies("y", 3, 4, supersedes="x"))
    assert reasons(folded(*replaced)) == {"x": "superseded"}
    withdrawn = (notifies("x"), notifies("y", 3, 4, retracts="x"))
    assert reasons(folded(*withdrawn)) == {"x": "retracted", "y": "retraction"}
    anothers = (notifies("x"), notifies("y", retracts="x", source="hq"))
    assert "x" not in reasons(folded(*anothers))


def test_a_source_has_a_say_while_its_right_is_valid() -> None:
    limited = Source(
        id="liaison",
        rights=(Right.NOTIFY,),
        party="north",
        valid=Validity(from_=at(-1), to=at(1)),
    )
    under = agreement(sources=(limited,))
    events = [notifies(f"{hour}", issued_at=at(hour)) for hour in (-2, -1, 0, 1)]
    assert reasons(folded(*events, under=under)) == {
        "-2": "source_not_in_force",
        "1": "source_not_in_force",
    }


def test_what_a_revoked_source_sends_is_void_whatever_date_it_bears() -> None:
    revoked = Source(id="liaison", rights=(Right.NOTIFY,), party="north", revoked_at=at(0))
    under = agreement(sources=(revoked,))
    before = heard(notifies("before"), received=-1)
    after = heard(notifies("after"), received=1)
    assert reasons(folded(before, after, under=under)) == {"after": "source_revoked"}


def test_what_a_source_signed_counts_while_its_key_holds() -> None:
    keys = (
        SigningKey(id="old", public_key="old", valid=Validity(from_=at(-2), to=at(0))),
        SigningKey(id="lost", public_key="lost", revoked_at=at(0)),
    )
    signing = Source(id="liaison", rights=(Right.NOTIFY,), party="north", keys=keys)
    under = agreement(sources=(signing,))

    def signed(name: str, key: str, hour: float = -1, received: float = -1) -> Heard:
        event = notifies(name, issued_at=at(hour))
        return msgspec.structs.replace(heard(event, received=received), public_key=key)

    events = (
        signed("in-time", "old", received=5),
        signed("too-late", "old", hour=0, received=5),
        signed("before", "lost"),
        signed("after", "lost", received=1),
        signed("strange", "another"),
    )
    assert reasons(folded(*events, under=under)) == {
        "too-late": "key_not_valid",
        "after": "key_revoked",
        "strange": "unknown_key",
    }


def test_who_found_a_revoked_key_contradicts_nobody() -> None:
    keys = (
        SigningKey(id="own", public_key="own"),
        SigningKey(id="lost", public_key="lost", revoked_at=at(0)),
    )
    signing = Source(id="liaison", rights=(Right.NOTIFY,), party="north", keys=keys)
    under = agreement(sources=(signing,))
    own = msgspec.structs.replace(heard(notifies("n")), public_key="own")
    forged = heard(notifies("n", notified_at=at(-9)))
    for key in ("lost", "another"):
        both = (msgspec.structs.replace(forged, public_key=key), own)
        assert reasons(folded(*both, under=under)) == {}


def test_a_source_whose_rights_change_has_an_entry_for_each_time() -> None:
    before = Source(id="liaison", rights=(Right.NOTIFY,), valid=Validity(from_=at(-99), to=at(0)))
    after = Source(id="liaison", rights=(Right.DECLARE,), valid=Validity(from_=at(0)))
    under = agreement(sources=(before, after))
    events = [notifies(f"{hour}", issued_at=at(hour)) for hour in (-1, 0)]
    assert reasons(folded(*events, under=under)) == {"0": "without_right"}


def test_a_right_that_is_revoked_leaves_the_others() -> None:
    kept = Source(id="liaison", rights=(Right.DECLARE,), valid=Validity(from_=at(-99)))
    gone = Source(id="liaison", rights=(Right.NOTIFY,), revoked_at=at(0))
    under = agreement(sources=(kept, gone))
    before, after = heard(notifies("before"), received=-1), heard(notifies("after"), received=0)
    assert reasons(folded(before, after, under=under)) == {"after": "without_right"}


def test_a_version_of_the_agreement_reads_by_its_own_rights_and_phases() -> None:
    plain = agreement(sources=(), phases=(Phase(id="p", name="P", on=at(1)),), measures=())
    state = folded(notifies("x"), begins("d"), under=plain)
    assert set(reasons(state).values()) == {"unknown_source"}
    assert [began.phase for began in state.context.phases] == ["p"]


def test_events_of_another_mission_are_passed_over() -> None:
    assert folded(notifies("x", mission="other")) == folded()


def test_a_state_comes_back_from_its_bytes_and_names_the_set_it_is_of() -> None:
    state = folded(notifies("n"), truce("t"), measured("v", VERIFIED), begins("d"))
    assert decode_state(encode_state(state)) == state
    assert state.events_digest != folded().events_digest
    assert msgspec.json.decode(encode_state(state))["context"]["truces"]


def test_a_phase_that_waits_for_a_measure_that_is_not_there_does_not_begin() -> None:
    phases = {one.id: one for one in folded(under=agreement(measures=())).phases}
    assert phases["both"].at is None
    assert phases["both"].gated_by == ("guns", "mines")
