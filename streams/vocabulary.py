"""The words of the wire, lower_snake_case, as closed enums.

Place on the data's way: before everything; `events`, `agreement` and `methodology` are written
in these words. Sources: OSCE SMM daily reports, UNDOF/UNIFIL/CTSAMVM practice (kinds, weapons),
the Admiralty code (gradings), OCHA notification systems (corridor words).
"""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """A word of the wire; hashed as the text it is, which `Enum` does in Python, slowly."""

    __hash__ = str.__hash__


class Kind(Word):
    """What was observed."""

    EXPLOSION = "explosion"
    ROUND = "round"
    PROJECTILE_IN_FLIGHT = "projectile_in_flight"
    MUZZLE_FLASH = "muzzle_flash"
    ILLUMINATION_FLARE = "illumination_flare"
    TRACER = "tracer"
    BURST = "burst"
    SHOT = "shot"
    SALVO = "salvo"
    EXCHANGE_OF_FIRE = "exchange_of_fire"
    UAV_FLIGHT = "uav_flight"
    WEAPON_PRESENCE = "weapon_presence"
    TROOP_PRESENCE = "troop_presence"
    TROOP_MOVEMENT = "troop_movement"
    FORTIFICATION = "fortification"
    MINE_UXO = "mine_uxo"
    LINE_CROSSING = "line_crossing"
    OCCUPATION = "occupation"
    INFRASTRUCTURE_DAMAGE = "infrastructure_damage"
    CASUALTY = "casualty"
    ABDUCTION = "abduction"
    AID_OBSTRUCTION = "aid_obstruction"
    ROAD_HAZARD = "road_hazard"
    MONITOR_RESTRICTION = "monitor_restriction"
    COVERAGE = "coverage"


STANDING_KINDS = frozenset(
    {
        Kind.WEAPON_PRESENCE,
        Kind.TROOP_PRESENCE,
        Kind.FORTIFICATION,
        Kind.MINE_UXO,
        Kind.OCCUPATION,
    }
)
"""What stands rather than happens: it is there until somebody says that it is not."""


class Detail(Word):
    """The finer word of a kind; `DETAILS_OF` says which kind knows which."""

    IMPACT = "impact"
    OUTGOING = "outgoing"
    INCOMING = "incoming"
    AIRBURST = "airburst"
    UNDETERMINED = "undetermined"
    DENIAL = "denial"
    DELAY = "delay"
    CONDITIONAL_ACCESS = "conditional_access"
    MINES_UXO = "mines_uxo"
    THREAT_OR_GUNFIRE = "threat_or_gunfire"
    SIGNAL_INTERFERENCE = "signal_interference"
    INFORMATION_REFUSAL = "information_refusal"


DETAILS_OF: dict[Kind, frozenset[Detail]] = {
    Kind.EXPLOSION: frozenset(
        {Detail.IMPACT, Detail.OUTGOING, Detail.AIRBURST, Detail.UNDETERMINED}
    ),
    Kind.ROUND: frozenset({Detail.INCOMING, Detail.OUTGOING, Detail.UNDETERMINED}),
    Kind.MONITOR_RESTRICTION: frozenset(
        {
            Detail.DENIAL,
            Detail.DELAY,
            Detail.CONDITIONAL_ACCESS,
            Detail.MINES_UXO,
            Detail.THREAT_OR_GUNFIRE,
            Detail.SIGNAL_INTERFERENCE,
            Detail.INFORMATION_REFUSAL,
        }
    ),
}


class Spread(Word):
    """How the error of a reported point is spread about it.

    `uniform`: anywhere within the accuracy alike. `gaussian`: a bell about the point, the accuracy
    being the radius that holds 95 % of it, as receivers and range finders state it.
    """

    UNIFORM = "uniform"
    GAUSSIAN = "gaussian"


class Means(Word):
    """How it was observed."""

    HEARD = "heard"
    SAW = "saw"
    CAMERA = "camera"
    UAV = "uav"
    RADAR = "radar"
    ACOUSTIC = "acoustic"
    SATELLITE = "satellite"
    THIRD_PARTY = "third_party"


