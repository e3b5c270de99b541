"""Copied words are told from a form's words, and from chance."""

from __future__ import annotations

from streams.credibility.account import Account
from streams.credibility.copied_text import copied_text
from streams.credibility.fold import flags
from streams.instants import micros
from streams.methodology import UNDOUBTED
from tests.unit.examples import example
from tests.unit.streams.builders import NOON, report

STORY = "We drove past the old mill and a farmer showed us the crater behind his burnt barn there."
FORM = "Position of the observer as reported; weapon as assessed; part of day as noted by them:"


def said(name: str, source: str, remark: str, **changes: object) -> Account:
    at = micros(NOON)
    return Account(report(name, source=source, remark=remark, **changes), at, at, None, None)


def flagged(*accounts: Account) -> list[tuple[str, ...]]:
    return [flag.reports for flag in copied_text(accounts, UNDOUBTED)]


def test_a_copy_is_found_however_often_it_is_sent() -> None:
    copies = [said(f"c{number}", "group-1", STORY) for number in range(5)]
    (reports,) = flagged(said("a", "patrol-1", STORY), *copies)
    assert reports == (
        "group-1/c0",
        "group-1/c1",
        "group-1/c2",
        "group-1/c3",
        "group-1/c4",
        "patrol-1/a",
    )


def test_a_form_that_its_users_fill_in_is_nobodys_own() -> None:
    filled = ["mortar at dusk", "a tank by noon", "rifles all night", "nothing to tell"]
    reports = [
        said(f"{source}-{number}", source, f"{FORM} {words}.")
        for source in ("patrol-1", "patrol-2")
        for number, words in enumerate(filled)
    ]
    assert flagged(*reports) == []
    copied = [said("x", "patrol-1", f"{FORM} {STORY}"), said("y", "patrol-2", f"{FORM} {STORY}")]
    assert flagged(*reports, *copied) == [("patrol-1/x", "patrol-2/y")]


def test_who_names_where_its_words_come_from_copies_nothing() -> None:
    first = said("a", "patrol-1", STORY)
    assert flagged(first, said("b", "third-1", STORY, derived_from=("a",))) == []
    assert flagged(first, said("b", "third-1", STORY, origin="a")) == []
    both = said("b", "t-1", STORY, origin="w"), said("c", "t-2", STORY, origin="w")
    assert flagged(*both) == []


def test_an_address_and_a_few_words_are_no_copy() -> None:
    address = "https://example.org/a-long-title-of-many-words-that-everybody-who-sends-it-quotes"
    for first, second in (
        (f"Seen. {address}", f"Heard. {address}"),
        ("Seen from the mill.", "Seen from the mill."),
    ):
        assert flagged(said("a", "p-1", first), said("b", "p-2", second)) == []


def test_none_of_the_174_real_observations_is_flagged() -> None:
    told = [
        Account(
            it, micros(it.observed_from), micros(it.observed_to or it.observed_from), None, None
        )
        for it in example.reports().values()
    ]
    assert len(told) == 174
    assert flags(told, example.methodology()) == [], "their remarks are one form, filled in"
