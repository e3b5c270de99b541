"""Exchanges: how many have come to which step, by whose count, and where the counts differ.

Place on the data's way: heeded counts → **exchanges** → `truceline exchanges`. What the side that
hands over says, what the other side says and what the mission says stand beside each other. Of each
source its latest word counts. Where words differ all are shown and the difference is named: which
of them is right is for people to find out, and no number is made of two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from streams.agreement import Agreement, Exchange, ExchangeList, Window
from streams.context.exchange_windows import Windows
from streams.context.heard import Heard
from streams.events import ExchangeEvent
from streams.vocabulary import ExchangeCategory, ExchangeSide, ExchangeStep, Word

Numbers = tuple[int, ...]
"""What one voice counts, sorted: empty, it has not said; several, its sources or words differ."""
Step = ExchangeStep

_WAY: Final = (
    Step.LISTED,
    Step.RECONCILED,
    Step.IDENTITY_CONFIRMED,
    Step.CONSENT_CONFIRMED,
    Step.TRANSFERRED,
)
"""Of those who have come to a step, no more can come to a later one."""
_OUTCOMES: Final = (Step.TRANSFERRED, Step.REFUSED, Step.ABSENT)
"""Everybody who was on the list is one of these in the end."""
_LISTS: Final = (Step.LISTED, Step.RECONCILED)
_ALWAYS: Final = (Step.LISTED, Step.TRANSFERRED)
"""Shown even where nobody has said a word."""


class ExchangePhase(Word):
    """Where now lies, seen from the window."""

    AHEAD = "ahead"
    OPEN = "open"
    OVER = "over"


class Discrepancy(Word):
    """What does not fit; the words are stable: they are shown and may be alerted on."""

    ONE_VOICE_DIFFERS = "one_voice_differs"
    """Sources of one side, or of the mission, say different numbers, or one says two at once."""
    SIDES_DIFFER = "sides_differ"
    MISSION_DIFFERS = "mission_differs"
    """From what a side says."""
    NOT_AS_AGREED = "not_as_agreed"
    """A list is not as long as agreed, more come to a step than were, or nobody was to."""
    MORE_THAN_BEFORE = "more_than_before"
    """More than the same voice has counted at an earlier step."""
    MORE_THAN_LISTED = "more_than_listed"
    """Transferred, refused and absent are more than the same voice has listed."""
    UNACCOUNTED = "unaccounted"
    """The window is over, and they are fewer."""


class ExchangeWord(Struct, frozen=True, omit_defaults=True, gc=False):
    """What somebody with a say has counted."""

    at: datetime
    issued_at: datetime
    source: str
    id: str
    handed_over_by: str
    category: ExchangeCategory
    step: ExchangeStep
    count: int
    party: str | None = None
    """The side that counts; None: the mission."""


class ExchangeHistory(Struct, frozen=True, omit_defaults=True, gc=False):
    """An exchange with all that counts of what was said of it; words in a fixed order."""

    id: int
    name: str
    clause: str
    sides: tuple[str, ...]
    points: tuple[str, ...]
    begins_at: datetime | None
    """None: it takes place on days of a phase that has not begun; so `ends_at`."""
    ends_at: datetime | None
    truce: str
    """Its own, by id: how that stands, `truces` says."""
    lists: tuple[ExchangeList, ...]
    words: tuple[ExchangeWord, ...]
    speakers: tuple[str, ...] = ()
    """Sources that speak for one of the sides."""


class Tally(Struct, frozen=True, gc=False):
    """One step of one list, by all who count."""

    handed_over_by: str
    received_by: str
    category: ExchangeCategory
    step: ExchangeStep
    agreed: int | None
    """None: no number was agreed."""
    giver_says: Numbers
    receiver_says: Numbers
    mission_says: Numbers
    discrepancies: tuple[Discrepancy, ...]


class ExchangeNow(Struct, frozen=True, gc=False):
    """An exchange at one instant."""

    phase: ExchangePhase
    tallies: tuple[Tally, ...]


def tell_exchanges(
    agreement: Agreement, events: Iterable[Heard], windows: Windows
) -> tuple[ExchangeHistory, ...]:
    """Every exchange of the agreement with what was said of it, by its number."""
    parties = {source.id: source.party for source in agreement.sources}
    said: defaultdict[int, list[ExchangeEvent]] = defaultdict(list)
    for item in events:
        if isinstance(item.event, ExchangeEvent):
            said[item.event.exchange].append(item.event)
    return tuple(
        _history(one, said[one.id], parties, windows.get(one.id))
        for one in sorted(agreement.exchanges, key=lambda exchange: exchange.id)
    )


def exchange_at(exchange: ExchangeHistory, now: datetime) -> ExchangeNow:
    """The exchange as it stands at `now`, by what is known."""
    phase = _phase(exchange, now)
    counts = _Counts([word for word in exchange.words if word.at <= now])
    agreed = {(one.handed_over_by, one.category): one.count for one in exchange.lists}
    of_lists = sorted({*agreed, *counts.lists})
    tallies = tuple(
        _tally(_List(exchange, *of, of in agreed, agreed.get(of)), step, counts, phase)
        for of in of_lists
        for step in Step
        if step in _ALWAYS or counts.has(of, step)
    )
    return ExchangeNow(phase, tallies)


class _List(Struct, frozen=True, gc=False):
    """Those whom one side hands over, of one category."""

    exchange: ExchangeHistory
    giver: str
    category: ExchangeCategory
    is_agreed: bool
    agreed: int | None

    @property
    def of(self) -> tuple[str, ExchangeCategory]:
        return (self.giver, self.category)

    @property
    def receiver(self) -> str:
        return next(side for side in self.exchange.sides if side != self.giver)

    @property
    def voices(self) -> tuple[str | None, ...]:
        """Giver, receiver, mission."""
        return (self.giver, self.receiver, None)


class _Counts:
    """Each voice's numbers by the latest words."""

    def __init__(self, words: Sequence[ExchangeWord]) -> None:
        latest: dict[tuple[object, ...], tuple[datetime, datetime]] = {}
        for word in words:
            key, when = (word.source, *_place(word)), (word.at, word.issued_at)
            latest[key] = max(latest.get(key, when), when)
        numbers: defaultdict[tuple[object, ...], set[int]] = defaultdict(set)
        for word in words:
            if latest[word.source, *_place(word)] == (word.at, word.issued_at):
                numbers[word.party, *_place(word)].add(word.count)
        self._numbers = {key: tuple(sorted(counts)) for key, counts in numbers.items()}
        self._said = {_place(word) for word in words}
        self.lists = {(giver, category) for giver, category, _ in self._said}

    def has(self, of: tuple[str, ExchangeCategory], step: ExchangeStep) -> bool:
        """Whether anybody has said a word."""
        return (*of, step) in self._said

    def of(
        self, voice: str | None, of: tuple[str, ExchangeCategory], step: ExchangeStep
    ) -> Numbers:
        """What a voice says."""
        return self._numbers.get((voice, *of, step), ())


