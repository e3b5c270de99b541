"""`truceline submit --kafka`: what is sent and named, with which key. Kafka is a fake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from services.cli import submit_kafka as submit_module
from services.keyring import make_keys
from services.private_file import private_pem, write_private
from services.submit import Outcome, Vouch, decision_of
from streams.source_keys import sign_event
from streams.tags import signed_headers
from tests.unit.examples.example import FOLDER
from tests.unit.services.cli.conftest import Run
from tests.unit.streams.signatures import private_key

REFUSED = FOLDER / "refused-event.json"


class FakeSubmitter:
    """Decides like the real one and keeps what it would send."""

    made: list[FakeSubmitter] = []  # noqa: RUF012  emptied by the fixture

    def __init__(self, bootstrap: str, vouch: Vouch | None, *, unchecked: bool) -> None:
        self.bootstrap, self.vouch, self.unchecked = bootstrap, vouch, unchecked
        self.sent: list[bytes] = []
        self.made.append(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, error, trace

    def submit(self, raw: bytes) -> Outcome:
        refusal = decision_of(raw).refusal
        if refusal is not None and not self.unchecked:
            return Outcome(sent=False, refusal=refusal)
        self.sent.append(raw)
        return Outcome(sent=True, refusal=refusal)

    def flush(self) -> int:
        return len(self.sent)


@pytest.fixture(name="kafka")
def _kafka(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FakeSubmitter]]:
    monkeypatch.setattr(submit_module, "Submitter", FakeSubmitter)
    FakeSubmitter.made.clear()
    yield FakeSubmitter
    FakeSubmitter.made.clear()


@pytest.fixture(name="ready")
def _ready(run: Run, kafka: type[FakeSubmitter], monkeypatch: pytest.MonkeyPatch) -> Run:
    """With an address of Kafka (the fake asks nobody)."""
    del kafka
    monkeypatch.setenv("TRUCELINE_KAFKA_BOOTSTRAP", "127.0.0.1:1")
    return run


@pytest.fixture(name="keys")
def _keys(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    del run  # it clears the environment first
    path = tmp_path / "keys.toml"
    make_keys(path)
    monkeypatch.setenv("TRUCELINE_PRODUCER_KEYS", str(path))
    return path


@pytest.mark.usefixtures("keys")
def test_all_files_are_sent_and_counted(ready: Run) -> None:
    files = (FOLDER / "smm_observations.csv", FOLDER / "corridor-day.ndjson")
    ran = ready("submit", "--kafka", *files, "--mission", "osce-smm")
    assert (ran.code, ran.out, ran.err) == (0, "181 events sent, 0 refused\n", "")
    (summary,) = ready("submit", "--kafka", *files, "--mission", "osce-smm", "--json").lines
    assert summary == {"sent": 181, "refused": 0, "tagged": True}


@pytest.mark.usefixtures("keys")
def test_what_would_be_refused_is_named_and_not_sent(ready: Run) -> None:
    ran = ready("submit", "--kafka", REFUSED)
    assert (ran.code, ran.out) == (1, "0 events sent, 1 refused\n")
    assert "refused-event.json:1: " in ran.err
    assert "[missing_utc_offset] (not sent)" in ran.err
    bad, summary = ready("submit", "--kafka", REFUSED, "--json").lines
    assert set(bad) == {"file", "line", "refused", "message", "sent"}
    assert (bad["refused"], bad["sent"]) == ("missing_utc_offset", False)
    assert summary["sent"] == 0


@pytest.mark.usefixtures("keys")
def test_unchecked_sends_it_all_the_same_and_says_so(ready: Run) -> None:
    ran = ready("submit", "--kafka", REFUSED, "--unchecked")
    assert (ran.code, ran.out) == (1, "1 events sent, 1 refused\n")
    assert "(sent all the same)" in ran.err


@pytest.mark.usefixtures("keys")
def test_a_bad_row_of_a_table_is_named_and_the_others_are_sent(ready: Run, tmp_path: Path) -> None:
    lines = (FOLDER / "smm_observations.csv").read_text(encoding="utf-8").splitlines()
    lines[2] = "," * lines[2].count(",")
    file = tmp_path / "some.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    ran = ready("submit", "--kafka", file, "--mission", "osce-smm", "--json")
    assert ran.code == 1
    bad, summary = ran.lines
    assert (bad["line"], bad["sent"]) == (3, False)
    assert summary["sent"] == 173


def test_a_table_needs_a_mission(ready: Run) -> None:
    ran = ready("submit", "--kafka", FOLDER / "smm_observations.csv")
    assert ran.code == 2
    assert "give --mission" in ran.err


@pytest.mark.usefixtures("keys")
def test_of_a_wrong_file_twenty_refusals_are_named_and_the_rest_counted(
    ready: Run, tmp_path: Path
) -> None:
    file = tmp_path / "photo.ndjson"
    file.write_bytes(b"\x1b[2J\n" * 50)
    ran = ready("submit", "--kafka", file)
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 21
    assert ran.err.splitlines()[-1] == "... and 30 more: --json names all of them"
    assert "\x1b" not in ran.err
    assert len(ready("submit", "--kafka", file, "--json").lines) == 51


def test_without_any_key_it_is_sent_untagged_and_said_so(ready: Run) -> None:
    ran = ready("submit", "--kafka", FOLDER / "corridor-day.ndjson", "--json")
    assert ran.code == 0
    assert "sending untagged" in ran.err
    assert ran.lines[-1]["tagged"] is False
    assert FakeSubmitter.made[0].vouch is None


def test_signed_it_bears_the_sources_signature(ready: Run, tmp_path: Path) -> None:
    private, file = private_key("patrol"), tmp_path / "patrol.pem"
    write_private(file, private_pem(private).decode("ascii"))
    events = FOLDER / "corridor-day.ndjson"
    ran = ready("submit", "--kafka", events, "--sign", file, "--key", "own", "--json")
    assert (ran.code, ran.lines[-1]["tagged"]) == (0, True)
    (made,) = FakeSubmitter.made
    assert made.vouch is not None
    assert made.vouch(b"{}") == signed_headers("own", sign_event(private, b"{}"))


def test_who_signs_names_the_key(ready: Run, tmp_path: Path) -> None:
    file = tmp_path / "patrol.pem"
    write_private(file, private_pem(private_key("patrol")).decode("ascii"))
    ran = ready("submit", "--kafka", FOLDER / "corridor-day.ndjson", "--sign", file)
    assert ran.code == 2
    assert "name the key with --key" in ran.err
    assert ready("submit", FOLDER / "corridor-day.ndjson", "--sign", file).code == 2


@pytest.mark.usefixtures("keys")
def test_a_key_that_is_asked_for_must_be_there(ready: Run) -> None:
    ran = ready("submit", "--kafka", FOLDER / "corridor-day.ndjson", "--key", "theirs", "--json")
    assert (ran.code, ran.failure["code"]) == (3, "keys")
    assert "there are: local" in ran.failure["error"]
    assert FakeSubmitter.made == []


def test_a_key_file_that_others_may_read_is_refused(ready: Run, keys: Path) -> None:
    keys.chmod(0o644)
    ran = ready("submit", "--kafka", FOLDER / "corridor-day.ndjson")
    assert ran.code == 3
    assert f"run `chmod 600 {keys}` [keys]" in ran.err


@pytest.mark.usefixtures("kafka")
def test_where_no_kafka_runs_one_line_says_what_to_do(run: Run) -> None:
    ran = run("submit", "--kafka", FOLDER / "corridor-day.ndjson", "--json")
    assert (ran.code, ran.failure["code"]) == (3, "settings")
    assert "truceline up" in ran.failure["error"]


def test_an_unreadable_json_file_is_one_line(ready: Run, tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    file.write_text("[1, 2", encoding="utf-8")
    ran = ready("submit", "--kafka", file, "--json")
    assert (ran.code, ran.failure["code"]) == (3, "event_file")
