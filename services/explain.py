"""Explain: a stored report judged again, and its reasons.

Place on the data's way: after the store, on demand. Nothing that an explanation needs was recorded:
the core is pure, so the stored bytes and versions give it again, and a difference is a finding.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from services.errors import AnswerIsNoError
from services.store.engine import Connection
from services.store.queries.reports import Judgement, ReportFile, assessment_of
from services.worker.documents import load_register
from streams.assess import Judged
from streams.assessment import encode_assessment
from streams.decode import Refusal, decode_report
from streams.dossier import Dossier, Link, Version, read_dossiers
from streams.explain import Explanation, explain
from streams.vocabulary import Authentication


class NotReplayableError(AnswerIsNoError):
    """What is stored cannot be judged again."""


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


def explain_report(conn: Connection, mission: str, source: str, event_id: str) -> Explained:
    """Judge a stored report again and explain it.

    Raises:
        NotReplayableError: it is not there, or what is there is no report any more.
    """
    file = assessment_of(conn, mission, source, event_id)
    if file is None or not file.judgements:
        raise NotReplayableError(f"no report {event_id!r} of {mission}/{source} is stored")
    judged = read_dossiers(load_register(conn), [_dossier(file)])[0]
    if isinstance(judged, Refusal):
        raise NotReplayableError(f"nothing that is loaded judges it: {judged.message}")
    same = encode_assessment(judged.assessment) == bytes(file.judgements[-1].body)
    return Explained(judged, explain(judged), file.judgements, same, _is_intact(file))


def _is_intact(file: ReportFile) -> bool:
    return all(sha256(stored.raw).digest() == stored.content_hash for stored in file.versions)


def _dossier(file: ReportFile) -> Dossier:
    versions = []
    for stored in file.versions:
        report = decode_report(bytes(stored.raw))
        if isinstance(report, Refusal):
            raise NotReplayableError(f"the stored bytes are no report: {report.message}")
        authentication = Authentication(stored.authentication)
        versions.append(Version(report, authentication, stored.received_at))
    links = tuple(Link(link.relation, link.by_id, link.vouched) for link in file.links)
    return Dossier(tuple(versions), links)
