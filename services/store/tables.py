"""Which tables are of which kind, by name.

Place on the data's way: beside `models`, for programs that read and write and need no model:
SQLAlchemy takes as long to import as all else of a relay.
"""

from __future__ import annotations

BY_MONTH_TABLES = ("submissions", "assessments", "violations", "rejected", "receipts")
"""The tables that `partitions` makes months for."""

HISTORY_TABLES = (
    "agreements",
    "agreement_signatures",
    "methodologies",
    "submissions",
    "assessments",
    "violations",
    "supersessions",
    "report_links",
    "corridor_events",
    "corridor_availability",
    "sightings",
    "whereabouts",
    "standing_violations",
    "context_events",
    "context_generations",
    "movement_generations",
    "unheeded_movements",
    "due_instants",
    "desk_actions",
    "breaches",
    "incidents",
    "case_acts",
    "case_readers",
    "channel_messages",
    "rejected",
    "receipts",
)
"""The tables whose rows are never updated and never deleted."""