class Weapon(Word):
    """Weapon classes as monitoring missions name them; `undetermined` is a monitor's word."""

    SMALL_ARMS = "small_arms"
    LIGHT_WEAPONS = "light_weapons"
    MACHINE_GUN = "machine_gun"
    HEAVY_MACHINE_GUN = "heavy_machine_gun"
    AUTOMATIC_GRENADE_LAUNCHER = "automatic_grenade_launcher"
    RECOILLESS_GUN = "recoilless_gun"
    ANTI_TANK_MISSILE = "anti_tank_missile"
    ANTI_AIRCRAFT = "anti_aircraft"
    """Guns; a missile against aircraft is limited where they are not (UNDOF)."""
    SURFACE_TO_AIR_MISSILE = "surface_to_air_missile"
    MORTAR = "mortar"
    ARTILLERY = "artillery"
    MLRS = "mlrs"
    TACTICAL_MISSILE = "tactical_missile"
    TANK = "tank"
    INFANTRY_FIGHTING_VEHICLE = "infantry_fighting_vehicle"
    ARMOURED_PERSONNEL_CARRIER = "armoured_personnel_carrier"
    AIRCRAFT = "aircraft"
    ARMED_UAV = "armed_uav"
    NAVAL_GUN = "naval_gun"
    MINE = "mine"
    UNDETERMINED = "undetermined"


class Qualifier(Word):
    """How a count was worded; kept as reported and carried through every total."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    OVER = "over"
    ABOUT = "about"
    ALMOST = "almost"
    RANGE = "range"
    SEVERAL = "several"
    MULTIPLE = "multiple"
    HUNDREDS = "hundreds"
    UNCOUNTABLE = "uncountable"


class Presence(Word):
    """What became of a standing thing (a gun, a position) when somebody looked."""

    PRESENT = "present"
    GONE = "gone"
    NOT_FOUND = "not_found"


class Side(Word):
    """The monitor's own word on where it happened, relative to a zone."""

    INSIDE = "inside"
    OUTSIDE = "outside"


class AttributionBasis(Word):
    """On what an attribution rests; Truceline never attributes by itself."""

    NONE = "none"
    PLAUSIBLE = "plausible"
    HIGHLY_PROBABLE = "highly_probable"


