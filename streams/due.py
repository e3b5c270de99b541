"""Due: the instants at which time alone changes what is read.

    contexts, movements by version, intervals → **due instants** → the timer's rows, `truceline due`

Place on the data's way: beside judging. A measure is overdue, a truce holds or has lapsed, a phase
has begun, a movement is not heard of, a corridor is no longer known to be usable: each is a
function of what is known and of the clock. Here are the instants at which it changes, of the past
and of the future alike. A function of the *set* of events, like the folds that it reads: a truce
that is extended has no due instant at its old end.

Asked is the reader itself (`measure_at`, `truce_at`), at an instant and a microsecond before it:
a row can never say something else than what is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from streams.agreement import Agreement
from streams.context.exchanges import Discrepancy, ExchangeHistory, exchange_at
from streams.context.fold import MissionState
from streams.context.measures import MeasureHistory, measure_at
from streams.context.truces import TruceHistory, TruceState, truce_at
from streams.corridors.effects import CAUTION, Cause
from streams.instants import micros, moment_of
from streams.movements.history import MovementHistory
from streams.movements.standing import check_ins_due, movement_at
from streams.vocabulary import Availability, Word


class Rule(Word):
    """What changes at a due instant; stored and shown, so the words are stable."""

    MEASURE_OVERDUE = "measure_overdue"
    """A deadline has passed, and the measure is not verified."""
    PHASE_BEGINS = "phase_begins"
    TRUCE_BEGINS = "truce_begins"
    """The truce's terms begin to hold."""
    TRUCE_ENDS = "truce_ends"
    """They cease to before the window is over: suspended, or ended early."""
    TRUCE_LAPSES = "truce_lapses"
    """The truce's window is over, whether its terms held in it or not."""
    EXCHANGE_UNACCOUNTED = "exchange_unaccounted"
    """An exchange's window is over, and not all on somebody's list are accounted for."""
    CORRIDOR_STALE = "corridor_stale"
    """What was known of the corridor grew old: it was usable, it is unknown."""
    CORRIDOR_LAPSES = "corridor_lapses"
    """The word that opened the corridor has ended."""
    CORRIDOR_WINDOW_ENDS = "corridor_window_ends"
    """The agreed window is over, whether the corridor was open in it or not."""
    CORRIDOR_CLOSURE_ENDS = "corridor_closure_ends"
    """A closure or suspension said until when it holds, and nothing of its kind is left."""
    CORRIDOR_NOT_IN_FORCE = "corridor_not_in_force"
    """Neither the agreement nor the corridor in it is in force any longer."""
    CHECK_IN_OVERDUE = "check_in_overdue"
    """A movement on its way was to be heard of, and was not."""
    INCIDENT_ENDED = "incident_ended"
    """Nothing more was seen near an incident for as long as the methodology's gap."""
    REPLY_OVERDUE = "reply_overdue"
    """A request of the joint channel was to be answered by then, and was not."""


CORRIDOR_RULES: Final = frozenset(
    {
        Rule.CORRIDOR_STALE,
        Rule.CORRIDOR_LAPSES,
        Rule.CORRIDOR_WINDOW_ENDS,
        Rule.CORRIDOR_CLOSURE_ENDS,
        Rule.CORRIDOR_NOT_IN_FORCE,
    }
)
MOVEMENT_RULES: Final = frozenset({Rule.CHECK_IN_OVERDUE})
INCIDENT_RULES: Final = frozenset({Rule.INCIDENT_ENDED})
CHANNEL_RULES: Final = frozenset({Rule.REPLY_OVERDUE})
CONTEXT_RULES: Final = (
    frozenset(Rule) - CORRIDOR_RULES - MOVEMENT_RULES - INCIDENT_RULES - CHANNEL_RULES
)


class Due(NamedTuple):
    """What falls due when; its fields are its key."""

    due_at: datetime
    """UTC."""
    rule: Rule
    subject: str
    """Id of the measure, phase, truce, exchange, corridor, movement or incident; the rule says of
    which."""


SINCE_EVER: Final = datetime.min.replace(tzinfo=UTC)
_INSTANT: Final = timedelta(microseconds=1)


class Version(NamedTuple):
    """In [start, end) the mission's context is read by this version of its agreement."""

    start: datetime
    end: datetime | None
    agreement: Agreement


