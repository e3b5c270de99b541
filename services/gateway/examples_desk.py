"""Examples of the desk, for the description of its routes (`described_desk`)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from services.desk.show import ItemShown, ItemTold
from services.gateway.ask_desk import DeskAct, OtherItem, TimesTold
from streams.assessment import STATUS
from streams.desk.act import Act, Action
from streams.desk.fold import Release, Review
from streams.vocabulary import Severity

_WHEN: Final = datetime(2018, 9, 5, 3, 30, tzinfo=UTC)
ITEM: Final = "violation~0190b0a2-6f00-7a6c-8f3e-2f9f1f0b7c11~no-fire"
OTHER: Final = "violation~0190b0a2-6f00-75d4-9a51-c1d20c6e0f42~no-fire"
_TOLD: Final[dict[str, Any]] = {
    "item": ITEM,
    "severity": Severity.SERIOUS,
    "waiting_since": _WHEN + timedelta(minutes=4),
    "mission": "osce-smm",
    "agreement": "donetsk-luhansk",
    "agreement_version": 1,
    "term": "no-fire",
    "clause": "Package, point 1",
    "kind": "fire_into_zone",
    "verdict": "violation",
    "draft": False,
    "observed_from": _WHEN,
    "observed_to": _WHEN,
    "report": "0190b0a2-6f00-7000-8000-000000000001",
    "source": "patrol-1",
    "zone": "zolote",
    "count_min": 3,
    "count_qualifier": "at_least",
}
QUEUED: Final = ItemTold(revision="0.1", review=Review.UNREVIEWED, status=STATUS, **_TOLD)


def _act(seq: int, action: Action, principal: str, token_id: str, note: str) -> Act:
    return Act(
        item=ITEM,
        seq=seq,
        reading=1,
        action=action,
        principal=principal,
        token_id=token_id,
        at=_WHEN + timedelta(hours=seq),
        note=note,
        people=2,
    )


_ACTS: Final = (
    _act(1, Action.CONFIRM, "ana.petrovic", "tok-0123456789ab", "seen by the camera as well"),
    _act(2, Action.RELEASE, "ben.okafor", "tok-ba9876543210", "read with the patrol's log"),
)
SHOWN: Final = ItemShown(
    revision="2.1",
    review=Review.RELEASED,
    status="released",
    reading=1,
    people=2,
    confirmed_by=("ana.petrovic",),
    releases=(
        Release(
            seq=2,
            reading=1,
            at=_WHEN + timedelta(hours=2),
            people=("ana.petrovic", "ben.okafor"),
        ),
    ),
    acts=_ACTS,
    **_TOLD,
)
TIMES: Final = TimesTold(
    severity="serious",
    released=12,
    waiting=3,
    median_s=5_400.0,
    slowest_tenth_s=28_800.0,
    longest_s=86_400.0,
    oldest_at=_WHEN,
)
CONFIRM: Final = DeskAct(Action.CONFIRM, "0.1", "seen by the camera as well")
RETURN: Final = DeskAct(Action.RETURN, "0.1", "which of the two patrols heard it first?")
MERGE: Final = DeskAct(
    Action.MERGE, "0.1", "two patrols heard the same salvo", (OtherItem(OTHER, "0.1"),)
)
RELEASE: Final = DeskAct(Action.RELEASE, "1.1", "read with the patrol's log")
ACTS: Final = {
    name: msgspec.to_builtins(one)
    for name, one in (
        ("confirm", CONFIRM),
        ("return", RETURN),
        ("merge", MERGE),
        ("release", RELEASE),
    )
}
