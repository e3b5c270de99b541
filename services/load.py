"""Load: documents into the store; corridors, subjects and contexts folded by them.

Place on the data's way: before any event. From the commit on, workers judge by what was loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.errors import AnswerIsNoError
from services.store.documents import load_document
from services.store.engine import Connection
from services.worker.contexts import add_alone, refold_contexts
from services.worker.documents import load_alone, load_register
from services.worker.refold import CorridorChange, refold
from services.worker.retrace import retrace_missions
from streams.agreement import Agreement
from streams.methodology import Methodology


class LoadError(AnswerIsNoError):
    """A document that cannot be loaded beside those that are."""


def load_documents(
    conn: Connection, documents: Sequence[Agreement | Methodology], now: datetime
) -> list[bool]:
    """Load documents in one transaction of the caller's; for each, whether it is new.

    Raises:
        LoadError: the mission already has an agreement under another id.
        DocumentConflictError: another document has this id and version.
    """
    load_alone(conn)
    new = [load_document(conn, document, now) for document in documents]
    for document in documents:
        _require_one_id(conn, document)
    register = load_register(conn)
    missions = sorted({document.mission for document in documents})
    changes = {
        CorridorChange(mission, corridor_id): now
        for mission in missions
        for corridor_id in register.corridors(mission)
    }
    refold(conn, register, changes)
    retrace_missions(conn, register, [it for it in missions if register.knows(it)], now)
    # What is judged keeps its judgement; what comes is judged beside the context as it is now read.
    add_alone(conn)
    refold_contexts(conn, register, {document.mission: now for document in documents})
    return new


def _require_one_id(conn: Connection, document: Agreement | Methodology) -> None:
    """A mission verifies one agreement by one methodology; versions amend, they do not compete."""
    table = "agreements" if isinstance(document, Agreement) else "methodologies"
    query = {
        "agreements": "SELECT DISTINCT id FROM agreements WHERE mission = %s",
        "methodologies": "SELECT DISTINCT id FROM methodologies WHERE mission = %s",
    }[table]
    ids = sorted(row[0] for row in conn.execute(query, [document.mission]))
    if ids != [document.id]:
        raise LoadError(
            f"mission {document.mission!r} would have {table} {', '.join(ids)}; it verifies one: "
            "amend the one that is loaded by a new version under its own id"
        )
