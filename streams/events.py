"""The vocabulary of the wire: what monitors, corridor operators, parties and the mission submit.

Place on the data's way: producers → **Report, CorridorStatus, ContextEvent** → decode. These
Structs are at once the Kafka schema (AsyncAPI), the JSON Schema and the HTTP schema: there is no
second one.

Rules that hold for every event: ids are unique within mission and source; positions are lon/lat
degrees on WGS84; distances are metres; times carry a UTC offset; fields we do not know stay in the
raw bytes, which are stored and hashed exactly as they came, and are ignored when judging. A
context event may have no field that we do not know: misspelt, it would permit what nobody meant.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.vocabulary import (
    Acknowledgement,
    Activity,
    AttributionBasis,
    Availability,
    Detail,
    Direction,
    ExchangeCategory,
    ExchangeSide,
    ExchangeStep,
    Hazard,
    Kind,
    Means,
    MeasureStatus,
    MovementKind,
    MovementOutcome,
    MovementReason,
    PeopleCategory,
    Plea,
    Presence,
    Purpose,
    Qualifier,
    Severity,
    Side,
    SourceGrade,
    Spread,
    Traveller,
    VehicleClass,
    Weapon,
)

END = r"$(?!\n)"
"""The end of the text, in Python and in JSON Schema alike: a bare ``$`` lets a last newline by."""
ID_PATTERN = rf"^[!-~]+{END}"
SLUG_PATTERN = rf"^[A-Za-z0-9][A-Za-z0-9._-]*{END}"
_ID_WORDS = "Printable ASCII."
_SLUG_WORDS = "A short name: letters, digits, dot, underscore, hyphen."
Id = Annotated[str, Meta(min_length=1, max_length=128, pattern=ID_PATTERN, description=_ID_WORDS)]
Slug = Annotated[
    str, Meta(min_length=1, max_length=64, pattern=SLUG_PATTERN, description=_SLUG_WORDS)
]
OwnId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=128,
        description=_ID_WORDS,
        extra_json_schema={"pattern": ID_PATTERN},
    ),
]
"""The `Id` that every event has; `decode` asks for its pattern, faster than msgspec can."""
OwnSlug = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        description=_SLUG_WORDS,
        extra_json_schema={"pattern": SLUG_PATTERN},
    ),
]
"""The `Slug` that every event has, likewise."""
Text = Annotated[str, Meta(max_length=4000)]
Instant = Annotated[datetime, Meta(tz=True, description="RFC 3339; the UTC offset is required.")]
Lon = Annotated[float, Meta(ge=-180, le=180, description="Degrees east, WGS84.")]
Lat = Annotated[float, Meta(ge=-90, le=90, description="Degrees north, WGS84.")]
Metres = Annotated[float, Meta(ge=0, le=1_000_000)]
Kilometre = Annotated[float, Meta(ge=0, le=10_000, description="As marked along the route.")]
Bearing = Annotated[float, Meta(ge=0, le=360, description="Degrees clockwise from true north.")]
CompassPoints = Annotated[
    Literal[8, 16],
    Meta(description="How coarse a compass bearing is: 8 = ±22.5°, 16 = ±11.25°."),
]
Calibre = Annotated[float, Meta(gt=0, le=1000, description="Millimetres.")]
UUID_PATTERN = (
    rf"^[0-9a-f]{{8}}-[0-9a-f]{{4}}-[47][0-9a-f]{{3}}-[89ab][0-9a-f]{{3}}-[0-9a-f]{{12}}{END}"
)
NamelessId = Annotated[
    str, Meta(pattern=UUID_PATTERN, description="A UUID of version 4 or 7, in lower case.")
]
"""An id in which nobody's name, number or initials can be written."""
ExchangeNumber = Annotated[int, Meta(ge=1, le=9_999)]
Sha256Hex = Annotated[str, Meta(pattern=rf"^[0-9a-f]{{64}}{END}")]


