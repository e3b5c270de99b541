"""The verdict table of domain.md, rule by rule: what makes exactly it hold, and what just does not.

Each row names the rule that decides, with the report, term, zone and methodology that make it do
so; its neighbour differs in one thing, by one second or one step, and another rule decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

import msgspec
import pytest
from msgspec.structs import replace as changed

from geo.containment import Relation
from streams.agreement import (
    Agreement,
    Calibres,
    Daily,
    Exemption,
    PhaseDays,
    Validity,
    Where,
)
from streams.assess import Judged, assess
from streams.assessment import GRAVITY, STATUS, Context, Finding, Placement, Standing
from streams.context.facts import Notification, PhaseBegan
from streams.events import Count, MonitorSide, NamedPlace, Report
from streams.inforce import compile_in_force
from streams.judge import context_digest, decide, gravest, judge, read_traits
from streams.locate import Unlocated
from streams.methodology import Methodology, Thresholds
from streams.rules import RULES
from streams.sight import Hit, Sight
from streams.vocabulary import (
    Activity,
    AttributionBasis,
    Authentication,
    Detail,
    ExceptionName,
    Kind,
    Means,
    Presence,
    Side,
    SourceGrade,
    Verdict,
    Weapon,
)
from tests.unit.streams.builders import (
    FAR_LON,
    NOON,
    OPERATOR,
    agreement,
    assessment,
    attribution,
    corridor,
    grading,
    hours,
    judged,
    methodology,
    point,
    register,
    report,
    square,
    term,
    zone,
)

SECOND = timedelta(seconds=1)
NO_TAG = Context(Authentication.NO_TAG)
# What the verdict table says of each rule, written here once more and by hand.
TABLE = {
    "report_retracted": Verdict.NOT_APPLICABLE,
    "report_superseded": Verdict.NOT_APPLICABLE,
    "retraction": Verdict.NOT_APPLICABLE,
    "exercise": Verdict.NOT_APPLICABLE,
    "nothing_there": Verdict.NOT_APPLICABLE,
    "still_there": Verdict.NOT_APPLICABLE,
    "other_weapon": Verdict.NOT_APPLICABLE,
    "other_detail": Verdict.NOT_APPLICABLE,
    "other_calibre": Verdict.NOT_APPLICABLE,
    "other_party": Verdict.NOT_APPLICABLE,
    "phase_not_begun": Verdict.NOT_APPLICABLE,
    "other_time": Verdict.NOT_APPLICABLE,
    "outside": Verdict.NO_VIOLATION,
    "within_number": Verdict.NO_VIOLATION,
    "live_fire_exercise_outside_zone": Verdict.NO_VIOLATION,
    "notified_demining": Verdict.NO_VIOLATION,
    "notified_movement": Verdict.NO_VIOLATION,
    "notified_repair": Verdict.NO_VIOLATION,
    "from_future": Verdict.CANNOT_DETERMINE,
    "location_unknown": Verdict.CANNOT_DETERMINE,
    "mostly_outside": Verdict.CANNOT_DETERMINE,
    "straddles_edge": Verdict.CANNOT_DETERMINE,
    "weapon_unknown": Verdict.CANNOT_DETERMINE,
    "detail_unknown": Verdict.CANNOT_DETERMINE,
    "calibre_unknown": Verdict.CANNOT_DETERMINE,
    "party_unknown": Verdict.CANNOT_DETERMINE,
    "perhaps_none": Verdict.CANNOT_DETERMINE,
    "number_unknown": Verdict.CANNOT_DETERMINE,
    "exception_unclear": Verdict.CANNOT_DETERMINE,
    "likely_inside": Verdict.POSSIBLE_VIOLATION,
    "unauthenticated": Verdict.POSSIBLE_VIOLATION,
    "grading_below_minimum": Verdict.POSSIBLE_VIOLATION,
    "means_insufficient": Verdict.POSSIBLE_VIOLATION,
    "monitor_contradicts": Verdict.POSSIBLE_VIOLATION,
    "weapon_partly_named": Verdict.POSSIBLE_VIOLATION,
    "calibre_partly_named": Verdict.POSSIBLE_VIOLATION,
    "anywhere": Verdict.VIOLATION,
    "inside": Verdict.VIOLATION,
}


class Setting(NamedTuple):
    """One report before one term of one zone, as values rather than through geometry."""

    report: Mapping[str, object] = {}
    term: Mapping[str, object] = {}
    zone: Mapping[str, object] = {}
    methodology: Mapping[str, object] = {}
    context: Context = OPERATOR
    p_inside: float | None = 1.0
    """None: outside."""
    unlocated: Unlocated | None = None
    straddles: bool = False

    def finding(self) -> Finding:
        in_force = compile_in_force(
            agreement(zones=(changed(zone(), **self.zone),), terms=(changed(term(), **self.term),)),
            methodology(**self.methodology),
        )
        nowhere = self.p_inside is None or self.unlocated is not None
        relation = Relation.INSIDE if self.p_inside == 1.0 else Relation.UNDETERMINED
        hits = () if nowhere else (Hit(0, relation, self.p_inside or 0.0),)
        seen = changed(report(), **self.report)
        sight = Sight(seen, self.context, hits, self.unlocated, self.straddles)
        (finding,) = judge(sight, in_force).findings
        return finding


def rule(setting: Setting) -> str:
    return setting.finding().rule


def ahead(seconds: float) -> Context:
    """Received before it was observed, by so much."""
    received_at = NOON - timedelta(seconds=seconds)
    return Context(Authentication.OPERATOR, received_at=received_at)


def since(start: timedelta) -> Validity:
    return Validity(from_=NOON + start)


def until(end: timedelta) -> Validity:
    return Validity(from_=NOON - hours(100), to=NOON + end)


ZERO = timedelta(0)
ARTILLERY = {"weapons": (Weapon.ARTILLERY, Weapon.MLRS)}
BINDS = {"binds": ("north",)}
REQUIRED: dict[str, object] = {"prohibits": (), "requires": (Kind.EXPLOSION,)}
TEN_REQUIRED = REQUIRED | {"at_least": 10}
IMPACTS = {"details": (Detail.IMPACT, Detail.INCOMING)}
HEAVY = {"calibres": Calibres(min_mm=100.0)}
MEDIUM = {"calibres": Calibres(min_mm=82.0, max_mm=120.0)}
FIFTY = {"at_most": 50}
EVERYWHERE = {"where": Where(everywhere=True)}
NORTHERN = {"attribution": attribution("north")}


def excused(name: ExceptionName, **changes: object) -> dict[str, object]:
    return {"exceptions": (changed(Exemption(name=name), **changes),)}


DEMINING = excused(ExceptionName.NOTIFIED_DEMINING)
WITH_NOTICE = excused(ExceptionName.NOTIFIED_MOVEMENT, notice_hours=24.0)
EXERCISE_OUTSIDE = EVERYWHERE | excused(
    ExceptionName.LIVE_FIRE_EXERCISE_OUTSIDE_ZONE, outside=Where(zones=("z",))
)
EVERY_EXCEPTION = {"exceptions": tuple(Exemption(name=name) for name in ExceptionName)}
AS_EXERCISE = {"assessed_as": Activity.LIVE_FIRE_EXERCISE}


def notified(activity: Activity = Activity.DEMINING, **changes: object) -> Context:
    """In the zone, from an hour before noon to an hour after it; said two days before."""
    word = Notification(
        activity=activity,
        zones=("z",),
        start=NOON - hours(1),
        end=NOON + hours(1),
        notified_at=NOON - hours(48),
        by="north",
    )
    return Context(Authentication.OPERATOR, notifications=(changed(word, **changes),))


MORNING = {"when": (Daily(time_zone="Europe/Kyiv", from_="06:00", to="14:00:01"),)}
"""Until a second after noon in UTC."""
AFTERNOON = {"when": (Daily(time_zone="Europe/Kyiv", from_="14:00:01", to="22:00"),)}
PHASE = {"during": PhaseDays(phase="one", time_zone="UTC")}
FROM_NEXT_DAY = {"during": PhaseDays(phase="one", time_zone="UTC", from_day=1)}


def begun(at: timedelta) -> Context:
    """The phase has begun so long after noon."""
    return Context(Authentication.OPERATOR, phases=(PhaseBegan(phase="one", at=NOON + at),))


HOUR_LONG = {"observed_from": NOON, "observed_to": NOON + hours(1)}
OUTSIDE_Z = MonitorSide(zone="z", side=Side.OUTSIDE)
MATCHING: list[tuple[str, Setting, Setting]] = [
    (
        "still_there",
        Setting({"count": Count(min=10)}, TEN_REQUIRED),
        Setting({"count": Count(min=9)}, TEN_REQUIRED),
    ),
    ("still_there", Setting({"count": Count(min=1)}, REQUIRED), Setting({}, TEN_REQUIRED)),
    (
        "other_detail",
        Setting({"detail": Detail.OUTGOING}, IMPACTS),
        Setting({"detail": Detail.IMPACT}, IMPACTS),
    ),
    (  # "incoming" is no word of an explosion: it narrows nothing there
        "inside",
        Setting({"detail": Detail.OUTGOING}, {"details": (Detail.INCOMING,)}),
        Setting({"detail": Detail.OUTGOING}, IMPACTS),
    ),
    (
        "other_calibre",
        Setting({"calibres_mm": (99.9,)}, HEAVY),
        Setting({"calibres_mm": (100.0,)}, HEAVY),
    ),
    (
        "other_calibre",
        Setting({"calibres_mm": (60.0, 120.1)}, MEDIUM),
        Setting({"calibres_mm": (60.0, 120.0)}, MEDIUM),
    ),
    (
        "other_calibre",
        Setting({"calibres_mm": (81.9,)}, MEDIUM),
        Setting({"calibres_mm": (82.0,)}, MEDIUM),
    ),
    (
        "within_number",
        Setting({"count": Count(min=50, max=50)}, FIFTY),
        Setting({"count": Count(min=50, max=51)}, FIFTY),
    ),
    (
        "within_number",
        Setting({"count": Count(min=1, max=50)}, FIFTY, unlocated=Unlocated.NO_LOCATION),
        Setting({"count": Count(min=51, max=51)}, FIFTY),
    ),
    ("detail_unknown", Setting({}, IMPACTS), Setting({"detail": Detail.IMPACT}, IMPACTS)),
    (
        "detail_unknown",
        Setting({"detail": Detail.UNDETERMINED}, IMPACTS),
        Setting({"detail": Detail.UNDETERMINED}),
    ),
    ("calibre_unknown", Setting({}, HEAVY), Setting({"calibres_mm": (122.0,)}, HEAVY)),
    ("number_unknown", Setting({}, FIFTY), Setting({"count": Count(min=51)}, FIFTY)),
    (
        "number_unknown",
        Setting({"count": Count(min=50)}, FIFTY),
        Setting({"count": Count(min=51)}, FIFTY),
    ),
    (
        "number_unknown",
        Setting({"count": Count(min=9, max=10)}, TEN_REQUIRED),
        Setting({"count": Count(min=8, max=9)}, TEN_REQUIRED),
    ),
    (
        "number_unknown",
        Setting({"count": Count(min=0)}, REQUIRED),
        Setting({"count": Count(min=0, max=0)}, REQUIRED),
    ),
    (
        "calibre_partly_named",
        Setting({"calibres_mm": (82.0, 120.0)}, HEAVY),
        Setting({"calibres_mm": (120.0, 122.0)}, HEAVY),
    ),
    ("anywhere", Setting({}, EVERYWHERE, p_inside=None), Setting(p_inside=None)),
    ("anywhere", Setting({}, EVERYWHERE, unlocated=Unlocated.NO_LOCATION), Setting()),
    (  # outside of a zone that is unheard of: of no weight where the term holds everywhere
        "anywhere",
        Setting(
            {"monitor_sides": (MonitorSide(zone="unheard-of", side=Side.OUTSIDE),)}, EVERYWHERE
        ),
        Setting({"monitor_sides": (MonitorSide(zone="unheard-of", side=Side.OUTSIDE),)}),
    ),
    (
        "inside",
        Setting({"presence": Presence.NOT_FOUND}, REQUIRED),
        Setting({"presence": Presence.PRESENT}, REQUIRED),
    ),
    (
        "inside",
        Setting({"count": Count(min=8, max=9)}, TEN_REQUIRED),
        Setting({"count": Count(min=10, max=10)}, TEN_REQUIRED),
    ),
]
EXCEPTING: list[tuple[str, Setting, Setting]] = [
    (
        "notified_demining",
        Setting(NORTHERN, DEMINING, context=notified()),
        Setting(NORTHERN, DEMINING),
    ),
    (
        "notified_demining",
        Setting(NORTHERN, DEMINING, context=notified()),
        Setting(NORTHERN, context=notified()),
    ),
    (
        "notified_demining",
        Setting(NORTHERN, DEMINING, context=notified()),
        Setting(NORTHERN, DEMINING, context=notified(Activity.REPAIR)),
    ),
    (
        "notified_demining",
        Setting(NORTHERN, DEMINING, context=notified(end=NOON + SECOND)),
        Setting(NORTHERN, DEMINING, context=notified(end=NOON)),
    ),
    (
        "notified_demining",
        Setting(NORTHERN, DEMINING, context=notified(start=NOON)),
        Setting(NORTHERN, DEMINING, context=notified(start=NOON + SECOND)),
    ),
    (
        "notified_demining",
        Setting(NORTHERN, DEMINING, context=notified()),
        Setting(NORTHERN, DEMINING, context=notified(zones=("y",))),
    ),
    (
        "notified_demining",
        Setting(NORTHERN, DEMINING, context=notified()),
        Setting({"attribution": attribution("south")}, DEMINING, context=notified()),
    ),
    (
        "notified_demining",
        Setting(NORTHERN, DEMINING, context=notified()),
        Setting(
            NORTHERN,
            excused(ExceptionName.NOTIFIED_DEMINING, kinds=(Kind.SHOT,)),
            context=notified(),
        ),
    ),
    (
        "notified_demining",
        Setting(NORTHERN, DEMINING, context=notified(), p_inside=0.1),
        Setting(NORTHERN, DEMINING, p_inside=0.1),
    ),
    (
        "notified_demining",
        Setting(NORTHERN, DEMINING | EVERYWHERE, context=notified()),
        Setting(NORTHERN, DEMINING | EVERYWHERE, context=notified(), p_inside=None),
    ),
    (
        "notified_repair",
        Setting(
            NORTHERN,
            excused(ExceptionName.NOTIFIED_REPAIR),
            context=notified(Activity.REPAIR),
        ),
        Setting(NORTHERN, excused(ExceptionName.NOTIFIED_REPAIR), context=notified()),
    ),
    (
        "notified_movement",
        Setting(
            NORTHERN,
            WITH_NOTICE,
            context=notified(Activity.MOVEMENT, notified_at=NOON - hours(24)),
        ),
        Setting(
            NORTHERN,
            WITH_NOTICE,
            context=notified(Activity.MOVEMENT, notified_at=NOON - hours(24) + SECOND),
        ),
    ),
    (
        "live_fire_exercise_outside_zone",
        Setting(AS_EXERCISE, EXERCISE_OUTSIDE, p_inside=None),
        Setting(AS_EXERCISE, EXERCISE_OUTSIDE, p_inside=1.0),
    ),
    (
        "live_fire_exercise_outside_zone",
        Setting(AS_EXERCISE, EXERCISE_OUTSIDE, p_inside=None),
        Setting({"assessed_as": Activity.DEMINING}, EXERCISE_OUTSIDE, p_inside=None),
    ),
    (
        "exception_unclear",
        Setting(AS_EXERCISE, EXERCISE_OUTSIDE, p_inside=0.9),
        Setting({}, EXERCISE_OUTSIDE, p_inside=0.9),
    ),
    (
        "exception_unclear",
        Setting(AS_EXERCISE, EXERCISE_OUTSIDE, unlocated=Unlocated.NO_LOCATION),
        Setting({}, EXERCISE_OUTSIDE, unlocated=Unlocated.NO_LOCATION),
    ),
    (  # nobody was named: it may have been somebody else
        "exception_unclear",
        Setting({}, DEMINING, context=notified()),
        Setting(NORTHERN, DEMINING, context=notified()),
    ),
    (
        "exception_unclear",
        Setting({**NORTHERN, **HOUR_LONG}, DEMINING, context=notified()),
        Setting(
            {**NORTHERN, **HOUR_LONG}, DEMINING, context=notified(end=NOON + hours(1) + SECOND)
        ),
    ),
    (
        "exception_unclear",
        Setting(NORTHERN, DEMINING | EVERYWHERE, context=notified(), p_inside=0.5),
        Setting(NORTHERN, DEMINING | EVERYWHERE, context=notified(), p_inside=1.0),
    ),
]
# For each rule: settings in which it decides, each beside one in which it just does not.
CASES: list[tuple[str, Setting, Setting]] = [
    (
        "report_retracted",
        Setting(context=Context(Authentication.OPERATOR, retracted_by="r-2")),
        Setting(),
    ),
    (
        "report_superseded",
        Setting(context=Context(Authentication.OPERATOR, superseded_by="r-2")),
        Setting(),
    ),
    ("retraction", Setting({"retracts": "r-0"}), Setting({"supersedes": "r-0"})),
    ("exercise", Setting({"exercise": True}), Setting({"exercise": False})),
    (
        "nothing_there",
        Setting({"presence": Presence.GONE}),
        Setting({"presence": Presence.PRESENT}),
    ),
    (
        "nothing_there",
        Setting({"presence": Presence.NOT_FOUND}),
        Setting({"presence": Presence.NOT_FOUND}, REQUIRED),
    ),
    (
        "nothing_there",
        Setting({"count": Count(min=0, max=0)}),
        Setting({"count": Count(min=0, max=1)}),
    ),
    (
        "still_there",
        Setting({"presence": Presence.PRESENT}, REQUIRED),
        Setting({"presence": Presence.GONE}, REQUIRED),
    ),
    ("still_there", Setting({}, REQUIRED), Setting()),
    (
        "other_weapon",
        Setting({"weapons": (Weapon.MORTAR,)}, ARTILLERY),
        Setting({"weapons": (Weapon.MORTAR,)}),
    ),
    (
        "other_weapon",
        Setting({"weapons": (Weapon.MORTAR, Weapon.TANK)}, ARTILLERY),
        Setting({"weapons": (Weapon.MORTAR, Weapon.UNDETERMINED)}, ARTILLERY),
    ),
    (
        "weapon_unknown",
        Setting({"weapons": (Weapon.MORTAR, Weapon.UNDETERMINED)}, ARTILLERY),
        Setting({"weapons": (Weapon.MLRS, Weapon.UNDETERMINED)}, ARTILLERY),
    ),
    (
        "other_party",
        Setting({"attribution": attribution("south")}, BINDS),
        Setting({"attribution": attribution("north")}, BINDS),
    ),
    (
        "other_party",
        Setting({"attribution": attribution("south", AttributionBasis.PLAUSIBLE)}, BINDS),
        Setting({"attribution": attribution("south", AttributionBasis.PLAUSIBLE)}),
    ),
    ("other_time", Setting({}, {"valid": since(SECOND)}), Setting({}, {"valid": since(ZERO)})),
    ("other_time", Setting({}, {"valid": until(ZERO)}), Setting({}, {"valid": until(SECOND)})),
    (
        "other_time",
        Setting({}, {}, {"valid": since(SECOND)}, unlocated=Unlocated.NO_LOCATION),
        Setting({}, {}, {"valid": since(ZERO)}),
    ),
    ("phase_not_begun", Setting({}, PHASE), Setting({}, PHASE, context=begun(ZERO))),
    ("other_time", Setting({}, AFTERNOON), Setting({}, MORNING)),
    (
        "other_time",
        Setting({}, MORNING | {"valid": since(SECOND)}),
        Setting({}, MORNING | {"valid": since(ZERO)}),
    ),
    (
        "other_time",
        Setting({}, FROM_NEXT_DAY, context=begun(-hours(12))),
        Setting({}, FROM_NEXT_DAY, context=begun(-hours(12) - SECOND)),
    ),
    (  # the term until it opens, the hours from then on: at no moment both
        "other_time",
        Setting(HOUR_LONG, AFTERNOON | {"valid": until(SECOND)}),
        Setting(HOUR_LONG, AFTERNOON | {"valid": until(SECOND + SECOND)}),
    ),
    (
        "other_time",
        Setting({}, AFTERNOON, unlocated=Unlocated.NO_LOCATION),
        Setting({}, MORNING, unlocated=Unlocated.NO_LOCATION),
    ),
    (
        "other_time",
        Setting({}, AFTERNOON, {"valid": until(SECOND)}, p_inside=None),
        Setting({}, MORNING, {"valid": until(SECOND)}, p_inside=None),
    ),
    ("outside", Setting(p_inside=None), Setting(p_inside=1.0)),
    (
        "outside",
        Setting(p_inside=None),
        Setting({}, EVERYWHERE, p_inside=None),
    ),
    *MATCHING,
    *EXCEPTING,
    ("from_future", Setting(context=ahead(60.001)), Setting(context=ahead(60))),
    (
        "location_unknown",
        Setting(unlocated=Unlocated.NO_LOCATION),
        Setting(unlocated=None),
    ),
    ("mostly_outside", Setting(p_inside=0.0), Setting(p_inside=0.5)),
    ("mostly_outside", Setting(p_inside=0.499999), Setting(p_inside=0.5)),
    ("straddles_edge", Setting(straddles=True), Setting(straddles=False)),
    (
        "straddles_edge",
        Setting(HOUR_LONG, {"valid": since(SECOND)}),
        Setting(HOUR_LONG, {"valid": since(ZERO)}),
    ),
    (
        "straddles_edge",
        Setting(HOUR_LONG, {"valid": until(hours(1))}),
        Setting(HOUR_LONG, {"valid": until(hours(1) + SECOND)}),
    ),
    (
        "straddles_edge",
        Setting(HOUR_LONG, {}, {"valid": since(SECOND)}),
        Setting(HOUR_LONG, {}, {"valid": since(ZERO)}),
    ),
    (
        "straddles_edge",
        Setting(HOUR_LONG, {}, {"valid": until(hours(1))}),
        Setting(HOUR_LONG, {}, {"valid": until(hours(1) + SECOND)}),
    ),
    ("straddles_edge", Setting(HOUR_LONG, MORNING), Setting({}, MORNING)),
    ("straddles_edge", Setting(HOUR_LONG, AFTERNOON), Setting({}, AFTERNOON)),
    (
        "straddles_edge",
        Setting(HOUR_LONG, PHASE, context=begun(SECOND)),
        Setting(HOUR_LONG, PHASE, context=begun(ZERO)),
    ),
    ("weapon_unknown", Setting({}, ARTILLERY), Setting({"weapons": (Weapon.MLRS,)}, ARTILLERY)),
    (
        "weapon_unknown",
        Setting({"weapons": (Weapon.UNDETERMINED,)}, ARTILLERY),
        Setting({"weapons": (Weapon.UNDETERMINED,)}),
    ),
    (
        "party_unknown",
        Setting({}, BINDS),
        Setting({"attribution": attribution("north")}, BINDS),
    ),
    (
        "party_unknown",
        Setting({"attribution": attribution("south", AttributionBasis.NONE)}, BINDS),
        Setting({"attribution": attribution("south", AttributionBasis.NONE)}),
    ),
    (
        "party_unknown",
        Setting({"attribution": attribution("north", AttributionBasis.NONE)}, BINDS),
        Setting({"attribution": attribution("north", AttributionBasis.PLAUSIBLE)}, BINDS),
    ),
    (
        "perhaps_none",
        Setting({"count": Count(min=0, max=1)}),
        Setting({"count": Count(min=1, max=1)}),
    ),
    ("perhaps_none", Setting({"count": Count(min=0)}), Setting({"count": Count(min=1)})),
    ("perhaps_none", Setting({"count": Count(min=0)}), Setting({"count": Count(min=0, max=0)})),
    ("likely_inside", Setting(p_inside=0.5), Setting(p_inside=0.9)),
    ("likely_inside", Setting(p_inside=0.899999), Setting(p_inside=0.9)),
    (
        "unauthenticated",
        Setting(context=NO_TAG),
        Setting(context=Context(Authentication.TAG_VALID)),
    ),
    (
        "unauthenticated",
        Setting(context=Context(Authentication.TAG_MISMATCH)),
        Setting(context=OPERATOR),
    ),
    (
        "unauthenticated",
        Setting(context=Context(Authentication.KEY_NOT_FOR_SOURCE)),
        Setting(),
    ),
    ("unauthenticated", Setting(context=Context(Authentication.TAG_UNKNOWN_KEY)), Setting()),
    (
        "grading_below_minimum",
        Setting({"grading": grading("D3")}),
        Setting({"grading": grading("C3")}),
    ),
    (
        "grading_below_minimum",
        Setting({"grading": grading("C4")}),
        Setting({"grading": grading("C3")}),
    ),
    (  # never averaged: the best on one axis does not make up for the other
        "grading_below_minimum",
        Setting({"grading": grading("A4")}),
        Setting({"grading": grading("A3")}),
    ),
    (
        "grading_below_minimum",
        Setting({"grading": grading("D1")}),
        Setting({"grading": grading("C1")}),
    ),
    (
        "grading_below_minimum",
        Setting(methodology={"ungraded_as": None}),
        Setting(methodology={"ungraded_as": grading("C3")}),
    ),
    (
        "grading_below_minimum",
        Setting(methodology={"ungraded_as": grading("C4")}),
        Setting(methodology={"ungraded_as": grading("C4"), "minimum_grading": None}),
    ),
    (
        "means_insufficient",
        Setting({"means": (Means.THIRD_PARTY,)}),
        Setting({"means": (Means.THIRD_PARTY, Means.HEARD)}),
    ),
    (
        "monitor_contradicts",
        Setting({"monitor_sides": (OUTSIDE_Z,)}),
        Setting({"monitor_sides": (MonitorSide(zone="z", side=Side.INSIDE),)}),
    ),
    (
        "monitor_contradicts",
        Setting({"monitor_sides": (MonitorSide(zone="z", side=Side.INSIDE), OUTSIDE_Z)}),
        Setting({"monitor_sides": (MonitorSide(zone="z", side=Side.INSIDE),)}),
    ),
    (
        "monitor_contradicts",
        Setting({"monitor_sides": (MonitorSide(zone="unheard-of", side=Side.OUTSIDE),)}),
        Setting({"monitor_sides": (MonitorSide(zone="unheard-of", side=Side.INSIDE),)}),
    ),
    (
        "weapon_partly_named",
        Setting({"weapons": (Weapon.ARTILLERY, Weapon.MORTAR)}, ARTILLERY),
        Setting({"weapons": (Weapon.ARTILLERY, Weapon.MLRS)}, ARTILLERY),
    ),
    (
        "weapon_partly_named",
        Setting({"weapons": (Weapon.ARTILLERY, Weapon.UNDETERMINED)}, ARTILLERY),
        Setting({"weapons": (Weapon.ARTILLERY, Weapon.UNDETERMINED)}),
    ),
    ("inside", Setting(), Setting(p_inside=0.899999)),
    ("inside", Setting({"calibres_mm": (82.0, 120.0)}), Setting(p_inside=None)),
]


@pytest.mark.parametrize(("name", "setting", "beside"), CASES)
def test_a_rule_decides_and_just_beside_it_does_not(
    name: str, setting: Setting, beside: Setting
) -> None:
    assert rule(setting) == name
    assert rule(beside) != name
    assert setting.finding().verdict is TABLE[name]


def test_every_rule_has_a_case() -> None:
    assert {name for name, _, _ in CASES} == {rule.name for rule in RULES}


def test_the_rules_are_the_table_in_its_order() -> None:
    assert {rule.name: rule.verdict for rule in RULES} == TABLE
    assert [rule.name for rule in RULES] == list(TABLE)
    assert len({rule.reason for rule in RULES}) == len(RULES)
    ranks = [GRAVITY[rule.verdict] for rule in RULES]
    assert ranks == sorted(ranks), "from not_applicable to violation, first that fits"


def test_everything_wrong_at_once_falls_away_rule_by_rule() -> None:
    """From a report against which everything speaks, one thing is put right at a time."""
    every_word = tuple(word for activity in Activity for word in notified(activity).notifications)
    wrong = Setting(
        report={
            "exercise": True,
            "retracts": "r-0",
            "presence": Presence.GONE,
            "weapons": (Weapon.MORTAR,),
            "detail": Detail.OUTGOING,
            "calibres_mm": (82.0,),
            "attribution": attribution("south"),
            "count": Count(min=0, max=50),
            "grading": grading("F6"),
            "means": (Means.THIRD_PARTY,),
            "monitor_sides": (OUTSIDE_Z,),
        },
        term={**ARTILLERY, **BINDS, **IMPACTS, **HEAVY, **FIFTY, **PHASE, **EVERY_EXCEPTION},
        context=Context(
            Authentication.NO_TAG,
            received_at=NOON - hours(1),
            superseded_by="r-2",
            retracted_by="r-3",
            notifications=every_word,
        ),
        p_inside=None,
        straddles=True,
    )
    decided = [rule(wrong)]

    def put_right(
        changes: Mapping[str, object] | None = None,
        context: Mapping[str, object] | None = None,
        term: Mapping[str, object] | None = None,
        **others: object,
    ) -> None:
        nonlocal wrong
        wrong = wrong._replace(
            report={**wrong.report, **(changes or {})},
            context=changed(wrong.context, **(context or {})),
            term={**wrong.term, **(term or {})},
        )._replace(**others)  # type: ignore[arg-type]
        decided.append(rule(wrong))

    put_right(context={"retracted_by": None})
    put_right(context={"superseded_by": None})
    put_right({"retracts": None})
    put_right({"exercise": False})
    put_right({"presence": None})
    put_right({"weapons": ()})
    put_right({"detail": None})
    put_right({"calibres_mm": ()})
    put_right(NORTHERN)
    put_right(term={"during": None, "valid": since(SECOND)})
    put_right(term={"valid": None})
    put_right(p_inside=0.1)
    put_right({"count": Count(min=0)})
    for exempt in range(1, 4):
        put_right(term={"exceptions": EVERY_EXCEPTION["exceptions"][exempt:]})
    put_right(term={"exceptions": ()}, changes={"attribution": None})
    put_right(context={"received_at": None}, unlocated=Unlocated.DISTANCE_UNKNOWN)
    put_right(unlocated=None)
    put_right(p_inside=0.6)
    put_right(straddles=False)
    put_right({"weapons": (Weapon.MLRS, Weapon.TANK)})
    put_right({"detail": Detail.IMPACT})
    put_right({"calibres_mm": (82.0, 122.0)})
    put_right(NORTHERN)
    put_right({"count": Count(min=1)})
    put_right(
        {**HOUR_LONG, "count": Count(min=51)}, term={"exceptions": EVERY_EXCEPTION["exceptions"]}
    )
    put_right(term={"exceptions": ()})
    put_right(p_inside=0.95)
    put_right(context={"authentication": Authentication.TAG_VALID})
    put_right({"grading": None})
    put_right({"means": (Means.HEARD,)})
    put_right({"monitor_sides": ()})
    put_right({"weapons": (Weapon.MLRS,)})
    put_right({"calibres_mm": (122.0,)})
    assert decided == [name for name in TABLE if name not in {"still_there", "anywhere"}]


@pytest.mark.parametrize("p_inside", [0.0, 0.3, 0.49, 0.5, 0.7, 0.89, 0.9, 1.0])
def test_the_thresholds_are_the_methodologys(p_inside: float) -> None:
    verdicts = [
        Setting(
            p_inside=p_inside,
            methodology={"thresholds": Thresholds(violation=t1, possible=t2)},
        )
        .finding()
        .verdict
        for t1, t2 in ((0.9, 0.5), (0.5, 0.3), (1.0, 1.0))
    ]
    assert verdicts == [
        _by_share(p_inside, 0.9, 0.5),
        _by_share(p_inside, 0.5, 0.3),
        _by_share(p_inside, 1.0, 1.0),
    ]


def _by_share(p_inside: float, t1: float, t2: float) -> Verdict:
    if p_inside < t2:
        return Verdict.CANNOT_DETERMINE
    return Verdict.POSSIBLE_VIOLATION if p_inside < t1 else Verdict.VIOLATION


@pytest.mark.parametrize("source", SourceGrade)
@pytest.mark.parametrize("information", range(1, 7))
def test_a_grading_counts_on_both_axes(source: SourceGrade, information: int) -> None:
    decided = rule(Setting({"grading": grading(f"{source}{information}")}))
    good_enough = source in "ABC" and information in {1, 2, 3}
    assert decided == ("inside" if good_enough else "grading_below_minimum")


def test_a_second_hand_f6_report_with_a_ten_metre_point_is_no_violation() -> None:
    second_hand = {"grading": grading("F6"), "means": (Means.THIRD_PARTY,)}
    found = Setting(second_hand).finding()
    assert found.verdict is Verdict.POSSIBLE_VIOLATION


@pytest.mark.parametrize("kind", Kind)
def test_terms_of_other_kinds_are_not_listed(kind: Kind) -> None:
    result = assessment(report(kind=kind))
    if kind is Kind.EXPLOSION:
        assert [finding.term for finding in result.findings] == ["t"]
    else:
        assert (result.findings, result.verdict) == ((), Verdict.NOT_APPLICABLE)


def test_twenty_explosions_are_one_verdict_with_their_count() -> None:
    twenty = Count(min=20, max=20)
    result = assessment(report(count=twenty))
    assert (len(result.findings), result.count) == (1, twenty)


def test_an_assessment_names_what_it_was_judged_by() -> None:
    one = judged(report(attribution=attribution("north")))
    result = one.assessment
    assert result.status == STATUS == "automatic, unreviewed"
    assert (result.mission, result.source, result.id) == ("mission", "patrol-1", "r-1")
    assert result.agreement == one.in_force.agreement_hash
    assert result.methodology == one.in_force.methodology_hash
    assert result.context == context_digest(OPERATOR)
    assert result.attribution == attribution("north")
    assert result.versions == 1
    (place,) = result.places
    assert (place.zone, place.place, place.p_inside) == ("z", Placement.INSIDE, 1.0)


@pytest.mark.parametrize(
    ("context", "standing"),
    [
        (OPERATOR, Standing.STANDS),
        (Context(Authentication.OPERATOR, superseded_by="r-2"), Standing.SUPERSEDED),
        (Context(Authentication.OPERATOR, retracted_by="r-2"), Standing.RETRACTED),
        (
            Context(Authentication.OPERATOR, superseded_by="r-2", retracted_by="r-3"),
            Standing.RETRACTED,
        ),
    ],
)
def test_a_report_stands_until_its_source_says_otherwise(
    context: Context, standing: Standing
) -> None:
    assert assessment(context=context).standing is standing


def test_contexts_that_differ_have_other_digests() -> None:
    contexts = [
        OPERATOR,
        NO_TAG,
        ahead(1),
        ahead(2),
        Context(Authentication.OPERATOR, superseded_by="r-2"),
        Context(Authentication.OPERATOR, retracted_by="r-2"),
    ]
    assert len({context_digest(context) for context in contexts}) == len(contexts)


def test_the_gravest_finding_is_the_verdict() -> None:
    findings = [Finding(term="t", verdict=verdict, rule="inside") for verdict in Verdict]
    assert gravest(findings) is gravest(findings[::-1]) is Verdict.VIOLATION
    assert gravest(findings[:2]) is Verdict.NO_VIOLATION
    assert gravest(()) is Verdict.NOT_APPLICABLE


NEIGHBOURS = (zone("a", square(half=0.05)), zone("b", square(half=0.04)))


def test_each_term_has_its_own_finding_sorted_by_term() -> None:
    terms = (term("t2", ("b",)), term("t1", ("a",), **ARTILLERY), term("t3", ("far",)))
    zones = (*NEIGHBOURS, zone("far", square(39)))
    result = assessment(agreement_=agreement(zones=zones, terms=terms))
    assert [(f.term, f.rule, f.zone) for f in result.findings] == [
        ("t1", "weapon_unknown", "a"),
        ("t2", "inside", "b"),
        ("t3", "outside", None),
    ]
    assert [place.zone for place in result.places] == ["a", "b"]


def _zones_of_one_term(first: str, second: str, **changes: object) -> Agreement:
    by_id = {"a": changed(zone("a"), **changes), "b": zone("b")}
    return agreement(zones=(by_id[first], by_id[second]), terms=(term(zones=("a", "b")),))


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_one_more_zone_takes_nothing_back(order: tuple[str, str]) -> None:
    """Zone `a` alone gives less than a violation, `b` alone gives one: so do both."""
    seen = report(monitor_sides=(MonitorSide(zone="a", side=Side.OUTSIDE),))
    contradicted = assessment(seen, _zones_of_one_term(*order))
    straddled = assessment(
        changed(report(), **HOUR_LONG), _zones_of_one_term(*order, valid=since(hours(0.5)))
    )
    for result in (contradicted, straddled):
        (finding,) = result.findings
        assert (finding.rule, finding.zone) == ("inside", "b")


def test_among_equal_verdicts_the_largest_share_is_named_then_the_first_zone() -> None:
    in_force = compile_in_force(
        agreement(zones=(zone("a"), zone("b"), zone("c")), terms=(term(zones=("a", "b", "c")),)),
        methodology(),
    )
    (compiled,) = in_force.terms_of[Kind.EXPLOSION]
    shares = ((0, 0.6), (1, 0.7), (2, 0.7))
    hits = tuple(Hit(number, Relation.UNDETERMINED, share) for number, share in shares)
    sight = Sight(report(), OPERATOR, hits, None, straddles=False)
    traits = read_traits(sight, in_force)
    decision = decide(sight, traits, compiled, in_force, compiled.zones)
    assert (decision.case.zone, decision.p_inside) == ("b", 0.7)


def test_a_corridor_has_a_strip_that_terms_can_name() -> None:
    on_the_road = agreement(
        zones=(), corridors=(corridor(),), terms=(term(where=Where(corridors=("c",))),)
    )
    (finding,) = assessment(report(), on_the_road).findings
    assert (finding.verdict, finding.zone) == (Verdict.VIOLATION, "corridor:c")


def test_a_place_that_nobody_resolved_has_no_location() -> None:
    named = report(location=NamedPlace(name="Donetsk", offset_m=8_000, bearing_deg=315))
    (finding,) = assessment(named).findings
    assert (finding.rule, finding.p_inside) == ("location_unknown", None)


def test_the_same_values_give_the_same_bytes() -> None:
    def encoded(made: Report, agreed: Agreement, method: Methodology) -> bytes:
        return msgspec.json.encode(assessment(made, agreed, method))

    assert encoded(report(), agreement(), methodology()) == encoded(
        report(), agreement(), methodology()
    )


def test_what_is_remembered_of_one_report_is_not_taken_for_another() -> None:
    """One agreement in force judges reports that differ in one thing as one of its own would."""
    lasting = Validity(from_=NOON - hours(1), to=NOON + hours(1))
    agreed = agreement(
        zones=(zone(valid=lasting),), terms=(term(binds=("north",)), term("u", valid=lasting))
    )
    shared = register(agreed)
    alike = [
        report(),
        report(observed_from=NOON - hours(1)),
        report(observed_from=NOON - hours(1) - SECOND),
        report(observed_from=NOON + hours(1)),
        report(observed_to=NOON + hours(1)),
        report(location=point(FAR_LON)),
        report(location=None),
        report(location=point(lon=38.05)),
        report(attribution=attribution("north")),
        report(attribution=attribution("south")),
        report(exercise=True),
    ]
    contexts = [OPERATOR] * len(alike)
    for _ in range(2):
        together = assess(shared, alike, contexts)
        assert [one.assessment for one in together if isinstance(one, Judged)] == [
            assessment(said, agreed) for said in alike
        ]
