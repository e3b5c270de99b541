"""Reports: one batch of reports in one transaction.

    what is known → casebook → assess → rows → corridors that it touches → subjects that it saw

Place on the data's way: the worker's middle. Everything that the batch causes is in the caller's
transaction; the same batch again finds its keys and changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

import msgspec

from services.store.engine import Connection
from services.store.known import (
    KnownKey,
    StoredVersion,
    claim_placeholders,
    fill_placeholders,
    known_keys,
    links_to,
    lock_keys,
    versions_of,
)
from services.store.rows import BatchRows, KeyKind, KeyRow
from services.store.shown import show
from services.store.write import copy_batch
from services.worker import make_rows
from services.worker.casebook import (
    CaseFile,
    Step,
    TakenIn,
    as_good,
    split,
    take_in,
    take_in_plain,
    target_key,
)
from services.worker.contexts import Contexts, hold_contexts
from services.worker.documents import AskRegister
from services.worker.incoming import Incoming, Refused, sift
from services.worker.refold import CorridorChange, effect_rows, refold
from services.worker.rejections import write_rejections
from services.worker.restand import restand
from services.worker.retrace import SubjectChange, retrace, sighting_rows
from services.worker.stored import as_they_are_stored, ask_stored
from services.worker.vouch import vouch, vouched_still
from services.worker.written import Written
from streams.assess import Judged, Known, refusal_of
from streams.assessment import Assessment, decode_assessment
from streams.decode import Refusal, decode_report
from streams.dossier import Link, Version, links_of, read_dossiers
from streams.events import Report
from streams.inforce import Register
from streams.keys import Key
from streams.vocabulary import Authentication

Reports = Sequence[Incoming[Report]]
Before = dict[Key, Assessment | None]
"""The latest reading of every event that is taken care of one by one; None: not read yet."""


class ReportWriter:
    """Judges and stores batches of reports, one lane's after another.

    Looking every key up costs as much as writing it, and where events come once it finds nothing.
    So a lane looks while it meets what is known, and otherwise lets the keys' own uniqueness tell:
    then the batch is rolled back and runs again, looking.
    """

    def __init__(self) -> None:
        self._look = True
        self._contexts = Contexts()

    def __call__(
        self,
        conn: Connection,
        ask_register: AskRegister,
        incoming: Reports,
        refused: Sequence[Refused],
    ) -> Written:
        """Write a batch."""
        look, self._look = self._look, True  # if this run ends in a conflict, the next one looks
        with conn.pipeline():  # all is asked in one trip to the server
            register_asked = ask_register(conn)
            hold_contexts(conn)  # before any key: who changes a context locks keys after it
            declared_asked = self._contexts.ask(conn)
            versions_asked = ask_stored(conn, incoming)
        register = register_asked()
        declared = declared_asked(register)
        vouched = vouch(register, incoming)
        accepted, unjudgeable = sift(vouched, partial(refusal_of, register))
        stored = as_they_are_stored(accepted, versions_asked())
        fresh = _without_repetition(stored.reports)
        unstored = [item.key for item in fresh if not item.stored]
        known = known_keys(conn, unstored) if look else {}
        rows = BatchRows()
        taken, before = _take_in(conn, register, fresh, known, stored.with_company, rows)
        all_refused = [*refused, *unjudgeable, *taken.refused]
        corridors, subjects = _judge(register, declared, taken, before, rows)
        rows.submissions.extend(make_rows.report_submission(*version) for version in taken.versions)
        rows.links.extend(make_rows.link_row(link) for link in taken.links)
        write_rejections(conn, all_refused, rows)
        copy_batch(conn, rows)
        changed = refold(conn, register, corridors)
        retrace(conn, register, subjects)
        restand(conn, subjects)
        show(conn, changed)
        self._look = bool(known)
        return Written(all_refused, [row.key for row in rows.violations])


def _take_in(  # noqa: PLR0913, PLR0917  what is known of a batch
    conn: Connection,
    register: Register,
    fresh: Reports,
    known: Mapping[Key, KnownKey],
    with_company: Collection[Key],
    rows: BatchRows,
) -> tuple[TakenIn, Before]:
    """Take the batch in against what the store knows; new keys go into `rows`."""
    if known:
        fresh = [item for item in fresh if not _is_known(known.get(item.key), item)]
    # Whoever speaks of a report claims its key, so one that is spoken of is known as well.
    plain, special = split(fresh, {*known, *with_company})
    taken = TakenIn()
    take_in_plain(plain, taken)
    new = [item for item in plain if not item.stored]
    rows.keys.extend(make_rows.key_row(item, KeyKind.REPORT) for item in new)
    files = _open_special(conn, register, special)
    before = {key: file.assessment for key, file in files.items()}
    take_in(special, files, taken)
    _fill(conn, taken, files)
    return taken, before


def _without_repetition(items: Reports) -> list[Incoming[Report]]:
    """The batch without what it says twice, to the byte and no better vouched for."""
    best: dict[bytes, Authentication] = {}
    fresh: list[Incoming[Report]] = []
    for item in items:
        if item.stored:
            fresh.append(item)
            continue
        known = best.get(item.content_hash)
        if known is None or not as_good(known, item.authentication):
            best[item.content_hash] = item.authentication
            fresh.append(item)
    return fresh


def _is_known(known: KnownKey | None, item: Incoming[Report]) -> bool:
    """Whether the store has this very event as its key's first version, as well vouched for."""
    if item.stored or known is None or known.content_hash != item.content_hash:
        return False
    return bool(known.vouched) or not item.authentication.vouched