def version_at(versions: Iterable[Agreement], instant: datetime) -> Agreement:
    """The version that is in force at an instant; outside of all, the newest there is."""
    newest_first = sorted(versions, key=attrgetter("version"), reverse=True)
    in_force = (it for it in newest_first if it.valid.touches(instant, instant))
    return next(in_force, newest_first[0])


def versions_over_time(agreements: Sequence[Agreement]) -> list[Version]:
    """Which version reads the context when; contiguous, since ever, the last without an end."""
    valid = [(it.valid.from_, it.valid.to) for it in agreements]
    edges = {moment_of(micros(it)) for span in valid for it in span if it is not None}
    starts = sorted({SINCE_EVER, *edges})
    return [
        Version(start, end, version_at(agreements, start))
        for start, end in zip(starts, [*starts[1:], None], strict=True)
    ]


class Reading(NamedTuple):
    """In [start, end) this is what is known of the mission's context; None: nothing is."""

    start: datetime
    end: datetime | None
    state: MissionState | None


def due_in_context(readings: Sequence[Reading]) -> list[Due]:
    """What falls due of measures, phases, truces and exchanges; sorted.

    `readings` are contiguous, the first since ever, the last without an end.
    """
    return _due([_Part(it.start, it.end, _subjects(it.state)) for it in readings])


class MovementsRead(NamedTuple):
    """In [start, end) this is what is known of the mission's movements."""

    start: datetime
    end: datetime | None
    movements: Sequence[MovementHistory]


def due_of_movements(readings: Sequence[MovementsRead]) -> list[Due]:
    """What falls due of movements; sorted. `readings` as in `due_in_context`."""
    return _due(
        [
            _Part(it.start, it.end, {("movement", one.ref): _movement(one) for one in it.movements})
            for it in readings
        ]
    )


def _due(parts: Sequence[_Part]) -> list[Due]:
    found: set[Due] = set()
    for name in {name for part in parts for name in part.subjects}:
        found |= set(_turns(parts, name))
    return sorted(found)


def due_on_corridor(
    corridor_id: str,
    intervals: Sequence[tuple[datetime, Cause]],
    own_ends: Container[datetime] = (),
) -> list[Due]:
    """What falls due on a corridor; sorted.

    Args:
        corridor_id: of the agreement.
        intervals: when each begins, and its cause.
        own_ends: until when closures and suspensions said that they hold.
    """
    return [
        Due(start, rule, corridor_id)
        for (_, before), (start, cause) in pairwise(intervals)
        if (rule := _corridor_rule(before, cause, ended=start in own_ends)) is not None
    ]


def has_closures(intervals: Sequence[tuple[datetime, Cause]]) -> bool:
    """Whether one of them is over: then `own_ends` is worth asking for."""
    return any(_reopens(before, after) for (_, before), (_, after) in pairwise(intervals))


_USABLE: Final = frozenset({Availability.OPEN, Availability.IMPEDED})
_LOSSES: Final = {
    Cause.STALE: Rule.CORRIDOR_STALE,
    Cause.IMPEDIMENT_STALE: Rule.CORRIDOR_STALE,
    Cause.LAPSED: Rule.CORRIDOR_LAPSES,
}


_CLOSED: Final = frozenset({Cause.CLOSED_BY_STATUS, Cause.SUSPENDED_BY_STATUS})


def _reopens(before: Cause, after: Cause) -> bool:
    return before in _CLOSED and after not in _CLOSED and CAUTION[before] < CAUTION[after]


def _corridor_rule(before: Cause, after: Cause, *, ended: bool) -> Rule | None:
    """Other causes begin with an event, which says so itself.

    That a window is over shows only where nothing stronger hid that it was not.
    """
    if ended and _reopens(before, after):
        return Rule.CORRIDOR_CLOSURE_ENDS
    if after is Cause.OUTSIDE_WINDOW:
        return Rule.CORRIDOR_WINDOW_ENDS if CAUTION[before] > CAUTION[after] else None
    if after is Cause.NOT_IN_FORCE:
        return Rule.CORRIDOR_NOT_IN_FORCE
    return _LOSSES.get(after) if before.state in _USABLE else None


_Answer = frozenset[Rule]
"""What is so at an instant, each named by the rule under which it began to be."""
_NOTHING: Final[_Answer] = frozenset()


