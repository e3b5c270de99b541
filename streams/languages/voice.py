"""Voice: English templates said in a language.

Place on the data's way: explain → **voice** → sentences. English is what the templates are; another
language takes them from its catalogue, and says in English what is missing there. What is data
(ids, hashes, coordinates, times) is put in as it is, in every language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum, StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from babel.messages.pofile import read_po

from streams.vocabulary import Verdict


class Language(StrEnum):
    """By its code of ISO 639-1."""

    ENGLISH = "en"
    UKRAINIAN = "uk"
    RUSSIAN = "ru"
    ARABIC = "ar"
    FRENCH = "fr"


NOT_REVIEWED: Final = (
    "This translation has not been reviewed yet; the English text is authoritative."
)


class Voice:
    """Says templates in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._catalogue = catalogue(language)

    def __call__(self, template: str, /, **parts: object) -> str:
        """The template in this language, its parts put in."""
        return self._catalogue.get(template, template).format_map(parts)

    def word(self, word: Enum) -> str:
        """A word of the wire as it is spoken."""
        return self(str(word.value).replace("_", " "))

    def verdict(self, verdict: Verdict) -> str:
        """A verdict: in English the wire's own word."""
        english = self.language is Language.ENGLISH
        return verdict.value if english else f"{self.word(verdict)} ({verdict.value})"

    def joined(self, template: str, parts: Sequence[str]) -> str:
        """Several parts by a template of {first} and {second}."""
        first, *others = parts
        for second in others:
            first = self(template, first=first, second=second)
        return first

    def number(self, value: int) -> str:
        """A whole number; a comma between its thousands is another language's decimal point."""
        return f"{value:,}" if self.language is Language.ENGLISH else str(value)


@cache
def voice(language: Language) -> Voice:
    """The voice of a language."""
    return Voice(language)


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """What is translated into a language, by the English template; of English nothing."""
    if language is Language.ENGLISH:
        return MappingProxyType({})
    with (files(__package__) / f"{language.value}.po").open("rb") as file:
        messages = read_po(file, locale=language.value)
    return MappingProxyType(
        {str(one.id): str(one.string) for one in messages if one.id and one.string}
    )
