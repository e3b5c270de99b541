"""What README and guides say is held to the program: commands, reports, paths, words, codes."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from services import limits
from services.cli import output
from services.cli.main import COMMANDS, truceline
from services.client.address import GATEWAY_VARIABLE
from services.client.token import TOKEN_FILE_VARIABLE
from services.gateway.ask_report import State
from services.gateway.disclosure import VIEWS
from services.local.endpoints import (
    API_DATABASE_VARIABLE,
    DATABASE_VARIABLE,
    KAFKA_VARIABLE,
    LISTEN_VARIABLE,
)
from services.local.folder import HOME_VARIABLE
from services.local.programs import CACHE_VARIABLE
from services.logs import LEVEL_VARIABLE
from services.programs import EXIT_UNUSABLE
from services.settings import (
    GRID_VARIABLE,
    GROUP_VARIABLE,
    KEYS_VARIABLE,
    METRICS_VARIABLE,
    PROXY_VARIABLE,
    RECEIPT_KEYS_VARIABLE,
    SPOOL_VARIABLE,
)
from services.store.models import Base
from services.store.tables import HISTORY_TABLES
from services.submit import decision_of
from services.tokens.token import Role
from streams.agreement import (
    Agreement,
    Calibres,
    Chainage,
    Corridor,
    Daily,
    Document,
    Due,
    Exchange,
    ExchangeList,
    ExchangeTruce,
    Exemption,
    Measure,
    Phase,
    PhaseDays,
    Recurring,
    Repeats,
    Source,
    Term,
    Window,
    Zone,
)
from streams.batching import EXIT_STALLED
from streams.cases.acts import CaseState
from streams.cases.misfit import TO_DO as TO_DO_IN_CASES
from streams.channel.messages import Dissent, Notice, Reply, Request
from streams.coalesce import EXIT_PROCESS_FAILED
from streams.context.authority import NoEffect
from streams.context.exchanges import Discrepancy
from streams.corridors.effects import Cause
from streams.decode import Reason, Refusal, decode_report
from streams.desk.act import Action
from streams.desk.decide import TO_DO
from streams.desk.fold import Reason as Unfit
from streams.desk.fold import Review
from streams.due import Rule
from streams.events import Report
from streams.methodology import (
    CorridorRules,
    CoverageRules,
    CredibilityRules,
    DeskRules,
    IncidentRules,
    Methodology,
    SightingRules,
    Thresholds,
    WatchRange,
)
from streams.precedence import PRECEDENCE
from streams.reading import CONTRADICTION
from streams.rules import RULES
from streams.vocabulary import Verdict
from streams.where.reading import Trouble
from streams.whereabouts.fold import Open

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / "docs" / "guides"
PAGES = sorted(
    path
    for path in (
        *ROOT.glob("*.md"),
        *GUIDES.glob("*.md"),
        *ROOT.glob("examples/*/README.md"),
        ROOT / "docs" / "architecture.md",
    )
    if path.is_file()
)
FOLDERS = (".ci", "docs", "examples", "geo", "migrations", "requirements", "services", "streams")
FOR_TESTS = {
    "TRUCELINE_REAL_DATA",
    "TRUCELINE_UID",
    "TRUCELINE_GID",
    "TRUCELINE_GATEWAY_PORT",
    "TRUCELINE_CHAOS_SEED",
    "TRUCELINE_CHAOS_REPORTS",
    "TRUCELINE_CHAOS_KILLS",
    "TRUCELINE_CHAOS_LOG",
}
"""Of the tests and of docker-compose.yml, not of the program."""
VARIABLES = {
    DATABASE_VARIABLE,
    KAFKA_VARIABLE,
    HOME_VARIABLE,
    CACHE_VARIABLE,
    KEYS_VARIABLE,
    GROUP_VARIABLE,
    API_DATABASE_VARIABLE,
    RECEIPT_KEYS_VARIABLE,
    LISTEN_VARIABLE,
    GATEWAY_VARIABLE,
    TOKEN_FILE_VARIABLE,
    SPOOL_VARIABLE,
    PROXY_VARIABLE,
    METRICS_VARIABLE,
    GRID_VARIABLE,
    LEVEL_VARIABLE,
}
LIMITS = {getattr(limits, name) for name in vars(limits) if name.endswith("_VARIABLE")}

on_every_page = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix()
)


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language on a page."""
    return re.findall(
        rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )


def inline(page: Path) -> list[str]:
    """What stands between single backticks on a page, outside of blocks."""
    prose = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", prose)


def arguments_of(line: str) -> list[str] | None:
    """The arguments of a `truceline` command line, up to a pipe or redirection; else None."""
    words = shlex.split(line, comments=True)
    for at, word in enumerate(words):
        if word in ("|", ">", "&&", ";"):
            words = words[:at]
            break
    if words[:2] == ["docker", "compose"] and "cli" in words:
        return words[words.index("cli") + 1 :]
    return words[1:] if words[:1] == ["truceline"] else None