class _Subject(NamedTuple):
    """A measure, phase, truce or exchange as one version reads it."""

    candidates: Sequence[datetime]
    """The instants at which an answer may change."""
    answer: Callable[[datetime], _Answer]


_Name = tuple[str, str]


class _Part(NamedTuple):
    start: datetime
    end: datetime | None
    subjects: dict[_Name, _Subject]

    def holds(self, instant: datetime) -> bool:
        return self.start <= instant and (self.end is None or instant < self.end)

    def answer(self, name: _Name, instant: datetime) -> _Answer:
        subject = self.subjects.get(name)
        return _NOTHING if subject is None else subject.answer(instant)


def _turns(parts: Sequence[_Part], name: _Name) -> Iterator[Due]:
    """When the answer about one subject changes: within a version, and from one to the next."""
    earlier: _Part | None = None
    for part in parts:
        subject = part.subjects.get(name)
        inside = [it for it in subject.candidates if part.holds(it)] if subject else []
        for at in sorted({part.start, *inside}):
            before = earlier if at == part.start else part
            was = _NOTHING if before is None else before.answer(name, at - _INSTANT)
            for rule in _begun(was, part.answer(name, at)):
                # A version that is the first to know of a truce finds it lapsed long ago.
                if rule is not Rule.TRUCE_LAPSES or at in inside:
                    yield Due(at, rule, name[1])
        earlier = part


def _begun(was: _Answer, now: _Answer) -> _Answer:
    broken_off = Rule.TRUCE_BEGINS in was and not now
    return now - was | ({Rule.TRUCE_ENDS} if broken_off else _NOTHING)


def _subjects(state: MissionState | None) -> dict[_Name, _Subject]:
    if state is None:
        return {}
    began = {one.id: one.at for one in state.phases if one.at is not None}
    return {
        **{("measure", one.id): _measure(one) for one in state.measures},
        **{("phase", id_): _phase(at) for id_, at in began.items()},
        **{("truce", one.id): _truce(one) for one in state.truces},
        **{("exchange", str(one.id)): _exchange(one) for one in state.exchanges},
    }


def _measure(one: MeasureHistory) -> _Subject:
    due = one.due
    if due is None:
        return _Subject((), lambda _: _NOTHING)
    overdue = frozenset({Rule.MEASURE_OVERDUE})
    return _Subject(
        (due, *(word.at for word in one.words if word.at > due)),
        lambda at: overdue if measure_at(one, at).overdue else _NOTHING,
    )


def _phase(begins_at: datetime) -> _Subject:
    begun = frozenset({Rule.PHASE_BEGINS})
    return _Subject((begins_at,), lambda at: begun if begins_at <= at else _NOTHING)


def _movement(one: MovementHistory) -> _Subject:
    overdue = frozenset({Rule.CHECK_IN_OVERDUE})

    def answer(at: datetime) -> _Answer:
        now = movement_at(one, at)
        return overdue if now is not None and now.overdue_since is not None else _NOTHING

    return _Subject(check_ins_due(one), answer)


def _truce(one: TruceHistory) -> _Subject:
    edges = [(it.at, it.begins_at, it.ends_at) for it in one.moments]
    return _Subject(
        [at for edge in edges for at in edge if at is not None], lambda at: _of_truce(one, at)
    )


def _exchange(one: ExchangeHistory) -> _Subject:
    unaccounted, ends_at = frozenset({Rule.EXCHANGE_UNACCOUNTED}), one.ends_at
    if ends_at is None:
        return _Subject((), lambda _: _NOTHING)

    def answer(at: datetime) -> _Answer:
        tallies = exchange_at(one, at).tallies if ends_at <= at else ()
        found = any(Discrepancy.UNACCOUNTED in tally.discrepancies for tally in tallies)
        return unaccounted if found else _NOTHING

    later = (word.at for word in one.words if word.at > ends_at)
    return _Subject((ends_at, *later), answer)


def _of_truce(one: TruceHistory, at: datetime) -> _Answer:
    now = truce_at(one, at)
    if now is None:
        return _NOTHING
    if now.holds:
        return frozenset({Rule.TRUCE_BEGINS})
    return frozenset({Rule.TRUCE_LAPSES}) if now.state is TruceState.LAPSED else _NOTHING
