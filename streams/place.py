"""Place: reports → the zones that each of them touches, of one place asked once.

Place on the data's way: what **locate → geofence** say of a batch, for judge. Who watches from a
post tells of the same directions and distances again and again, and a sector laid over zones costs
a thousand times what a point costs. So what was found of one place, at times between which no zone
begins or ends, is kept; nothing is decided by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from streams.events import Area, Point, Report, Track
from streams.geofence import geofence
from streams.inforce import InForce
from streams.locate import Unlocated
from streams.sight import Placed
from streams.when.edges import Numbers

_REMEMBERED = 1 << 13
_ASKED_EACH = frozenset({Point, Area, Track})
"""Points are asked faster than looked up; areas and tracks may be large, and do not come twice."""


NOWHERE = Placed((), None)
"""Outside of every zone."""
_LOST = {why: Placed((), why) for why in Unlocated}


def place(in_force: InForce, reports: Sequence[Report], numbers: Numbers) -> list[Placed]:
    """Where each report of a batch lies, by row; `numbers` by `in_force.stretches`."""
    known = in_force.placed
    spans = [*zip(numbers.first.tolist(), numbers.last.tolist(), strict=True)]
    # No key outlives its look-up: to have room for all at once takes longer than to make them.
    placed = [
        None if type(it.location) in _ASKED_EACH else known.get((it.location, it.means, span))
        for it, span in zip(reports, spans, strict=True)
    ]
    unknown = [row for row, there in enumerate(placed) if there is None]
    if not unknown:
        return placed  # type: ignore[return-value]  # each has one
    told = [row for row in unknown if type(reports[row].location) not in _ASKED_EACH]
    alike: defaultdict[object, list[int]] = defaultdict(list)
    for row in told:
        alike[reports[row].location, reports[row].means, spans[row]].append(row)
    again = {row for rows in alike.values() for row in rows[1:]}
    asked = [row for row in unknown if row not in again] if again else unknown
    answers = _ask(in_force, [reports[row] for row in asked], numbers.only(asked))
    for row, answer in zip(asked, answers, strict=True):
        placed[row] = answer
    for key, (first, *others) in alike.items():
        there = placed[first]
        _remember(in_force, key, there)
        for row in others:
            placed[row] = there
    return placed  # type: ignore[return-value]  # each has one now


def _ask(in_force: InForce, reports: Sequence[Report], numbers: Numbers) -> list[Placed]:
    located = in_force.locator.locate(reports)
    hits = geofence(in_force, located.regions, numbers)
    placed = [Placed(touched, None) if touched else NOWHERE for touched in hits]
    for row, why in located.unlocated.items():
        placed[row] = _LOST[why]
    return placed


def _remember(in_force: InForce, key: object, there: object) -> None:
    if len(in_force.placed) >= _REMEMBERED:
        in_force.placed.clear()
    in_force.placed[key] = there
