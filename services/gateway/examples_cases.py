"""Examples of cases and of the joint channel, for the description of their routes.

Place on the data's way: beside it (`described_cases`). Tests file those that can be filed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from services.cases import (
    ActTold,
    CaseRow,
    CaseTold,
    FindingTold,
    SignatoryTold,
    StageTold,
    WordTold,
)
from services.channel import MessageTold, OwedTold
from services.gateway.answer_cases import FiledTold
from streams.cases.acts import CaseState, FindingWord, Subject, SubjectKind
from streams.schema import Json

_WHEN: Final = datetime(2018, 9, 6, 8, 0, tzinfo=UTC)
CASE_ID: Final = "4f1c2a9be07d5c3386aa"
SHA256: Final = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"
_OF_ACT: Final[Json] = {
    "format": "truceline.case-act.v1",
    "mission": "osce-smm",
    "agreement": "donetsk-luhansk-illustrative",
}
OPEN: Final[Json] = {
    **_OF_ACT,
    "act": "open",
    "source": "office",
    "at": "2018-09-06T11:00:00+03:00",
    "subjects": [{"kind": "violation", "id": "patrol-1/r-17", "term": "no-fire"}],
    "text": "Shelling of Zolote on 5 September, from the east.",
}
ADVANCE: Final[Json] = {
    **_OF_ACT,
    "act": "advance",
    "source": "office",
    "at": "2018-09-06T12:00:00+03:00",
    "case": CASE_ID,
    "to": "under_inquiry",
    "note": "Two patrols are asked.",
}
REPLY: Final[Json] = {
    **_OF_ACT,
    "act": "reply",
    "source": "ua-liaison",
    "at": "2018-09-07T09:00:00+03:00",
    "case": CASE_ID,
    "text": "No unit of ours fired.",
}
_TEXT: Final = "Shelling of Zolote on 5 September, from the east."
ROW: Final = CaseRow(
    mission="osce-smm",
    agreement="donetsk-luhansk-illustrative",
    case=CASE_ID,
    state=CaseState.INCONCLUSIVE,
    stage=1,
    opened_at=_WHEN,
    text=_TEXT,
    alleged_party=None,
    subjects=(Subject(kind=SubjectKind.VIOLATION, id="patrol-1/r-17", term="no-fire"),),
    addressed=("ua",),
    released=False,
)
_SIGNED: Final = tuple(
    SignatoryTold(holder, source, f"{source}-key", None, _WHEN + timedelta(days=3), SHA256)
    for holder, source in (("A. Ruler", "panel-1"), ("B. Ruler", "panel-2"))
)
CASE: Final = CaseTold(
    ROW,
    (
        StageTold(
            1,
            CaseState.INCONCLUSIVE,
            _WHEN + timedelta(days=3),
            (
                FindingTold(
                    FindingWord.INCONCLUSIVE,
                    SHA256,
                    complete=True,
                    text="Heard by one patrol.",
                    attributed=None,
                    signatories=_SIGNED,
                ),
            ),
            FindingWord.INCONCLUSIVE,
        ),
    ),
    (
        WordTold(
            SHA256,
            "reply",
            "ua",
            "ua-liaison",
            _WHEN + timedelta(days=1),
            None,
            "No unit of ours fired.",
        ),
    ),
    (),
    (ActTold(SHA256, "open", "office", _WHEN, _WHEN, None),),
)
FILED: Final = FiledTold(CASE_ID, SHA256, CASE)
REQUEST: Final[Json] = {
    "format": "truceline.channel-message.v1",
    "mission": "osce-smm",
    "agreement": "donetsk-luhansk-illustrative",
    "message": "request",
    "source": "office",
    "at": "2018-09-06T11:00:00+03:00",
    "to": ["ua"],
    "deadline": "2018-09-08T11:00:00+03:00",
    "text": "Which units were at Zolote on 5 September?",
}
MESSAGE: Final = MessageTold(
    mission="osce-smm",
    agreement="donetsk-luhansk-illustrative",
    message=SHA256[:20],
    sha256=SHA256,
    kind="request",
    author="mission",
    source="office",
    to=("ua",),
    at=_WHEN,
    received_at=_WHEN,
    answers=None,
    about=CASE_ID,
    deadline=_WHEN + timedelta(days=2),
    owed=(OwedTold("ua", None, None, _WHEN + timedelta(days=2)),),
    text="Which units were at Zolote on 5 September?",
)
SENT: Final = FiledTold(SHA256[:20], SHA256)
