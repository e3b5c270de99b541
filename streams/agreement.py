"""The agreement: what the parties agreed, as a value.

Place on the data's way: the document that every judgement is made under. It is content-addressed
(`content_hash`), immutable once loaded, and amended by a new version with its own validity. What no
real agreement contains (probabilities, staleness, accuracies) is the mission's `methodology`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
import rfc8785
from msgspec import Meta, Struct, field

from streams.events import END, Calibre, ExchangeNumber, Instant, Lat, Lon, Slug, Text
from streams.vocabulary import (
    AgreedAxis,
    Detail,
    ExceptionName,
    ExchangeCategory,
    Kind,
    MovementKind,
    Right,
    Severity,
    Traveller,
    ViolationKind,
    Weapon,
    Weekday,
    ZoneKind,
)

Title = Annotated[str, Meta(min_length=1, max_length=300)]
Position = tuple[Lon, Lat]
Ring = tuple[Position, ...]


class Document(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of everything in an agreement or methodology: an unknown field is a mistake."""


class Validity(Document, frozen=True, kw_only=True):
    """[from, to): when something is in force; `to` absent means until further notice."""

    from_: Instant = field(name="from")
    to: Instant | None = None

    def covers(self, start: datetime, end: datetime) -> bool:
        """Whether [start, end] lies wholly in the interval."""
        return self.from_ <= start and (self.to is None or end < self.to)

    def touches(self, start: datetime, end: datetime) -> bool:
        """Whether [start, end] has a moment in the interval."""
        return self.from_ <= end and (self.to is None or start < self.to)


class Polygon(Document, frozen=True, kw_only=True, tag_field="type", tag="Polygon"):
    """GeoJSON polygon (RFC 7946): outer ring, then holes; lon/lat; rings closed."""

    coordinates: tuple[Ring, ...]


class MultiPolygon(Document, frozen=True, kw_only=True, tag_field="type", tag="MultiPolygon"):
    """GeoJSON multipolygon (RFC 7946)."""

    coordinates: tuple[tuple[Ring, ...], ...]


class LineString(Document, frozen=True, kw_only=True, tag_field="type", tag="LineString"):
    """GeoJSON line (RFC 7946): a corridor's route, a baseline."""

    coordinates: tuple[Position, ...]


class Packed(Document, frozen=True, kw_only=True, tag_field="type", tag="packed"):
    """A polygon or multipolygon kept as the text of its GeoJSON.

    What a feature of a `.geojsonl` file becomes: a line drawn anew every day has millions of
    positions, and as values of their own they would take twenty times the memory.
    """

    geojson: str


class Point(Document, frozen=True, kw_only=True, tag_field="type", tag="Point"):
    """GeoJSON point (RFC 7946): a facility."""

    coordinates: Position


Distance = Annotated[float, Meta(gt=0, le=200_000, description="Metres on the ellipsoid.")]


class Strip(Document, frozen=True, kw_only=True, tag_field="type", tag="strip"):
    """All from `from_m` to `to_m` away from a baseline, on one side of it or on both."""

    baseline: Slug
    side: Literal["left", "right", "both"]
    """Seen along the baseline from its first position to its last."""
    to_m: Distance
    from_m: Annotated[float, Meta(ge=0, le=200_000)] = 0.0


class Band(Document, frozen=True, kw_only=True, tag_field="type", tag="band"):
    """All between two baselines that are drawn in the same direction."""

    between: Annotated[tuple[Slug, ...], Meta(min_length=2, max_length=2)]


class Around(Document, frozen=True, kw_only=True, tag_field="type", tag="around"):
    """A facility and all within `distance_m` of it."""

    facility: Point | LineString | Polygon | MultiPolygon
    distance_m: Distance


Derived = Strip | Band | Around
"""A geometry by metres; what it becomes is computed on loading (`streams.draw`)."""


class Baseline(Document, frozen=True, kw_only=True):
    """A line that zones are measured from: of one party's positions, or the agreed one."""

    id: Slug
    name: Title
    party: Slug | None = None
    """Whose it is; absent: nobody's alone."""
    line: LineString
    edges: Literal["straight", "geodesic"] = "straight"
    """As of a zone: how its positions are joined."""