def _place(word: ExchangeWord) -> tuple[str, ExchangeCategory, ExchangeStep]:
    return (word.handed_over_by, word.category, word.step)


def _tally(of: _List, step: ExchangeStep, counts: _Counts, phase: ExchangePhase) -> Tally:
    giver, receiver, mission = (counts.of(voice, of.of, step) for voice in of.voices)
    found = {
        Discrepancy.ONE_VOICE_DIFFERS: any(len(it) > 1 for it in (giver, receiver, mission)),
        Discrepancy.SIDES_DIFFER: _differ(giver, receiver),
        Discrepancy.MISSION_DIFFERS: _differ(mission, giver) or _differ(mission, receiver),
        Discrepancy.NOT_AS_AGREED: any(
            _not_as_agreed(of, step, count) for count in (*giver, *receiver, *mission)
        ),
        Discrepancy.MORE_THAN_BEFORE: any(_grew(of, step, counts, it) for it in of.voices),
        **_accounts(of, step, counts, phase),
    }
    return Tally(
        of.giver,
        of.receiver,
        of.category,
        step,
        of.agreed,
        giver,
        receiver,
        mission,
        tuple(one for one in Discrepancy if found.get(one)),
    )


def _differ(ours: Numbers, theirs: Numbers) -> bool:
    """Who has not spoken does not contradict."""
    return bool(ours) and bool(theirs) and ours != theirs


