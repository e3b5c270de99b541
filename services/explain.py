"""Explain: a stored report judged again, and its reasons.

Place on the data's way: after the store, on demand. Nothing that an explanation needs was recorded:
the core is pure, so the stored bytes and versions give it again, and a difference is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import NamedTuple

from services.dossiers import NotReplayableError, stored_dossier
from services.store.contexts import known_now
from services.store.documents import Document, LoadedDocument, loaded_documents
from services.store.engine import Connection
from services.store.queries.reports import Judgement, ReportFile, assessment_of
from services.store.signatures import LoadedSignature, loaded_signatures
from services.worker.documents import register_of
from streams.assess import Judged
from streams.assessment import encode_assessment
from streams.decode import Refusal
from streams.dossier import read_dossiers
from streams.explain import Explanation, explain
from streams.inforce import Register
from streams.languages.voice import Language
from streams.signing import Signature


class Explained(NamedTuple):
    """A report's judgement, again, with its reasons."""

    judged: Judged
    explanation: Explanation
    judgements: list[Judgement]
    """As they are stored, oldest first."""
    same: bool
    """Whether judging again gave what is stored, byte for byte."""
    intact: bool
    """Whether the stored bytes of every version still have the hash they came with."""


def explain_report(
    conn: Connection,
    mission: str,
    source: str,
    event_id: str,
    language: Language = Language.ENGLISH,
) -> Explained:
    """Judge a stored report again and explain it, its sentences in a language.

    Raises:
        NotReplayableError: it is not there, or what is there is no report any more.
    """
    file = assessment_of(conn, mission, source, event_id)
    if file is None or not file.judgements:
        what = "is stored" if file is None else "is judged yet"
        raise NotReplayableError(f"no report {event_id!r} of {mission}/{source} {what}")
    current = file.judgements[-1]
    judged, same = None, False
    known = known_now(conn, mission)  # whatever it touches was judged again when it changed
    loaded: list[Loaded] = [*loaded_documents(conn), *loaded_signatures(conn)]
    for register in _registers_since(sorted(loaded, key=itemgetter(0, 1)), current):
        judged = read_dossiers(
            register, [stored_dossier(register, file.versions, file.links)], known
        )[0]
        same = not isinstance(judged, Refusal) and _equals(judged, current)
        if same:
            break
    if judged is None or isinstance(judged, Refusal):
        raise NotReplayableError("the versions that judged it are not loaded any more")
    explanation = explain(judged, language)
    return Explained(judged, explanation, file.judgements, same, _is_intact(file))


Loaded = LoadedDocument[Document] | LoadedSignature


def _registers_since(loaded: Sequence[Loaded], current: Judgement) -> Iterator[Register]:
    """What was in force when it was judged, by each moment at which that can have been.

    An amendment judges what happens after it; what was judged before stays as it was. So only the
    documents that were loaded then may judge it again: from when both that it names were there,
    each later loading may or may not have come before it. Signatures are loaded as documents are.
    """
    documents: list[LoadedDocument[Document]] = []
    signatures: list[Signature] = []
    wanted = {current.agreement, current.methodology}
    for _, group in groupby(loaded, key=attrgetter("loaded_at")):
        for entry in group:
            if isinstance(entry, LoadedSignature):
                signatures.append(entry.signature)
                continue
            documents.append(entry)
            wanted.discard(entry.hash)
        if not wanted:
            yield register_of(documents, signatures)


def _equals(judged: Judged, stored: Judgement) -> bool:
    return encode_assessment(judged.assessment) == bytes(stored.body)


def _is_intact(file: ReportFile) -> bool:
    return all(sha256(stored.raw).digest() == stored.content_hash for stored in file.versions)
