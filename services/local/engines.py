"""Start PostgreSQL and Kafka together on one data folder, and stop them.

    with Engines(Path("data")) as endpoints:
        ...

Both are made ready at the same time: on the first start fetching and formatting Kafka takes
longer than all of PostgreSQL.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from services.local.endpoints import Endpoints
from services.local.errors import FolderUnwritableError
from services.local.folder import Folder
from services.local.jars import Jar, ensure_jars, fetch_jar
from services.local.kafka import Kafka
from services.local.postgres import Postgres


class Engines:
    """The two engines on a data folder. An engine whose address is given is not started."""

    def __init__(  # noqa: PLR0913 - each engine may be given, each by its name
        self,
        folder: Path,
        *,
        kafka_port: int | None = None,
        given_database_url: str | None = None,
        given_kafka_bootstrap: str | None = None,
        given_api_database_url: str | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.folder = Folder(folder)
        self.postgres = Postgres(self.folder)
        self.kafka = Kafka(self.folder, port=kafka_port, jars=self._find_jars)
        self._given_database_url = given_database_url
        self._given_kafka_bootstrap = given_kafka_bootstrap
        self._given_api_database_url = given_api_database_url
        self._say = say
        self._cancelled = threading.Event()

    @property
    def ours(self) -> list[Postgres | Kafka]:
        """The engines that we start: those whose address was not given."""
        return [
            *([self.postgres] if self._given_database_url is None else []),
            *([self.kafka] if self._given_kafka_bootstrap is None else []),
        ]

    def start(self) -> Endpoints:
        """Start what is ours; returns when it answers. On failure nothing is left running."""
        self.folder.hold()
        self._cancelled.clear()
        pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="engine")
        try:
            starting = [pool.submit(engine.start) for engine in self.ours]
            for one in starting:
                one.result()
        except BaseException as e:  # an interrupt included: undo, then let it through
            self._cancelled.set()
            self._stop_ours()  # what waits for an engine sees it end, and ends
            pool.shutdown()
            self.stop()  # what was launched meanwhile
            if isinstance(e, OSError):
                raise FolderUnwritableError(self.folder.path, e.strerror or str(e)) from e
            raise
        pool.shutdown()
        return Endpoints(
            database_url=self._given_database_url or self.postgres.url,
            kafka_bootstrap=self._given_kafka_bootstrap or self.kafka.bootstrap,
            api_database_url=self._given_api_database_url or self._own_api_database_url(),
        )

    def stop(self) -> None:
        """Stop ours cleanly, within their time limits, and release the folder."""
        if not self.folder.is_ours:  # what runs on it then is somebody else's
            return
        try:
            self._stop_ours()
        finally:
            self.folder.release()

    def __enter__(self) -> Endpoints:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _own_api_database_url(self) -> str | None:
        return self.postgres.api_url if self.postgres in self.ours else None

    def _stop_ours(self) -> None:
        with ThreadPoolExecutor(max_workers=2) as pool:
            stopping = [pool.submit(engine.stop) for engine in self.ours]
        for one in stopping:
            one.result()

    def _find_jars(self, cache: Path) -> list[Path]:
        return ensure_jars(cache, fetch=self._fetch, say=self._say)

    def _fetch(self, jar: Jar, below: Path) -> Path:
        if self._cancelled.is_set():
            raise RuntimeError("stopped while fetching")
        return fetch_jar(jar, below)
