from hypothesis import example, given
from hypothesis import strategies as st

from services.store.binary import storable


@given(st.text(st.characters(codec=None)))
@example("\0")
@example("\ud800\udc00 \udfff")
def test_any_text_can_be_made_storable(words: str) -> None:
    kept = storable(words)
    assert "\0" not in kept
    kept.encode()
    if words.isprintable():
        assert kept == words
