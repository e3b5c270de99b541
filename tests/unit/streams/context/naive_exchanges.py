"""A second reading of the exchange of `said`, list by list, that shares no code with the fold.

It makes the tables from plain dictionaries, the way somebody with a sheet of paper would: write
every word down, cross out what is older, add up, compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streams.events import ContextEvent
from tests.unit.streams.context.naive import hour, plain

WAY = ["listed", "reconciled", "identity_confirmed", "consent_confirmed", "transferred"]
STEPS = [*WAY, "refused", "absent"]
VOICE = {"liaison": "north", "envoy": "north", "southern": "south", "hq": "-", "second": "-"}
SIDES = {"first": "north", "second": "south"}
AGREED = {("north", "prisoners"): 100, ("south", "remains"): None}
ENDS = 12


def tallies_of(events: Sequence[ContextEvent], now: float) -> list[dict[str, Any]]:
    """What is shown of the exchange at an hour, as plain values."""
    sheet = _sheet(events, now)
    lists = {*AGREED, *((giver, category) for giver, category, _, _ in sheet)}
    rows = []
    for giver, category in sorted(lists):
        for step in STEPS:
            spoken = any(key[:3] == (giver, category, step) for key in sheet)
            if spoken or step in ("listed", "transferred"):
                rows.append(_row(sheet, giver, category, step, over=now >= ENDS))
    return rows


Sheet = dict[tuple[str, str, str, str], list[int]]
"""(giver, category, step, voice) → the different numbers that are not crossed out."""


def _sheet(events: Sequence[ContextEvent], now: float) -> Sheet:
    said = [event for event in map(plain, events) if event["source"] in VOICE]
    gone = {(e["source"], e.get(way)) for e in said for way in ("supersedes", "retracts")}
    last: dict[tuple[str, ...], tuple[tuple[float, float], list[int]]] = {}
    for e in said:
        if (e["source"], e["id"]) in gone or e.get("retracts") or hour(e["at"]) > now:
            continue
        key = (SIDES[e["handed_over_by"]], e["category"], e["step"], e["source"])
        when = (hour(e["at"]), hour(e["issued_at"]))
        if key not in last or last[key][0] < when:
            last[key] = (when, [])
        if last[key][0] == when:
            last[key][1].append(e["count"])
    sheet: Sheet = {}
    for (giver, category, step, source), (_, numbers) in last.items():
        sheet.setdefault((giver, category, step, VOICE[source]), []).extend(numbers)
    return {key: sorted(set(numbers)) for key, numbers in sheet.items()}


def _row(sheet: Sheet, giver: str, category: str, step: str, *, over: bool) -> dict[str, Any]:
    receiver = "south" if giver == "north" else "north"
    voices = (giver, receiver, "-")

    def says(voice: str, at: str = step) -> list[int]:
        return sheet.get((giver, category, at, voice), [])

    gives, gets, mission = (says(voice) for voice in voices)
    wrong: list[str] = []
    if max(len(gives), len(gets), len(mission)) > 1:
        wrong.append("one_voice_differs")
    if gives and gets and gives != gets:
        wrong.append("sides_differ")
    if mission and any(side and side != mission for side in (gives, gets)):
        wrong.append("mission_differs")
    if _is_strange(gives + gets + mission, (giver, category), step):
        wrong.append("not_as_agreed")
    if step in WAY and any(_grew(says, voice, step) for voice in voices):
        wrong.append("more_than_before")
    if step == "transferred":
        wrong += _ends([_rest(says, voice) for voice in voices], over=over)
    return {
        "handed_over_by": giver,
        "received_by": receiver,
        "category": category,
        "step": step,
        "agreed": AGREED.get((giver, category)),
        "giver_says": gives,
        "receiver_says": gets,
        "mission_says": mission,
        "discrepancies": wrong,
    }


def _is_strange(numbers: list[int], of: tuple[str, str], step: str) -> bool:
    agreed = AGREED.get(of)
    if of not in AGREED:
        return bool(numbers)
    if agreed is None:
        return False
    too_few = step in WAY[:2] and any(number < agreed for number in numbers)
    return too_few or any(number > agreed for number in numbers)


def _ends(rests: list[int | None], *, over: bool) -> list[str]:
    known = [rest for rest in rests if rest is not None]
    more = ["more_than_listed"] if any(rest < 0 for rest in known) else []
    return [*more, *(["unaccounted"] if over and any(rest > 0 for rest in known) else [])]


def _grew(says: Any, voice: str, step: str) -> bool:  # noqa: ANN401 (the sheet's reader)
    for earlier in reversed(WAY[: WAY.index(step)]):
        if says(voice, earlier):
            return bool(says(voice, step)) and says(voice, step)[-1] > says(voice, earlier)[0]
    return False


def _rest(says: Any, voice: str) -> int | None:  # noqa: ANN401 (the sheet's reader)
    """How many of a voice's list it does not account for; None: it says nothing, or two things."""
    listed = says(voice, "reconciled") or says(voice, "listed")
    ends = [says(voice, step) for step in ("transferred", "refused", "absent")]
    if len(listed) != 1 or any(len(end) > 1 for end in ends):
        return None
    return int(listed[0]) - sum(sum(end) for end in ends)
