"""Acts are read strictly, kept as bytes, and a case is called by what opened it."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cases.acts import (
    ACT_BYTES,
    ACTS,
    CaseState,
    FindingWord,
    NoActError,
    Opened,
    act_hash,
    case_of,
    read_act,
    write_act,
)
from streams.cases.case import Filed
from streams.cases.misfit import TO_DO, Misfit
from tests.unit.streams.cases.filing import (
    OPENED,
    UNDER_INQUIRY,
    addressed,
    appealed,
    dissented,
    held,
    released,
    replied,
    signed,
)

ONE_OF_EACH = (
    *UNDER_INQUIRY,
    signed("anna"),
    replied(),
    dissented(),
    appealed(),
    held("lab", 1),
    addressed("north"),
    released(),
)


def test_there_is_one_of_each_kind() -> None:
    assert {type(it.act) for it in ONE_OF_EACH} == set(ACTS)


@pytest.mark.parametrize("one", ONE_OF_EACH, ids=lambda it: type(it.act).__name__)
def test_an_act_is_read_as_it_was_written(one: Filed) -> None:
    assert read_act(write_act(one.act)) == one.act


@pytest.mark.parametrize(
    "change",
    [
        {"subject": []},
        {"at": "2026-03-02T12:00:00"},
        {"format": "truceline.case-act.v2"},
        {"act": "rule"},
        {"subjects": []},
        {"source": "office\n"},
        {"text": "\ud800"},
    ],
    ids=str,
)
def test_what_is_misspelt_or_misses_its_offset_is_no_act(change: dict[str, object]) -> None:
    body = json.loads(write_act(OPENED.act)) | change
    with pytest.raises(NoActError):
        read_act(json.dumps(body).encode())


@given(st.binary(max_size=300))
def test_whatever_comes_is_an_act_or_none(raw: bytes) -> None:
    with pytest.raises(NoActError):
        read_act(raw)


def test_what_is_too_long_or_too_deep_is_no_act() -> None:
    for raw in (b"[" * 100_000, b" " * (ACT_BYTES + 1)):
        with pytest.raises(NoActError):
            read_act(raw)


def test_a_case_is_called_by_the_bytes_that_opened_it() -> None:
    raw = write_act(OPENED.act)
    spaced = msgspec.json.format(raw)
    assert case_of(OPENED.act, act_hash(raw)) != case_of(OPENED.act, act_hash(spaced))
    assert isinstance(read_act(spaced), Opened)
    assert case_of(replied().act, "0" * 64) == act_hash(raw)[:20]


def test_every_finding_is_a_state_and_every_misfit_says_what_to_do() -> None:
    assert {it.state for it in FindingWord} < set(CaseState)
    assert set(TO_DO) == set(Misfit)