class SourceGrade(Word):
    """Reliability of the source (Admiralty code): A completely reliable … F cannot be judged."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


class Availability(Word):
    """Whether a corridor can be used."""

    OPEN = "open"
    IMPEDED = "impeded"
    UNKNOWN = "unknown"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class AgreedAxis(Word):
    """How far the parties have agreed a corridor; permission is not safety."""

    PROPOSED = "proposed"
    AGREED_IN_PRINCIPLE = "agreed_in_principle"
    AGREED_IN_DETAIL = "agreed_in_detail"
    NOTIFIED = "notified"
    EXPIRED = "expired"


class Direction(Word):
    """Which way somebody travels on a corridor."""

    FORWARD = "forward"
    """As its route is drawn."""
    BACKWARD = "backward"


class Traveller(Word):
    """Who or what passes, by the greatest laden mass that its class may have."""

    ON_FOOT = "on_foot"
    LIGHT_VEHICLE = "light_vehicle"
    AMBULANCE = "ambulance"
    TRUCK = "truck"
    BUS = "bus"
    HEAVY_TRUCK = "heavy_truck"
    ENGINEERING = "engineering"


class Hazard(Word):
    """What makes a road dangerous and breaches nothing."""

    MINES = "mines"
    ICE = "ice"
    FLOOD = "flood"
    OBSTACLE = "obstacle"
    ROAD_DAMAGE = "road_damage"
    BRIDGE = "bridge"


class ZoneKind(Word):
    """What a zone is for."""

    DISENGAGEMENT_AREA = "disengagement_area"
    SECURITY_ZONE = "security_zone"
    WITHDRAWAL_AREA = "withdrawal_area"
    AREA_OF_SEPARATION = "area_of_separation"
    AREA_OF_LIMITATION = "area_of_limitation"
    LINE = "line"
    """A line has no area: its zone is what counts as on it, a strip on both sides."""
    STORAGE_SITE = "storage_site"
    NO_FLY_AREA = "no_fly_area"
    PROTECTED_INFRASTRUCTURE = "protected_infrastructure"
    EXCHANGE_POINT = "exchange_point"
    ACCESS_AREA = "access_area"
    CORRIDOR = "corridor"


class Severity(Word):
    """How grave a breach of a term is, as the agreement says."""

    MINOR = "minor"
    SERIOUS = "serious"
    GRAVE = "grave"


class ViolationKind(Word):
    """What a breach is called in findings and totals."""

    FIRE_ACROSS_LINE = "fire_across_line"
    FIRE_INTO_ZONE = "fire_into_zone"
    ZONE_PRESENCE = "zone_presence"
    LINE_CROSSING = "line_crossing"
    WEAPON_INSIDE_WITHDRAWAL_LINE = "weapon_inside_withdrawal_line"
    WEAPON_OUTSIDE_STORAGE = "weapon_outside_storage"
    WEAPON_MISSING_FROM_STORAGE = "weapon_missing_from_storage"
    LOCAL_TRUCE_BREACH = "local_truce_breach"
    CORRIDOR_BREACH = "corridor_breach"
    MONITOR_RESTRICTION = "monitor_restriction"
    ATTACK_ON_MONITOR_ASSET = "attack_on_monitor_asset"
    AIR_VIOLATION = "air_violation"
    CIVILIAN_HARM = "civilian_harm"
    AID_OBSTRUCTION = "aid_obstruction"


class Verdict(Word):
    """What one term says about one report; `assessment.GRAVITY` orders them for summaries."""

    NOT_APPLICABLE = "not_applicable"
    NO_VIOLATION = "no_violation"
    CANNOT_DETERMINE = "cannot_determine"
    POSSIBLE_VIOLATION = "possible_violation"
    VIOLATION = "violation"


class Right(Word):
    """What an authorised source may do."""

    REPORT = "report"
    OPEN = "open"
    CLOSE = "close"
    SETTLE = "settle"
    DECLARE = "declare"
    """Declare that a phase begins; propose, agree and end truces."""
    NOTIFY = "notify"
    """Notify exercises, demining, repairs and movements."""
    VERIFY = "verify"
    """Say whether a measure is done, count what is exchanged, and say how a movement ended, on the
    mission's behalf."""
    RULE = "rule"
    """Sign rulings on cases, with a key of its own."""


class Weekday(Word):
    """A day of the week, in ISO order."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class Activity(Word):
    """What a party notifies before it does it, so that it is not taken for a breach."""

    LIVE_FIRE_EXERCISE = "live_fire_exercise"
    DEMINING = "demining"
    REPAIR = "repair"
    MOVEMENT = "movement"


class Purpose(Word):
    """What a local truce is for."""

    REPAIRS = "repairs"
    HARVEST = "harvest"
    EVACUATION = "evacuation"
    EXCHANGE = "exchange"


class MeasureStatus(Word):
    """What is said of a measure: by the party that it is done, by the mission whether it is."""

    CLAIMED = "claimed"
    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"


class ExchangeCategory(Word):
    """Who or what is exchanged; no finer, so that a count says nothing of a person."""

    PRISONERS = "prisoners"
    DETAINEES = "detainees"
    REMAINS = "remains"


class ExchangeStep(Word):
    """How far an exchange has come, as a count of those who have come so far."""

    LISTED = "listed"
    """On the list that the sides have handed to each other."""
    RECONCILED = "reconciled"
    """On both sides' lists."""
    IDENTITY_CONFIRMED = "identity_confirmed"
    CONSENT_CONFIRMED = "consent_confirmed"
    """Asked in private whether they want to go, and do."""
    TRANSFERRED = "transferred"
    REFUSED = "refused"
    """Do not want to go."""
    ABSENT = "absent"
    """Were to be there, and were not."""


LIVING_ALONE = frozenset({ExchangeStep.CONSENT_CONFIRMED, ExchangeStep.REFUSED})
"""Steps that only the living take."""


class ExchangeSide(Word):
    """Which of an exchange's two sides, in the order in which the agreement names them.

    A word and not the party's name: in a closed schema nobody's name has a place.
    """

    FIRST = "first"
    SECOND = "second"


