"""Watch: everybody's reaches laid over one zone → from when to when how much of it was watched.

Place on the data's way: reach → **watch** → count. What is in reach of two is watched once: shares
are areas of the union. Whoever stands still is taken exactly, from the first moment to the last. Of
who moves, each whole minute (UTC) is looked at in its middle, at the place that an even pace gives:
a zone's edge is passed to half a minute. A function of the *set* of reaches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely

from geo.ellipsoid import Floats
from geo.watched import Ground
from streams.coverage.reach import Reach
from streams.vocabulary import Means
from streams.when.spans import Span, Spans

Ints: TypeAlias = npt.NDArray[np.int64]
MINUTE = 60_000_000
"""Microseconds."""
EVERYBODY = None
"""In place of a means: all of them together."""


class Pieces(NamedTuple):
    """Stretches of time in order, disjoint, in each of which a share above 0 was watched."""

    starts: Ints
    ends: Ints
    shares: Floats


class _Part(NamedTuple):
    """What one reach shows of the zone, by the pieces of time in which it shows some."""

    reach: Reach
    shown: Mapping[int, shapely.Geometry]


def watch(
    ground: Ground, reaches: Sequence[Reach], span: Span, cuts: Iterable[int]
) -> dict[Means | None, Pieces]:
    """How much of a zone was watched within `span`, by means and by all together (`EVERYBODY`).

    Args:
        ground: the zone.
        reaches: of anybody, anywhere.
        span: while this outline of it was in force and was asked for.
        cuts: instants at which pieces are to end, as hours do.
    """
    up = [(it, it.spans.within(Spans((span[0],), (span[1],)))) for it in reaches]
    present = [(it, spans) for it, spans in up if spans.starts and _may_reach(ground, it)]
    if not present:
        return {}
    edges = _edges(present, cuts)
    parts = [part for it, spans in present if (part := _part(ground, it, spans, edges)).shown]
    found: dict[Means | None, Pieces] = {}
    for means in sorted({one for part in parts for one in part.reach.means}):
        found[means] = _pieces(ground, [it for it in parts if means in it.reach.means], edges)
    if parts:
        found[EVERYBODY] = _pieces(ground, _widest(parts), edges)
    return found


def _may_reach(ground: Ground, reach: Reach) -> bool:
    """Whether it is worth looking: most who watch are far from most zones."""
    if reach.way is None:
        return True
    lon, lat = reach.way.points.T
    return ground.may_reach(lon, lat, reach.radius_m)


def _widest(parts: Iterable[_Part]) -> list[_Part]:
    """Without discs that lie in a wider one of the same report: who hears farther sees no more."""
    widest: dict[object, _Part] = {}
    for part in parts:
        reach = part.reach
        key = (reach.watching.ref, reach.means) if reach.way is None else reach.watching.ref
        known = widest.get(key)
        if known is None or known.reach.radius_m < reach.radius_m:
            widest[key] = part
    return list(widest.values())


def _edges(present: Sequence[tuple[Reach, Spans]], cuts: Iterable[int]) -> Ints:
    """Between two of them nobody begins, ends or goes on by more than a minute."""
    ends = {edge for _, spans in present for pair in spans.pairs() for edge in pair}
    first, last = min(ends), max(ends)
    ends.update(cut for cut in cuts if first < cut < last)
    for reach, spans in present:
        if reach.moves:
            for start, end in spans.pairs():
                ends.update(range((start // MINUTE + 1) * MINUTE, end, MINUTE))
    return np.array(sorted(ends), dtype=np.int64)


def _part(ground: Ground, reach: Reach, spans: Spans, edges: Ints) -> _Part:
    first = np.searchsorted(edges, spans.starts)
    after = np.searchsorted(edges, spans.ends)
    rows = np.concatenate([np.arange(a, b) for a, b in zip(first, after, strict=True)])
    if reach.moves:
        middles = (edges[rows] + edges[rows + 1]) / 2
        shown = _discs(ground, reach, middles)
        some = ~shapely.is_empty(shown)
        return _Part(reach, dict(zip(rows[some].tolist(), shown[some], strict=True)))
    if reach.outline is not None:
        one = ground.outline(reach.outline)
    else:
        one = _discs(ground, reach, np.array([float(reach.watching.start)]))[0]
    kept = {} if shapely.area(one) == 0 else dict.fromkeys(rows.tolist(), one)
    return _Part(reach, kept)


def _discs(ground: Ground, reach: Reach, at: Floats) -> npt.NDArray[np.object_]:
    """What is in reach at these instants."""
    assert reach.way is not None, "what has no outline has a way"
    start, end = reach.watching.start, reach.watching.end
    lon, lat = reach.way.at((at - start) / (end - start))
    return ground.discs(lon, lat, reach.radius_m)


def _pieces(ground: Ground, parts: Sequence[_Part], edges: Ints) -> Pieces:
    by_row: dict[int, tuple[shapely.Geometry, ...]] = {}
    for part in parts:
        for row, seen in part.shown.items():
            by_row[row] = (*by_row.get(row, ()), seen)
    rows = np.array(sorted(by_row), dtype=np.int64)
    known: dict[tuple[int, ...], shapely.Geometry] = {}  # who stands still shows the same for hours
    wholes = np.empty(len(rows), dtype=np.object_)
    for at, row in enumerate(rows.tolist()):
        shown = by_row[row]
        wholes[at] = shown[0] if len(shown) == 1 else _union(known, shown)
    shares = ground.shares(wholes)
    some = shares > 0
    return Pieces(edges[rows[some]], edges[rows[some] + 1], shares[some])


def _union(
    known: dict[tuple[int, ...], shapely.Geometry], shown: tuple[shapely.Geometry, ...]
) -> shapely.Geometry:
    key = tuple(map(id, shown))
    if key not in known:
        known[key] = shapely.union_all(shown)
    return known[key]