class Wire(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of everything on the wire: frozen, keyword-only, defaults left out, never in a cycle."""


class Point(Wire, frozen=True, kw_only=True, tag_field="type", tag="point"):
    """Where it happened, as a point with accuracy (radius of a disc, metres)."""

    lon: Lon
    lat: Lat
    accuracy_m: Metres | None = None
    """Absent: the methodology's default for the means of observation."""
    spread: Annotated[
        Spread,
        Meta(
            description="`gaussian`: accuracy_m holds 95 %. Absent: uniform, accuracy_m holds all."
        ),
    ] = Spread.UNIFORM


class Sector(Wire, frozen=True, kw_only=True):
    """One bearing with its distance range, seen from the observer ("3-6 km N")."""

    bearing_deg: Bearing | None = None
    """Absent: the direction was not reported; every bearing is possible."""
    half_width_deg: Annotated[float, Meta(gt=0, le=180)] | None = None
    """A sensor's own bearing error; absent: by `compass_points`."""
    min_m: Metres = 0.0
    max_m: Metres | None = None
    """Absent: the distance was not reported; the location's extent is then unknown."""


class Bearings(Wire, frozen=True, kw_only=True, tag_field="type", tag="bearings"):
    """The observer's position with bearings and distances: the union of the sectors."""

    lon: Lon
    lat: Lat
    accuracy_m: Metres | None = None
    """Accuracy of the observer's position; a town from a gazetteer is at least 1,000 m."""
    sectors: Annotated[tuple[Sector, ...], Meta(min_length=1, max_length=32)]
    compass_points: CompassPoints | None = None
    """Absent: the wider, ±22.5°."""


class Area(Wire, frozen=True, kw_only=True, tag_field="type", tag="area"):
    """It happened somewhere in this polygon: GeoJSON rings (RFC 7946), outer ring first."""

    coordinates: Annotated[
        tuple[Annotated[tuple[tuple[Lon, Lat], ...], Meta(min_length=4, max_length=2_000)], ...],
        Meta(min_length=1, max_length=32),
    ]


class Track(Wire, frozen=True, kw_only=True, tag_field="type", tag="track"):
    """It moved along these positions."""

    points: Annotated[tuple[tuple[Lon, Lat], ...], Meta(min_length=2, max_length=2_000)]
    accuracy_m: Metres | None = None


class NamedPlace(Wire, frozen=True, kw_only=True, tag_field="type", tag="place"):
    """A named place, perhaps with an offset ("8 km NW of Donetsk"); a name is never guessed."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    offset_m: Metres | None = None
    bearing_deg: Bearing | None = None
    compass_points: CompassPoints | None = None


class OnRoute(Wire, frozen=True, kw_only=True, tag_field="type", tag="route"):
    """On a corridor's route, between two of its kilometre marks ("km 12-15").

    What spot of the Earth that is, the agreement in force says: its route and its `chainage`.
    """

    corridor: Slug
    from_km: Kilometre
    to_km: Kilometre | None = None
    """Absent: at the one mark."""
    accuracy_m: Metres | None = None
    """How far from there it may have been; the tolerance of the marks is added to it."""


Location = Point | Bearings | Area | Track | NamedPlace | OnRoute


class Count(Wire, frozen=True, kw_only=True):
    """How many were observed; `max` absent means open ("at least")."""

    min: Annotated[int, Meta(ge=0, le=1_000_000_000)]
    max: Annotated[int, Meta(ge=0, le=1_000_000_000)] | None = None
    qualifier: Qualifier = Qualifier.EXACT


class Flight(Wire, frozen=True, kw_only=True):
    """A direction of flight, from one bearing to another."""

    from_deg: Bearing | None = None
    to_deg: Bearing | None = None


class Grading(Wire, frozen=True, kw_only=True):
    """Admiralty code: two axes that are never averaged."""

    source: SourceGrade
    information: Annotated[int, Meta(ge=1, le=6, description="1 confirmed … 6 cannot be judged.")]


class Attribution(Wire, frozen=True, kw_only=True):
    """Whom the monitor named, and on what basis."""

    party: Slug
    basis: AttributionBasis


class PartyPlea(Wire, frozen=True, kw_only=True):
    """What a party said of an act, as the monitor heard it."""

    party: Slug
    plea: Plea


class MonitorSide(Wire, frozen=True, kw_only=True):
    """The monitor's own inside or outside, of one zone."""

    zone: Slug
    side: Side


class Downtime(Wire, frozen=True, kw_only=True):
    """An interval in which a patrol or sensor did not watch."""

    start: Instant
    end: Instant


class Report(Wire, frozen=True, kw_only=True):
    """What a monitor submits about one observation (domain.md, "Report")."""

    version: Literal[1] = 1
    id: OwnId
    mission: OwnSlug
    source: OwnSlug
    """Pseudonym of a patrol, camera, UAV or sensor; never a person's name."""
    kind: Kind
    detail: Detail | None = None
    means: Annotated[tuple[Means, ...], Meta(min_length=1, max_length=8)]
    observed_from: Instant
    observed_to: Instant | None = None
    """Absent: an instant. Otherwise it happened at some time in [from, to]."""
    location: Location | None = None
    """Absent: a location of unknown extent; never a default."""
    count: Count | None = None
    weapons: Annotated[tuple[Weapon, ...], Meta(max_length=16)] = ()
    """The set of classes the monitor named, without saying which count belongs to which."""
    calibres_mm: Annotated[tuple[Calibre, ...], Meta(max_length=16)] = ()
    flights: Annotated[tuple[Flight, ...], Meta(max_length=8)] = ()
    monitor_sides: Annotated[tuple[MonitorSide, ...], Meta(max_length=16)] = ()
    subject_ref: Id | None = None
    presence: Presence | None = None
    declared_number: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    """What the party declared to be there, where an inspection counted."""
    origin: Id | None = None
    """Who saw it first: two reports with one origin are one witness."""
    derived_from: Annotated[tuple[Id, ...], Meta(max_length=32)] = ()
    supersedes: Id | None = None
    """An earlier report of the same mission and source that this one replaces."""
    retracts: Id | None = None
    """An earlier report of the same mission and source that is withdrawn."""
    exercise: bool = False
    grading: Grading | None = None
    attribution: Attribution | None = None
    assessed_as: Activity | None = None
    """What the monitor took it for; its own word, beside what it observed."""
    pleas: Annotated[tuple[PartyPlea, ...], Meta(max_length=8)] = ()
    """What parties said of it to the monitor; recorded, and no reason for any verdict."""
    evidence: Annotated[tuple[Sha256Hex, ...], Meta(max_length=64)] = ()
    """SHA-256 of media; never the media."""
    downtime: Annotated[tuple[Downtime, ...], Meta(max_length=64)] = ()
    """Of a `coverage` report: when nobody watched."""
    range_m: Metres | None = None
    """Of a `coverage` report: how far from there it watched or heard; absent: as far as the
    methodology says of its means. An area is watched as it is drawn."""
    remark: Text | None = None


class EventRef(Wire, frozen=True, kw_only=True):
    """Names another event of the same mission."""

    source: Slug
    id: Id


class CorridorStatus(Wire, frozen=True, kw_only=True):
    """What a corridor operator says about a corridor (domain.md, "Corridor")."""

    version: Literal[1] = 1
    id: OwnId
    mission: OwnSlug
    source: OwnSlug
    corridor: Slug
    segment: Slug | None = None
    """A segment or crossing point of the corridor; absent: all of it. What the agreement does not
    name can close the corridor, never open it: nobody knows where it is."""
    direction: Direction | None = None
    """Absent: both ways."""
    travellers: Annotated[tuple[Traveller, ...], Meta(max_length=8)] = ()
    """Whom it is about; empty: everybody who may pass."""
    max_load_t: Annotated[float, Meta(ge=0, le=1_000)] | None = None
    """What may pass weighs no more, laden: to whoever may be heavier it is closed."""
    hazard: Hazard | None = None
    """Why, where it is no violation."""
    status: Availability
    issued_at: Instant
    observed_at: Instant | None = None
    """When somebody last saw it to be so; an `open` that nobody observed opens nothing."""
    effective_from: Instant
    effective_to: Instant | None = None
    settles: Annotated[tuple[EventRef, ...], Meta(max_length=256)] = ()
    """Suspensions and impediments that this status, and nothing else, settles."""
    exercise: bool = False
    remark: Text | None = None


class Closed(Wire, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of context events and their parts: a field that we do not know is a mistake."""


class NamedPlaces(Closed, frozen=True, kw_only=True):
    """The agreement's zones and corridors by id, at least one of them; a union."""

    zones: Annotated[tuple[Slug, ...], Meta(max_length=64)] = ()
    corridors: Annotated[tuple[Slug, ...], Meta(max_length=64)] = ()


class Said(Closed, frozen=True, kw_only=True):
    """What every context event says besides its own."""

    version: Literal[1] = 1
    id: OwnId
    mission: OwnSlug
    source: OwnSlug
    """Who says so; whether that has an effect, the agreement's `sources` decide."""
    issued_at: Instant
    supersedes: Id | None = None
    """An earlier context event of the same mission and source that this one replaces."""
    retracts: Id | None = None
    """One that is withdrawn; this event then says nothing else."""
    exercise: bool = False
    remark: Text | None = None


class PhaseBegins(Closed, frozen=True, kw_only=True, tag_field="type", tag="phase_begins"):
    """A phase of the agreement begins, at the earliest then."""

    phase: Slug
    begins_at: Instant


class PartyClaim(Closed, frozen=True, kw_only=True, tag_field="type", tag="claim"):
    """What a party claims; it is kept and shown, and changes nothing by itself."""

    party: Slug
    text: Annotated[str, Meta(min_length=1, max_length=4000)]
    about: Annotated[tuple[EventRef, ...], Meta(max_length=32)] = ()


class DeclarationEvent(Said, frozen=True, kw_only=True, tag_field="event", tag="declaration"):
    """Somebody declares that a phase begins, or a party claims something."""

    declares: PhaseBegins | PartyClaim


class NotificationEvent(Said, frozen=True, kw_only=True, tag_field="event", tag="notification"):
    """Somebody notifies what will happen, where and when."""

    activity: Activity
    place: NamedPlaces
    begins_at: Instant
    ends_at: Instant
    """It happens in [begins_at, ends_at)."""
    notified_at: Instant
    """When those who had to be told were told."""
    party: Slug
    """Whose activity it is: the party that is going to do it."""


class TruceTerms(Closed, frozen=True, kw_only=True):
    """What a local truce holds: where, when, what it prohibits, who guarantees it."""

    purpose: Purpose
    place: NamedPlaces
    begins_at: Instant
    ends_at: Instant
    """It holds in [begins_at, ends_at), where nothing ends it early."""
    prohibits: Annotated[tuple[Kind, ...], Meta(min_length=1, max_length=32)]
    weapons: Annotated[tuple[Weapon, ...], Meta(max_length=16)] = ()
    """Empty: whatever the weapon."""
    guarantors: Annotated[tuple[Slug, ...], Meta(max_length=16)] = ()
    severity: Annotated[
        Severity, Meta(description="How grave a breach of it is; absent: serious.")
    ] = Severity.SERIOUS
    text: Text | None = None
    """What was agreed, in words."""


class TruceProposed(Closed, frozen=True, kw_only=True, tag_field="type", tag="proposed"):
    """Somebody proposes a truce on these terms."""

    terms: TruceTerms


class TruceAgreed(Closed, frozen=True, kw_only=True, tag_field="type", tag="agreed"):
    """The parties have agreed to a truce on these terms; it is not in force by that."""

    terms: TruceTerms


class TruceInForce(Closed, frozen=True, kw_only=True, tag_field="type", tag="in_force"):
    """It is in force on these terms; after a suspension: again."""

    terms: TruceTerms


class TruceExtended(Closed, frozen=True, kw_only=True, tag_field="type", tag="extended"):
    """The truce in force ends at another time than was said before."""

    ends_at: Instant


class TruceSuspended(Closed, frozen=True, kw_only=True, tag_field="type", tag="suspended"):
    """It does not hold until it is said to be in force again."""


class TruceEnded(Closed, frozen=True, kw_only=True, tag_field="type", tag="ended_early"):
    """It is over before its time."""


TruceStep = TruceProposed | TruceAgreed | TruceInForce | TruceExtended | TruceSuspended | TruceEnded


class TruceEvent(Said, frozen=True, kw_only=True, tag_field="event", tag="truce"):
    """A step in the life of a local truce."""

    truce: Slug
    """Its id, chosen by who proposes it, unique in the mission."""
    step: TruceStep
    at: Instant
    """When the step takes effect."""


class MeasureEvent(Said, frozen=True, kw_only=True, tag_field="event", tag="measure"):
    """What is said of a measure that the agreement asks of a party."""

    measure: Slug
    status: MeasureStatus
    at: Instant
    """As of when."""
    done: Annotated[int, Meta(ge=0, le=1_000_000_000)] | None = None
    """How much of the measure's `amount`; absent: all of it."""
    evidence: Annotated[tuple[Sha256Hex, ...], Meta(max_length=64)] = ()
    """SHA-256 of media or documents; never they themselves."""


class ExchangeEvent(Closed, frozen=True, kw_only=True, tag_field="event", tag="exchange"):
    """How many have come to a step of an exchange, as one side or the mission counts them.

    Enums and integers alone: no text has a place here, so that nothing about a person can enter.
    Mission and source are those of an agreement that is loaded, or the event is refused; of a
    refused one nothing is kept but its hash and the reason (`streams.withhold`).
    """

    version: Literal[1] = 1
    id: NamelessId
    mission: OwnSlug
    source: OwnSlug
    """Whose count it is: a side's, or the mission's, as the agreement's `sources` say."""
    issued_at: Instant
    supersedes: NamelessId | None = None
    """An earlier count of the same mission and source that this one replaces."""
    retracts: NamelessId | None = None
    """One that is withdrawn; this event then says nothing else."""
    exercise: bool = False
    exchange: ExchangeNumber
    """The agreement's number for it."""
    handed_over_by: ExchangeSide
    """Who holds them until they are handed over, whoever counts."""
    category: ExchangeCategory
    step: ExchangeStep
    count: Annotated[int, Meta(ge=0, le=1_000_000)]
    """How many have come to this step in all, not since the last word."""
    at: Instant
    """As of when."""


class PeopleCount(Closed, frozen=True, kw_only=True):
    """So many people of a category."""

    category: PeopleCategory
    count: Annotated[int, Meta(ge=1, le=1_000_000)]


class VehicleCount(Closed, frozen=True, kw_only=True):
    """So many vehicles of a class."""

    vehicle: VehicleClass
    count: Annotated[int, Meta(ge=1, le=100_000)]


class MovementNotified(Closed, frozen=True, kw_only=True, tag_field="type", tag="notified"):
    """The organiser tells the parties what is going to move, or to stay, where and when.

    Said again it replaces what was said before, and the parties acknowledge it anew.
    """

    kind: MovementKind
    place: NamedPlaces
    begins_at: Instant
    ends_at: Instant
    """It takes place in [begins_at, ends_at)."""
    addressed: Annotated[tuple[Slug, ...], Meta(min_length=1, max_length=16)]
    """Ids of the parties that are told; nobody else but the mission is."""
    people: Annotated[tuple[PeopleCount, ...], Meta(max_length=16)] = ()
    vehicles: Annotated[tuple[VehicleCount, ...], Meta(max_length=16)] = ()
    tonnes: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    """Of goods."""
    waypoints: Annotated[int, Meta(ge=0, le=999)] = 0
    """How many it passes; they are numbered from 1."""
    check_in_every_min: Annotated[int, Meta(ge=1, le=10_080)] | None = None
    """Once departed it is heard of at least so often, until it ends; absent: nothing is agreed."""


class MovementAcknowledged(Closed, frozen=True, kw_only=True, tag_field="type", tag="acknowledged"):
    """A party that was addressed answers."""

    answer: Acknowledgement


class MovementDeparted(Closed, frozen=True, kw_only=True, tag_field="type", tag="departed"):
    """It is on its way, or work has begun."""


class WaypointPassed(Closed, frozen=True, kw_only=True, tag_field="type", tag="waypoint_passed"):
    """It has passed a waypoint, which is a check-in too."""

    waypoint: Annotated[int, Meta(ge=1, le=999)]


class CheckedIn(Closed, frozen=True, kw_only=True, tag_field="type", tag="checked_in"):
    """It was heard of."""


class MovementEnded(Closed, frozen=True, kw_only=True, tag_field="type", tag="ended"):
    """It is over, or will not be."""

    outcome: MovementOutcome
    delay_min: Annotated[int, Meta(ge=0, le=525_600)] | None = None
    """How much later than planned, in minutes; absent: nobody counted."""
    reason: MovementReason | None = None


MovementStep = (
    MovementNotified
    | MovementAcknowledged
    | MovementDeparted
    | WaypointPassed
    | CheckedIn
    | MovementEnded
)


class MovementEvent(Closed, frozen=True, kw_only=True, tag_field="event", tag="movement"):
    """A step of a convoy, an evacuation or a repair team, as its organiser or a party says it.

    Enums, integers, times and ids of the agreement's own things: no text has a place here. What
    names a thing that no agreement has is refused; of a refused one nothing is kept but its hash
    and the reason (`streams.withhold`).
    """

    version: Literal[1] = 1
    id: NamelessId
    mission: OwnSlug
    source: OwnSlug
    """Who says so: the organiser's source, a party's, or the mission's."""
    issued_at: Instant
    supersedes: NamelessId | None = None
    """An earlier step of the same movement and source that this one replaces."""
    retracts: NamelessId | None = None
    """One that is withdrawn; this event then says nothing else."""
    exercise: bool = False
    organiser: Slug
    """The source that has notified it."""
    movement: NamelessId
    """The organiser's pseudonym for it."""
    step: MovementStep
    at: Instant
    """As of when; of a notification, when the parties were told."""


NamelessEvent = ExchangeEvent | MovementEvent
"""The kinds in which nobody's name has a place (`streams.withhold`)."""

ContextEvent = DeclarationEvent | NotificationEvent | TruceEvent | MeasureEvent | NamelessEvent

Event = Report | CorridorStatus | ContextEvent
