"""`truceline flags` and GET /v1/flags: doubts about what is stored, each with its reports."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.load import load_documents
from services.local.endpoints import DATABASE_VARIABLE
from services.store.engine import connect
from services.store.partitions import ensure_partitions
from services.worker.documents import load_register
from streams.agreement import Source
from streams.vocabulary import Right
from tests.integration.cli.console import Console
from tests.integration.worker.ground import agreement, methodology, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of, said
from tests.unit.streams.builders import LON, attribution, point
from tests.unit.streams.coverage.scenes import at

TEXT = "From the tree line north of the quarry we heard three loud explosions and saw smoke."
LIAISON = Source(id="liaison", rights=(Right.REPORT,), party="north")


@pytest.fixture(scope="module")
def console(migrated_url: str) -> Console:
    events = [
        report("a", source="group-1", remark=TEXT),
        report("b", source="group-2", remark=TEXT.upper(), observed_from=at(50)),
        report("c", source="group-3", remark=TEXT, observed_from=at(60)),
        report("gone", source="group-3", retracts="c", location=None),
        report("x", source="group-4", derived_from=("y",), observed_from=at(90)),
        report("y", source="group-5", derived_from=("x",), observed_from=at(90)),
        *(
            report(
                f"n{number}",
                source="liaison",
                observed_from=at(300 + number),
                location=point(LON + 1 + number / 1_000, accuracy_m=500.0),
                attribution=attribution("south"),
            )
            for number in range(5)
        ),
    ]
    with connect(migrated_url) as conn:
        ensure_partitions(conn, RECEIVED)
        load_documents(conn, [agreement(sources=(LIAISON,)), methodology()], RECEIVED)
        log = log_of(map(said, events), RECEIVED + timedelta(days=1))
        assert take_in_log(conn, load_register(conn), log) == []
    return Console({DATABASE_VARIABLE: migrated_url})


def test_each_flag_has_its_reason_and_its_reports(console: Console) -> None:
    told = {it["kind"]: it for it in console.run("flags", "--json").lines}
    assert {kind: it["reports"] for kind, it in told.items()} == {
        "copied_text": ["group-1/a", "group-2/b"],
        "circular": ["group-4/x", "group-5/y"],
        "one_sided": [f"liaison/n{number}" for number in range(5)],
    }
    assert told["copied_text"]["sources"] == ["group-1", "group-2"]
    assert "no common origin" in told["copied_text"]["reason"]
    text = console.run("flags", COLUMNS="80").out
    assert "and 2 more" in text
    assert "no verdict" in text
    assert max(map(len, text.splitlines())) <= 80


def test_flags_are_asked_for_by_kind_source_and_time(console: Console) -> None:
    for asked, kinds in (
        (("--kind", "circular"), ["circular"]),
        (("--source", "liaison"), ["one_sided"]),
        (("--until", at(70).isoformat()), ["copied_text"]),
        (("--since", at(70).isoformat()), ["circular", "one_sided"]),
        (("--mission", "nobody"), []),
    ):
        lines = console.run("flags", *asked, "--json").lines
        assert [it["kind"] for it in lines] == kinds, asked


def test_sources_are_compared(console: Console) -> None:
    pairs = [it["comparison"] for it in console.run("flags", "--witnesses", "--json").lines]
    assert [it["relationship"] for it in pairs] == ["unknown"] * len(pairs)
    assert ["group-1", "group-2"] in [it["sources"] for it in pairs]
    assert "unknown" in console.run("flags", "--witnesses").out
    assert console.run("flags", "--witnesses", "--kind", "flood").code == 2