class SigningKey(Document, frozen=True, kw_only=True):
    """A public key (Ed25519): a party's signs versions of the agreement, a source's its events."""

    id: Slug
    public_key: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=64,
            description="32 bytes in base64url without padding, as `agreement keygen` prints them.",
        ),
    ]
    holder: Title | None = None
    """Who keeps the private key."""
    valid: Validity | None = None
    """When it may sign; absent: always."""
    revoked_at: Instant | None = None
    """What is signed, or reaches us, from then on does not count."""


class Party(Document, frozen=True, kw_only=True):
    """A party to the agreement, or one of its guarantors."""

    id: Slug
    name: Title
    keys: tuple[SigningKey, ...] = ()
    """Any one of a party's keys signs for it. A guarantor's signature is kept, and not needed."""


class Claim(Document, frozen=True, kw_only=True):
    """A zone as one party draws it, where the parties do not agree."""

    party: Slug
    geometry: Polygon | MultiPolygon | Packed | Strip | Band | Around


class Zone(Document, frozen=True, kw_only=True):
    """An agreed zone. A zone that moves is a second zone entry with its own `valid`."""

    id: Slug
    kind: ZoneKind
    name: Title
    geometry: Polygon | MultiPolygon | Packed | Strip | Band | Around | None = None
    """Absent: nothing is agreed, and there are at least two claims."""
    claims: tuple[Claim, ...] = ()
    """Beside the agreed outline, or in its place; `edges` is said of them as well."""
    edges: Literal["straight", "geodesic"] = "straight"
    """Straight in lon/lat (RFC 7946), or geodesic on WGS84 (densified when loaded). Of a derived
    zone: those that close a band, and a facility's own; a baseline says how its own run."""
    valid: Validity | None = None
    """Absent: as long as the agreement."""
    note: Text | None = None


TimeZone = Annotated[
    str, Meta(min_length=1, max_length=64, description="An IANA time zone, e.g. Europe/Kyiv.")
]
ClockTime = Annotated[
    str,
    Meta(
        pattern=rf"^(([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?|24:00){END}",
        description="A time of day by the wall clock, HH:MM; 24:00 is the day's end.",
    ),
]
LocalTime = Annotated[
    str,
    Meta(
        pattern=rf"^\d{{4}}-\d\d-\d\dT\d\d:\d\d(:\d\d)?{END}",
        description="A local date and time without an offset, as in 2025-01-31T06:00.",
    ),
]


class Daily(Document, frozen=True, kw_only=True, tag_field="type", tag="daily"):
    """Hours of a day: all moments at which the wall clock there shows a time in [from, to).

    An hour that the clock shows twice counts twice, one that it skips never comes. Where `to` is
    not after `from` they end on the next day, and belong to the weekday on which they begin.
    """

    time_zone: TimeZone
    from_: ClockTime = field(name="from")
    to: ClockTime
    weekdays: tuple[Weekday, ...] = ()
    """Empty: every day."""


class Recurring(Document, frozen=True, kw_only=True, tag_field="type", tag="recurring"):
    """Windows that recur by a rule of RFC 5545, each beginning at the local time of `start`."""

    time_zone: TimeZone
    start: LocalTime
    """The first from which the rule counts; itself a window only if the rule fits it."""
    rule: Annotated[str, Meta(min_length=1, max_length=500)]
    """An RRULE value, e.g. ``FREQ=WEEKLY;BYDAY=MO,WE``; `UNTIL` is in UTC."""
    minutes: Annotated[int, Meta(ge=1, le=527_040)]
    """How long each window lasts, in time that passes, whatever clocks show."""


