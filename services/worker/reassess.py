"""Reassess: reports that a changed context touches, judged again as superseding rows.

    spans that changed → reports with a version in them → dossiers → readings → those that differ

Place on the data's way: last in the transaction that changed the context, which has it alone. A
report whose reading comes out the same, to the byte, gets no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from services.store.engine import Connection
from services.store.rows import BatchRows
from services.store.write import copy_batch
from services.worker.casebook import CaseFile, Step
from services.worker.contexts import Contexts
from services.worker.refold import CorridorChange, refold
from services.worker.reports import add_reading, open_files
from streams.assess import Known
from streams.context.touching import Span
from streams.decode import Refusal
from streams.dossier import read_dossiers
from streams.inforce import Register
from streams.keys import Key

AT_ONCE = 5_000

# What is judged by several versions may have one in the span that its row does not name; every
# such report has superseded a reading.
_TOUCHED = """
SELECT key FROM current_assessments
WHERE mission = %(mission)s AND observed_to >= %(start)s
    AND observed_from < coalesce(%(end)s::timestamptz, 'infinity')
UNION
SELECT superseded.key FROM (SELECT DISTINCT key FROM supersessions) AS superseded, LATERAL (
    SELECT true FROM submissions AS version
    WHERE version.key = superseded.key AND version.mission = %(mission)s
        AND version.observed_to >= %(start)s
        AND version.observed_from < coalesce(%(end)s::timestamptz, 'infinity') LIMIT 1
) AS touched
"""


def reassess(  # noqa: PLR0913, PLR0917 (what changed, when, and by whose word)
    conn: Connection,
    register: Register,
    mission: str,
    spans: Iterable[Span],
    cause: Key,
    known_at: datetime,
) -> list[Key]:
    """Judge again what lies in the spans; the report of each new row of violations."""
    keys = sorted({key for span in spans for key in _touched(conn, mission, span)})
    known = Contexts().known(conn, register)
    violated: list[Key] = []
    changes: dict[CorridorChange, datetime] = {}
    for start in range(0, len(keys), AT_ONCE):
        rows = BatchRows()
        files = open_files(conn, keys[start : start + AT_ONCE])
        steps = _steps(files, cause, known_at)
        for row in _read_again(register, known, files, steps, rows):
            changes[row] = known_at
        copy_batch(conn, rows)
        violated += [row.key for row in rows.violations]
    refold(conn, register, changes)
    return violated


def _touched(conn: Connection, mission: str, span: Span) -> list[Key]:
    """The reports with a version in the span; some too many do no harm."""
    start, end = span
    with conn.cursor(binary=True) as cursor:
        asked = {"mission": mission, "start": start, "end": end}
        return [key for (key,) in cursor.execute(_TOUCHED, asked)]


def _steps(files: Mapping[Key, CaseFile], cause: Key, known_at: datetime) -> list[Step]:
    """A reading to make of each report that is judged."""
    return [
        Step(key, file.revision + 1, file.dossier, cause, known_at)
        for key, file in files.items()
        if file.assessment is not None
    ]


def _read_again(
    register: Register,
    known: Known,
    files: Mapping[Key, CaseFile],
    steps: list[Step],
    rows: BatchRows,
) -> set[CorridorChange]:
    """Rows for the readings that differ; the corridors that they touch."""
    changes: set[CorridorChange] = set()
    readings = read_dossiers(register, [step.dossier for step in steps], known)
    for step, judged in zip(steps, readings, strict=True):
        assert not isinstance(judged, Refusal), f"judged once, and now refused: {judged}"
        earlier = files[step.key].assessment
        if judged.assessment != earlier:
            changes |= add_reading(rows, step, judged, earlier, register)
    return changes
