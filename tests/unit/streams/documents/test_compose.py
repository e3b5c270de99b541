"""YAML is read as JSON with comments, each value with its line, and within limits."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.documents import compose as module
from streams.documents.compose import Fields, Items, compose, plain


def _plain(text: str) -> object:
    composed = compose(text, None)
    assert composed.root is not None, composed.mistakes
    assert composed.mistakes == ()
    return plain(composed.root)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("012", "012"),
        ("0o14", "0o14"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2015-02-15", "2015-02-15"),
        ("2015-02-15T00:00:00Z", "2015-02-15T00:00:00Z"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-0", 0),
        ("1e3", 1000.0),
        ("48.25", 48.25),
        ('"12"', "12"),
        ("'no'", "no"),
        ('""', ""),
        ("|\n  two\n  lines", "two\nlines"),
    ],
)
def test_only_the_types_of_json_exist(written: str, read: object) -> None:
    found = _plain(f"value: {written}")
    assert found == {"value": read}
    assert type(found["value"]) is type(read)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=8)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, JSON, max_size=4), st.sampled_from([None, 2, "\t"]))
def test_json_is_read_as_json(value: dict[str, object], indent: int | str | None) -> None:
    assert _plain(json.dumps(value, indent=indent)) == value


def test_an_escaped_backslash_before_a_surrogate_pair_stays_a_backslash() -> None:
    text = r'{"a": "\\ud83d\ude00"}'.replace(r"\ude00", "x")
    assert _plain(text) == {"a": r"\ud83dx"}
    assert _plain(r'{"a": "\\\ud83d\ude00"}') == {"a": "\\\U0001f600"}


def test_every_value_and_key_knows_its_line() -> None:
    root = compose(
        "# a comment\na: 1\nb:\n  - x\n  -\n    c: |\n      long\n    d: y\n", "f.yaml"
    ).root
    assert isinstance(root, Fields)
    listed = root.fields["b"]
    assert isinstance(listed, Items)
    inner = listed.items[1]
    assert isinstance(inner, Fields)
    lines = [root.fields["a"], listed.items[0], inner, inner.fields["d"]]
    assert [node.place.line for node in lines] == [2, 4, 6, 8]
    assert (root.keys["b"].line, root.keys["b"].file) == (3, "f.yaml")


@pytest.mark.parametrize(
    ("text", "code", "path", "line"),
    [
        ("", "empty_document", "document", 1),
        ("# only a comment\n", "empty_document", "document", 1),
        ("a: [1\nb: 2\n", "yaml_syntax", "a[1]", 2),
        ("a:\n\tb: 1\n", "yaml_syntax", "a", 2),
        ("a: 1\n---\nb: 2\n", "several_documents", "document", 2),
        ("a:\n  b: 1\n  c: 2\n  b: 3\n", "duplicate_key", "a.b", 4),
        ("? [1, 2]\n: 3\n", "key_not_text", "document", 1),
        ("a: 1\nb: *nobody\n", "unknown_alias", "b", 2),
        ("a: &x\n  b: *x\n", "unknown_alias", "a.b", 2),
        ("a: !!python/object:os.system x\n", "yaml_tag", "a", 1),
        ("a: !!timestamp 2015-02-15\n", "yaml_tag", "a", 1),
        ('{"a": "\\ud800"}', "yaml_syntax", "document", 1),
        ("a: \x07\n", "yaml_syntax", "document", 1),
        ("[" * 100_000, "too_deep", "[0]" * 41, 1),
        ("a: " * 2, "yaml_syntax", "document", 1),
    ],
)
def test_what_is_no_sound_yaml_is_a_mistake_with_its_line(
    text: str, code: str, path: str, line: int
) -> None:
    found = compose(text, "f.yaml").mistakes
    assert [(m.code, m.path, m.line, m.file) for m in found] == [(code, path, line, "f.yaml")]


def test_of_a_key_that_stands_twice_the_first_value_counts_and_the_second_is_still_skipped() -> (
    None
):
    composed = compose("a: 1\na: 2\nb: 3\n", None)
    assert composed.root is not None
    assert plain(composed.root) == {"a": 1, "b": 3}
    assert "line 1" in composed.mistakes[0].message


def test_an_alias_stands_for_what_it_names() -> None:
    text = "a: &when {from: x}\nb: *when\n"
    assert _plain(text) == {"a": {"from": "x"}, "b": {"from": "x"}}


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 12)]
    started = time.monotonic()
    composed = compose("\n".join(levels), None)
    assert composed.root is None
    assert [mistake.code for mistake in composed.mistakes] == ["too_large"]
    assert time.monotonic() - started < 5  # expanded it would be 10^12 values


def test_nesting_through_aliases_counts() -> None:
    levels = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 60))]
    assert [m.code for m in compose("\n".join(levels), None).mistakes] == ["too_deep"]


def test_a_document_of_too_many_characters_or_values_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_CHARACTERS", 100)
    assert [m.code for m in compose("a: " + "x" * 98, None).mistakes] == ["too_large"]
    monkeypatch.setattr(module, "MAX_CHARACTERS", 1000)
    monkeypatch.setattr(module, "MAX_NODES", 10)
    assert [m.code for m in compose("[1, 2, 3, 4, 5, 6, 7, 8, 9]", None).mistakes] == []
    assert [m.code for m in compose("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", None).mistakes] == [
        "too_large"
    ]
