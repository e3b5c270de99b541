from unittest.mock import Mock

import msgspec
import pytest

from streams import addresses
from streams.addresses import Addresses
from streams.agreement import content_hash
from tests.unit.streams.builders import agreement


def test_the_hash_is_that_of_the_canonical_bytes() -> None:
    document = agreement()
    assert Addresses().of(document) == content_hash(document)


def test_what_is_known_is_not_reckoned_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = agreement(), msgspec.structs.replace(agreement(), title="Another")
    reckoned = Mock(return_value="reckoned")
    monkeypatch.setattr(addresses, "content_hash", reckoned)
    known = Addresses([(first, "known")])
    assert [known.of(it) for it in (first, second, second)] == ["known", "reckoned", "reckoned"]
    reckoned.assert_called_once_with(second)


def test_an_equal_document_that_is_another_object_is_reckoned() -> None:
    document = agreement()
    twin = msgspec.structs.replace(document)
    assert Addresses([(document, "known")]).of(twin) == content_hash(document)
