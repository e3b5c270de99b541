"""Incoming events for tests of the worker's pure parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec

from services.worker.incoming import Incoming
from streams.events import Report
from streams.keys import EventKind, event_key
from streams.topics import TopicName
from streams.vocabulary import Authentication
from tests.integration.worker.records import Entry

RECEIVED = datetime(2026, 3, 3, 12, tzinfo=UTC)


def entry(raw: bytes, offset: int = 0, headers: tuple[tuple[str, bytes], ...] = ()) -> Entry:
    """A record of the reports' topic, one a second."""
    at = RECEIVED + timedelta(seconds=offset)
    return Entry(TopicName.REPORTS, 0, offset, round(at.timestamp() * 1000), None, raw, headers)


def incoming(
    report: Report,
    offset: int = 0,
    authentication: Authentication = Authentication.TAG_VALID,
) -> Incoming[Report]:
    """A report as it came in."""
    raw = msgspec.json.encode(report)
    return Incoming(
        report,
        event_key(EventKind.REPORT, report.mission, report.source, report.id),
        raw,
        sha256(raw).digest(),
        authentication,
        None,
        RECEIVED + timedelta(seconds=offset),
        entry(raw, offset),
    )
