"""`truceline whereabouts list`: what is stored, as it counts now or was known then."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from services.local.endpoints import DATABASE_VARIABLE
from services.store.engine import connect
from services.store.write import copy_rows
from tests.integration.cli.console import Console
from tests.integration.gateway import seeded
from tests.unit.services.store.sample_rows import WHEREABOUTS

CROSSING = (
    b'{"zone":"corridor:c","answer":"crossed","from_side":"left","to_side":"right",'
    b'"after":"2026-07-14T06:00:00Z","by":"2026-07-14T06:10:00Z","first":"a/1","last":"b/2"}'
)
PAIR = b'{"first":"a/1","second":"b/2","apart_m":15900.0,"within_s":60.0}'


@pytest.fixture(scope="module")
def console(migrated_url: str) -> Console:
    with connect(migrated_url) as conn:
        seeded.seed(conn)
        pair = {"zone_id": "", "answer": "contradicted", "begun_after": None, "body": PAIR}
        crossing = {"zone_id": "corridor:c", "answer": "crossed", "body": CROSSING}
        rows = [replace(WHEREABOUTS, **changes) for changes in (pair, crossing)]
        copy_rows(conn, "whereabouts", rows)
    return Console({DATABASE_VARIABLE: migrated_url})


def test_spells_are_listed_as_they_count_now(console: Console) -> None:
    asked = ("--subject", "subject-of-smm-a", "--answer", "inside")
    ran = console.run("whereabouts", "list", *asked, "--json")
    assert ran.lines == [
        {
            "mission": "smm",
            "subject_ref": "subject-of-smm-a",
            "zone": "zone-of-smm-a",
            "answer": "inside",
            "begun_after": "2026-07-14T06:30:00Z",
            "begun_by": "2026-07-14T06:31:00Z",
            "ended_after": "2026-07-14T06:32:00Z",
            "first": "smm-patrol-1/sighting-of-smm-a",
            "last": "smm-patrol-1/sighting-of-smm-a",
            "sightings": 2,
            "least_s": 60.0,
            "status": "automatic, unreviewed; under a draft: not all parties have signed",
            "draft": True,
            "known_at": "2026-07-14T12:01:00Z",
        }
    ]


def test_what_was_known_then_is_told(console: Console) -> None:
    then = ("--known-at", seeded.NOW.isoformat(), "--zone", "zone-of-smm-a", "--json")
    (told,) = console.run("whereabouts", "list", *then).lines
    assert told["sightings"] == 1


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ((), 14),
        (("--mission", "unmil"), 6),
        (("--answer", "outside"), 0),
        (("--answer", "crossed"), 5),
        (("--until", "2026-07-14T06:00Z"), 1),
        (("--since", "2026-07-15T06:00Z", "--answer", "inside"), 4),
        (("--limit", "2"), 2),
    ],
)
def test_questions_are_narrowed(question: tuple[str, ...], count: int, console: Console) -> None:
    ran = console.run("whereabouts", "list", *question, "--json")
    assert len(ran.lines) == count
    assert ("There are more" in ran.err) is ("--limit" in question)


def test_the_table_names_contradictions(console: Console) -> None:
    ran = console.run("whereabouts", "list", "--mission", "smm")
    assert "15.9 km apart within 60 s" in ran.out
    assert "left to right" in ran.out
    assert "automatic, unreviewed" in ran.out
