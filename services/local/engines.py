"""Start PostgreSQL and Kafka together on one data folder, and stop them.

    with Engines(Path("data")) as endpoints:
        ...

Both are made ready at the same time: on the first start fetching and formatting Kafka takes
longer than all of PostgreSQL.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from services.local.folder import Folder
from services.local.jars import ensure_jars
from services.local.kafka import Kafka
from services.local.postgres import Postgres
from services.local.programs import find_programs, make_cache


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the two engines are."""

    database_url: str
    kafka_bootstrap: str


class Engines:
    """The two engines on a data folder. An engine whose address is given is not started."""

    def __init__(
        self,
        folder: Path,
        *,
        kafka_port: int | None = None,
        given_database_url: str | None = None,
        given_kafka_bootstrap: str | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.folder = Folder(folder)
        self._say = say
        self._given = (given_database_url, given_kafka_bootstrap)
        try:
            self.cache = make_cache(self.folder.account)
            programs = find_programs(self.folder.account, self.cache)
        except BaseException:
            self.folder.close()
            raise
        self.postgres = Postgres(self.folder, programs.postgres_bin)
        self.kafka = Kafka(self.folder, programs.java, port=kafka_port)

    def start(self) -> Endpoints:
        """Start what is not given; returns when both answer. On failure nothing is left running."""
        database_url, bootstrap = self._given
        starts = [
            *([self._start_postgres] if database_url is None else []),
            *([self._start_kafka] if bootstrap is None else []),
        ]
        try:
            _all_of(starts)
        except BaseException:
            self.stop()
            raise
        return Endpoints(
            database_url=database_url or self.postgres.url,
            kafka_bootstrap=bootstrap or self.kafka.bootstrap,
        )

    def stop(self) -> None:
        """Stop both cleanly, within their time limits, and release the folder."""
        try:
            _all_of([self.kafka.stop, self.postgres.stop])
        finally:
            self.folder.close()

    def __enter__(self) -> Endpoints:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _start_postgres(self) -> None:
        self.postgres.start()

    def _start_kafka(self) -> None:
        self.kafka.start(ensure_jars(self.cache, say=self._say))


def _all_of(actions: list[Callable[[], None]]) -> None:
    """Run all at once; when all have ended, raise the first error of those that failed."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        running = [pool.submit(action) for action in actions]
    for done in running:
        done.result()