class PhaseDays(Document, frozen=True, kw_only=True):
    """Days counted from the one on which a phase begins, D: [D + from_day, D + to_day).

    The days are local; D + 0 begins when the phase does, every other day at midnight.
    """

    phase: Slug
    time_zone: TimeZone
    from_day: Annotated[int, Meta(ge=0, le=36_500)] = 0
    to_day: Annotated[int, Meta(ge=1, le=36_500)] | None = None
    """The first day on which it holds no more; absent: until further notice."""
    until_phase: Slug | None = None
    """It ends when this phase begins, if it has not ended before."""


class Where(Document, frozen=True, kw_only=True):
    """The places a term speaks of: the union of what is named."""

    zones: tuple[Slug, ...] = ()
    zone_kinds: tuple[ZoneKind, ...] = ()
    corridors: tuple[Slug, ...] = ()
    everywhere: bool = False
    """The term holds wherever it happens, known or not; then nothing else is named."""


class Calibres(Document, frozen=True, kw_only=True):
    """Calibres from `min_mm` to `max_mm`, both included."""

    min_mm: Calibre | None = None
    max_mm: Calibre | None = None


class Exemption(Document, frozen=True, kw_only=True):
    """What the parties agreed to be no breach of a term."""

    name: ExceptionName
    notice_hours: Annotated[float, Meta(ge=0, le=8_784)] = 0.0
    """How long before the act it must have been notified."""
    kinds: tuple[Kind, ...] = ()
    """The kinds of observation that it excuses; empty: all of the term's."""
    outside: Where | None = None
    """Of `live_fire_exercise_outside_zone`: the zones outside of which it must wholly lie."""


class Term(Document, frozen=True, kw_only=True):
    """One clause made judgeable: what is prohibited or required, where, to whom, when."""

    id: Slug
    clause: Title
    """The clause's reference in the agreement's own text, e.g. ``Minsk Package, point 1``."""
    text: Text
    """What the clause says, in our own words."""
    prohibits: Annotated[tuple[Kind, ...], Meta(min_length=1)] = ()
    """What must not be there; a term has these or `requires`."""
    requires: Annotated[tuple[Kind, ...], Meta(min_length=1)] = ()
    """What must be there: it is breached by what was looked for and not found."""
    details: tuple[Detail, ...] = ()
    """The finer words of those kinds that have some of these; empty: whatever the detail."""
    weapons: tuple[Weapon, ...] = ()
    """Empty: whatever the weapon."""
    calibres: Calibres | None = None
    """Absent: whatever the calibre."""
    at_most: Annotated[int, Meta(ge=1, le=1_000_000_000)] | None = None
    """How many of what it prohibits one report may count without a breach."""
    at_least: Annotated[int, Meta(ge=1, le=1_000_000_000)] | None = None
    """How many of what it requires one report must count; absent: one."""
    where: Where
    binds: tuple[Slug, ...] = ()
    """Empty: all parties."""
    valid: Validity | None = None
    during: PhaseDays | None = None
    """Absent: whatever phase has begun."""
    when: tuple[Daily | Recurring, ...] = ()
    """The hours in which it holds: the union of these. Empty: at all hours."""
    exceptions: tuple[Exemption, ...] = ()
    yields_to: tuple[Slug, ...] = ()
    """Ids of terms that go before it where both speak of the same."""
    retroactive: bool = False
    """It holds for what happened before this version was agreed, too: no clause does so unsaid."""
    severity: Severity
    violation: ViolationKind


class Chainage(Document, frozen=True, kw_only=True):
    """How kilometres are counted along a route: from its first position, on the ellipsoid."""

    tolerance_m: Annotated[float, Meta(gt=0, le=10_000)]
    """How far a mark on the ground may stand from where the drawn route puts it."""
    start_km: Annotated[float, Meta(ge=0, le=10_000)] = 0.0
    """The mark at the route's first position."""


Kilometre = Annotated[float, Meta(ge=0, le=20_000)]
"""As the corridor's `chainage` counts."""


class Segment(Document, frozen=True, kw_only=True):
    """A piece of a route, from where the one before it ends."""

    id: Slug
    name: Title | None = None
    to_km: Kilometre | None = None
    """Where it ends; absent, of the last one alone: where the route does."""