def _not_as_agreed(of: _List, step: ExchangeStep, count: int) -> bool:
    if not of.is_agreed:
        return True
    if of.agreed is None:
        return False
    return count != of.agreed if step in _LISTS else count > of.agreed


def _grew(of: _List, step: ExchangeStep, counts: _Counts, voice: str | None) -> bool:
    """Whether a voice counts more than it may have at the nearest earlier step that it counted."""
    here = counts.of(voice, of.of, step)
    if not here or step not in _WAY:
        return False
    before = [counts.of(voice, of.of, it) for it in _WAY[: _WAY.index(step)]]
    said = [numbers for numbers in before if numbers]
    return bool(said) and max(here) > min(said[-1])


def _accounts(
    of: _List, step: ExchangeStep, counts: _Counts, phase: ExchangePhase
) -> dict[Discrepancy, bool]:
    """Whether those on a voice's list have all come to an end, said with the transferred."""
    if step is not Step.TRANSFERRED:
        return {}
    more = fewer = False
    for voice in of.voices:
        lists = [counts.of(voice, of.of, it) for it in _LISTS]
        listed = next((numbers for numbers in reversed(lists) if numbers), ())
        ends = [numbers for it in _OUTCOMES if (numbers := counts.of(voice, of.of, it))]
        if not listed or any(len(numbers) > 1 for numbers in (listed, *ends)):
            continue  # said nothing, or two things: that has a name of its own
        came = sum(numbers[0] for numbers in ends)
        more |= came > listed[0]
        fewer |= came < listed[0] and phase is ExchangePhase.OVER
    return {Discrepancy.MORE_THAN_LISTED: more, Discrepancy.UNACCOUNTED: fewer}


def _phase(exchange: ExchangeHistory, now: datetime) -> ExchangePhase:
    if exchange.begins_at is None or exchange.ends_at is None or now < exchange.begins_at:
        return ExchangePhase.AHEAD
    return ExchangePhase.OPEN if now < exchange.ends_at else ExchangePhase.OVER


def _history(
    exchange: Exchange,
    said: Sequence[ExchangeEvent],
    parties: dict[str, str | None],
    window: Window | None,
) -> ExchangeHistory:
    words = [_word(exchange, event, parties[event.source]) for event in said]
    return ExchangeHistory(
        id=exchange.id,
        name=exchange.name,
        clause=exchange.clause,
        sides=exchange.sides,
        points=tuple(sorted(exchange.points)),
        begins_at=None if window is None else window.from_,
        ends_at=None if window is None else window.to,
        truce=exchange.truce.id,
        lists=tuple(sorted(exchange.lists, key=lambda one: (one.handed_over_by, one.category))),
        words=tuple(sorted(words, key=_order)),
        speakers=tuple(sorted(name for name, of in parties.items() if of in exchange.sides)),
    )


def _word(exchange: Exchange, event: ExchangeEvent, party: str | None) -> ExchangeWord:
    first, second = exchange.sides
    giver = first if event.handed_over_by is ExchangeSide.FIRST else second
    return ExchangeWord(
        event.at.astimezone(UTC),
        event.issued_at.astimezone(UTC),
        event.source,
        event.id,
        giver,
        event.category,
        event.step,
        event.count,
        party,
    )


def _order(word: ExchangeWord) -> tuple[datetime, datetime, str, str]:
    return (word.at, word.issued_at, word.source, word.id)
