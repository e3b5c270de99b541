"""A history is a set of lines: order, repetition and splitting change nothing that is judged."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import gather, history
from streams.assess import Judged
from streams.assessment import Assessment, Standing
from streams.decode import Reason
from streams.events import Count, MonitorSide, Report
from streams.gather import Refused
from streams.history import Assessed, HistoryChangedError, judge_history
from streams.inforce import Register
from streams.reading import CONTRADICTION
from streams.vocabulary import Kind, Means, Side, Verdict
from tests.unit.streams.builders import (
    ALWAYS,
    NOON,
    agreement,
    hours,
    line,
    methodology,
    point,
    report,
    square,
    term,
    zone,
)

REGISTER = Register(
    (
        agreement(
            zones=(zone(), zone("y", square(38.04))),
            terms=(
                term("t", ("z", "y")),
                term("u", ("y",), prohibits=(Kind.SHOT, Kind.EXPLOSION)),
            ),
        ),
        agreement(
            id="later", version=2, valid=type(ALWAYS)(from_=NOON + hours(1)), terms=(term("t"),)
        ),
    ),
    (methodology(),),
)


def assessments(lines: Iterable[bytes]) -> list[Assessment]:
    return [r.assessment for r in judge_history(REGISTER, lines) if isinstance(r, Judged)]


def digest(lines: Iterable[bytes]) -> str:
    """Of the set of assessments and of the refusals' reasons, whatever line they came from."""
    results = list(judge_history(REGISTER, lines))
    judged = sorted(msgspec.json.encode(r.assessment) for r in results if isinstance(r, Judged))
    refused = sorted({r.refusal for r in results if isinstance(r, Refused)})
    return hashlib.sha256(repr((judged, refused)).encode()).hexdigest()


ids = st.sampled_from(["r-1", "r-2", "r-3"])


@st.composite
def _related(draw: st.DrawFn) -> Report:
    """Reports that share three ids and two sources, and speak of each other."""
    own = draw(ids)
    others = st.none() | ids.filter(lambda other: other != own)
    return report(
        own,
        source=draw(st.sampled_from(["patrol-1", "patrol-2"])),
        mission=draw(st.sampled_from(["mission"] * 9 + ["another"])),
        kind=draw(st.sampled_from([Kind.EXPLOSION, Kind.SHOT, Kind.BURST])),
        means=draw(st.sampled_from([(Means.SAW,), (Means.THIRD_PARTY,)])),
        location=draw(st.sampled_from([point(), point(38.05), point(38.09), point(45.0), None])),
        observed_from=NOON + hours(draw(st.sampled_from([0, 0, 2]))),
        observed_to=draw(st.sampled_from([None, NOON + hours(3)])),
        count=draw(st.sampled_from([None, Count(min=1, max=1), Count(min=3)])),
        supersedes=draw(others),
        retracts=draw(others),
        monitor_sides=draw(st.sampled_from([(), (MonitorSide(zone="z", side=Side.OUTSIDE),)])),
    )


POISON = (b"{", b"\xff", b"{}", b"[" * 9_999, line(report("broken")).replace(b"saw", b"felt"))
histories = st.lists(_related().map(line) | st.sampled_from(POISON), min_size=1, max_size=12)


@settings(max_examples=80, deadline=None)
@given(histories, st.randoms(use_true_random=False), st.sampled_from([1, 2, 3, 5_000]))
def test_any_order_repetition_and_split_of_a_history_gives_the_same(
    lines: list[bytes], rng: random.Random, batch: int
) -> None:
    shuffled = rng.choices(lines, k=rng.randrange(9)) + lines
    rng.shuffle(shuffled)
    spaced = [part for one in shuffled for part in (b"  " + one + b"\r\n", b"\n")]
    expected = digest(lines)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gather, "READ_AT_ONCE", batch)
        assert digest(spaced) == expected


@settings(max_examples=60, deadline=None)
@given(histories, histories)
def test_a_history_told_in_two_parts_is_one_history(
    first: list[bytes], second: list[bytes]
) -> None:
    assert digest(first + second) == digest(second + first)


@settings(max_examples=80, deadline=None)
@given(histories, st.sampled_from([1, 2, 3, 500]))
def test_what_is_told_is_what_is_read_again_and_judged(lines: list[bytes], batch: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gather, "READ_AT_ONCE", batch)
        patched.setattr(history, "TOLD_AT_ONCE", 2)
        judged = judge_history(REGISTER, lines)
        told = [(it.text, it.judged) if isinstance(it, Assessed) else it for it in judged.told()]
        again = [*judged]
    texts = b"".join(it[0] for it in told if not isinstance(it, Refused))
    assert texts == b"".join(it.body + b"\n" for it in again if isinstance(it, Judged))
    assert sum(it[1] for it in told if not isinstance(it, Refused)) == texts.count(b"\n")
    assert [it for it in told if isinstance(it, Refused)] == [
        it for it in again if isinstance(it, Refused)
    ]


