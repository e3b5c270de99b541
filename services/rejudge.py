"""Rejudge: history assessed again as a version has it that was loaded after it.

    version → the times that it decides → reports observed then → judged again → those that differ

Place on the data's way: beside the worker, after `truceline agreement load`, and only when somebody
asks. A load leaves what is judged as it stands; this brings it to what it would be had the version
been there from the beginning. Chunk by chunk, each a transaction of its own that judges beside the
workers: whatever ends it, what is committed stands, and the same command goes on from there. A
chunk is all that is held, however long the history is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from services.errors import AnswerIsNoError, NotFoundError
from services.store.documents import loaded_documents
from services.store.engine import Connection
from services.store.rows import BatchRows
from services.store.shown import show
from services.store.write import copy_batch
from services.worker.contexts import Contexts, hold_contexts
from services.worker.documents import Documents
from services.worker.reassess import Cause, Changed, add_changed, read_again
from services.worker.refold import refold
from services.worker.restand import restand_reports
from services.worker.touched import TouchedKeys
from services.worker.transact import Transactor
from streams.agreement import Agreement, content_hash
from streams.assessment import Assessment
from streams.context.touching import Span
from streams.keys import Key, document_key
from streams.methodology import Methodology
from streams.vocabulary import Verdict

AT_ONCE = 1_000
"""Reports of a transaction: their keys are locked until it ends, and a worker may wait for them."""


class NoSuchVersionError(NotFoundError):
    """Nothing is loaded under this id and version."""


class DecidesNothingError(AnswerIsNoError):
    """A version that is never in force: another goes before it all the time."""


class Plan(NamedTuple):
    """What there is to judge again."""

    version: Agreement | Methodology
    spans: list[Span]
    """When it is in force."""
    keys: TouchedKeys
    """Reports observed then; they can be gone through once, while their connection is open."""


class TermChange(NamedTuple):
    """What became of the finding under one term; None: there is none."""

    term: str
    before: Verdict | None
    after: Verdict | None


class Difference(NamedTuple):
    """A report that reads otherwise than before."""

    key: Key
    source: str
    id: str
    observed_from: datetime
    before: Verdict
    after: Verdict
    agreement_before: str
    agreement_after: str
    terms: tuple[TermChange, ...]
    """Those whose verdicts differ; none: it says the same, under other versions."""


def plan(conn: Connection, name: str) -> Plan:
    """What a loaded version, ID@VERSION, decides.

    Args:
        conn: stays open, and is used for nothing else, until the plan is carried out.
        name: of the version.

    Raises:
        NoSuchVersionError: it is not loaded.
        DecidesNothingError: it is never in force.
    """
    register = Documents().ask(conn)()
    version = _find(conn, name)
    spans = [
        (stretch.start, stretch.end)
        for stretch in register.versions(version.mission)
        if version in (stretch.agreement, stretch.methodology)
        if stretch.agreement is not None and stretch.methodology is not None
    ]
    if not spans:
        raise DecidesNothingError(
            f"{name} is in force at no time: newer versions decide all of its validity; name one "
            "of those (truceline agreement list)"
        )
    return Plan(version, spans, TouchedKeys(conn, version.mission, spans))


class Chunk(NamedTuple):
    """Reports judged again in one transaction."""

    reports: int
    differences: list[Difference]


def rejudge(transactor: Transactor, planned: Plan, *, write: bool) -> Iterator[Chunk]:
    """Judge again; what differs, chunk by chunk as it is committed, or found where not written."""
    ground = _Ground(Documents(), Contexts())
    key = document_key(content_hash(planned.version))
    for keys in planned.keys.chunks(AT_ONCE):

        def work(conn: Connection, keys: Sequence[Key] = keys) -> list[Changed]:
            cause = Cause(key, datetime.now(UTC))
            return _judge_again(conn, ground, keys, cause, write=write)

        yield Chunk(len(keys), [_difference(one) for one in transactor.run(work)])


class _Ground(NamedTuple):
    """What is judged by, kept from one transaction to the next until it changes."""

    documents: Documents
    contexts: Contexts


def _judge_again(
    conn: Connection, ground: _Ground, keys: Sequence[Key], cause: Cause, *, write: bool
) -> list[Changed]:
    """One transaction; locks in the order in which a worker takes them."""
    register = ground.documents.ask(conn)()
    hold_contexts(conn)
    known = ground.contexts.known(conn, register)
    changed = read_again(conn, register, known, keys, cause)
    if write:
        rows = BatchRows()
        corridors = add_changed(rows, changed, register)
        copy_batch(conn, rows)
        folded = refold(conn, register, dict.fromkeys(corridors, cause.known_at))
        restand_reports(conn, [one.step.key for one in changed], cause.known_at)
        show(conn, folded)
    return changed


def _find(conn: Connection, name: str) -> Agreement | Methodology:
    for entry in loaded_documents(conn):
        if f"{entry.document.id}@{entry.document.version}" == name:
            return entry.document
    raise NoSuchVersionError(
        f"no version {name!r} is loaded: see truceline agreement list, and say it as ID@VERSION"
    )


def _difference(changed: Changed) -> Difference:
    before, after = changed.before, changed.judged.assessment
    return Difference(
        changed.step.key,
        after.source,
        after.id,
        changed.judged.report.observed_from,
        before.verdict,
        after.verdict,
        before.agreement,
        after.agreement,
        _terms(before, after),
    )


def _terms(before: Assessment, after: Assessment) -> tuple[TermChange, ...]:
    was = {finding.term: finding.verdict for finding in before.findings}
    now = {finding.term: finding.verdict for finding in after.findings}
    changes = [TermChange(term, was.get(term), now.get(term)) for term in sorted(was | now)]
    return tuple(one for one in changes if one.before != one.after)
