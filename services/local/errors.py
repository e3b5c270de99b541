"""What can go wrong with the engines on this machine: one clear line each, saying what to do.

All of these stop the program (none is retried): the person at the terminal has to act.

    LocalError
    ├── FolderError            the data folder cannot be used
    │   ├── FolderForeignError        it holds something else, or belongs to somebody else
    │   ├── FolderFullError           too little room
    │   ├── FolderInUseError          another `truceline up` runs on it
    │   ├── FolderTooNewError         a newer Truceline wrote it
    │   ├── FolderUnreachableError    the account that runs the engines cannot get to it
    │   └── FolderUnwritableError     it cannot be made or written
    ├── JarsError              Apache Kafka's programs
    │   ├── JarsDifferError           a sum is not the locked one, also after fetching again
    │   └── JarsUnfetchedError        they are not here and could not be fetched
    └── EngineError            an engine
        ├── AccountMissingError       no account to run it as
        ├── EngineFailedError         it ended, or did not answer in time
        └── PortOccupiedError         another program listens on its port
"""

from pathlib import Path


class LocalError(Exception):
    """Root of what `services.local` raises; `str()` of one is the line to print."""


class FolderError(LocalError):
    """The data folder cannot be used."""


class FolderForeignError(FolderError):
    """The folder holds something else, or belongs to somebody else."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path} is not a folder Truceline may use: {why}; "
            "name an empty or new one (--folder or TRUCELINE_HOME)"
        )


class FolderFullError(FolderError):
    """Too little room."""

    def __init__(self, path: Path, free_mb: int, needed_mb: int) -> None:
        super().__init__(
            f"only {free_mb} MB are free for {path} and {needed_mb} MB are needed: "
            "free some room, or name another folder (--folder or TRUCELINE_HOME)"
        )


class FolderInUseError(FolderError):
    """Another process holds the folder."""

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(
            f"{path} is in use by another truceline{holder}: stop that one first, "
            "or name another folder (--folder or TRUCELINE_HOME)"
        )


class FolderTooNewError(FolderError):
    """A newer version wrote the folder."""

    def __init__(self, path: Path, found: str, known: int) -> None:
        super().__init__(
            f"{path} was written by a newer Truceline (layout {found}, this one knows {known}): "
            "update Truceline, or name another folder (--folder or TRUCELINE_HOME)"
        )


class FolderUnreachableError(FolderError):
    """The account that runs the engines cannot get to the folder."""

    def __init__(self, path: Path, account: str, barrier: Path) -> None:
        super().__init__(
            f"{path} cannot be reached by the account {account!r}, which runs the engines "
            f"({barrier} does not let it in): name a folder outside it, "
            "such as /var/lib/truceline (--folder, TRUCELINE_HOME or TRUCELINE_CACHE)"
        )


class FolderUnwritableError(FolderError):
    """The folder cannot be made or written."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"cannot write in {path} ({why}): make it writable, "
            "or name another folder (--folder, TRUCELINE_HOME or TRUCELINE_CACHE)"
        )


class JarsError(LocalError):
    """Apache Kafka's programs cannot be used."""


class JarsDifferError(JarsError):
    """A sum is not the locked one, also after fetching again."""

    def __init__(self, name: str, cache: Path) -> None:
        super().__init__(
            f"{name} differs from the locked SHA-256, also after fetching it again: nothing was "
            f"started; check the repository or proxy it comes from, then delete {cache}"
        )


class JarsUnfetchedError(JarsError):
    """The jars are not here and could not be fetched."""

    def __init__(self, missing: int, total: int, why: str) -> None:
        super().__init__(
            f"{missing} of Apache Kafka's {total} jars are not here yet and could not be fetched "
            f"({why}): connect to the network for the first start, "
            "or set TRUCELINE_KAFKA_BOOTSTRAP to a Kafka of your own"
        )


class EngineError(LocalError):
    """An engine cannot be started or stopped."""


class AccountMissingError(EngineError):
    """There is no account to run the engines as."""


class EngineFailedError(EngineError):
    """The engine ended, or did not answer in time."""

    def __init__(self, engine: str, why: str, log: Path) -> None:
        super().__init__(f"{engine} {why}; its log is {log}")


class PortOccupiedError(EngineError):
    """Another program listens on the engine's port."""

    def __init__(self, engine: str, port: int) -> None:
        super().__init__(
            f"port {port} on 127.0.0.1, which {engine} needs, is occupied by another program: "
            "stop that program, or choose another port with --kafka-port"
        )
