"""The stage of a crash test: engines in a temporary folder, and workers, kept up as `up` does."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from services.keyring import LOCAL_KEY, make_keys, read_keys
from services.load import load_documents
from services.local.endpoints import DATABASE_VARIABLE, KAFKA_VARIABLE
from services.local.engines import Engines
from services.local.postgres import API_ROLE
from services.local.supervisor import POLL_S, Service, ServiceProcess, Supervisor
from services.make_topics import make_topics
from services.settings import GROUP_VARIABLE, KEYS_VARIABLE
from services.store.engine import connect
from services.store.migrate import upgrade
from streams.agreement import Agreement
from streams.methodology import Methodology
from streams.tags import ProducerKey
from streams.topics import TopicName

CONSUMED = (TopicName.REPORTS, TopicName.CORRIDOR_STATUS, TopicName.CONTEXT)
PARTITIONS = 8
PLACES = [TopicPartition(name, number) for name in CONSUMED for number in range(PARTITIONS)]


class Stage:
    """Engines that run, their databases, and what watches over them all."""

    def __init__(
        self, folder: Path, documents: tuple[Agreement, Methodology], pace: float = 1.0
    ) -> None:
        """Make a stage.

        Args:
            folder: where everything lies.
            documents: what is judged by.
            pace: how many times as fast the supervisor's clock runs, for its pauses.
        """
        self.folder = folder
        self.engines = Engines(folder)
        self.said: list[str] = []
        self._documents = documents
        self._keys = folder / "keys" / "producers.toml"
        self._supervisor = Supervisor(self.said.append, clock=lambda: time.monotonic() * pace)
        self._ending = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start the engines; make topics and keys. Nothing is looked after yet."""
        self.engines.start()
        make_topics(self.engines.kafka.bootstrap, PARTITIONS)
        make_keys(self._keys)

    def stop(self) -> None:
        """Stop everything."""
        self._ending.set()
        if self._watching.is_alive():
            self._watching.join()
        self._supervisor.stop()
        self.engines.stop()

    @property
    def key(self) -> ProducerKey:
        """The key that producers of this machine tag with."""
        return read_keys(self._keys)[LOCAL_KEY]

    def api_url_of(self, name: str) -> str:
        """A database's URL for the gateway's role."""
        return self.engines.postgres.url_of(name, role=API_ROLE)

    def make_database(self, name: str) -> str:
        """An empty, migrated database with the documents loaded; its URL."""
        postgres = self.engines.postgres
        with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}" OWNER truceline'.encode())
        url = postgres.url_of(name)
        upgrade(url)
        with connect(url) as conn:
            load_documents(conn, self._documents, self._documents[0].valid.from_)
        return url

    def start_workers(self, names: tuple[str, ...], url: str, group: str) -> list[ServiceProcess]:
        """Start worker processes on a database, looked after from now on."""
        env = {
            DATABASE_VARIABLE: url,
            KEYS_VARIABLE: str(self._keys),
            GROUP_VARIABLE: group,
        }
        return [self.start_service(name, "services.worker", env) for name in names]

    def start_service(self, name: str, module: str, env: Mapping[str, str]) -> ServiceProcess:
        """Start a service's module, looked after from now on."""
        whole = {**os.environ, KAFKA_VARIABLE: self.engines.kafka.bootstrap, **env}
        service = Service(name, (sys.executable, "-m", module), whole)
        process = ServiceProcess(service, self.engines.folder.logs)
        self._supervisor.start(process)
        return process

    def look_after(self) -> None:
        """From now on whatever ends is started again, with the supervisor's own pauses."""
        for engine in self.engines.ours:
            self._supervisor.watch(engine)
        self._watching.start()

    def story(self) -> str:
        """What the supervisor said and the last lines of every log, for whoever looks for a cause.

        The folder, and all logs in it, is gone after the run.
        """
        lines = ["", *self.said]
        for path in sorted(self.engines.folder.logs.glob("*.log")):
            lines += [f"--- {path.name}", *path.read_text(errors="replace").splitlines()[-60:]]
        return "\n".join(lines)

    def lag(self, group: str) -> dict[str, int]:
        """How many records of each topic the group has not committed; raises if Kafka is away."""
        with closing(KafkaConsumer(bootstrap_servers=self.engines.kafka.bootstrap)) as consumer:
            ends = consumer.end_offsets(PLACES)
        committed = self.committed(group)
        assert all(committed[tp] <= ends[tp] for tp in PLACES), (committed, ends)
        return {
            name: sum(ends[tp] - committed[tp] for tp in PLACES if tp.topic == name)
            for name in CONSUMED
        }

    def committed(self, group: str) -> dict[TopicPartition, int]:
        """How far the group has committed; raises if Kafka is away."""
        bootstrap = self.engines.kafka.bootstrap
        with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
            read = admin.list_group_offsets(group).get(group, {})  # type: ignore[no-untyped-call]
        return {tp: read[tp].offset if tp in read else 0 for tp in PLACES}

    def _watch(self) -> None:
        while not self._ending.wait(POLL_S):
            self._supervisor.poll()


@contextmanager
def a_stage(agreement: Agreement, methodology: Methodology, pace: float = 1.0) -> Iterator[Stage]:
    """A stage in a folder of its own, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="truceline-e2e-"))
    stage = Stage(folder, (agreement, methodology), pace)
    try:
        stage.start()
        yield stage
    except BaseException:
        sys.stdout.write(stage.story())
        raise
    finally:
        stage.stop()
        shutil.rmtree(folder, ignore_errors=True)
