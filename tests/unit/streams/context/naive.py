"""A second reading of a mission's context, hour by hour, that shares no code with the fold.

It answers for one instant: which truces hold, which phases have begun, which measures are verified,
what is notified. It knows the agreement of `said` alone, and only what the strategies there draw.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from streams.events import ContextEvent
from tests.unit.streams.builders import NOON

HQ = {"hq", "second"}
LAST = 40
"""Nothing happens after that many hours."""


def plain(event: ContextEvent) -> dict[str, Any]:
    """The event as a dictionary with instants as hours."""
    made: dict[str, Any] = msgspec.to_builtins(event, builtin_types=[type(NOON)])
    return made


def hour(value: datetime) -> float:
    return (value - NOON).total_seconds() / 3600


class Naive:
    """What counts of some events, each of one version and vouched for."""

    def __init__(self, events: Sequence[ContextEvent]) -> None:
        said = [plain(event) for event in events]
        gone = {(e["source"], e[k]) for e in said for k in ("supersedes", "retracts") if e.get(k)}
        self.events = [
            e for e in said if (e["source"], e["id"]) not in gone and not e.get("retracts")
        ]

    def _of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == kind]

    def truces_holding(self, now: float) -> set[str]:
        names = {str(event["truce"]) for event in self._of("truce")}
        return {name for name in names if self._holds(name, now)}

    def _holds(self, name: str, now: float) -> bool:
        """Replay everything said of the truce by `now`."""
        order = ["proposed", "agreed", "in_force", "extended", "suspended", "ended_early"]
        steps = [
            (hour(e["at"]), order.index(e["step"]["type"]), f"{e['source']}/{e['id']}", e)
            for e in self._of("truce")
            if e["truce"] == name
            and hour(e["at"]) <= now
            and (e["source"] in HQ or e["step"]["type"] == "proposed")
        ]
        window: tuple[float, float] | None = None
        over, ends = False, -math.inf
        for when, _, _, event in sorted(steps, key=lambda step: step[:3]):
            step = event["step"]
            if over:
                continue
            if window and window[1] <= when:
                window = None
            match step["type"]:
                case "in_force":
                    terms = step["terms"]
                    window = (hour(terms["begins_at"]), hour(terms["ends_at"]))
                    ends = window[1]
                case "extended" if window:
                    ends = max(hour(step["ends_at"]), when)
                    window = (window[0], ends)
                case "suspended" if when < ends:
                    window = None
                case "ended_early" if when < ends:
                    window, over = None, True
                case "proposed" | "agreed" if not window:
                    ends = hour(step["terms"]["ends_at"])
        return window is not None and window[0] <= now < window[1]

    def verified(self, measure: str, now: float) -> bool:
        """Every verifier that has spoken by `now` said last that it is done in full."""
        latest: dict[object, dict[str, Any]] = {}
        words = [
            e
            for e in self._of("measure")
            if e["measure"] == measure and e["source"] in HQ and e["status"] != "claimed"
        ]
        words = [e for e in words if hour(e["at"]) <= now]
        for word in sorted(words, key=lambda e: (hour(e["at"]), not self._full(e))):
            latest[word["source"]] = word
        return bool(latest) and all(self._full(word) for word in latest.values())

    @staticmethod
    def _full(word: dict[str, Any]) -> bool:
        done = word.get("done")
        amount = 50 if word["measure"] == "guns" else None
        enough = amount is None or done is None or int(str(done)) >= amount
        return word["status"] == "verified" and enough

    def phases_begun(self, now: float) -> set[str]:
        begun: set[str] = set()
        for h in range(-LAST, int(now) + 1):
            guns, mines = self.verified("guns", h), self.verified("mines", h)
            begun |= {"dated"} if h >= 10 else set()
            begun |= {"gated"} if guns else set()
            begun |= {"both"} if h >= 5 and guns and mines else set()
            begun |= {"declared"} if self._declared(h) else set()
        return begun

    def _declared(self, now: float) -> bool:
        latest: dict[object, tuple[float, float]] = {}
        for event in self._of("declaration"):
            declares = event["declares"]
            if event["source"] in HQ and declares["phase"] == "declared":
                word = (hour(event["issued_at"]), hour(declares["begins_at"]))
                latest[event["source"]] = max(latest.get(event["source"], word), word)
        return bool(latest) and all(start <= now for _, start in latest.values())

    def notified(self, now: float) -> set[str]:
        return {
            f"{event['source']}/{event['id']}"
            for event in self._of("notification")
            if hour(event["begins_at"]) <= now < hour(event["ends_at"])
            and event["source"] in (*HQ, "liaison")
        }
