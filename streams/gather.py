"""Gather: lines → reports, and what is told again or spoken of by other lines.

Place on the data's way: a file of reports → **gather** → the history of their assessments
(`streams.history`) or of whereabouts (`streams.whereabouts.history`), with no engine at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

import msgspec

from streams.assessment import named
from streams.decode import Refusal, decode_reports
from streams.dossier import Dossier, Link, Version, links_of
from streams.events import Report
from streams.vocabulary import Authentication

READ_AT_ONCE = 500
"""What is done once for each batch, mostly to place points, takes as long as 50 reports."""
_DECODED_AT_ONCE = 250
"""One line that cannot be read costs its neighbours a second reading."""

Key = tuple[bytes, str]
"""Mission and source, as an assessment begins (`named`); id."""


class Refused(NamedTuple):
    """A line that was refused: its 1-based number and why."""

    line: int
    refusal: Refusal


class Read(NamedTuple):
    """Some lines that were read: where each report stands, and what was refused."""

    lines: Sequence[int]
    reports: Sequence[Report]
    refused: Sequence[Refused] = ()

    def only(self, rows: Sequence[int]) -> Read:
        """The reports of some rows."""
        lines, reports = [self.lines[row] for row in rows], [self.reports[row] for row in rows]
        return Read(lines, reports, self.refused)


def read_lines(lines: Iterable[bytes]) -> Iterator[Read]:
    """Reports of their lines, one JSON object each, many at once; empty lines are passed over."""
    left, begun = map(bytes.strip, lines), 1
    while some := list(islice(left, READ_AT_ONCE)):
        numbers: Sequence[int] = range(begun, begun + len(some))
        begun += len(some)
        if not all(some):
            numbers = [number for number, raw in zip(numbers, some, strict=True) if raw]
            some = [raw for raw in some if raw]
        parts = (some[at : at + _DECODED_AT_ONCE] for at in range(0, len(some), _DECODED_AT_ONCE))
        yield _told_apart(numbers, [*chain.from_iterable(map(decode_reports, parts))])


def _told_apart(numbers: Sequence[int], decoded: list[Report | Refusal]) -> Read:
    if Refusal not in map(type, decoded):  # so it is nearly always
        return Read(numbers, decoded)  # type: ignore[arg-type]  # all are reports
    both = [*zip(numbers, decoded, strict=True)]
    good = [(number, it) for number, it in both if not isinstance(it, Refusal)]
    return Read(
        [number for number, _ in good],
        [it for _, it in good],
        [Refused(number, it) for number, it in both if isinstance(it, Refusal)],
    )


class Related:
    """What is told of a report besides the line in which it appears first."""

    def __init__(self) -> None:
        self._again: defaultdict[Key, dict[bytes, Version]] = defaultdict(dict)
        self._links: defaultdict[Key, list[Link]] = defaultdict(list)

    def note_again(self, report: Report) -> None:
        """A line tells of a report that has appeared before."""
        version = version_of(report)
        self._again[key_of(report)].setdefault(msgspec.json.encode(report), version)

    def note_links(self, reports: Sequence[Report]) -> None:
        """Of each report those that it speaks of."""
        for report in reports:
            if report.supersedes is None and report.retracts is None:
                continue
            for relation, target in links_of(report):
                link = Link(relation, report.id, vouched=True)
                self._links[named(report.mission, report.source), target].append(link)

    def among(self, keys: Collection[Key]) -> set[Key]:
        """Those of the keys of whose reports more is told."""
        return {key for key in self._again.keys() | self._links.keys() if key in keys}

    def dossier(self, first: Report) -> Dossier:
        """All that is known of a report, by the line in which it appears first."""
        key = key_of(first)
        versions = (version_of(first), *self._again.get(key, {}).values())
        return Dossier(versions, tuple(self._links.get(key, ())))


def key_of(report: Report) -> Key:
    """By what a report is known."""
    return named(report.mission, report.source), report.id


def version_of(report: Report) -> Version:
    """Whoever hands over the file vouches for it (`Authentication.OPERATOR`)."""
    return Version(report, Authentication.OPERATOR, None)


class Gathered(NamedTuple):
    """All reports of a file."""

    reports: dict[Key, Report]
    """The first version of each, in the order of first appearance."""
    lines: list[int]
    """In which line each appears first, in their order."""
    related: Related
    refused: list[Refused]

    def dossiers(self) -> Iterator[Dossier]:
        """All that is known of each, in their order."""
        return map(self.related.dossier, self.reports.values())


def gather(lines: Iterable[bytes]) -> Gathered:
    """Read a whole history of reports.

    All lines are read: a later one may be another version of an earlier report, or retract it.
    """
    gathered = Gathered({}, [], Related(), [])
    for read in read_lines(lines):
        gathered.refused.extend(read.refused)
        keys = [*map(key_of, read.reports)]
        firsts = [*map(gathered.reports.setdefault, keys, read.reports)]
        for number, report, first in zip(read.lines, read.reports, firsts, strict=True):
            if first is report:
                gathered.lines.append(number)
            else:
                gathered.related.note_again(report)
        gathered.related.note_links(read.reports)
    return gathered
