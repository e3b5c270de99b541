"""A database that a relay and a worker could work on, and the topics."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.make_topics import make_topics
from services.relay.send import Sender
from tests.integration.relay.crew import Crew
from tests.integration.relay.topic import Tail
from tests.integration.worker.conftest import prepare


@pytest.fixture
def relay_url(fresh_migrated_url: str) -> str:
    """Address of a migrated database with documents, for one test alone."""
    prepare(fresh_migrated_url)
    return fresh_migrated_url


@pytest.fixture
def tail(kafka_bootstrap: str) -> Iterator[Tail]:
    """What comes into the topics from now on."""
    make_topics(kafka_bootstrap)
    made = Tail(kafka_bootstrap)
    yield made
    made.close()


@pytest.fixture
def crew(relay_url: str, kafka_bootstrap: str) -> Iterator[Crew]:
    """Relays in threads of this process, stopped at the end."""
    made = Crew(relay_url, lambda: Sender(kafka_bootstrap))
    yield made
    made.stop()
