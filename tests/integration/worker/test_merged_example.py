"""The invented incidents of the road's example, as the demo shows them: two, then one."""

from __future__ import annotations

import msgspec
import pytest

from services.cli.demo_incidents import Merged, merged_by, of_the_road, show_merged
from services.demo import LATE_FILE, ROAD_EXAMPLE, example_folder, load_example
from services.store.engine import Connection, connect
from services.store.partitions import ensure_partitions
from services.worker.documents import load_register
from services.worker.keep_incidents import keep_all
from streams.events import Report
from streams.incidents.revise import Reason
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of, said

ROAD = example_folder(name=ROAD_EXAMPLE)


def take(conn: Connection, file: str) -> None:
    lines = (ROAD / file).read_bytes().splitlines()
    reports = [msgspec.json.decode(line, type=Report) for line in lines]
    take_in_log(conn, load_register(conn), log_of([said(it) for it in reports]))
    keep_all(conn)


@pytest.fixture(name="merged")
def _merged(fresh_migrated_url: str) -> Merged:
    with connect(fresh_migrated_url) as conn:
        ensure_partitions(conn, RECEIVED)
        load_example(conn, ROAD)
        take(conn, "incidents.ndjson")
        apart = of_the_road(conn)
        take(conn, LATE_FILE)
        return merged_by(conn, apart)


def test_a_late_report_makes_one_incident_of_two(
    merged: Merged, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = merged.apart
    assert [it.reports for it in (first, second)] == [("patrol-1/i-01",), ("patrol-2/i-02",)]
    assert merged.together.told is not None
    assert merged.together.told.reports == ("patrol-1/i-01", "patrol-3/i-03", "patrol-2/i-02")
    assert merged.together.id == first.id
    assert merged.together.revisions[-1].reason is Reason.MERGED
    assert merged.gone.leads_to == (first.id,)
    monkeypatch.setenv("COLUMNS", "80")
    show_merged(merged)
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert f"{second.id} is no more" in " ".join(out.split())
