"""Write `jgo.lock.toml` anew: `python -m services.local.lock_jars`, after changing COORDINATES.

For maintainers. Resolves the transitive dependencies and takes the sums of what it fetches on
trust: compare the difference with the project's published ones before committing it.
"""

import hashlib
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from jgo.maven import Dependency, MavenContext, PythonResolver

from services.local.jars import LOCK, Jar

COORDINATES: Final = (
    ("org.apache.kafka", "kafka_2.13", "4.4.0"),
    ("org.slf4j", "slf4j-simple", "1.7.36"),  # of the slf4j-api that Kafka asks for
)


def resolve_jars(repository: Path) -> list[Jar]:
    """Return COORDINATES and all they need at run time, fetched below `repository`."""
    context = MavenContext(resolver=PythonResolver(), repo_cache=repository)
    wanted = [
        Dependency(context.project(group, artifact).at_version(version).artifact())
        for group, artifact, version in COORDINATES
    ]
    inputs, needed = context.resolver.resolve(wanted)
    jars = (
        Jar(
            found.groupId,
            found.artifactId,
            found.version,
            hashlib.sha256(found.artifact.resolve().read_bytes()).hexdigest(),
        )
        for found in (*inputs, *needed)
    )
    return sorted(jars, key=lambda jar: (jar.group, jar.artifact))


def render_lock(jars: Iterable[Jar]) -> str:
    """Return the lock file's text, in jgo's format, naming no host."""
    return "\n".join(
        "[[dependencies]]\n"
        f'groupId = "{jar.group}"\n'
        f'artifactId = "{jar.artifact}"\n'
        f'version = "{jar.version}"\n'
        'packaging = "jar"\n'
        f'sha256 = "{jar.sha256}"\n'
        for jar in jars
    )


def main() -> None:
    """Resolve and write."""
    with tempfile.TemporaryDirectory() as repository:
        jars = resolve_jars(Path(repository))
    LOCK.write_text(render_lock(jars), encoding="utf-8")
    sys.stdout.write(f"{LOCK.name}: {len(jars)} jars\n")


if __name__ == "__main__":
    main()
