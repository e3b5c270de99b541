"""Examples: what the description of the routes shows, of one report and one status.

Place on the data's way: beside it (`described`). Tests post them, and hold them to their schemas.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import msgspec

from services.corridor_figures import DEFINITIONS, FigureName, FigureTold
from services.due import DueState, DueTold
from services.flags import FlagTold
from services.gateway.ask_corridors import NOTE as NOTE  # noqa: PLC0414 (an example as well)
from services.gateway.ask_corridors import IntervalTold, LegTold, PartTold, WayTold
from services.gateway.ask_crossings import CrossingTold
from services.gateway.ask_timeline import PieceTold, TimelineTold
from services.gateway.ask_violations import ViolationTold
from services.gateway.ask_whereabouts import SpellTold
from services.gateway.board import BoardTold, CorridorShown
from services.gateway.represent import Form
from services.movements import MovementDetail, MovementTold, OutcomeRow
from services.standing import ExchangeRow, MeasureRow, PhaseRow, TruceRow, UnheededRow
from streams.agreement import Validity
from streams.assessment import STATUS as STATUS_OF_ALL
from streams.context.exchanges import Discrepancy, ExchangePhase
from streams.context.measures import MeasureState
from streams.context.truces import TruceState
from streams.corridors.agenda import Entry, Window
from streams.coverage.count import State as CoverageState
from streams.coverage.tell import CoverageTold, RestrictionTold
from streams.credibility.flag import FlagKind
from streams.due import Rule
from streams.events import PeopleCount, VehicleCount
from streams.movements.history import MovementWord
from streams.movements.standing import MovementPhase, PartyAnswer
from streams.schema import Json
from streams.vocabulary import (
    Acknowledgement,
    AttributionBasis,
    Detail,
    ExchangeCategory,
    ExchangeStep,
    MovementKind,
    MovementOutcome,
    PeopleCategory,
    Purpose,
    VehicleClass,
)

OK: Final = 200

REPORT: Final[Json] = {
    "id": "0190b0a2-6f00-7000-8000-000000000001",
    "mission": "osce-smm",
    "source": "patrol-1",
    "kind": "explosion",
    "means": ["heard"],
    "observed_from": "2018-09-05T06:30:00+03:00",
    "location": {"type": "point", "lon": 38.4711, "lat": 48.6299, "accuracy_m": 200},
    "count": {"min": 3, "qualifier": "at_least"},
}
STATUS: Final[Json] = {
    "id": "status-01",
    "mission": "osce-smm",
    "source": "coordination-cell",
    "corridor": "zolote-road",
    "status": "open",
    "issued_at": "2018-09-05T07:15:00+03:00",
    "observed_at": "2018-09-05T07:10:00+03:00",
    "effective_from": "2018-09-05T07:15:00+03:00",
    "remark": "Road driven from end to end.",
}
NOTIFICATION: Final[Json] = {
    "event": "notification",
    "id": "notification-01",
    "mission": "osce-smm",
    "source": "coordination-cell",
    "issued_at": "2018-09-04T12:00:00+03:00",
    "activity": "repair",
    "place": {"corridors": ["zolote-road"]},
    "begins_at": "2018-09-05T08:00:00+03:00",
    "ends_at": "2018-09-05T14:00:00+03:00",
    "notified_at": "2018-09-04T12:00:00+03:00",
    "party": "ua",
}
COUNT: Final[Json] = {
    "event": "exchange",
    "id": "0190b0a2-6f00-7000-8000-000000000002",
    "mission": "osce-smm",
    "source": "ua-liaison",
    "issued_at": "2018-09-05T15:10:00+03:00",
    "exchange": 1,
    "handed_over_by": "first",
    "category": "prisoners",
    "step": "transferred",
    "count": 120,
    "at": "2018-09-05T15:00:00+03:00",
}
MOVEMENT_ID: Final = "0190b0a2-6f00-7000-8000-0000000000aa"
MOVEMENT: Final[Json] = {
    "event": "movement",
    "id": "0190b0a2-6f00-7000-8000-000000000003",
    "mission": "osce-smm",
    "source": "aid-1",
    "issued_at": "2018-09-02T10:00:00+03:00",
    "organiser": "aid-1",
    "movement": MOVEMENT_ID,
    "at": "2018-09-02T10:00:00+03:00",
    "step": {
        "type": "notified",
        "kind": "movement",
        "place": {"corridors": ["zolote-road"]},
        "begins_at": "2018-09-05T08:00:00+03:00",
        "ends_at": "2018-09-05T14:00:00+03:00",
        "addressed": ["nga", "ua"],
        "people": [{"category": "aid_workers", "count": 6}],
        "vehicles": [{"vehicle": "truck", "count": 4}],
        "tonnes": 38,
        "waypoints": 3,
        "check_in_every_min": 60,
    },
}
KEY_ID: Final = "rk-0123456789ab"
RECEIVED: Final = "2018-09-05T04:20:00.000000Z"
KEYS: Final[Json] = {
    "format": "truceline.receipt-keys.v1",
    "keys": [{"key_id": KEY_ID, "public_key": "A" * 43, "not_before": "2018-09-01T00:00:00Z"}],
}


def _digest(event: Json) -> str:
    return sha256(msgspec.json.encode(event)).hexdigest()


def _kind_of(event: Json) -> str:
    if "event" in event:
        return "context"
    return "corridor_status" if "corridor" in event else "report"


def receipt_of(event: Json) -> Json:
    """What is handed out for an event; the signature is none."""
    return {
        "receipt": {
            "format": "truceline.receipt.v1",
            "id": event["id"],
            "key_id": KEY_ID,
            "kind": _kind_of(event),
            "mission": event["mission"],
            "received_at": RECEIVED,
            "revision": 1,
            "sha256": _digest(event),
            "source": event["source"],
        },
        "signature": "A" * 86,
    }


def lines_of(event: Json) -> str:
    """Two events in one body; the second cannot be read."""
    return f"{msgspec.json.encode(event).decode()}\n{{}}\n"


def outcomes_of(event: Json) -> str:
    """What comes back for them."""
    refused = {"line": 2, "status": 400, "reason": "missing_field", "detail": "what is missing"}
    taken = {"line": 1, "status": 201, **receipt_of(event)}
    return "".join(f"{msgspec.json.encode(line).decode()}\n" for line in (taken, refused))


_FINDING: Final[Json] = {
    "term": "no-fire",
    "verdict": "possible_violation",
    "rule": "inside",
    "zone": "zolote",
    "p_inside": 0.97,
}
REPORT_ANSWER: Final[Json] = {
    "id": REPORT["id"],
    "mission": REPORT["mission"],
    "source": REPORT["source"],
    "state": "assessed",
    "versions": [
        {
            "revision": 1,
            "received_at": "2018-09-05T04:20:00Z",
            "state": "assessed",
            "authentication": "token",
            "sha256": _digest(REPORT),
            "event": REPORT,
            "receipt": receipt_of(REPORT),
        }
    ],
    "readings": [
        {
            "revision": 1,
            "judged_for": "2018-09-05T04:20:00Z",
            "current": True,
            "verdict": "possible_violation",
            "standing": "stands",
            "draft": False,
            "reasons": [{**_FINDING, "reason": "The location lies in the zone."}],
            "assessment": {"verdict": "possible_violation", "findings": [_FINDING]},
        }
    ],
}

_WHEN: Final = datetime(2018, 9, 5, 3, 30, tzinfo=UTC)
_RING: Final = [[38.4, 48.6], [38.5, 48.6], [38.5, 48.7], [38.4, 48.7], [38.4, 48.6]]
VIOLATION: Final = ViolationTold(
    mission="osce-smm",
    agreement="donetsk-luhansk",
    agreement_version=1,
    term="no-fire",
    clause="Package, point 1",
    kind="fire_into_zone",
    severity="serious",
    verdict="possible_violation",
    status=STATUS_OF_ALL,
    draft=False,
    observed_from=_WHEN,
    observed_to=_WHEN,
    zone="zolote",
    zone_kind="disengagement_area",
    state="open",
    open_since=_WHEN,
    cell={"type": "Polygon", "coordinates": [_RING]},
)
"""As who sees coarsely is told it."""

SPELL: Final = SpellTold(
    mission="osce-smm",
    zone="zolote",
    answer="inside",
    status=STATUS_OF_ALL,
    draft=False,
    begun_after=_WHEN,
    begun_by=_WHEN + timedelta(minutes=15),
    ended_after=_WHEN + timedelta(minutes=30),
    least_s=900.0,
    known_at=_WHEN + timedelta(hours=2),
)
"""Likewise."""

CROSSING: Final = CrossingTold(
    mission="osce-smm",
    line="baseline:contact-line",
    answer="crossed",
    from_side="left",
    to_side="right",
    status=STATUS_OF_ALL,
    draft=False,
    after=_WHEN,
    by=_WHEN + timedelta(minutes=15),
    known_at=_WHEN + timedelta(hours=2),
)
"""Likewise."""

STATE: Final = IntervalTold(
    mission="osce-smm",
    corridor="zolote-road",
    name="Zolote road",
    state="open",
    cause="open_by_status",
    draft=False,
    starts_at=_WHEN,
    not_valid_after=_WHEN + timedelta(hours=6),
    at=_WHEN + timedelta(hours=1),
    route={"type": "LineString", "coordinates": [[38.1, 48.6], [38.3, 48.7]]},
)
INTERVAL: Final = IntervalTold(
    mission="osce-smm",
    corridor="zolote-road",
    state="unknown",
    cause="stale",
    draft=False,
    starts_at=_WHEN,
    known_at=_WHEN + timedelta(days=1),
    parts=(
        PartTold(traveller="heavy_truck", state="unknown", cause="stale"),
        PartTold(
            traveller="light_vehicle",
            state="open",
            cause="open_by_status",
            not_valid_after=_WHEN + timedelta(hours=2),
        ),
    ),
)

BOARD_AT: Final = _WHEN + timedelta(hours=1)
BOARD: Final = BoardTold(
    known_at=BOARD_AT,
    mission="osce-smm",
    items=(
        CorridorShown(
            corridor="zolote-road",
            name="Zolote road",
            state="open",
            cause="open_by_status",
            since=_WHEN,
            not_valid_after=_WHEN + timedelta(hours=6),
            last_word_at=_WHEN + timedelta(minutes=5),
        ),
    ),
)

AGENDA: Final = (
    Entry(
        key="donetsk-luhansk/zolote-road/20180905T040000Z",
        window=Window(
            agreement="donetsk-luhansk",
            corridor="zolote-road",
            name="Hirske - Zolote - Pervomaisk road",
            position=(38.53, 48.69),
            valid=Validity(from_=_WHEN, to=_WHEN + timedelta(hours=10)),
            doubts=(),
            announced=(),
        ),
        sequence=0,
        revised_at=_WHEN - timedelta(days=1),
    ),
)

DAYS: Final = TimelineTold(
    mission="osce-smm",
    corridor="zolote-road",
    since=_WHEN,
    until=_WHEN + timedelta(hours=10),
    known_at=_WHEN + timedelta(days=1),
    window_disputed=False,
    draft=False,
    items=(
        PieceTold(
            start=_WHEN,
            end=_WHEN + timedelta(hours=10),
            state="unknown",
            cause="never_opened",
        ),
    ),
)

FIGURE: Final = FigureTold(
    mission="osce-smm",
    corridor="zolote-road",
    figure=FigureName.LOST,
    minutes=95.0,
    share=0.1583,
    cause="suspended_by_report",
    state="suspended",
    definition=DEFINITIONS[FigureName.LOST],
    coverage=0.9,
    since=_WHEN,
    until=_WHEN + timedelta(days=1),
    known_at=_WHEN + timedelta(days=1),
    draft=False,
    window_disputed=False,
)

WAY: Final = WayTold(
    known_open=True,
    length_km=4.2,
    legs=(
        LegTold(
            corridor="zolote-road",
            start="bridge",
            end="checkpoint",
            direction="forward",
            length_km=4.2,
            state="open",
            cause="open_by_status",
            not_valid_after=_WHEN + timedelta(hours=2),
        ),
    ),
    at=_WHEN,
    draft=False,
    not_valid_after=_WHEN + timedelta(hours=2),
)


PHASE: Final = PhaseRow(
    mission="osce-smm",
    phase="two",
    name="Withdrawal of heavy weapons",
    begun=False,
    at_begin=None,
    waits_for=("guns-north",),
    draft=False,
)
MEASURE: Final = MeasureRow(
    mission="osce-smm",
    measure="guns-north",
    name="Guns into storage",
    clause="Package, point 2",
    party="north",
    state=MeasureState.CLAIMED,
    overdue=True,
    due=_WHEN,
    amount=50,
    claimed=50,
    verified=38,
    unit="guns",
    evidence="Serial numbers, seen by two patrols.",
    draft=False,
)
TRUCE: Final = TruceRow(
    mission="osce-smm",
    truce="filter-station",
    purpose=Purpose.REPAIRS,
    state=TruceState.IN_FORCE,
    holds=True,
    since=_WHEN,
    ends_at=_WHEN + timedelta(hours=12),
    zones=(),
    corridors=("zolote-road",),
    guarantors=("osce",),
    text="Window of silence for repairs.",
    draft=False,
)
EXCHANGE: Final = ExchangeRow(
    mission="osce-smm",
    exchange=1,
    name="All for all",
    clause="Package, point 6",
    phase=ExchangePhase.OPEN,
    begins_at=_WHEN,
    ends_at=_WHEN + timedelta(hours=12),
    points=("bridge",),
    truce="silence-at-the-bridge",
    truce_holds=True,
    handed_over_by="ua",
    received_by="nga",
    category=ExchangeCategory.PRISONERS,
    step=ExchangeStep.TRANSFERRED,
    agreed=124,
    giver_says=(120,),
    receiver_says=(118,),
    mission_says=(118,),
    discrepancies=(Discrepancy.SIDES_DIFFER, Discrepancy.MISSION_DIFFERS),
    draft=False,
)
MOVEMENT_TOLD: Final = MovementTold(
    mission="osce-smm",
    organiser="aid-1",
    movement=MOVEMENT_ID,
    kind=MovementKind.MOVEMENT,
    phase=MovementPhase.UNDER_WAY,
    begins_at=_WHEN,
    ends_at=_WHEN + timedelta(hours=6),
    zones=(),
    corridors=("zolote-road",),
    answers=(
        PartyAnswer("nga", None, None),
        PartyAnswer("ua", Acknowledgement.ACKNOWLEDGED, _WHEN - timedelta(days=2)),
    ),
    notified_at=_WHEN - timedelta(days=3),
    notice_hours=72.0,
    notice_due_hours=48.0,
    late_notice=False,
    people=(PeopleCount(category=PeopleCategory.AID_WORKERS, count=6),),
    vehicles=(VehicleCount(vehicle=VehicleClass.TRUCK, count=4),),
    tonnes=38,
    departed_at=_WHEN,
    last_heard_at=_WHEN + timedelta(minutes=50),
    waypoint=1,
    waypoints=3,
    check_in_overdue_since=_WHEN + timedelta(minutes=110),
    ended_at=None,
    outcome=None,
    outcomes=(),
    delay_min=None,
    reason=None,
    draft=False,
)
MOVEMENT_DETAIL: Final = MovementDetail(
    movement=MOVEMENT_TOLD,
    words=(
        MovementWord(
            at=_WHEN,
            issued_at=_WHEN,
            source="aid-1",
            id="0190b0a2-6f00-7000-8000-000000000004",
            step="departed",
        ),
    ),
)
OUTCOME: Final = OutcomeRow(
    mission="osce-smm",
    party="ua",
    period="2018-09",
    kind=MovementKind.MOVEMENT,
    notified=12,
    ended=10,
    outcomes={MovementOutcome.FACILITATED: 7, MovementOutcome.DENIED: 2},
    differing=1,
    not_ended=2,
    facilitated_share=0.7778,
    delayed=3,
    delay_min=310,
    late_notice=1,
    notice_known=12,
    acknowledged=9,
    objected=2,
)
DUE: Final = DueTold(
    mission="osce-smm",
    agreement="donetsk-luhansk",
    subject="guns-north",
    rule=Rule.MEASURE_OVERDUE,
    due_at=_WHEN,
    state=DueState.DUE,
    written_at=_WHEN + timedelta(seconds=2),
    revision=1,
    draft=False,
)
COVERAGE: Final = CoverageTold(
    mission="osce-smm",
    zone="zolote",
    day=date(2018, 9, 5),
    starts_at=datetime(2018, 9, 4, 16, 30, tzinfo=UTC),
    ends_at=datetime(2018, 9, 5, 16, 30, tzinfo=UTC),
    state=CoverageState.WATCHED,
    watched_s=14_400.0,
    partly_s=7_200.0,
    unwatched_s=64_800.0,
    share=0.175,
    violations=3,
    possible=1,
    while_watched=2,
    per_watched_hour=0.5,
    incidents=1,
)
RESTRICTION: Final = RestrictionTold(
    mission="osce-smm",
    source="patrol-1",
    id="p1-2018-09-05-7",
    starts_at=datetime(2018, 9, 5, 8, tzinfo=UTC),
    ends_at=datetime(2018, 9, 5, 8, 40, tzinfo=UTC),
    minutes=40.0,
    reason=Detail.DENIAL,
    stops=True,
    party="formations",
    basis=AttributionBasis.HIGHLY_PROBABLE,
    zones=("zolote",),
)
FLAG: Final = FlagTold(
    mission="osce-smm",
    kind=FlagKind.COPIED_TEXT,
    sources=("group-1", "group-2"),
    reason="2 reports of 2 sources share at least 70% of their words, and name no common origin",
    reports=("group-1/7", "group-2/31"),
)
UNHEEDED: Final = UnheededRow("osce-smm", "ua-liaison/n-7", "without_right", draft=False)


def value_of(form: Form, body: bytes) -> Any:  # noqa: ANN401 (JSON, or text)
    """A written page as an example shows it."""
    if form in (Form.JSON, Form.GEOJSON):
        return msgspec.json.decode(body)
    return body.decode()


METRICS: Final = """\
# HELP truceline_outbox_rows Stored events that the relay has not sent yet.
# TYPE truceline_outbox_rows gauge
truceline_outbox_rows 0.0
"""
