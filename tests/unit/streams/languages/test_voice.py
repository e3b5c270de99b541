"""Every language says all that English says, and no number or name is lost on the way."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from streams import explain as explaining
from streams import phrases
from streams.assess import Judged
from streams.assessment import STATUS
from streams.explain import explain
from streams.languages.voice import NOT_REVIEWED, Language, catalogue, voice
from streams.trace import REASONS
from streams.vocabulary import Detail, Kind, Purpose, Qualifier, Verdict, Weapon
from tests.unit.streams.builders import judged, report

OTHERS = [language for language in Language if language is not Language.ENGLISH]
UNSPOKEN = {Qualifier.EXACT, Qualifier.RANGE, Qualifier.UNCOUNTABLE}
PART = re.compile(r"\{[a-z_]+\}")


def said() -> set[str]:
    """All that the program may say: templates in the code, and the tables of words and reasons."""
    found = set(templates())
    found |= {STATUS, NOT_REVIEWED, phrases.AND, phrases.OR, *REASONS.values()}
    found |= set(explaining._UNLOCATED.values()) | set(phrases._MEANS.values())
    found |= {noun for pair in phrases._NOUNS.values() for noun in pair}
    words = (*Kind, *Detail, *Weapon, *Purpose, *Verdict, *(set(Qualifier) - UNSPOKEN))
    return found | {word.value.replace("_", " ") for word in words}


def templates() -> Iterator[str]:
    for module in (explaining, phrases):
        assert module.__file__ is not None
        for _, message, _, _ in extract_from_file(
            "python", module.__file__, keywords={"say": None}
        ):
            yield str(message)


def test_what_is_said_is_found_in_the_code() -> None:
    tree = ast.parse(Path(str(explaining.__file__)).read_text(encoding="utf-8"))
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say"
    ]
    literal = [call for call in calls if isinstance(call.args[0], ast.Constant)]
    assert {call.args[0].value for call in literal} <= set(templates())  # type: ignore[attr-defined]
    assert len(literal) > 30


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_all_that_is_said_and_nothing_else(language: Language) -> None:
    assert set(catalogue(language)) == said()


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_keeps_every_part(language: Language) -> None:
    for english, translated in catalogue(language).items():
        assert Counter(PART.findall(english)) == Counter(PART.findall(translated)), english
        assert "{" not in PART.sub("", translated), english


@pytest.mark.parametrize("language", OTHERS)
def test_no_two_verdicts_and_no_two_reasons_are_said_alike(language: Language) -> None:
    say = voice(language)
    assert len({say.verdict(verdict) for verdict in Verdict}) == len(Verdict)
    reasons = set(REASONS.values())
    assert len({say(reason) for reason in reasons}) == len(reasons)


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_that_nobody_reviewed_says_so(language: Language) -> None:
    with (files("streams.languages") / f"{language.value}.po").open("rb") as file:
        headers = dict(read_po(file).mime_headers)
        file.seek(0)
        assert b"X-Reviewed: no" in file.read()
    assert headers["Content-Type"].lower() == "text/plain; charset=utf-8"
    first, *_ = explain(judged(), language).sentences
    assert first == voice(language)(NOT_REVIEWED)
    assert explain(judged()).sentences[0] != NOT_REVIEWED


@pytest.mark.parametrize("language", OTHERS)
def test_numbers_ids_and_times_are_those_of_the_english(language: Language) -> None:
    one: Judged = judged(report(id="r-77"))
    english, other = explain(one), explain(one, language)
    assert other.terms == english.terms
    assert len(other.sentences) == len(english.sentences) + 1
    for mine, theirs in zip(english.sentences, other.sentences[1:], strict=True):
        figures = Counter(re.findall(r"\d+(?:\.\d+)?", mine))
        extra = Counter({"100": 1}) if mine.startswith("All of") else Counter()
        assert Counter(re.findall(r"\d+(?:\.\d+)?", theirs)) == figures + extra


@pytest.mark.parametrize("language", OTHERS)
def test_everything_is_printable(language: Language) -> None:
    assert all(text.isprintable() for text in catalogue(language).values())
