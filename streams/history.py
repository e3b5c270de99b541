"""History: a file of reports → their assessments, with no engine at all.

Place on the data's way: `truceline judge`, for lawyers and mediators who try an agreement on what
has happened, and for tests. The same bytes give the same bytes, in the order of first appearance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from streams.assess import NOTHING_DECLARED, Judged, Known
from streams.decode import Refusal, decode_report
from streams.dossier import Dossier, Link, Version, links_of, read_dossiers
from streams.inforce import Register
from streams.vocabulary import Authentication

BATCH = 5_000

Key = tuple[str, str, str]
"""Mission, source, id."""


class Refused(NamedTuple):
    """A line that was refused: its 1-based number and why."""

    line: int
    refusal: Refusal


class Gathered(NamedTuple):
    """All reports of a file as dossiers, in the order of first appearance."""

    dossiers: dict[Key, Dossier]
    lines_of: dict[Key, int]
    """In which line each appears first."""
    refused: list[Refused]


def gather(lines: Iterable[bytes]) -> Gathered:
    """Read a whole history of reports, one JSON object a line; empty lines are passed over.

    Whoever hands over the file vouches for it (`Authentication.OPERATOR`). All lines are read: a
    later one may be another version of an earlier report, or retract it.
    """
    versions: dict[Key, dict[bytes, Version]] = {}
    lines_of: dict[Key, int] = {}
    links: defaultdict[Key, list[Link]] = defaultdict(list)
    refused: list[Refused] = []
    for number, line in enumerate(lines, start=1):
        raw = line.strip()
        if not raw:
            continue
        report = decode_report(raw)
        if isinstance(report, Refusal):
            refused.append(Refused(number, report))
            continue
        key = (report.mission, report.source, report.id)
        lines_of.setdefault(key, number)
        version = Version(report, Authentication.OPERATOR, None)
        versions.setdefault(key, {}).setdefault(raw, version)
        for relation, target in links_of(report):
            link = Link(relation, report.id, vouched=True)
            links[report.mission, report.source, target].append(link)
    dossiers = {
        key: Dossier(tuple(known.values()), tuple(links.get(key, ())))
        for key, known in versions.items()
    }
    return Gathered(dossiers, lines_of, refused)


def judge_history(
    register: Register, lines: Iterable[bytes], known: Known = NOTHING_DECLARED
) -> Iterator[Judged | Refused]:
    """Judge a whole history of reports, as `gather` reads it. Refused lines come first."""
    dossiers, lines_of, refused = gather(lines)
    yield from refused
    yield from _read(register, known, dossiers, lines_of)


def _read(
    register: Register,
    known: Known,
    dossiers: dict[Key, Dossier],
    lines_of: dict[Key, int],
) -> Iterator[Judged | Refused]:
    keys = list(dossiers)
    for start in range(0, len(keys), BATCH):
        chunk = keys[start : start + BATCH]
        readings = read_dossiers(register, [dossiers[key] for key in chunk], known)
        for key, reading in zip(chunk, readings, strict=True):
            if isinstance(reading, Refusal):
                yield Refused(lines_of[key], reading)
            else:
                yield reading