def test_lines_that_come_but_once_are_kept_to_be_read_again() -> None:
    lines = [line(report("r-1")), line(report("r-2", retracts="r-1"))]
    assert assessments(iter(lines)) == assessments(lines)


TOLD = [line(report("r-1")), line(report("r-2", supersedes="r-1"))]


@pytest.mark.parametrize(
    "after",
    [[], TOLD[1:], [b"{", TOLD[1]], [line(report("r-7")), TOLD[1]]],
    ids=["gone", "moved up", "broken", "another"],
)
def test_a_history_that_changes_while_it_is_judged_is_of_no_use(after: list[bytes]) -> None:
    class Changing:
        readings = iter([TOLD, after])

        def __iter__(self) -> Iterator[bytes]:
            return iter(next(self.readings))

    with pytest.raises(HistoryChangedError):
        judge_history(REGISTER, Changing())


@pytest.mark.parametrize("after", [[], [TOLD[0]], [*TOLD, TOLD[0]], TOLD[::-1], [*TOLD, *TOLD]])
def test_a_history_that_changed_since_is_not_explained(after: list[bytes]) -> None:
    lines = [*TOLD]
    judged = judge_history(REGISTER, lines)
    lines[:] = after
    with pytest.raises(HistoryChangedError):
        list(judged)


def test_equal_content_in_other_bytes_is_one_version() -> None:
    fields = msgspec.json.decode(line(report()))
    turned = msgspec.json.encode(dict(reversed(list(fields.items()))))
    assert turned != line(report())
    (one,) = assessments([line(report()), turned])
    assert one.versions == 1


def test_what_is_said_three_times_is_one_version() -> None:
    (one,) = assessments([line(report())] * 3)
    assert one.versions == 1


def test_two_versions_under_one_id_are_read_together() -> None:
    (one,) = assessments([line(report()), line(report(location=point(45.0)))])
    assert (one.versions, one.verdict) == (2, Verdict.CANNOT_DETERMINE)
    assert {finding.rule for finding in one.findings} == {CONTRADICTION}


def test_one_id_of_two_sources_or_missions_is_two_reports() -> None:
    lines = [line(report(source=source)) for source in ("patrol-1", "patrol-2")]
    assert [a.versions for a in assessments(lines)] == [1, 1]


@pytest.mark.parametrize("turn", [1, -1])
def test_a_later_line_may_replace_or_withdraw_an_earlier_one(turn: int) -> None:
    lines: Sequence[bytes] = [
        line(report("r-1")),
        line(report("r-2", supersedes="r-1")),
        line(report("r-3")),
        line(report("r-4", retracts="r-3")),
    ]
    standing = {a.id: a.standing for a in assessments(lines[::turn])}
    assert standing == {
        "r-1": Standing.SUPERSEDED,
        "r-2": Standing.STANDS,
        "r-3": Standing.RETRACTED,
        "r-4": Standing.STANDS,
    }


def test_nobody_withdraws_another_sources_report() -> None:
    lines = [line(report("r-1")), line(report("r-2", source="patrol-2", retracts="r-1"))]
    assert [a.standing for a in assessments(lines)] == [Standing.STANDS] * 2


def test_refused_lines_come_first_with_their_numbers_and_the_rest_in_order() -> None:
    lines = [
        line(report("r-2")),
        b"",
        b"{",
        line(report("r-1")),
        line(report("r-9", mission="another")),
        b"\xff",
    ]
    results = list(judge_history(REGISTER, lines))
    told = [
        (r.line, r.refusal.reason) if isinstance(r, Refused) else r.assessment.id for r in results
    ]
    assert told == [
        (3, Reason.MALFORMED_JSON),
        (6, Reason.NOT_UTF8),
        "r-2",
        "r-1",
        (5, Reason.UNKNOWN_MISSION),
    ]


def test_the_same_lines_give_the_same_bytes() -> None:
    lines = [line(report(f"r-{n}", location=point(38 + n / 100))) for n in range(20)]
    first, second = ([msgspec.json.encode(a) for a in assessments(lines)] for _ in range(2))
    assert first == second


def test_an_empty_history_is_empty() -> None:
    assert list(judge_history(REGISTER, [])) == []
