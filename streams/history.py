"""History: a file of reports → their assessments, with no engine at all.

Place on the data's way: `truceline judge`, for lawyers and mediators who try an agreement on what
has happened, and for tests. The same bytes give the same bytes, in the order of first appearance.

Each report is judged as it is read, as if nothing else were told of it, and what its assessment is
written of is kept: its name and count, and the outcome, which it shares with others. The report is
not: to ask the system for memory takes as long as judging. What later lines say of earlier reports
is known when all are read; then those few are read and judged once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from streams.assess import NOTHING_DECLARED, Group, Judged, Known, Undecided, encode_lines
from streams.assessment import AlikeColumns, encode_alike_lines
from streams.decode import Refusal
from streams.dossier import read_dossiers, read_plain
from streams.errors import StreamError
from streams.events import Count
from streams.gather import Key, Read, Refused, Related, key_of, read_lines
from streams.inforce import Register
from streams.judge import Outcome
from streams.vocabulary import Authentication

TOLD_AT_ONCE = 125
"""About 100 kB: memory for a megabyte is asked of the system anew each time."""


class HistoryChangedError(StreamError):
    """The lines were others when they were read again; what was judged of them is of neither."""


class Assessed(NamedTuple):
    """Assessments as they are written."""

    text: bytes
    """Each on a line of its own."""
    judged: int


class _Block(NamedTuple):
    """What is kept of reports that were read at once, each the first of its name; by row."""

    lines: Sequence[int]
    keys: Sequence[Key]
    counts: Sequence[Count | None]
    outcomes: Sequence[Outcome | None]
    """None: nothing in force can judge it."""
    others: dict[int, Judged | Refusal]
    """Why, of such rows; and rows of which more is told, judged by all of it."""


class History:
    """A history of reports, judged: told as it is kept, or read again with all that is seen."""

    def __init__(self, register: Register, lines: Iterable[bytes], known: Known) -> None:
        self._register, self._known = register, known
        self._lines = [*lines] if isinstance(lines, Iterator) else lines
        self._refused: list[Refused] = []
        self._later: set[int] = set()
        """Lines that tell of a report that has appeared before."""
        self._blocks: list[_Block] = []
        self._judge()

    def told(self) -> Iterator[Assessed | Refused]:
        """Assessments in the order in which their reports first appear; refused lines first.

        What nothing in force can judge is refused at its place.
        """
        yield from self._refused
        for block in self._blocks:
            for begun in range(0, len(block.keys), TOLD_AT_ONCE):
                yield from _told(block, begun, min(begun + TOLD_AT_ONCE, len(block.keys)))

    def __iter__(self) -> Iterator[Judged | Refused]:
        """What is told, each report with all that it was judged by; it is read again for that.

        Raises:
            HistoryChangedError: the lines were others than when they were judged.
        """
        yield from self._refused
        passed_over = self._later.union([it.line for it in self._refused])
        reads = self._read_again(lambda line: line not in passed_over)
        for block, read in zip_longest(self._blocks, reads):
            if not (block and read) or [*map(key_of, read.reports)] != block.keys:
                raise HistoryChangedError(_CHANGED)
            results = {row: it for group in self._read(read) for row, it in group.by_row()}
            results.update(block.others)
            for row, line in enumerate(block.lines):
                result = results[row]
                yield Refused(line, result) if isinstance(result, Refusal) else result

    def _judge(self) -> None:
        """Read all lines and judge each report by itself, then those of which more is told."""
        blocks: dict[Key, int] = {}
        related = Related()
        for number, read in enumerate(read_lines(self._lines)):
            self._refused.extend(read.refused)
            related.note_links(read.reports)
            keys, before = [*map(key_of, read.reports)], len(blocks)
            firsts = [*map(blocks.setdefault, keys, [number] * len(keys))]
            if len(blocks) - before == len(keys):  # so it is nearly always
                self._blocks.append(self._keep(read, keys))
                continue
            rows = self._first_told(read, keys, [block == number for block in firsts], related)
            self._blocks.append(self._keep(read.only(rows), [keys[row] for row in rows]))
        self._judge_anew(related, blocks)

    def _first_told(
        self, read: Read, keys: Sequence[Key], new: Sequence[bool], related: Related
    ) -> list[int]:
        """The rows in which a report appears first; `new`: it did in no block before."""
        here: set[Key] = set()
        rows = []
        for row, key in enumerate(keys):
            if new[row] and key not in here:
                here.add(key)
                rows.append(row)
            else:
                related.note_again(read.reports[row])
                self._later.add(read.lines[row])
        return rows

    def _keep(self, read: Read, keys: Sequence[Key]) -> _Block:
        outcomes: list[Outcome | None] = [None] * len(keys)
        others: dict[int, Judged | Refusal] = {}
        for group in self._read(read):
            if isinstance(group, Undecided):
                others.update(group.by_row())
            elif len(group.rows) == len(keys):  # so it is nearly always
                outcomes = [*group.outcomes]
            else:
                for row, outcome in zip(group.rows, group.outcomes, strict=True):
                    outcomes[row] = outcome
        return _Block(read.lines, keys, [it.count for it in read.reports], outcomes, others)

    def _read(self, read: Read) -> Iterator[Group | Undecided]:
        return read_plain(self._register, read.reports, _VOUCHED, self._known)

    def _judge_anew(self, related: Related, blocks: Mapping[Key, int]) -> None:
        """Judge by all that is told of them the reports of which more is told than one line."""
        places: dict[int, tuple[_Block, int]] = {}
        for key in related.among(blocks.keys()):
            block = self._blocks[blocks[key]]
            row = block.keys.index(key)
            places[block.lines[row]] = block, row
        found = 0
        for read in self._read_again(places.__contains__) if places else ():
            dossiers = [*map(related.dossier, read.reports)]
            readings = read_dossiers(self._register, dossiers, self._known)
            for line, report, reading in zip(read.lines, read.reports, readings, strict=True):
                block, row = places[line]
                if block.keys[row] != key_of(report):
                    raise HistoryChangedError(_CHANGED)
                block.others[row] = reading
            found += len(readings)
        if found < len(places):
            raise HistoryChangedError(_CHANGED)

    def _read_again(self, wanted: Callable[[int], bool]) -> Iterator[Read]:
        """Read lines once more, in the same blocks; of those not wanted nothing is looked at."""
        numbered = enumerate(self._lines, start=1)
        return read_lines(line if wanted(number) else b"" for number, line in numbered)


def judge_history(
    register: Register, lines: Iterable[bytes], known: Known = NOTHING_DECLARED
) -> History:
    """Judge a whole history of reports, one JSON object a line; empty lines are passed over.

    All lines are read: a later one may be another version of an earlier report, or retract it.

    Args:
        register: the versions of all missions.
        lines: read more than once; an iterator is kept in memory for that.
        known: what is declared, notified and agreed.

    Raises:
        HistoryChangedError: a line was another when it was read again.
    """
    return History(register, lines, known)


def _told(block: _Block, begun: int, end: int) -> Iterator[Assessed | Refused]:
    if block.others.keys().isdisjoint(range(begun, end)):
        yield _told_alike(block, begun, end)
        return
    for row in range(begun, end):
        other = block.others.get(row)
        if other is None:
            yield _told_alike(block, row, row + 1)
        elif isinstance(other, Refusal):
            yield Refused(block.lines[row], other)
        else:
            yield Assessed(encode_lines((other,)), 1)


def _told_alike(block: _Block, begun: int, end: int) -> Assessed:
    names, ids = zip(*block.keys[begun:end], strict=True)
    outcomes = [it for it in block.outcomes[begun:end] if it is not None]
    columns = AlikeColumns(
        names,
        ids,
        [it.told for it in outcomes],
        block.counts[begun:end],
        [it.ended for it in outcomes],
    )
    return Assessed(encode_alike_lines(columns), end - begun)


_VOUCHED = Authentication.OPERATOR
_CHANGED = "the reports changed while they were judged: judge them again when nobody writes there"
