"""Reassess: reports whose ground has changed, judged again as superseding rows.

    spans that changed → reports with a version in them → dossiers → readings → those that differ

Place on the data's way: last in the transaction that changed the context, which has it alone; and
what `truceline rejudge` does after an amendment. A report whose reading comes out the same, to the
byte, gets no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from services.store.engine import Connection
from services.store.rows import AvailabilityRow, BatchRows
from services.store.write import copy_batch
from services.worker.casebook import Step
from services.worker.contexts import Contexts
from services.worker.refold import CorridorChange, refold
from services.worker.reports import add_reading, open_files
from services.worker.restand import restand_reports
from services.worker.touched import touched
from streams.assess import Judged, Known
from streams.assessment import Assessment
from streams.context.touching import Span
from streams.decode import Refusal
from streams.dossier import read_dossiers
from streams.inforce import Register
from streams.keys import Key

AT_ONCE = 5_000


class Cause(NamedTuple):
    """What changed the ground, and when it became known."""

    key: Key
    known_at: datetime


class Changed(NamedTuple):
    """A reading that differs from the one before it."""

    step: Step
    before: Assessment
    judged: Judged


class Reassessed(NamedTuple):
    """What came of it."""

    violated: list[Key]
    """The report of each new row of violations."""
    folded: list[AvailabilityRow]
    """Generations of corridors, still to be shown."""


def reassess(
    conn: Connection, register: Register, mission: str, spans: Iterable[Span], cause: Cause
) -> Reassessed:
    """Judge again what lies in the spans."""
    keys = touched(conn, mission, spans)
    known = Contexts().known(conn, register)
    violated: list[Key] = []
    again: list[Key] = []
    corridors: dict[CorridorChange, datetime] = {}
    for start in range(0, len(keys), AT_ONCE):
        changed = read_again(conn, register, known, keys[start : start + AT_ONCE], cause)
        rows = BatchRows()
        for corridor in add_changed(rows, changed, register):
            corridors[corridor] = cause.known_at
        copy_batch(conn, rows)
        violated += [row.key for row in rows.violations]
        again += [one.step.key for one in changed]
    folded = refold(conn, register, corridors)
    restand_reports(conn, again, cause.known_at)
    return Reassessed(violated, folded)


def read_again(
    conn: Connection, register: Register, known: Known, keys: Sequence[Key], cause: Cause
) -> list[Changed]:
    """The readings that differ now; their keys stay locked until the commit."""
    files = open_files(conn, register, keys)
    steps = [
        Step(key, file.revision + 1, file.dossier, cause.key, cause.known_at)
        for key, file in files.items()
        if file.assessment is not None
    ]
    changed = []
    readings = read_dossiers(register, [step.dossier for step in steps], known)
    for step, judged in zip(steps, readings, strict=True):
        assert not isinstance(judged, Refusal), f"judged once, and now refused: {judged}"
        before = files[step.key].assessment
        if before is not None and judged.assessment != before:
            changed.append(Changed(step, before, judged))
    return changed


def add_changed(
    rows: BatchRows, changed: Iterable[Changed], register: Register
) -> set[CorridorChange]:
    """Add the rows of readings that differ; the corridors that they touch."""
    corridors: set[CorridorChange] = set()
    for step, before, judged in changed:
        corridors |= add_reading(rows, step, judged, before, register)
    return corridors
