"""`truceline rejudge`: history assessed again as a version has it that was loaded after it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import rich_click as click

from services.cli.output import instant, json_option, print_json, print_table
from services.cli.sending import progress
from services.rejudge import Difference, Plan, plan
from services.rejudge import rejudge as judge_again
from services.settings import load_settings
from services.store.engine import connect
from services.worker.transact import Transactor

SHOWN = 20
"""Reports whose verdict changes, in the table; --json lists all."""


@click.command(epilog="Example: truceline rejudge --as-of donetsk-luhansk-illustrative@2 --dry-run")
@click.option(
    "--as-of",
    "version",
    required=True,
    metavar="ID@VERSION",
    help="A loaded version of an agreement or a methodology.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@json_option
def rejudge(version: str, *, dry_run: bool, as_json: bool) -> None:
    """Assess history again as a version has it that was loaded after it.

    Loading a version changes nothing that is judged. This judges again what was observed while the
    version is in force, by all that is loaded, and writes each reading that differs as a new one
    that supersedes. What it ends in is what would stand had the version been there from the
    beginning. Workers may run meanwhile; stopped and run again, it goes on.

    With --json, a line for each report that reads otherwise: "key", "source", "id",
    "observed_from", "before", "after" (verdicts), "agreement_before", "agreement_after" (hashes),
    "terms" (those whose verdicts differ).
    """
    url = load_settings().database()
    with connect(url, name="truceline rejudge") as conn:
        planned = plan(conn, version)
        tally = _run(url, planned, write=not dry_run, as_json=as_json)
    if not as_json:
        _show(version, tally)
    words = "would be" if dry_run else "were"
    click.echo(
        f"{planned.keys.total} reports judged again, {tally.differing} read otherwise and {words}"
        f" superseded, {tally.with_another_verdict} with another verdict",
        err=True,
    )


@dataclass(slots=True)
class _Tally:
    """What has been found so far; the same size however much that is."""

    differing: int = 0
    with_another_verdict: int = 0
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    terms: Counter[tuple[str, str | None, str | None]] = field(default_factory=Counter)
    first: list[Difference] = field(default_factory=list)
    """The first with another verdict, as many as are shown."""

    def add(self, one: Difference) -> None:
        """Note a report that reads otherwise."""
        self.differing += 1
        self.moves[one.before.value, one.after.value] += 1
        self.terms.update(
            (term.term, term.before and term.before.value, term.after and term.after.value)
            for term in one.terms
        )
        if one.before is not one.after:
            self.with_another_verdict += 1
            if len(self.first) < SHOWN:
                self.first.append(one)


def _run(url: str, planned: Plan, *, write: bool, as_json: bool) -> _Tally:
    """Judge again with progress; with --json each difference is printed once it is committed."""
    tally = _Tally()
    transactor = Transactor(url, lambda: None, name="truceline rejudge")
    try:
        with progress() as bar:
            task = bar.add_task("judging again", total=planned.keys.total)
            for judged in judge_again(transactor, planned, write=write):
                bar.update(task, advance=judged.reports)
                for one in judged.differences:
                    tally.add(one)
                    if as_json:
                        print_json(one)
    finally:
        transactor.close()
    return tally


def _show(version: str, tally: _Tally) -> None:
    print_table(
        f"Reports that read otherwise under {version}",
        ("Before", "Now", "Reports #"),
        [(*move, count) for move, count in sorted(tally.moves.items())],
    )
    if tally.terms:
        columns = ("Term", "Before", "Now", "Findings #")
        by_term = sorted(tally.terms.items(), key=str)
        print_table("By term", columns, [(*term, n) for term, n in by_term])
    if tally.first:
        rows = [
            (f"{one.source}/{one.id}", instant(one.observed_from), one.before, one.after)
            for one in tally.first
        ]
        left = tally.with_another_verdict - len(rows)
        note = f"{left} more: --json lists all" if left else ""
        print_table("With another verdict", ("Report", "Observed", "Before", "Now"), rows, note)
