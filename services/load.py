"""Load: documents into the store; corridors, subjects and contexts folded by them.

Place on the data's way: before any event. From the commit on, workers judge by what was loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.errors import AnswerIsNoError
from services.store.documents import agreements, load_document
from services.store.engine import Connection
from services.store.movements import movements_of
from services.store.shown import show
from services.store.signatures import add_signature
from services.worker.contexts import add_alone, refold_contexts
from services.worker.documents import load_alone, load_register
from services.worker.movements import refold_movements
from services.worker.refold import CorridorChange, refold
from services.worker.retrace import retrace_missions
from streams.agreement import Agreement, content_hash
from streams.methodology import Methodology
from streams.signing import Flaw, Signature, flaw_of


class LoadError(AnswerIsNoError):
    """A document that cannot be loaded beside those that are."""


class SignatureRefusedError(AnswerIsNoError):
    """A signature that does not count; the code is one of `Flaw`, or that nothing is loaded."""


def load_documents(
    conn: Connection,
    documents: Sequence[Agreement | Methodology],
    now: datetime,
    signatures: Sequence[Signature] = (),
) -> list[bool]:
    """Load documents and signatures in one transaction of the caller's; for each, if it is new.

    Raises:
        LoadError: the mission already has an agreement under another id.
        DocumentConflictError: another document has this id and version.
        SignatureRefusedError: a signature does not count, or its version is not loaded.
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
    folded = refold(conn, register, changes)
    retrace_missions(conn, register, [it for it in missions if register.knows(it)], now)
    # What is judged keeps its judgement; what comes is judged beside the context as it is now read.
    add_alone(conn)
    refold_contexts(conn, register, {document.mission: now for document in documents})
    refold_movements(
        conn,
        register,
        {mission: movements_of(conn, mission) for mission in missions},
        dict.fromkeys(missions, now),
    )
    signed = [_load_signature(conn, signature, now) for signature in signatures]
    show(conn, folded)
    return [*new, *signed]


_WHAT_TO_DO = {
    Flaw.OTHER_TEXT: "the version that is loaded has another text than the one signed",
    Flaw.UNKNOWN_PARTY: "the version names no such party",
    Flaw.UNKNOWN_KEY: "the version does not have that key of the party",
    Flaw.WRONG_SIGNATURE: "it was made with another key, or its file was changed since",
    Flaw.KEY_NOT_VALID: "the key was not valid when it was signed",
    Flaw.KEY_REVOKED: "the key is revoked: sign with another key of the party",
    Flaw.FROM_FUTURE: "it was signed later than now: mend the signer's clock, sign again",
}


def _load_signature(conn: Connection, signature: Signature, now: datetime) -> bool:
    versions = [it for it in agreements(conn) if it.id == signature.agreement]
    name = f"{signature.agreement}@{signature.version}"
    signed = next((it for it in versions if it.version == signature.version), None)
    whose = f"the signature of {signature.party} under {name}"
    if signed is None:
        raise SignatureRefusedError(f"{whose}: that version is not loaded; load it first")
    flaw = flaw_of(signature, signed, content_hash(signed), now, versions)
    if flaw is not None:
        raise SignatureRefusedError(f"{whose}: {_WHAT_TO_DO[flaw]} [{flaw}]")
    return add_signature(conn, signature, signed, now)


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
