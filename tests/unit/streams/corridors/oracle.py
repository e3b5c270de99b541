"""A corridor as a simulator sees it that looks once a minute: an oracle for the fold.

Written another way on purpose and sharing no code with the fold: it asks of one moment
what every event says about it, knows no intervals, and where an id exists in several versions it
tries every way of believing one of each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from itertools import product
from typing import NamedTuple

from streams.agreement import Corridor, SigningKey, Source
from streams.corridors.events import CorridorEvent, Effect, RouteEvent, StatusEvent
from streams.methodology import Methodology
from streams.vocabulary import AgreedAxis, Availability, Direction, Right, Traveller
from tests.unit.streams.corridors.agreed_times import minute
from tests.unit.streams.corridors.clocks import in_some_window, window_ends
from tests.unit.streams.corridors.histories import END, History

A = Availability
WORST_FIRST = [A.CLOSED, A.SUSPENDED, A.UNKNOWN, A.IMPEDED, A.OPEN]
NEVER = datetime.max.replace(tzinfo=UTC)
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
FIRST, LAST = -END, 2 * END
"""Minutes: nothing in `histories` is said before, and no right ends after."""


def worse(one: Availability, other: Availability) -> Availability:
    return min(one, other, key=WORST_FIRST.index)


def may_open(sources: Sequence[Source], name: str, now: datetime) -> bool:
    """Whether somebody of that name may open at a moment."""
    return any(
        source.id == name
        and Right.OPEN in source.rights
        and (source.valid is None or source.valid.from_ <= now < (source.valid.to or NEVER))
        and now < (source.revoked_at or NEVER)
        for source in sources
    )


@cache
def right_ends(sources: tuple[Source, ...]) -> dict[tuple[str, datetime], datetime]:
    """From each minute on, the first in which a source may not open; looked at backwards."""
    ends: dict[tuple[str, datetime], datetime] = {}
    for name in {source.id for source in sources}:
        end = NEVER
        for number in range(LAST, FIRST - 1, -1):
            now = minute(number)
            end = end if may_open(sources, name, now) else now
            ends[name, now] = end
    return ends


@dataclass(frozen=True)
class Seen:
    """What the simulator sees at one moment."""

    state: Availability
    reach: datetime | None
    """How far the words in force reach, where the corridor is usable."""


@dataclass(frozen=True)
class Told:
    """What one source tells about one moment, believing one version of each of its ids."""

    state: Availability = A.OPEN
    grant: tuple[datetime, datetime] | None = None
    """When it was observed and how far it reaches."""


class Place(NamedTuple):
    """Where the simulator stands, which way it looks, and what it drives."""

    segment: str | None = None
    direction: Direction | None = None
    traveller: Traveller | None = None


ANYWHERE = Place()
LADEN_T = {"on_foot": 0.2, "light_vehicle": 3.5, "ambulance": 5, "truck": 12, "bus": 28}
LADEN_T |= {"heavy_truck": 44, "engineering": 60}


def places(road: Corridor) -> list[Place]:
    """All places on a road."""
    pieces: list[str | None] = [segment.id for segment in road.segments] or [None]
    pieces += [crossing.id for crossing in road.crossings]
    who = road.travellers or tuple(Traveller)
    return [Place(*it) for it in product(pieces, [Direction.FORWARD, Direction.BACKWARD], who)]


@dataclass(eq=False)
class Simulator:
    history: History
    methodology: Methodology
    place: Place = ANYWHERE

    @cached_property
    def skew(self) -> timedelta:
        return timedelta(seconds=self.methodology.clock_skew_s)

    @cached_property
    def stale(self) -> timedelta:
        return timedelta(seconds=self.methodology.corridor.stale_after_s)

    @cached_property
    def ids(self) -> dict[tuple[str, str], list[StatusEvent]]:
        """The versions of each status id that are listened to, each as first received."""
        ids: dict[tuple[str, str], dict[tuple[object, ...], StatusEvent]] = defaultdict(dict)
        for event in self.history.events:
            if isinstance(event, StatusEvent) and event.status.corridor == "east":
                versions = ids[event.status.source, event.status.id]
                version = (event.content_hash, event.vouched, event.public_key)
                known = versions.setdefault(version, event)
                if event.received_at < known.received_at:
                    versions[version] = event
        return {
            key: [one for one in versions.values() if one.vouched] or list(versions.values())
            for key, versions in ids.items()
        }

    @cached_property
    def reports(self) -> list[RouteEvent]:
        found: dict[tuple[object, ...], RouteEvent] = {}
        for event in self.history.events:
            if isinstance(event, RouteEvent):
                key = (
                    event.source,
                    event.id,
                    event.effect,
                    event.observed_from,
                    event.observed_to,
                    event.segments,
                )
                if key not in found or event.received_at < found[key].received_at:
                    found[key] = event
        return list(found.values())

    @cached_property
    def settlers(self) -> dict[tuple[str, str], list[list[StatusEvent]]]:
        """For each event that some status names in `settles`, the versions of those statuses."""
        settlers: dict[tuple[str, str], list[list[StatusEvent]]] = defaultdict(list)
        for versions in self.ids.values():
            for named in {(it.source, it.id) for one in versions for it in one.status.settles}:
                settlers[named].append(versions)
        return settlers

    @cached_property
    def voices(self) -> dict[int, str]:
        """Of each version by `id`, as all of these: what no moment changes is found once."""
        return {id(one): self.voice(one) for versions in self.ids.values() for one in versions}

    # --- who says what -------------------------------------------------------------------------

    def believed(self, event: CorridorEvent, claimed: datetime) -> datetime:
        return min(claimed, event.received_at + self.skew)

    def from_future(self, event: StatusEvent) -> bool:
        limit = event.received_at + self.skew
        seen = event.status.observed_at
        return event.status.issued_at > limit or (seen is not None and seen > limit)

    def rights(self, event: StatusEvent) -> set[Right | str]:
        """The rights its source had when it said so; "party" among them for a party's source."""
        when = self.believed(event, event.status.issued_at)
        rights: set[Right | str] = set()
        if event.public_key and not self.key_counts(event, when):
            return rights
        for source in self.history.agreement.sources:
            if source.id != event.status.source or not event.vouched:
                continue
            if source.valid and when < source.valid.from_:
                continue
            if source.valid and source.valid.to and when >= source.valid.to:
                continue
            if source.revoked_at and max(when, event.received_at) >= source.revoked_at:
                continue
            rights |= {"party"} if source.party else set()
            if not source.corridors or self.history.corridor.id in source.corridors:
                rights |= set(source.rights)
        return rights

    def key_counts(self, event: StatusEvent, when: datetime) -> bool:
        """Whether what signed it is a key of its source's, good when it was said and heard."""
        key = self.key(event)
        if key is None or (key.valid and not key.valid.from_ <= when < (key.valid.to or NEVER)):
            return False
        return max(when, event.received_at) < (key.revoked_at or NEVER)

    def key(self, event: StatusEvent) -> SigningKey | None:
        sources = self.history.agreement.sources
        own = [key for it in sources if it.id == event.status.source for key in it.keys]
        return next((key for key in own if key.public_key == event.public_key), None)

    def voice(self, event: StatusEvent) -> str:
        rights = self.rights(event)
        if event.status.exercise:
            return "silent"
        if "party" not in rights and Right.OPEN in rights:
            return "opens"
        return "cautions" if rights & {"party", Right.OPEN, Right.CLOSE} else "unverified"

    # --- settled by name -----------------------------------------------------------------------

    def is_settled(
        self, source: str, event_id: str, ended: datetime, now: datetime, party: str | None
    ) -> bool:
        for versions in self.settlers.get((source, event_id), ()):
            settler = versions[0].status
            if (settler.source, settler.id) == (source, event_id):
                continue
            settling_party = self.party(settler.source)
            if settling_party is None and party is not None:
                continue  # What a party says, nobody takes back for it.
            if settling_party is not None and party != settling_party:
                continue  # A party takes back what it said and lifts nothing else.
            if all(self.settles(one, source, event_id, ended, now) for one in versions):
                return True
        return False

    def settles(
        self, event: StatusEvent, source: str, event_id: str, ended: datetime, now: datetime
    ) -> bool:
        status = event.status
        return (
            any((it.source, it.id) == (source, event_id) for it in status.settles)
            and Right.SETTLE in self.rights(event)
            and not status.exercise
            and not self.from_future(event)
            and status.issued_at >= ended
            and now >= status.issued_at
            and now >= status.effective_from
        )

    def party(self, source: str) -> str | None:
        return next((it.party for it in self.history.agreement.sources if it.id == source), None)

    # --- what is said of the place where it stands ----------------------------------------------

    @cached_property
    def names(self) -> set[str]:
        """The segments and crossing points of the agreement."""
        road = self.history.corridor
        return {segment.id for segment in road.segments} | {it.id for it in road.crossings}

    @cached_property
    def sayings(self) -> dict[int, Availability | None]:
        return {id(one): self.said(one) for versions in self.ids.values() for one in versions}

    def said(self, event: StatusEvent) -> Availability | None:
        """What it says of this place; None: nothing."""
        status, (segment, direction, traveller) = event.status, self.place
        if status.segment in self.names and status.segment != segment:
            return None
        if status.direction is not None and status.direction != direction:
            return None
        if status.travellers and traveller not in status.travellers:
            return None
        if status.max_load_t is not None and traveller is not None:
            return status.status if LADEN_T[traveller] <= status.max_load_t else A.CLOSED
        return status.status

    def lane(self, event: StatusEvent) -> str | None:
        """A name that nobody agreed: it may be anywhere, and is not known to be all there is."""
        return None if event.status.segment in self.names else event.status.segment

    def lies_here(self, report: RouteEvent) -> bool:
        known = set(report.segments) <= self.names
        return not known or not report.segments or self.place.segment in report.segments

    # --- one word at one moment ----------------------------------------------------------------

    def speaks(self, event: StatusEvent) -> bool:
        """Whether it is a word that replaces earlier ones, at some time."""
        voice, said = self.voices[id(event)], self.sayings[id(event)]
        if voice == "silent" or said is None:
            return False
        if voice == "unverified":
            return said in {A.CLOSED, A.SUSPENDED, A.IMPEDED}
        return said is not A.OPEN or not self.from_future(event)

    def begins(self, event: StatusEvent) -> datetime:
        status = event.status
        if self.sayings[id(event)] is A.OPEN:
            return max(status.effective_from, status.observed_at or status.effective_from)
        if self.from_future(event):
            return self.believed(event, status.effective_from)
        return status.effective_from

    def known_as_of(self, event: StatusEvent) -> datetime:
        """When a caution was last said or seen."""
        status = event.status
        said = self.believed(event, status.issued_at)
        seen = self.believed(event, status.observed_at) if status.observed_at else said
        return max(said, seen)

    def stands(self, event: StatusEvent, now: datetime) -> bool:
        status = event.status
        if not self.speaks(event) or not self.begins(event) <= now < (status.effective_to or NEVER):
            return False
        if self.sayings[id(event)] is A.OPEN:
            return True
        party = None if self.voices[id(event)] == "unverified" else self.party(status.source)
        ended = self.known_as_of(event)
        return not self.is_settled(status.source, status.id, ended, now, party)

    def state(self, event: StatusEvent, now: datetime) -> Availability:
        """How usable the corridor is at most, by a word that stands."""
        status, said = event.status, self.sayings[id(event)]
        assert said is not None
        if self.voices[id(event)] == "unverified":
            return A.IMPEDED
        if said is A.IMPEDED:
            seen = self.believed(event, status.observed_at or status.issued_at)
            return A.UNKNOWN if now >= seen + self.stale else A.IMPEDED
        return said

    def grant(self, event: StatusEvent, now: datetime) -> tuple[datetime, datetime] | None:
        """When it was observed and how far it reaches, if it makes the corridor usable now."""
        found = self.grants[id(event)]
        if found is None:
            return None
        seen, reach = found
        begun = max(seen, event.status.effective_from)
        return found if begun <= now < reach else None

    @cached_property
    def grants(self) -> dict[int, tuple[datetime, datetime] | None]:
        return {id(one): self.granted(one) for versions in self.ids.values() for one in versions}

    def granted(self, event: StatusEvent) -> tuple[datetime, datetime] | None:
        status = event.status
        seen = status.observed_at
        if self.voices[id(event)] != "opens" or self.lane(event) or seen is None:
            return None
        if self.sayings[id(event)] not in {A.OPEN, A.IMPEDED} or self.from_future(event):
            return None
        if seen > status.issued_at + self.skew:
            return None
        ends = window_ends(self.history.corridor, seen)
        entitled = right_ends(self.history.agreement.sources)[
            status.source, self.believed(event, status.issued_at)
        ]
        key = self.key(event)
        revoked = (key and key.revoked_at) or NEVER
        stale, until = seen + self.stale, status.effective_to or NEVER
        return seen, min(max(ends, default=seen), stale, until, entitled, revoked)

    # --- one source at one moment --------------------------------------------------------------

    def told(self, words: Sequence[StatusEvent], now: datetime) -> Told:
        verified = [word for word in words if self.voices[id(word)] != "unverified"]
        whole = self.latest([word for word in verified if self.lane(word) is None])
        state = A.OPEN
        for segment in {self.lane(word) for word in verified}:
            about = [word for word in verified if self.lane(word) in {None, segment}]
            for word in self.latest(about):
                state = worse(state, self.state(word, now))
        for word in words:
            said = self.believed(word, word.status.issued_at)
            replaced = any(self.believed(it, it.status.issued_at) > said for it in whole)
            if word not in verified and not replaced:
                state = worse(state, A.IMPEDED)
        grants = [self.grant(word, now) for word in whole]
        given = [grant for grant in grants if grant is not None]
        if not whole or len(given) < len(grants):
            return Told(state)
        return Told(state, (min(seen for seen, _ in given), min(reach for _, reach in given)))

    def latest(self, words: Sequence[StatusEvent]) -> list[StatusEvent]:
        issued = [self.believed(word, word.status.issued_at) for word in words]
        return [word for word, when in zip(words, issued, strict=True) if when == max(issued)]

    def source(self, source: str, now: datetime) -> Told:
        """The worst of what it tells, over every way of believing one version of each id."""
        versions = [versions for (name, _), versions in self.ids.items() if name == source]
        standing = [[one if self.stands(one, now) else None for one in some] for some in versions]
        different = [{id(one): one for one in some}.values() for some in standing]
        ways = [self.told([it for it in way if it], now) for way in product(*different)]
        state = min((way.state for way in ways), key=WORST_FIRST.index)
        grants = [way.grant for way in ways if way.grant is not None]
        if len(grants) < len(ways):
            return Told(state)
        return Told(state, (min(seen for seen, _ in grants), min(reach for _, reach in grants)))

    # --- the corridor at one moment ------------------------------------------------------------

    @cached_property
    def barriers(self) -> list[tuple[datetime, datetime]]:
        """From when on something has suspended the corridor, and the end of its cause."""
        return [*self.barring_reports(), *self.barring_words()]

    def barring_reports(self) -> Iterator[tuple[datetime, datetime]]:
        for report in self.reports:
            if report.effect is not Effect.IMPEDES and self.lies_here(report):
                began = self.believed(report, report.observed_from)
                yield began, max(began, self.believed(report, report.observed_to))

    def barring_words(self) -> Iterator[tuple[datetime, datetime]]:
        for (source, event_id), versions in self.ids.items():
            for one in versions:
                if self.sayings[id(one)] not in {A.CLOSED, A.SUSPENDED}:
                    continue
                if self.voices[id(one)] in {"silent", "unverified"}:
                    continue
                until, said = one.status.effective_to or NEVER, self.known_as_of(one)
                for began in (self.begins(one), one.status.effective_from):
                    settled = self.is_settled(source, event_id, said, began, self.party(source))
                    if began < until and not settled:
                        yield began, min(max(began, said), until)

    def route(self, now: datetime) -> Availability:
        """The worst of what reports on the route leave."""
        state = A.OPEN
        for report in self.reports:
            began = self.believed(report, report.observed_from)
            ended = max(began, self.believed(report, report.observed_to))
            if report.effect is Effect.UNSETTLES or now < began or not self.lies_here(report):
                continue
            if self.is_settled(report.source, report.id, ended, now, None):
                continue
            if report.effect is Effect.SUSPENDS:
                state = worse(state, A.SUSPENDED)
            else:
                state = worse(state, A.UNKNOWN if now >= ended + self.stale else A.IMPEDED)
        return state

    def permitted(self, now: datetime) -> bool:
        corridor = self.history.corridor
        agreed = corridor.axis in {AgreedAxis.AGREED_IN_DETAIL, AgreedAxis.NOTIFIED}
        return agreed and in_some_window(corridor, now)

    def look(self, now: datetime) -> Seen:
        for valid in (self.history.agreement.valid, self.history.corridor.valid):
            if valid is not None and not valid.from_ <= now < (valid.to or NEVER):
                return Seen(A.UNKNOWN, None)
        told = [self.source(name, now) for name in {source for source, _ in self.ids}]
        state = self.route(now)
        for one in told:
            state = worse(state, one.state)
        barrier = max((end for began, end in self.barriers if began <= now), default=BEFORE_ALL)
        reaches = [one.grant[1] for one in told if one.grant and one.grant[0] > barrier]
        if not reaches or not self.permitted(now):
            state = worse(state, A.UNKNOWN)
        usable = state in {A.OPEN, A.IMPEDED}
        return Seen(state, max(reaches) if usable else None)