def parse(arguments: list[str], *, whole: bool) -> list[str]:
    """Read a command line as the program would, without opening files; its positional arguments.

    Args:
        arguments: what follows `truceline`.
        whole: whether every required argument must be there; prose names commands without them.
    """
    context = click.Context(truceline, info_name="truceline")
    command: click.Command = truceline
    rest = arguments
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None, f"no such command: {arguments}"
        command, context = found, click.Context(found, info_name=name, parent=context)
    values, left, _ = command.make_parser(context).parse_args(rest)
    assert not left, f"too many arguments: {arguments}"
    for parameter in command.params:
        given = values.get(parameter.name or "")
        missing = given is None or given == () or type(given).__name__ == "Sentinel"
        if missing:
            assert not (whole and parameter.required), f"{parameter.name} is missing: {arguments}"
        elif not isinstance(parameter.type, click.Path):
            parameter.type_cast_value(context, given)
    return [word for word in rest if not word.startswith("-")]


def table(page: Path, heading: str) -> dict[str, list[str]]:
    """The rows of the first table after a heading, by the words in backticks of the first cell."""
    text = page.read_text("utf-8").split(f"{heading}\n", 1)[1]
    rows: dict[str, list[str]] = {}
    for line in text[text.index("|") :].splitlines():
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        words = re.findall(r"`([^`]+)`", cells[0]) or re.findall(r"^\d+$", cells[0])
        rows.update(dict.fromkeys(words, cells))
    return rows


@on_every_page
def test_every_command_line_in_a_block_is_one_of_the_program(page: Path) -> None:
    for block in blocks(page, "sh"):
        for line in block.splitlines():
            arguments = arguments_of(line) if "truceline" in line or " cli " in line else None
            if arguments is not None:
                paths = [word for word in parse(arguments, whole=True) if "/" in word]
                missing = [p for p in paths if p[0] != "/" and not (ROOT / p).exists()]
                assert not missing, line


@on_every_page
def test_every_command_named_in_prose_is_one_of_the_program(page: Path) -> None:
    for code in inline(page):
        if code.startswith("truceline ") and not code.startswith("truceline COMMAND"):
            parse(shlex.split(code)[1:], whole=False)


def test_the_changelog_names_every_command() -> None:
    named = set(inline(ROOT / "CHANGELOG.md"))
    assert set(COMMANDS) <= named


@on_every_page
def test_every_make_target_that_is_named_is_there(page: Path) -> None:
    rules = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()] + inline(page)
    named = {line.split()[1] for line in lines if re.match(r"make [a-z]+\b", line)}
    assert named <= rules


def events() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for number, block in enumerate(blocks(page, "json"), start=1):
            yield f"{page.name}-{number}", block


@pytest.mark.parametrize("event", [e for _, e in events()], ids=[name for name, _ in events()])
def test_every_example_of_an_event_is_accepted(event: str) -> None:
    assert decision_of(event.encode()).refusal is None


def test_every_example_of_a_location_is_accepted() -> None:
    locations = [code for code in inline(GUIDES / "monitors.md") if code.startswith('{"type":')]
    smallest = json.loads(blocks(GUIDES / "monitors.md", "json")[0])
    assert len(locations) == 6
    for location in locations:
        report = decode_report(json.dumps(smallest | {"location": json.loads(location)}).encode())
        assert not isinstance(report, Refusal), location


@on_every_page
def test_every_path_that_is_mentioned_exists(page: Path) -> None:
    mentioned = [c for c in inline(page) if re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", c)]
    paths = [c for c in mentioned if "/" in c and c.split("/")[0] in (*FOLDERS, "tests")]
    assert [path for path in paths if not (ROOT / path).exists()] == []


@on_every_page
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]*)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if link and "://" not in link:
            assert (page.parent / link).exists(), link


@on_every_page
def test_every_anchor_is_a_heading(page: Path) -> None:
    for link, anchor in re.findall(r"\]\(([^)#\s]*)#([^)]*)\)", page.read_text("utf-8")):
        if "://" in link:
            continue
        target = (page.parent / link) if link else page
        headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
        slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert anchor in slugs, f"{link}#{anchor}"


def test_every_refusal_code_is_documented_and_no_other() -> None:
    assert set(table(GUIDES / "monitors.md", "## Refusals")) == {r.value for r in Reason}


def test_every_trouble_with_a_place_is_documented_and_no_other() -> None:
    named = "What cannot be read has the exit code 1 and one of these words:"
    assert set(table(GUIDES / "monitors.md", named)) == {trouble.value for trouble in Trouble}


def test_every_field_of_a_report_is_documented_and_no_other() -> None:
    fields = set(Report.__struct_fields__) - {"version"}
    assert set(table(GUIDES / "monitors.md", "## The fields")) == fields


def test_every_cause_of_a_corridor_is_documented_with_its_state_in_order() -> None:
    rows = table(GUIDES / "coordinators.md", "### Why it is as it is")
    assert {cause: cells[1] for cause, cells in rows.items()} == {c.value: c.state for c in Cause}
    assert list(rows) == [cause.value for cause in Cause]


def test_every_verdict_is_documented() -> None:
    assert set(table(GUIDES / "coordinators.md", "## Violations")) == {v.value for v in Verdict}


