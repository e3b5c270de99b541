"""`truceline submit` and `truceline spool` against a gateway on loopback, as monitors run them."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

import pytest

from services.client.address import GATEWAY_VARIABLE
from services.client.token import TOKEN_FILE_VARIABLE
from services.local.folder import HOME_VARIABLE
from services.settings import SPOOL_VARIABLE
from tests.integration.cli.console import Console
from tests.integration.client.gateway import TOKEN, Mood, gateway
from tests.unit.examples.example import FOLDER

NOBODY = "http://127.0.0.1:9"
DAY = FOLDER / "corridor-day.ndjson"
REFUSED = FOLDER / "refused-event.json"


@pytest.fixture(name="token")
def _token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n", encoding="ascii")
    path.chmod(0o600)
    return path


@pytest.fixture(name="console")
def _console(tmp_path: Path, token: Path) -> Console:
    """In the field: a token, and nobody who answers."""
    return Console(
        {
            HOME_VARIABLE: str(tmp_path / "home"),
            GATEWAY_VARIABLE: NOBODY,
            TOKEN_FILE_VARIABLE: str(token),
            SPOOL_VARIABLE: "",
        }
    )


def test_everything_gets_its_receipt_and_counts_once(console: Console) -> None:
    files = (FOLDER / "smm_observations.csv", DAY, "--mission", "osce-smm")
    with gateway() as (address, kept):
        ran = console.run("submit", *files, **{GATEWAY_VARIABLE: address})
        assert (ran.code, ran.out) == (0, "181 receipts, 0 refused, 0 waiting\n")
        again = console.run("submit", *files, "--json", **{GATEWAY_VARIABLE: address})
        assert len(kept.raws) == 181
        assert len(kept.sizes) == 2
    (found,) = again.lines
    assert (found["events"], found["receipted"], found["waiting"]) == (181, 181, 0)
    assert (found["gateway"], found["trouble"], found["verified"]) == (address, None, False)


def test_without_a_gateway_everything_is_safe_and_retry_goes_on(console: Console) -> None:
    ran = console.run("submit", DAY, "--timeout", "1")
    assert ran.code == 3
    assert ran.out == "0 receipts, 0 refused, 7 waiting\n"
    assert "7 events are safe in the spool" in ran.err
    assert "`truceline spool retry`" in ran.err
    (status,) = console.run("spool", "status", "--json").lines
    assert (status["waiting"], "refused" in status["trouble"]) == (7, True)
    assert "Waiting   7, the oldest since" in console.run("spool", "status").out
    assert console.run("spool", "retry", "--timeout", "1").code == 3
    with gateway() as (address, kept):
        (found,) = console.run("spool", "retry", "--json", **{GATEWAY_VARIABLE: address}).lines
        assert (found["waiting"], found["receipted"], found["trouble"]) == (0, 7, None)
        assert len(kept.raws) == 7


def test_no_wait_puts_into_the_spool_alone(console: Console) -> None:
    with gateway() as (address, kept):
        ran = console.run("submit", DAY, "--no-wait", "--json", **{GATEWAY_VARIABLE: address})
        assert kept.asked.total() == 0
    assert (ran.code, ran.lines[0]["waiting"]) == (0, 7)


def test_a_refused_event_is_named_here_and_by_the_gateway(console: Console, tmp_path: Path) -> None:
    ran = console.run("submit", REFUSED, "--json", "--timeout", "1")
    (refusal,) = ran.lines[0]["refusals"]
    assert (ran.code, refusal["reason"], refusal["line"]) == (1, "missing_utc_offset", 1)
    file = tmp_path / "some.ndjson"
    file.write_bytes(DAY.read_bytes() + b"[]\n")
    with gateway() as (address, _):
        ran = console.run("submit", file, "--unchecked", **{GATEWAY_VARIABLE: address})
    assert (ran.code, ran.out) == (1, "7 receipts, 1 refused, 0 waiting\n")
    assert "some.ndjson:8: that is no event [malformed_json]" in ran.err


def test_another_version_under_a_known_id_is_told(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "other.ndjson"
    file.write_bytes(DAY.read_bytes().replace(b": ", b":  "))
    with gateway() as (address, _):
        console.run("submit", DAY, **{GATEWAY_VARIABLE: address})
        ran = console.run("submit", file, **{GATEWAY_VARIABLE: address})
    assert (ran.code, ran.out) == (1, "7 receipts, 0 refused, 0 waiting\n")
    assert "another version" in ran.err


def test_a_spool_does_not_take_one_gateways_receipt_for_anothers(console: Console) -> None:
    with gateway() as (first, _), gateway() as (second, kept):
        console.run("submit", DAY, **{GATEWAY_VARIABLE: first})
        ran = console.run("submit", DAY, **{GATEWAY_VARIABLE: second})
        assert (ran.code, kept.raws) == (1, [])
        assert "7 events have their receipt from another gateway" in ran.err


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_without_a_usable_token_everything_is_safe_and_nothing_is_sent(
    console: Console, token: Path, mode: int
) -> None:
    token.chmod(mode)
    if mode == 0o600:
        token.unlink()
    with gateway() as (address, kept):
        ran = console.run("submit", DAY, **{GATEWAY_VARIABLE: address})
        assert kept.asked.total() == 0
    assert ran.code == 3
    assert "7 events are safe" in ran.err
    assert TOKEN not in ran.err


def test_an_address_in_the_clear_is_refused_and_never_quoted(console: Console) -> None:
    elsewhere = {GATEWAY_VARIABLE: "http://me:hunter2@gateway.example"}
    ran = console.run("submit", DAY, "--json", **elsewhere)
    assert (ran.code, ran.lines[0]["waiting"], ran.lines[0]["gateway"]) == (3, 7, None)
    assert "hunter2" not in ran.out + ran.err


def test_a_redirect_and_a_busy_gateway_are_said(console: Console) -> None:
    with gateway(lambda: Mood.REDIRECT) as (address, _):
        ran = console.run("submit", DAY, **{GATEWAY_VARIABLE: address})
        assert (ran.code, "we do not follow" in ran.err) == (3, True)
    with gateway(lambda: Mood.BUSY) as (address, kept):
        ran = console.run("spool", "retry", "--timeout", "1", **{GATEWAY_VARIABLE: address})
        assert (ran.code, "asks to wait 1 s" in ran.err) == (3, True)
        assert kept.asked.total() == 1


def test_events_are_exported_with_receipts_and_as_they_are(
    console: Console, tmp_path: Path
) -> None:
    with gateway() as (address, _):
        console.run("submit", DAY, **{GATEWAY_VARIABLE: address})
    raws = DAY.read_bytes().splitlines()
    lines = console.run("spool", "export", "--state", "receipted").lines
    assert [base64.b64decode(line["raw"]) for line in lines] == raws
    assert all(line["receipt"]["sha256"] == line["sha256"] for line in lines)
    target = tmp_path / "stick" / "events.ndjson"
    target.parent.mkdir()
    (said,) = console.run("spool", "export", "--raw", "--output", target, "--json").lines
    assert said == {"exported": 7, "left_out": 0, "file": str(target)}
    assert target.read_bytes() == DAY.read_bytes()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["events.ndjson"]


def test_an_event_on_several_lines_is_left_out_of_raw_and_said(
    console: Console, tmp_path: Path
) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps(json.loads(DAY.read_bytes().splitlines()[0]), indent=1), "utf-8")
    console.run("submit", file, "--no-wait")
    ran = console.run("spool", "export", "--raw")
    assert (ran.code, ran.out) == (1, "")
    assert "1 left out" in ran.err
    assert len(console.run("spool", "export").lines) == 1


@pytest.mark.parametrize(
    "words", [("--key", "local"), ("--kafka", "--no-wait"), ("--kafka", "--timeout", "5")]
)
def test_options_of_the_other_way_are_wrong_usage(console: Console, words: tuple[str, ...]) -> None:
    assert console.run("submit", DAY, *words).code == 2


def test_a_spool_may_lie_elsewhere(console: Console, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    console.run("submit", DAY, "--no-wait", "--spool", elsewhere)
    (found,) = console.run("spool", "status", "--json", **{SPOOL_VARIABLE: str(elsewhere)}).lines
    assert (found["waiting"], found["spool"]) == (7, str(elsewhere))
    assert not (tmp_path / "home").exists()
