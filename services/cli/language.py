"""`--language`: the option of every command that explains.

Apart from `output`, which every command imports: catalogues are read by those that need them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import rich_click as click

from streams.languages.voice import Language

F = TypeVar("F", bound=Callable[..., Any])


def language_option(command: F) -> F:
    """`--language`: in which language explanations are said."""
    option = click.option(
        "--language",
        type=click.Choice([language.value for language in Language]),
        callback=lambda _context, _option, value: Language(value),
        default=Language.ENGLISH.value,
        show_default=True,
        help="Of the sentences; the English ones are authoritative.",
    )
    return option(command)
