"""A short round of schemathesis: the gateway asked by its own OpenAPI document."""

from __future__ import annotations

from services.settings import Settings
from tests.fuzz.case import REPORTS, STATUSES
from tests.fuzz.openapi import ask_all, has_code
from tests.fuzz.stage import UNLIMITED, make_tokens, serving

EXAMPLES = 4


def test_whatever_the_document_allows_or_forbids_is_answered_without_a_fault(
    gateway_settings: Settings,
) -> None:
    reporter, operator = make_tokens(gateway_settings.database())
    api_url, keys = gateway_settings.api_database(), gateway_settings.receipt_keys
    with serving(api_url, keys, UNLIMITED) as gateway:
        tokens = {REPORTS: reporter, STATUSES: operator}
        asked = ask_all(gateway.url, tokens, EXAMPLES, number=3)
    assert asked.faults == []
    posted = asked.counts[f"POST {REPORTS} (positive)"]
    assert posted[201] + posted[409] + posted[403] > 0


def test_a_refusal_without_a_word_of_the_tables_is_seen() -> None:
    assert has_code(b'{"type": "urn:truceline:problem:not_found"}')
    assert has_code(b'{"type": "urn:truceline:problem:event_refused", "reason": "empty"}')
    assert not has_code(b'{"type": "urn:truceline:problem:event_refused"}')
    assert not has_code(b'{"type": "about:blank"}')
    assert not has_code(b"Internal Server Error")