class Crossing(Document, frozen=True, kw_only=True):
    """A crossing point, which may be shut by itself.

    Where two corridors have one of the same id, they meet there.
    """

    id: Slug
    name: Title | None = None
    at_km: Kilometre


class Announcement(Validity, frozen=True, kw_only=True):
    """A window as one side announced it, by its own clock: the offset is kept as it was given."""

    party: Slug


class AnnouncedWindow(Document, frozen=True, kw_only=True):
    """A window that was announced more than once; where the instants differ it is in dispute.

    What all announcements have in common stands.
    """

    id: Slug
    by: Annotated[tuple[Announcement, ...], Meta(min_length=2, max_length=16)]


class Corridor(Document, frozen=True, kw_only=True):
    """A humanitarian corridor: route, width, agreed windows; or an access area without a route."""

    id: Slug
    name: Title
    route: LineString | None = None
    width_m: Annotated[float, Meta(gt=0, le=50_000)] | None = None
    """Full width: half of it on each side of the route."""
    area: Polygon | MultiPolygon | None = None
    """Of an access area, in place of route and width: to all of it there is access, or not."""
    chainage: Chainage | None = None
    """Absent: nobody agreed how kilometres are counted, and an event cannot name them."""
    segments: tuple[Segment, ...] = ()
    """The pieces that may be told apart, in order; empty: it is one."""
    crossings: tuple[Crossing, ...] = ()
    travellers: tuple[Traveller, ...] = ()
    """Who may pass; empty: whoever there is."""
    axis: AgreedAxis
    windows: tuple[Validity, ...] = ()
    """Agreed opening times; outside of them nothing is known to be open."""
    hours: tuple[Daily | Recurring, ...] = ()
    """Windows that come again, within the corridor's own `valid`, which then has an end."""
    announced: tuple[AnnouncedWindow, ...] = ()
    """Further windows, each in the words of those who announced it."""
    valid: Validity | None = None

    @property
    def kind(self) -> ZoneKind:
        """The kind of zone that its outline is."""
        return ZoneKind.CORRIDOR if self.area is None else ZoneKind.ACCESS_AREA


class Source(Document, frozen=True, kw_only=True):
    """Somebody whose word counts, and for what.

    Where its rights change, it has several entries under one id, each with its own time; at an
    instant it may do what those together grant that hold then.
    """

    id: Slug
    rights: Annotated[tuple[Right, ...], Meta(min_length=1)]
    party: Slug | None = None
    """The party the source speaks for; a party can close a corridor and cannot open it."""
    corridors: tuple[Slug, ...] = ()
    """The corridors the rights are for; empty: all of them."""
    keys: tuple[SigningKey, ...] = ()
    """The source's own, in whichever of its entries. Where it has some, an event straight from
    Kafka is its word only if one of them has signed it; what it no longer uses stays, with an end.
    """
    valid: Validity | None = None
    revoked_at: Instant | None = None
    """From then on nothing that reaches us as this source's word is by these rights, whatever date
    it bears, and what it opened is open no longer."""


class Phase(Document, frozen=True, kw_only=True):
    """A part of the agreement that begins by itself, by a declaration, or by what was done."""

    id: Slug
    name: Title
    on: Instant | None = None
    """It begins then, where nothing gates it."""
    declared: bool = False
    """It begins when somebody with the right to `declare` says so."""
    gated_by: tuple[Slug, ...] = ()
    """Measures that must all be verified before it begins, whatever else would begin it."""


class Due(Document, frozen=True, kw_only=True):
    """A deadline: a date, or so many days of 24 hours after a phase began."""

    on: Instant | None = None
    phase: Slug | None = None
    days: Annotated[int, Meta(ge=0, le=36_525)] = 0


class Repeats(Document, frozen=True, kw_only=True):
    """How often a measure is owed; each time is a measure of its own, `id.1`, `id.2` and so on."""

    times: Annotated[int, Meta(ge=2, le=1_000)]
    every_days: Annotated[int, Meta(ge=1, le=366)] = 1
    """Days of 24 hours from one deadline to the next."""


