"""History: a file of reports → their assessments, with no engine at all.

Place on the data's way: `truceline judge`, for lawyers and mediators who try an agreement on what
has happened, and for tests. The same bytes give the same bytes, in the order of first appearance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import is_
from typing import NamedTuple

import msgspec

from streams.assess import NOTHING_DECLARED, Judged, Known
from streams.decode import Refusal, decode_reports
from streams.dossier import Dossier, Link, Version, links_of, read_dossiers, read_plain
from streams.events import Report
from streams.inforce import Register
from streams.vocabulary import Authentication

BATCH = 5_000
_DECODED_AT_ONCE = 250
"""One line that cannot be read costs its neighbours a second reading."""

Key = tuple[str, str, str]
"""Mission, source, id."""


class Refused(NamedTuple):
    """A line that was refused: its 1-based number and why."""

    line: int
    refusal: Refusal


class Gathered(NamedTuple):
    """All reports of a file."""

    reports: dict[Key, Report]
    """The first version of each, in the order of first appearance."""
    lines: list[int]
    """In which line each appears first, in their order."""
    more: dict[Key, Dossier]
    """All that is known of those that appear again, or that others speak of."""
    refused: list[Refused]

    def dossiers(self) -> Iterator[Dossier]:
        """All that is known of each, in their order."""
        for key, report in self.reports.items():
            yield self.more.get(key) or _dossier(report)


def gather(lines: Iterable[bytes]) -> Gathered:
    """Read a whole history of reports, one JSON object a line; empty lines are passed over.

    Whoever hands over the file vouches for it (`Authentication.OPERATOR`). All lines are read: a
    later one may be another version of an earlier report, or retract it.
    """
    reports: dict[Key, Report] = {}
    first_lines: list[int] = []
    links: defaultdict[Key, list[Link]] = defaultdict(list)
    again: defaultdict[Key, dict[bytes, Version]] = defaultdict(dict)
    refused: list[Refused] = []
    for numbers, decoded in _decoded(lines):
        lines_of, good = _good(numbers, decoded, refused)
        keys = [(it.mission, it.source, it.id) for it in good]
        firsts = [*map(reports.setdefault, keys, good)]
        if all(map(is_, firsts, good)):  # so it is nearly always
            first_lines.extend(lines_of)
        else:
            for number, key, first, report in zip(lines_of, keys, firsts, good, strict=True):
                if first is report:
                    first_lines.append(number)
                else:
                    again[key].setdefault(msgspec.json.encode(report), _version(report))
        for report in good:
            if report.supersedes is None and report.retracts is None:
                continue
            for relation, target in links_of(report):
                link = Link(relation, report.id, vouched=True)
                links[report.mission, report.source, target].append(link)
    more: dict[Key, Dossier] = {}
    for key in (again.keys() | links.keys()) & reports.keys():
        versions = (_version(reports[key]), *again.get(key, {}).values())
        more[key] = Dossier(versions, tuple(links.get(key, ())))
    return Gathered(reports, first_lines, more, refused)


def _version(report: Report) -> Version:
    return Version(report, Authentication.OPERATOR, None)


def _dossier(report: Report) -> Dossier:
    """Of a report that nothing else is known of."""
    return Dossier((_version(report),))


def _decoded(lines: Iterable[bytes]) -> Iterator[tuple[Sequence[int], list[Report | Refusal]]]:
    """What is read of lines that are not empty, many at once, and the lines' numbers."""
    left, begun = map(bytes.strip, lines), 1
    while some := list(islice(left, _DECODED_AT_ONCE)):
        numbers: Sequence[int] = range(begun, begun + len(some))
        begun += len(some)
        if not all(some):
            numbers = [number for number, raw in zip(numbers, some, strict=True) if raw]
            some = [raw for raw in some if raw]
        yield numbers, decode_reports(some)


def _good(
    numbers: Sequence[int], decoded: list[Report | Refusal], refused: list[Refused]
) -> tuple[Sequence[int], list[Report]]:
    """The reports and their lines; what else there is joins `refused`."""
    if Refusal not in map(type, decoded):
        return numbers, decoded  # type: ignore[return-value]  # all are reports
    lines: list[int] = []
    good: list[Report] = []
    for number, it in zip(numbers, decoded, strict=True):
        if isinstance(it, Refusal):
            refused.append(Refused(number, it))
        else:
            lines.append(number)
            good.append(it)
    return lines, good


def judge_history(
    register: Register, lines: Iterable[bytes], known: Known = NOTHING_DECLARED
) -> Iterator[Judged | Refused]:
    """Judge a whole history of reports, as `gather` reads it. Refused lines come first."""
    gathered = gather(lines)
    yield from gathered.refused
    numbers, left = iter(gathered.lines), iter(gathered.reports.items())
    while batch := [*islice(left, BATCH)]:
        readings = _read(register, batch, gathered.more, known)
        lines_of = [*islice(numbers, len(readings))]
        if Refusal not in map(type, readings):
            yield from readings  # type: ignore[misc]  # all are judged
            continue
        for reading, line in zip(readings, lines_of, strict=True):
            yield Refused(line, reading) if isinstance(reading, Refusal) else reading


def _read(
    register: Register,
    batch: Sequence[tuple[Key, Report]],
    more: dict[Key, Dossier],
    known: Known,
) -> list[Judged | Refusal]:
    if not more or more.keys().isdisjoint([key for key, _ in batch]):  # so it is nearly always
        reports = [report for _, report in batch]
        return read_plain(register, reports, Authentication.OPERATOR, known)
    dossiers = [more.get(key) or _dossier(report) for key, report in batch]
    return read_dossiers(register, dossiers, known)
