"""Agenda: the agreed windows of all corridors as entries of a calendar, each with its revisions.

    versions and signatures, each since when it is known → what is agreed then → entries

Place on the data's way: store → **agenda** → iCalendar. An entry is revised whenever what is known
of its window changes; nothing keeps a count, so that everybody who asks counts the same. An entry
says what the parties agreed and never that a road can be used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from geo.linear import MeasuredLine
from streams.agreement import Agreement, Announcement, Corridor, Validity
from streams.corridors.announced import is_disputed, plain_windows, standing_of, widest
from streams.corridors.promised import Stretch, common, in_force, stretch_of
from streams.draw import corridor_outline
from streams.instants import moment_of, moment_or_none
from streams.vocabulary import AgreedAxis, Word


class Firmness(Word):
    """How firmly a window is agreed."""

    AGREED = "agreed"
    TENTATIVE = "tentative"
    """Not in detail, not by all parties, or not as all announce it."""
    CANCELLED = "cancelled"
    """It was agreed, or announced, and is not."""


class Doubt(Word):
    """Why a window is not simply agreed."""

    DRAFT = "draft"
    """Not all parties have signed the version that has it."""
    NOT_IN_DETAIL = "not_in_detail"
    """The parties propose it, or agree in principle."""
    DISPUTED = "disputed"
    """The announcements differ; it is what they have in common."""
    NOTHING_IN_COMMON = "nothing_in_common"
    EXPIRED = "expired"
    TAKEN_AWAY = "taken_away"
    """A later version, or one that ended, does not have it any more."""


_CANCELS = frozenset({Doubt.NOTHING_IN_COMMON, Doubt.EXPIRED, Doubt.TAKEN_AWAY})


class Known(NamedTuple):
    """What was known of a mission's agreements from an instant on."""

    since: datetime
    agreements: Sequence[Agreement]
    """Every version that was loaded."""
    drafts: frozenset[tuple[str, int]]
    """Id and version of those that not all parties had signed."""


@dataclass(frozen=True, slots=True)
class Window:
    """A window, as it was known at an instant."""

    agreement: str
    corridor: str
    name: str
    position: tuple[float, float]
    """Halfway along the route, or somewhere in the area, lon/lat."""
    valid: Validity
    """Without an end where none is agreed."""
    doubts: tuple[Doubt, ...]
    announced: tuple[Announcement, ...]
    """By whom and by whose clock, where it was announced more than once."""

    @property
    def firmness(self) -> Firmness:
        """The least firm that its doubts leave."""
        if _CANCELS.intersection(self.doubts):
            return Firmness.CANCELLED
        return Firmness.TENTATIVE if self.doubts else Firmness.AGREED


class Entry(NamedTuple):
    """A window as it is known last."""

    key: str
    """Of its mission; the same whatever becomes of it."""
    window: Window
    sequence: int
    """How often it was revised."""
    revised_at: datetime
    """Since when it is known as it is."""


def agenda(knowledge: Iterable[Known]) -> list[Entry]:
    """Every window that was ever known, by its start; `knowledge` in the order of time."""
    entries: dict[str, Entry] = {}
    for known in knowledge:
        windows = dict(_windows(known))
        for key in entries.keys() | windows.keys():
            before = entries.get(key)
            window = windows.get(key) or _taken_away(entries[key].window)
            if before is None:
                entries[key] = Entry(key, window, 0, known.since)
            elif window != before.window:
                entries[key] = Entry(key, window, before.sequence + 1, known.since)
    return sorted(entries.values(), key=lambda it: (it.window.valid.from_, it.key))


def _taken_away(window: Window) -> Window:
    if Doubt.TAKEN_AWAY in window.doubts:
        return window
    return replace(window, doubts=(*window.doubts, Doubt.TAKEN_AWAY))


class _Piece(NamedTuple):
    """A window while one version is in force."""

    stretch: Stretch
    window: Window


def _windows(known: Known) -> Iterator[tuple[str, Window]]:
    pieces: defaultdict[str, list[_Piece]] = defaultdict(list)
    ids = {corridor.id for agreement in known.agreements for corridor in agreement.corridors}
    for id_ in sorted(ids):
        for held, corridor, agreement in in_force(id_, known.agreements):
            draft = (agreement.id, agreement.version) in known.drafts
            for key, window in _of(corridor, agreement, draft=draft):
                stretch = common([held, stretch_of(window.valid)])
                if stretch[0] < stretch[1]:
                    pieces[f"{agreement.id}/{id_}/{key}"].append(_Piece(stretch, window))
    for key, found in pieces.items():
        for number, (stretch, window) in enumerate(_joined(found), 1):
            valid = Validity(from_=moment_of(stretch[0]), to=moment_or_none(stretch[1]))
            yield key if number == 1 else f"{key}-{number}", replace(window, valid=valid)


def _joined(pieces: list[_Piece]) -> Iterator[_Piece]:
    """Those that follow each other without a gap are one, as the later version has it."""
    last: _Piece | None = None
    for piece in sorted(pieces, key=lambda it: it.stretch):
        if last is not None and last.stretch[1] == piece.stretch[0]:
            last = _Piece((last.stretch[0], piece.stretch[1]), piece.window)
        else:
            if last is not None:
                yield last
            last = piece
    if last is not None:
        yield last


def _of(corridor: Corridor, agreement: Agreement, *, draft: bool) -> Iterator[tuple[str, Window]]:
    doubts = tuple(_doubts(corridor, draft=draft))
    position = _halfway(corridor)

    def window(valid: Validity, *more: Doubt, by: tuple[Announcement, ...] = ()) -> Window:
        return Window(
            agreement.id,
            corridor.id,
            corridor.name,
            position,
            valid,
            (*doubts, *more),
            by,
        )

    for valid in plain_windows(corridor):
        yield f"{valid.from_.astimezone(UTC):%Y%m%dT%H%M%SZ}", window(valid)
    for announced in corridor.announced:
        stands, key = standing_of(announced), f"announced/{announced.id}"
        if stands is None:
            yield key, window(widest(announced), Doubt.NOTHING_IN_COMMON, by=announced.by)
        else:
            differ = (Doubt.DISPUTED,) if is_disputed(announced) else ()
            yield key, window(stands, *differ, by=announced.by)


def _doubts(corridor: Corridor, *, draft: bool) -> Iterator[Doubt]:
    if draft:
        yield Doubt.DRAFT
    if corridor.axis in {AgreedAxis.PROPOSED, AgreedAxis.AGREED_IN_PRINCIPLE}:
        yield Doubt.NOT_IN_DETAIL
    if corridor.axis is AgreedAxis.EXPIRED:
        yield Doubt.EXPIRED


def _halfway(corridor: Corridor) -> tuple[float, float]:
    if corridor.route is None:
        inside = corridor_outline(corridor).representative_point()
        return inside.x, inside.y
    line = MeasuredLine.of(corridor.route.coordinates)
    return line.between(line.length_m / 2, line.length_m / 2)[0]