class Measure(Document, frozen=True, kw_only=True):
    """A confidence-building measure: what one party has to do, until when, how it is shown."""

    id: Slug
    name: Title
    clause: Title
    party: Slug
    due: Due | None = None
    """Absent: without a deadline, and never overdue."""
    amount: Annotated[int, Meta(ge=1, le=1_000_000_000)] | None = None
    """How many of `unit`; absent: it is done or it is not."""
    unit: Title | None = None
    evidence: Text | None = None
    """What the mission asks for to verify it."""
    repeats: Repeats | None = None
    """Absent: it is owed once."""


class Window(Document, frozen=True, kw_only=True):
    """[from, to): a window with an end."""

    from_: Instant = field(name="from")
    to: Instant


class ExchangeTruce(Document, frozen=True, kw_only=True):
    """What must not happen at an exchange's points in its window: a local truce of its own.

    In force by the agreement alone; events about a truce of this id suspend, extend or end it.
    """

    id: Slug
    prohibits: Annotated[tuple[Kind, ...], Meta(min_length=1, max_length=32)]
    weapons: tuple[Weapon, ...] = ()
    """Empty: whatever the weapon."""
    guarantors: tuple[Slug, ...] = ()
    severity: Severity = Severity.SERIOUS


class ExchangeList(Document, frozen=True, kw_only=True):
    """Whom one side hands over."""

    handed_over_by: Slug
    category: ExchangeCategory
    count: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    """How many were agreed; absent: all, whatever their number."""


class Exchange(Document, frozen=True, kw_only=True):
    """An exchange of prisoners, detainees or remains between two sides, in numbers alone."""

    id: ExchangeNumber
    """A number, which events call it by: a name could be somebody's."""
    name: Title
    clause: Title
    sides: Annotated[tuple[Slug, ...], Meta(min_length=2, max_length=2)]
    """Events say `first` and `second`, in this order."""
    points: Annotated[tuple[Slug, ...], Meta(min_length=1, max_length=64)]
    """Zones of the kind `exchange_point`."""
    window: Window | None = None
    """When it takes place; or `during`."""
    during: PhaseDays | None = None
    """Days of a phase, with an end: it has no window before the phase has begun."""
    truce: ExchangeTruce
    lists: Annotated[tuple[ExchangeList, ...], Meta(min_length=1)]


class MovementNotice(Document, frozen=True, kw_only=True):
    """How long beforehand a movement of this kind is to be notified."""

    kind: MovementKind
    hours: Annotated[float, Meta(ge=0, le=8_784)]


class Agreement(Document, frozen=True, kw_only=True):
    """A version of an agreement, whole."""

    format: Literal["truceline.agreement.v1"]
    id: Slug
    version: Annotated[int, Meta(ge=1)]
    mission: Slug
    """The mission that verifies it; its reports are judged by it."""
    title: Title
    notice: Text | None = None
    """Said with every result, e.g. that the geometry is illustrative."""
    agreed_at: Instant | None = None
    """When this version was agreed; an amendment says it. What happened before is judged only by
    those of its terms that are `retroactive`."""
    valid: Validity
    parties: Annotated[tuple[Party, ...], Meta(min_length=2)]
    guarantors: tuple[Party, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    zones: tuple[Zone, ...] = ()
    terms: Annotated[tuple[Term, ...], Meta(min_length=1)]
    corridors: tuple[Corridor, ...] = ()
    phases: tuple[Phase, ...] = ()
    measures: tuple[Measure, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    movement_notice: tuple[MovementNotice, ...] = ()
    """Of a kind that is not here nobody can say that it was notified late."""
    sources: tuple[Source, ...] = ()


def canonical_bytes(document: Document) -> bytes:
    """The one byte form of a document: RFC 8785 (JSON Canonicalization Scheme)."""
    plain: Any = msgspec.to_builtins(document)
    return rfc8785.dumps(plain)


def content_hash(document: Document) -> str:
    """The document's address: lower-case hex SHA-256 of its canonical bytes."""
    return hashlib.sha256(canonical_bytes(document)).hexdigest()
