"""`truceline rejudge` on a real database."""

from __future__ import annotations

import pytest

from services.load import load_documents
from services.local.endpoints import DATABASE_VARIABLE
from services.local.folder import HOME_VARIABLE
from services.store.engine import connect
from services.worker.documents import load_register
from streams.agreement import Validity
from tests.integration.cli.console import Console
from tests.integration.worker.conftest import prepare
from tests.integration.worker.ground import IN_ZONE, agreement, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of, said
from tests.unit.streams.builders import NOON, hours

SECOND = f"{agreement().id}@2"


@pytest.fixture(scope="module")
def shell(migrated_url: str, tmp_path_factory: pytest.TempPathFactory) -> Console:
    """One report before the amendment's time and one after, both judged before it was loaded."""
    prepare(migrated_url)
    seen = {"before": NOON + hours(1), "after": NOON + hours(3)}
    messages = [said(report(name, observed_from=at, location=IN_ZONE)) for name, at in seen.items()]
    valid = Validity(from_=NOON + hours(2))
    with connect(migrated_url) as conn:
        take_in_log(conn, load_register(conn), log_of(messages))
        second = agreement(version=2, valid=valid, terms=agreement().terms[1:])
        load_documents(conn, [second], RECEIVED)
    home = str(tmp_path_factory.mktemp("home"))
    return Console({DATABASE_VARIABLE: migrated_url, HOME_VARIABLE: home})


def test_a_dry_run_says_what_changes_and_the_run_does_it_once(shell: Console) -> None:
    would = shell.run("rejudge", "--as-of", SECOND, "--dry-run", "--json")
    assert would.code == 0, would
    (line,) = would.lines
    assert (line["id"], line["before"], line["after"]) == ("after", "violation", "no_violation")
    assert "1 read otherwise and would be superseded, 1 with another verdict" in would.err
    did = shell.run("rejudge", "--as-of", SECOND)
    assert "were superseded" in did.err
    assert "/after" in did.out
    again = shell.run("rejudge", "--as-of", SECOND, "--json")
    assert again.lines == []
    explained = shell.run("explain", "after")
    assert "the same, byte for byte" in explained.out


def test_a_version_that_is_not_loaded_is_refused(shell: Console) -> None:
    refused = shell.run("rejudge", "--as-of", "nothing@1", "--json")
    assert refused.code == 1
    assert "ID@VERSION" in refused.failure["error"]