def test_every_rule_is_documented_with_its_verdict_in_order() -> None:
    rows = table(GUIDES / "auditors.md", "## The rules")
    contradiction = rows.pop(CONTRADICTION)
    settled = {rule: rows.pop(rule)[1].strip("`") for rule in PRECEDENCE}
    assert settled == {rule: verdict.value for rule, (verdict, _) in PRECEDENCE.items()}
    assert [(rule, cells[1].strip("`")) for rule, cells in rows.items()] == [
        (rule.name, rule.verdict.value) for rule in RULES
    ]
    assert contradiction[1].strip("`") == Verdict.CANNOT_DETERMINE


def test_every_reason_why_a_whereabouts_is_open_is_documented() -> None:
    rows = table(GUIDES / "coordinators.md", "### Why it is undetermined")
    assert set(rows) == {reason.value for reason in Open}


def test_every_table_is_documented_and_whether_it_is_history() -> None:
    rows = table(GUIDES / "auditors.md", "## What is kept")
    assert set(rows) == set(Base.metadata.tables)
    assert {name for name, cells in rows.items() if cells[2] == "never"} == set(HISTORY_TABLES)


def test_every_reason_for_no_effect_is_documented_and_no_other() -> None:
    named = "What was said without effect is kept, and `unheeded` says why:"
    assert set(table(GUIDES / "coordinators.md", named)) == {reason.value for reason in NoEffect}


def test_every_word_of_the_desk_is_documented() -> None:
    guide = GUIDES / "reviewers.md"
    assert set(table(guide, "## What waits")) == {review.value for review in Review}
    assert list(table(guide, "## What you can do")) == [action.value for action in Action]
    named = "Where an act has no place in the state that the item is in (`act_refused`, 409), "
    named += "`reason` says why:"
    assert set(table(guide, named)) == {reason.value for reason in Unfit} == set(TO_DO)


def test_every_word_of_a_case_and_of_the_channel_is_documented() -> None:
    guide = GUIDES / "cases.md"
    assert list(table(guide, "## The way of a case")) == [state.value for state in CaseState]
    messages = [str(kind.__struct_config__.tag) for kind in (Request, Reply, Dissent, Notice)]
    assert list(table(guide, "## The joint channel")) == messages
    rows = table(guide, "## Why it was not taken")
    assert {reason: cells[1] for reason, cells in rows.items()} == TO_DO_IN_CASES


def test_every_discrepancy_of_an_exchange_is_documented_in_order() -> None:
    rows = table(GUIDES / "coordinators.md", "## Exchanges")
    assert list(rows) == [discrepancy.value for discrepancy in Discrepancy]


def test_every_rule_by_which_something_falls_due_is_documented() -> None:
    rows = table(GUIDES / "coordinators.md", "## Phases, measures, truces")
    assert set(rows) == {rule.value for rule in Rule}


def test_every_role_of_a_token_is_documented() -> None:
    assert set(table(GUIDES / "operators.md", "## Tokens")) == {role.value for role in Role}


def test_what_every_role_sees_is_documented() -> None:
    rows = table(GUIDES / "coordinators.md", "### Who sees how much")
    sees = {role: cells[1].partition(":")[0].strip("`") for role, cells in rows.items()}
    assert sees == {role.value: view.value for role, view in VIEWS.items()}


def test_every_state_of_a_report_is_documented() -> None:
    rows = table(GUIDES / "coordinators.md", "### One report")
    assert set(rows) == {state.value for state in State}


def test_every_field_of_the_documents_is_documented() -> None:
    named = {w for c in inline(GUIDES / "agreement-authors.md") for w in re.split(r"[^a-z_]+", c)}
    kinds: tuple[type[Document], ...] = (Agreement, Zone, Term, Corridor, Chainage, Source)
    kinds += (Exchange, ExchangeTruce, ExchangeList, Window)
    kinds += (Daily, Recurring, PhaseDays, Phase, Measure, Due, Repeats, Calibres, Exemption)
    kinds += (Methodology, Thresholds, CorridorRules, SightingRules, IncidentRules, DeskRules)
    kinds += (CoverageRules, WatchRange, CredibilityRules)
    fields = {field for kind in kinds for field in kind.__struct_encode_fields__}
    assert fields <= named


def test_every_exit_code_is_documented_and_no_other() -> None:
    codes = {value for name, value in vars(output).items() if name.startswith("EXIT_")}
    codes |= {0, EXIT_PROCESS_FAILED, EXIT_STALLED, EXIT_UNUSABLE}
    documented = {int(code) for code in table(ROOT / "README.md", "## Exit codes")}
    assert documented == codes


def test_every_variable_is_documented_in_the_readme() -> None:
    assert set(table(ROOT / "README.md", "## Your own engines")) == VARIABLES


def test_every_limit_is_documented_for_operators() -> None:
    assert set(table(ROOT / "docs" / "guides" / "operators.md", "## Limits")) == LIMITS


@on_every_page
def test_every_variable_that_is_named_is_read_by_something(page: Path) -> None:
    named = set(re.findall(r"TRUCELINE_[A-Z_]+", page.read_text("utf-8")))
    assert named <= VARIABLES | LIMITS | FOR_TESTS