class MovementKind(Word):
    """What organisers notify, so that the parties hold their fire (OCHA's notification forms)."""

    STATIC_SITE = "static_site"
    MOVEMENT = "movement"
    """A convoy, an evacuation, a team on its way."""
    CRITICAL_INFRASTRUCTURE = "critical_infrastructure"
    """Its repair."""


class PeopleCategory(Word):
    """Who moves; no finer, so that a count says nothing of a person."""

    AID_WORKERS = "aid_workers"
    REPAIR_CREW = "repair_crew"
    EVACUEES = "evacuees"
    PATIENTS = "patients"


class VehicleClass(Word):
    """What moves."""

    LIGHT_VEHICLE = "light_vehicle"
    AMBULANCE = "ambulance"
    BUS = "bus"
    TRUCK = "truck"
    HEAVY_TRUCK = "heavy_truck"
    ENGINEERING = "engineering"


class Acknowledgement(Word):
    """What a party answers to a notification; that it knows of it is not that it permits it."""

    ACKNOWLEDGED = "acknowledged"
    OBJECTED = "objected"


class MovementOutcome(Word):
    """How a movement ended (OCHA)."""

    FACILITATED = "facilitated"
    PARTIALLY_FACILITATED = "partially_facilitated"
    IMPEDED_THEN_COMPLETED = "impeded_then_completed"
    IMPEDED = "impeded"
    DENIED = "denied"
    POSTPONED = "postponed"
    WITHDRAWN = "withdrawn"


class MovementReason(Word):
    """Why it ended so, or took longer; it names nobody."""

    FIGHTING = "fighting"
    THREAT = "threat"
    MINES = "mines"
    ROAD = "road"
    WEATHER = "weather"
    CHECKPOINT = "checkpoint"
    NO_PERMISSION = "no_permission"
    NO_ANSWER = "no_answer"
    ORGANISER = "organiser"
    """It was the organiser's own doing."""
    UNDETERMINED = "undetermined"


class ExceptionName(Word):
    """What an agreement may name as no breach of a term."""

    LIVE_FIRE_EXERCISE_OUTSIDE_ZONE = "live_fire_exercise_outside_zone"
    NOTIFIED_DEMINING = "notified_demining"
    NOTIFIED_MOVEMENT = "notified_movement"
    NOTIFIED_REPAIR = "notified_repair"


class Plea(Word):
    """What a party says of its own act; recorded, and no reason for any verdict."""

    SELF_DEFENCE = "self_defence"


class Authentication(Word):
    """Who vouched for an event's bytes (architecture.md, decision 10)."""

    TAG_VALID = "tag_valid"
    NO_TAG = "no_tag"
    TAG_UNKNOWN_KEY = "tag_unknown_key"
    TAG_MISMATCH = "tag_mismatch"
    KEY_NOT_FOR_SOURCE = "key_not_for_source"
    SIGNATURE_VALID = "signature_valid"
    """Signed with a key that the agreement gives to the source (`streams.source_keys`)."""
    SIGNATURE_UNKNOWN_KEY = "signature_unknown_key"
    SIGNATURE_MISMATCH = "signature_mismatch"
    KEY_NOT_VALID = "key_not_valid"
    KEY_REVOKED = "key_revoked"
    SOURCE_SIGNS = "source_signs"
    """It has a good tag, and its source has keys in the agreement: then a tag is not enough."""
    TOKEN = "token"  # noqa: S105  a word of the wire
    """The gateway took it from whoever holds the token that the stored submission names."""
    OPERATOR = "operator"
    """Handed to `truceline judge` by the person who runs it, who vouches for the file."""

    @property
    def vouched(self) -> bool:
        """Whether the event counts as said by the source it names."""
        return self in _VOUCHED


_VOUCHED = frozenset(
    {
        Authentication.TAG_VALID,
        Authentication.SIGNATURE_VALID,
        Authentication.TOKEN,
        Authentication.OPERATOR,
    }
)


class Relation(StrEnum):
    """How one report speaks of an earlier one of the same mission and source."""

    SUPERSEDES = "supersedes"
    RETRACTS = "retracts"
