"""History: a file of reports → their assessments, with no engine at all.

Place on the data's way: `truceline judge`, for lawyers and mediators who try an agreement on what
has happened, and for tests. The same bytes give the same bytes, in the order of first appearance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import msgspec

from streams.assess import NOTHING_DECLARED, Judged, Known
from streams.decode import Refusal, decode_reports
from streams.dossier import Dossier, Link, Version, links_of, read_dossiers
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
    """All reports of a file as dossiers, in the order of first appearance."""

    dossiers: dict[Key, Dossier]
    lines: list[int]
    """In which line each appears first, in their order."""
    refused: list[Refused]


def gather(lines: Iterable[bytes]) -> Gathered:
    """Read a whole history of reports, one JSON object a line; empty lines are passed over.

    Whoever hands over the file vouches for it (`Authentication.OPERATOR`). All lines are read: a
    later one may be another version of an earlier report, or retract it.
    """
    dossiers: dict[Key, Dossier] = {}
    first_lines: list[int] = []
    links: defaultdict[Key, list[Link]] = defaultdict(list)
    again: defaultdict[Key, dict[bytes, Version]] = defaultdict(dict)
    refused: list[Refused] = []
    for number, report in _decoded(lines):
        if isinstance(report, Refusal):
            refused.append(Refused(number, report))
            continue
        key = (report.mission, report.source, report.id)
        version = Version(report, Authentication.OPERATOR, None)
        dossier = Dossier((version,))
        if dossiers.setdefault(key, dossier) is dossier:
            first_lines.append(number)
        else:
            again[key].setdefault(msgspec.json.encode(report), version)
        if report.supersedes is None and report.retracts is None:
            continue
        for relation, target in links_of(report):
            link = Link(relation, report.id, vouched=True)
            links[report.mission, report.source, target].append(link)
    for key in (again.keys() | links.keys()) & dossiers.keys():
        versions = (*dossiers[key].versions, *again.get(key, {}).values())
        dossiers[key] = Dossier(versions, tuple(links.get(key, ())))
    return Gathered(dossiers, first_lines, refused)


def _decoded(lines: Iterable[bytes]) -> Iterator[tuple[int, Report | Refusal]]:
    """The reports and refusals of lines that are not empty, with the lines' numbers."""
    numbered = enumerate(map(bytes.strip, lines), start=1)
    while some := list(islice(numbered, _DECODED_AT_ONCE)):
        told = [(number, raw) for number, raw in some if raw]
        reports = decode_reports([raw for _, raw in told])
        yield from zip([number for number, _ in told], reports, strict=True)


def judge_history(
    register: Register, lines: Iterable[bytes], known: Known = NOTHING_DECLARED
) -> Iterator[Judged | Refused]:
    """Judge a whole history of reports, as `gather` reads it. Refused lines come first."""
    dossiers, first_lines, refused = gather(lines)
    yield from refused
    numbered = zip(first_lines, dossiers.values(), strict=True)
    while batch := list(islice(numbered, BATCH)):
        readings = read_dossiers(register, [dossier for _, dossier in batch], known)
        for (line, _), reading in zip(batch, readings, strict=True):
            yield Refused(line, reading) if isinstance(reading, Refusal) else reading
