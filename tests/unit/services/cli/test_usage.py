"""Combinations that would be ignored or find nothing are refused before anybody is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.cli.violations import events, mark
from services.store.queries.violations import After
from streams.keys import Key
from tests.unit.services.cli.conftest import Run
from tests.unit.streams.builders import NOON

KEY = "00000000-0000-4000-8000-000000000001"
LATER, EARLIER = "2018-09-06T00:00Z", "2018-09-05T00:00Z"


@pytest.mark.parametrize(
    "words",
    [
        "violations --totals --zone z",
        "violations --totals --kind fire_into_zone",
        f"violations --totals --after {EARLIER}~{KEY}~t",
        f"violations --since {LATER} --until {EARLIER}",
        f"rejected --since {LATER} --until {EARLIER}",
        f"corridor availability c --at {EARLIER} --since {EARLIER}",
        f"corridor availability c --since {LATER} --until {EARLIER}",
        "violations --since 2018-09-05T00:00",
        "violations --kind treason",
        "violations --after page-2",
        "rejected --after page-2",
        "rejected --reason because",
        "violations --limit 0",
        "explain",
        "completion powershell",
        "up --workers 0",
        "token create --mission m --role reporter",
        "token create --label n --mission m",
        "token create --label n --mission m --role king",
        "token create --label n --mission two,missions --role reporter",
        "token create --label n --mission * --role reporter",
        "token create --label n --mission m --role reporter --days 0",
        "token create --label n --mission m --role reporter --days 367",
        "token create --label \x1b --mission m --role reporter",
        "receipt verify nowhere.json",
        "receipt keys rotate --overlap-hours -1",
    ],
)
def test_wrong_usage_exits_2_with_one_json_error(words: str, run: Run) -> None:
    ran = run(*words.split(), "--json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.failure["code"] == "usage"


def test_a_page_is_read_as_it_is_said() -> None:
    after = After(NOON, Key.parse(KEY), "a-term~with-a-tilde")
    assert mark(after) == f"{NOON.isoformat()}~{KEY}~a-term~with-a-tilde"


@pytest.mark.parametrize(
    ("low", "high", "qualifier", "said"),
    [
        (None, None, None, "no number"),
        (5, 5, "exact", "5"),
        (5, None, "at_least", "at least 5"),
        (5, 9, "range", "5 to 9"),
        (60, 60, "about", "about 60"),
        (1234, None, None, "at least 1,234"),
        (0, 0, None, "0"),
    ],
)
def test_a_count_is_said_as_it_was_reported(
    low: int | None, high: int | None, qualifier: str | None, said: str
) -> None:
    assert events(low, high, qualifier) == said


@pytest.mark.parametrize(("words", "key"), [((), "$defs"), (("--asyncapi",), "asyncapi")])
def test_schemas_are_json_for_people_and_programs(
    words: tuple[str, ...], key: str, run: Run, tmp_path: Path
) -> None:
    pretty, (compact,) = run("schema", *words), run("schema", *words, "--json").lines
    assert json.loads(pretty.out) == compact
    assert key in compact
    target = tmp_path / "schema.json"
    assert run("schema", *words, "--out", target).out == ""
    assert json.loads(target.read_text(encoding="utf-8")) == compact
