"""What is said of an incident: both totals, whether it may go on, how it reads."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from streams.assessment import STATUS, status_of
from streams.events import Count
from streams.incidents.breach import Breach
from streams.incidents.fold import incidents_of
from streams.incidents.observed import Number
from streams.incidents.tell import Progress, Told, account, decode_account, encode_account, tell
from streams.vocabulary import Verdict, ViolationKind
from tests.unit.streams.incidents.scenes import CUT_OFF, METHODOLOGY, MISSION, RULES, breach

LATER = CUT_OFF + timedelta(days=3)
GAP = timedelta(seconds=RULES.gap_s)


def told(*breaches: Breach, after: timedelta | None = None) -> Told:
    (incident,) = incidents_of(MISSION, breaches, {METHODOLOGY: RULES})
    now = LATER if after is None else max(it.end for it in breaches) + after
    return tell(MISSION, incident.id, account(incident, RULES), incident.breaches, now)


def test_violations_and_possible_ones_are_counted_apart() -> None:
    said = told(
        breach("a", count=Count(min=3, max=3)),
        breach("b", verdict=Verdict.POSSIBLE_VIOLATION, count=Count(min=2)),
    )
    assert said.verdict is Verdict.VIOLATION
    assert (said.violations.reports, said.violations.events) == (1, Number(3, 3))
    assert (said.possible.reports, said.possible.events) == (1, Number(2, None))
    assert said.reports == ("patrol-1/a", "patrol-1/b")


def test_it_is_ongoing_for_as_long_as_anything_may_still_belong_to_it() -> None:
    one = breach("a", lasts_min=10)
    both = one, breach("b")
    assert told(*both, after=GAP).progress is Progress.ONGOING
    assert told(*both, after=GAP + timedelta(seconds=1)).progress is Progress.ENDED
    assert told(one).over_at == one.end + GAP


def test_it_ends_with_the_last_that_was_over_and_not_the_last_that_began() -> None:
    said = told(breach("a", 60, lasts_min=40), breach("b", 70))
    assert said.begun == CUT_OFF + timedelta(minutes=60)
    assert said.ended == CUT_OFF + timedelta(minutes=100)


def test_everything_reads_unreviewed_and_a_draft_says_so() -> None:
    assert told(breach("a")).status == STATUS
    assert told(breach("a"), replace(breach("b"), draft=True)).status == status_of(draft=True)


def test_without_rules_it_is_over_at_once() -> None:
    (incident,) = incidents_of(MISSION, [breach("a")], {METHODOLOGY: None})
    said = account(incident, None)
    assert said.over_at == said.ended


def test_what_one_report_tells_of_has_started_and_ends_as_well() -> None:
    assert told(breach("a"), after=GAP).progress is Progress.STARTED
    assert told(breach("a"), after=GAP + timedelta(seconds=1)).progress is Progress.ENDED


def test_parties_are_those_that_monitors_name_and_kinds_those_of_the_terms() -> None:
    said = told(
        replace(breach("a"), party="north", violations=(ViolationKind.FIRE_INTO_ZONE,)),
        replace(breach("b"), violations=(ViolationKind.CIVILIAN_HARM,)),
    )
    assert said.parties == ("north",)
    assert said.violates == (ViolationKind.CIVILIAN_HARM, ViolationKind.FIRE_INTO_ZONE)


def test_an_account_is_read_as_it_was_written() -> None:
    (incident,) = incidents_of(
        MISSION, [breach("a", count=Count(min=2)), breach("b", spread_m=0)], {METHODOLOGY: RULES}
    )
    said = account(incident, RULES)
    assert decode_account(encode_account(said)) == said