def _open_special(conn: Connection, register: Register, special: Reports) -> dict[Key, CaseFile]:
    """The case files of these reports and of all they speak of.

    Placeholders are claimed first: two writers that meet on a key, one bringing the report and
    one speaking of it, wait for each other there, and the second sees what the first has done.
    """
    keys = {item.key for item in special}
    for item in special:
        keys.update(target_key(item, target) for _, target in links_of(item.event))
    if keys:
        claim_placeholders(conn, keys, KeyKind.REPORT)
    return open_files(conn, register, keys)


def open_files(conn: Connection, register: Register, keys: Iterable[Key]) -> dict[Key, CaseFile]:
    """The case files of these reports, whose keys are there; locked until the commit."""
    ordered = sorted(keys)
    if not ordered:
        return {}
    lock_keys(conn, ordered)
    stored = versions_of(conn, ordered)
    files = {key: _open_file(register, stored.get(key, ())) for key in ordered}
    for key, links in links_to(conn, ordered).items():
        files[key].links = [Link(x.relation, x.by_id, x.vouched) for x in links]
    return files


def _open_file(register: Register, stored: Sequence[StoredVersion]) -> CaseFile:
    file = CaseFile()
    for version in stored:
        authentication = Authentication(version.authentication)
        if not version.judged:
            file.pending.append((version.content_hash, authentication))
            continue
        report = decode_report(version.raw)
        # It was read once, when it was stored; bytes that no longer are were changed since.
        assert not isinstance(report, Refusal), f"stored bytes are no report: {report}"
        still = vouched_still(register, report, version)
        file.versions.append((version.content_hash, Version(report, still, version.received_at)))
    if stored and stored[-1].assessment is not None:
        file.revision = stored[-1].assessment_revision
        file.assessment = decode_assessment(stored[-1].assessment)
    return file


def _fill(conn: Connection, taken: TakenIn, files: dict[Key, CaseFile]) -> None:
    """Write the first version of each event into its claimed key, and if it is vouched for now."""
    filled: dict[Key, KeyRow] = {}
    for item, _ in taken.versions:
        if item.key in files and files[item.key].versions[0][0] == item.content_hash:
            row = make_rows.key_row(item, KeyKind.REPORT)
            # The same bytes, unvouched and then vouched for, in one batch: one row, vouched for.
            filled[item.key] = msgspec.structs.replace(
                filled.get(item.key, row), vouched=row.vouched
            )
    fill_placeholders(conn, list(filled.values()))


class Changes(NamedTuple):
    """What a batch bears on, with when each change became known."""

    corridors: dict[CorridorChange, datetime]
    subjects: dict[SubjectChange, datetime]


def _judge(
    register: Register, declared: Known, taken: TakenIn, before: Before, rows: BatchRows
) -> Changes:
    """Read every step's dossier in one pass, make the rows, and note what changes."""
    readings = read_dossiers(register, [step.dossier for step in taken.steps], declared)
    changes = Changes({}, {})
    for step, judged in zip(taken.steps, readings, strict=True):
        assert not isinstance(judged, Refusal), f"sifted, and yet refused: {judged}"
        for change in add_reading(rows, step, judged, before.get(step.key), register):
            changes.corridors[change] = step.received_at
        for seen in sighting_rows(step):
            rows.sightings.append(seen)
            changes.subjects[SubjectChange(seen.mission, seen.subject_ref)] = seen.received_at
        if step.key in before:
            before[step.key] = judged.assessment
    return changes


def add_reading(
    rows: BatchRows, step: Step, judged: Judged, earlier: Assessment | None, register: Register
) -> set[CorridorChange]:
    """Add the rows of one reading; the corridors on which it bears, or `earlier` did."""
    rows.assessments.append(make_rows.assessment_row(step, judged))
    rows.violations.extend(make_rows.violation_rows(step, judged, earlier, register))
    if step.revision > 1:
        rows.supersessions.append(make_rows.supersession_row(step))
    effects = effect_rows(step, judged, earlier)
    rows.corridor_events.extend(effects)
    return {CorridorChange(row.mission, row.corridor_id) for row in effects}
