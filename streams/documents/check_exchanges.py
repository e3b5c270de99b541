"""Rules about exchanges: two sides, points that are drawn then, lists that can be counted.

Place on the data's way: one group of the rules that `check` lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from streams.agreement import Validity, Window
from streams.documents.compose import Node
from streams.documents.diagnose import listed
from streams.documents.select import Placed, first, nodes, select
from streams.errors import Mistake
from streams.vocabulary import ExchangeCategory, ZoneKind


def exchanges_can_be_told_apart(root: Node) -> Iterator[Mistake]:
    """An exchange's number stands once, and a list once for each side and category."""
    seen: dict[int, int] = {}
    for found in select(root, "exchanges[*].id", int):
        if found.value in seen:
            said = f"{found.value} has its own entry already, in line {seen[found.value]}"
            yield found.mistake("duplicate_id", said)
        seen.setdefault(found.value, found.place.line)
    for exchange in nodes(root, "exchanges[*]"):
        yield from _lists_that_stand_twice(exchange)


def lists_are_of_a_side(root: Node) -> Iterator[Mistake]:
    """Whom a list names as handing over is one of the two sides."""
    parties = {party.value for party in select(root, "parties[*].id", str)}
    for exchange in nodes(root, "exchanges[*]"):
        sides = [side.value for side in select(exchange.value, "sides[*]", str)]
        if len({*sides} & parties) != 2:
            continue  # what is wrong with the sides themselves has been said
        for giver in select(exchange.value, "lists[*].handed_over_by", str):
            if giver.value not in sides:
                said = f"'{giver.value}' is no side of this exchange; there is {listed(sides)}"
                yield _under(exchange, giver, "not_a_side", said)


def points_can_be_met_at(root: Node) -> Iterator[Mistake]:
    """A point is a zone of its kind, drawn for the whole of the window."""
    zones = list(nodes(root, "zones[*]"))
    for exchange in nodes(root, "exchanges[*]"):
        window = _forward(exchange)
        for point in select(exchange.value, "points[*]", str):
            named = [zone for zone in zones if _says(zone, "id", point.value)]
            kinds = {kind.value for zone in named for kind in select(zone.value, "kind", ZoneKind)}
            if kinds and kinds != {ZoneKind.EXCHANGE_POINT}:
                said = f"the zone '{point.value}' is of the kind '{min(kinds)}', no exchange_point"
                yield _under(exchange, point, "no_exchange_point", said)
            elif window and named and not _drawn(named, window.value):
                said = f"the zone '{point.value}' is not drawn for the whole of the window"
                yield _under(exchange, point, "point_not_drawn", said)


def exchanges_say_when(root: Node) -> Iterator[Mistake]:
    """An exchange has a window, or days of a phase that come to an end; one of them."""
    for exchange in nodes(root, "exchanges[*]"):
        window = next(nodes(exchange.value, "window"), None)
        during = next(nodes(exchange.value, "during"), None)
        if window and during:
            said = "it has a 'window' already: it takes place then, or on days of a phase"
            yield _under(exchange, during, "two_windows", said)
        elif not window and not during:
            said = "say when it takes place: 'window', or 'during' with the days of a phase"
            yield Mistake(
                "missing_field",
                f"{exchange.path}.window",
                said,
                exchange.place.line,
                exchange.place.file,
            )
        elif during and not list(nodes(during.value, "to_day")):
            said = "say on which day it is over ('to_day'): a window has an end"
            yield _under(exchange, during, "window_without_end", said)


def windows_lie_within(root: Node) -> Iterator[Mistake]:
    """An exchange takes place while its agreement is in force."""
    whole = first(root, "valid", Validity)
    for exchange in nodes(root, "exchanges[*]"):
        window = _forward(exchange)
        if window and whole and not _holds(whole.value, window.value):
            said = "the window does not lie within the agreement's validity"
            yield _under(exchange, window, "outside_agreement", said)


def _lists_that_stand_twice(exchange: Placed[Node]) -> Iterator[Mistake]:
    seen: set[tuple[str, str]] = set()
    for one in nodes(exchange.value, "lists[*]"):
        giver = first(one.value, "handed_over_by", str)
        category = first(one.value, "category", ExchangeCategory)
        if giver is None or category is None:
            continue
        key = (giver.value, category.value)
        if key in seen:
            said = f"'{giver.value}' has a list of {category.value} already"
            yield _under(exchange, one, "listed_twice", said)
        seen.add(key)


def _forward(exchange: Placed[Node]) -> Placed[Window] | None:
    found = first(exchange.value, "window", Window)
    return found if found and found.value.from_ < found.value.to else None


def _says(zone: Placed[Node], name: str, wanted: str) -> bool:
    found = first(zone.value, name, str)
    return found is not None and found.value == wanted


def _drawn(entries: Sequence[Placed[Node]], window: Window) -> bool:
    """Whether the entries of one zone together cover the window."""
    intervals: list[tuple[datetime, datetime]] = []
    for zone in entries:
        valid = first(zone.value, "valid", Validity)
        if valid is None:
            return True  # as long as the agreement; or it cannot be read, which has been said
        intervals.append((valid.value.from_, valid.value.to or _LATEST))
    reached = window.from_
    for start, end in sorted(intervals):
        if start <= reached:
            reached = max(reached, end)
    return reached >= window.to


_LATEST = datetime.max.replace(tzinfo=UTC)


def _holds(whole: Validity, window: Window) -> bool:
    return whole.from_ <= window.from_ and (whole.to is None or window.to <= whole.to)


def _under(exchange: Placed[Node], found: Placed[Any], code: str, said: str) -> Mistake:
    path = f"{exchange.path}.{found.path}"
    return Mistake(code, path, said, found.place.line, found.place.file)
