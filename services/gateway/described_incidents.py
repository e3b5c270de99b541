"""What the routes of incidents take and answer, with examples.

Place on the data's way: beside it, a part of the table `described`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec

from services.gateway.ask_incidents import (
    NOTE,
    SHAPE,
    IncidentDetail,
    IncidentGone,
    IncidentShown,
    MemberShown,
)
from services.gateway.described_questions import (
    KEPT,
    LIMITED,
    PAGED,
    PROBLEMS,
    TAGGED,
    page_answer,
)
from services.gateway.operation import JSON, Answer, Content, Operation, Parameter, schema_of
from services.gateway.problems import Code
from services.gateway.represent import EVERY_FORM
from services.incidents import RevisionTold
from services.store.queries.violations import STANDING
from streams.assessment import STATUS
from streams.events import Count
from streams.incidents.observed import Number, Observed
from streams.incidents.revise import Reason
from streams.incidents.tell import Progress
from streams.vocabulary import ViolationKind

_WHEN: Final = datetime(2018, 9, 5, 3, 30, tzinfo=UTC)
_RING: Final = [[38.4, 48.6], [38.5, 48.6], [38.5, 48.7], [38.4, 48.7], [38.4, 48.6]]
_ID: Final = "5c1d0a7f6b2e4938"
_GONE: Final = "0f3b9a4d21c87e65"
_COARSE: Final = IncidentShown(
    mission="osce-smm",
    agreement="donetsk-luhansk",
    agreement_version=1,
    zone="zolote",
    day=date(2018, 9, 5),
    state=Progress.ENDED,
    verdict="violation",
    violates=("fire_into_zone",),
    begun=_WHEN,
    ended=_WHEN + timedelta(minutes=12),
    over_at=_WHEN + timedelta(minutes=72),
    status=STATUS,
    draft=False,
    cell={"type": "Polygon", "coordinates": [_RING]},
)
_WHOLE: Final = msgspec.structs.replace(
    _COARSE,
    id=_ID,
    known_at=_WHEN + timedelta(hours=2),
    kinds=("explosion",),
    reports=2,
    violations=Observed(2, Number(8, 8), Number(5, 5), 2),
    possible=Observed(0, Number(0, 0), Number(0, 0), 0),
)
_DETAIL: Final = IncidentDetail(
    incident=_WHOLE,
    members=(
        MemberShown(
            source="patrol-1",
            report="r-17",
            verdict="violation",
            kind="explosion",
            observed_from=_WHEN,
            observed_to=_WHEN,
            count=Count(min=5, max=5),
        ),
        MemberShown(
            source="camera-zolote",
            report="r-3",
            verdict="violation",
            kind="explosion",
            observed_from=_WHEN + timedelta(minutes=12),
            observed_to=_WHEN + timedelta(minutes=12),
            count=Count(min=3, max=3),
        ),
    ),
    revisions=(
        RevisionTold(_WHEN + timedelta(hours=1), Reason.BEGUN, 1, joined=1),
        RevisionTold(_WHEN + timedelta(hours=2), Reason.MERGED, 2, joined=1, others=(_GONE,)),
    ),
)
_ELSEWHERE: Final = IncidentGone(
    id=_GONE,
    mission="osce-smm",
    leads_to=(_ID,),
    revisions=(
        RevisionTold(_WHEN + timedelta(hours=1), Reason.BEGUN, 1, joined=1),
        RevisionTold(_WHEN + timedelta(hours=2), Reason.BECAME, 1, became=(_ID,)),
    ),
)


def _content(name: str, example: IncidentDetail | IncidentGone) -> Content:
    return Content(JSON, schema_of(type(example)), {name: msgspec.to_builtins(example)})


TYPES: Final = (IncidentShown, IncidentDetail, IncidentGone)
INCIDENTS: Final[Mapping[tuple[str, str], Operation]] = {
    ("GET", "/v1/incidents"): Operation(
        "The incidents that there are, the newest first. Who sees the whole of the mission is told "
        "both totals and an id; all others a zone, a day and a coarse cell. Automatic, unreviewed "
        "until people have released them. Parties and the publisher are told each revision that "
        "was released, as it was then, also where it was superseded or taken back since: its "
        "`status` says so.",
        (page_answer([_COARSE], SHAPE, EVERY_FORM, {"note": NOTE}, PAGED), KEPT),
        (
            Parameter("agreement", "Of this one.", "donetsk-luhansk"),
            Parameter("zone", "In this zone.", "zolote"),
            Parameter(
                "kind",
                "That the terms call so.",
                "fire_into_zone",
                {"enum": [str(k) for k in ViolationKind]},
            ),
            Parameter(
                "verdict", "The gravest.", "violation", {"enum": [str(word) for word in STANDING]}
            ),
            Parameter("state", "So, now.", "ongoing", {"enum": [str(word) for word in Progress]}),
            Parameter("first_day", "Of this mission day or later.", "2018-09-01"),
            Parameter("last_day", "Of this mission day or earlier.", "2018-09-30"),
            LIMITED,
            Parameter("after", "From a `Link`; for the same question alone.", "AAAA"),
        ),
        problems=PROBLEMS,
    ),
    ("GET", "/v1/incidents/{name}"): Operation(
        "With its reports, and how it came about. One that was merged with another leads to that "
        "one; of one that was split, or whose reports were taken back, `leads_to` names those that "
        "hold them now, if any. Neither is for good: a retraction may bring it again.",
        (
            Answer(200, "The incident.", (_content("merged", _DETAIL),), TAGGED),
            Answer(
                307,
                "Another one holds its reports.",
                (_content("gone", _ELSEWHERE),),
                {"Location": "Where that one is."},
            ),
            KEPT,
        ),
        (Parameter("name", "Its id, as the list has it.", _ID),),
        problems=(*PROBLEMS, Code.INCIDENT_UNKNOWN, Code.INCIDENT_GONE),
    ),
}
