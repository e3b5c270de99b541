"""Apache Kafka 4.4, one KRaft node, on a Java runtime from a wheel: loopback only.

`start` on the data of a killed broker recovers its logs: the same way in, always. No account is
asked for on the loopback interface; what an event is worth is decided by its tag, not by Kafka.
"""

import signal
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from services.local.build import build_data
from services.local.engine import Engine
from services.local.errors import EngineFailedError
from services.local.folder import Folder
from services.local.jars import ensure_jars
from services.local.logs import size_of
from services.local.ports import LOOPBACK, Ports, settle_ports
from services.local.probe import answers
from services.local.programs import java, make_cache
from services.local.spawn import spawn

READY_S: Final = 120.0
POLL_S: Final = 0.05
MAX_RECORD_BYTES: Final = 16 * 1024 * 1024 + 65_536  # a 16 MiB event and what goes around it

# The first compiler only: on two shared cores the second one costs 1.5 s of CPU at each start and
# had not earned them back after 400,000 records (5.3 µs a record against 8.2).
JAVA_OPTIONS: Final = (
    "-Xms64m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",  # else it leaves a file in the temporary folder of all
    "-Djava.awt.headless=true",
    "-Djava.net.preferIPv4Stack=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
)

# After SIGKILL the controller lets a new broker in only when the old one's session is over: with
# Kafka's own 9 s every restart took 13 s, with these it takes 5 s.
PROPERTIES: Final = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{host}:{broker},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{broker}
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
num.partitions=4
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=2
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=2
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.message.timestamp.type=LogAppendTime
message.max.bytes={max_record}
replica.fetch.max.bytes={max_record}
log.segment.bytes=134217728
num.network.threads=2
num.io.threads=4
num.recovery.threads.per.data.dir=2
log.cleaner.dedupe.buffer.size=16777216
"""


class Kafka(Engine):
    """One Kafka node on the data folder."""

    name = "Kafka"
    program = "java"
    place = "kafka"
    stop_signal = signal.SIGTERM
    stop_s = 20.0

    def __init__(
        self,
        folder: Folder,
        *,
        port: int | None = None,
        jars: Callable[[Path], list[Path]] = ensure_jars,
    ) -> None:
        super().__init__(folder)
        self._find_jars = jars
        self._java = Path()
        self._jars: Sequence[Path] = ()
        self._port = port
        self._ports: Ports | None = None

    @property
    def bootstrap(self) -> str:
        """The address clients start from; known once it was prepared."""
        return f"{LOOPBACK}:{self._settled().broker}"

    def prepare(self) -> None:
        """Check the jars, end a broker left over on this data, settle ports, make missing data."""
        account = self._folder.account
        cache = make_cache(account)
        self._java = java(account, cache)
        self._jars = self._find_jars(cache)
        self._end(None)
        self._ports = settle_ports(self._folder.path / "kafka.json", self._port)
        if not self._data.exists():
            build_data(self._folder, "kafka", self.name, self._format, self.log)

    def launch(self) -> None:
        """Start the broker; `wait_ready` tells when it answers."""
        self._log_start = size_of(self.log)
        properties = self._write("server.properties", self._data)
        self._process = spawn(
            self._java_command("kafka.Kafka", str(properties)),
            cwd=self._data,
            log=self.log,
            account=self._folder.account,
        )

    def wait_ready(self) -> None:
        """Wait until it answers, its group coordinator included."""
        deadline = time.monotonic() + READY_S
        while not answers(LOOPBACK, self._settled().broker):
            if self.pid is None:
                raise EngineFailedError(self.name, self.ended(), self.log)
            if time.monotonic() > deadline:
                raise EngineFailedError(
                    self.name, f"did not answer within {READY_S:.0f} s", self.log
                )
            time.sleep(POLL_S)

    def _settled(self) -> Ports:
        if self._ports is None:
            raise RuntimeError("Kafka's address is known after prepare()")
        return self._ports

    def _format(self, data: Path) -> list[str]:
        properties = self._write("format.properties", data)
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")
        # One word with its value: an id that begins with a hyphen would be read as an option.
        name = f"--cluster-id={cluster}"
        tool = ("kafka.tools.StorageTool", "format", name, "-c", str(properties))
        return self._java_command(*tool)

    def _write(self, name: str, data: Path) -> Path:
        ports = self._settled()
        text = PROPERTIES.format(
            host=LOOPBACK,
            broker=ports.broker,
            controller=ports.controller,
            data=str(data).replace("\\", "\\\\"),
            max_record=MAX_RECORD_BYTES,
        )
        return self._folder.write_conf(name, text)

    def _java_command(self, *arguments: str) -> list[str]:
        temporary = self._folder.own("tmp")  # native libraries are unpacked there
        return [
            *(str(self._java), *JAVA_OPTIONS, f"-Djava.io.tmpdir={temporary}"),
            *("-cp", ":".join(map(str, self._jars)), *arguments),
        ]
