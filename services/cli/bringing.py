"""What commands share that bring a document to the gateway: as whom, under what, or into a file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
import rich_click as click

from services.cli.output import json_option
from services.cli.sending import plain_http_option, timeout_option
from services.client.address import check_gateway_url
from services.client.decide import bring
from services.client.post import HttpGateway
from services.client.token import read_token
from services.settings import load_settings

F = TypeVar("F", bound=Callable[..., Any])
CASES: Final = "/v1/cases"
CHANNEL: Final = "/v1/channel"
FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


class UnderType(click.ParamType):
    """Mission and agreement: ``MISSION/AGREEMENT``."""

    name = "mission/agreement"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Keep the argument, or say how it must look."""
        mission, mark, agreement = str(value).partition("/")
        if not (mission and mark and agreement):
            self.fail(f"{value!r}: write MISSION/AGREEMENT, by their ids", param, ctx)
        return str(value)


class Way(NamedTuple):
    """How a document is brought: to the gateway, or into a file."""

    write: Path | None
    timeout_s: float
    plain_http: bool
    as_json: bool

    def bring(self, path: str, raw: bytes) -> None:
        """Bring it there, and say what came of it."""
        if self.write is not None:
            with self.write.open("xb") as file:
                file.write(raw)
            click.echo(f"written into {self.write}: `file` brings it to the gateway", err=True)
            return
        settings = load_settings()
        address = check_gateway_url(settings.gateway_url, allow_plain=self.plain_http)
        with closing(HttpGateway(address, read_token(settings.token_file))) as gateway:
            shown = bring(gateway, path, raw, self.timeout_s)
        if self.as_json:
            click.echo(shown)
            return
        told = msgspec.json.decode(shown)
        case = told.get("case")
        stands = f": {case['case']['state']}" if case else ""
        click.echo(f"{told['name']}{stands}, SHA-256 {told['sha256']}")


class Author(NamedTuple):
    """As whom a document is written, and under what."""

    under: str
    source: str

    def fields(self) -> dict[str, Any]:
        """What every act and every message says."""
        mission, _, agreement = self.under.partition("/")
        now = datetime.now(UTC).replace(microsecond=0)
        return {"mission": mission, "agreement": agreement, "source": self.source, "at": now}


def way_options(command: F) -> F:
    """`--write`, `--timeout`, `--plain-http`, `--json`."""
    write = click.option(
        "--write",
        type=click.Path(exists=False, dir_okay=False, path_type=Path),
        help="Into this new file, to be brought later, from elsewhere.",
    )
    return write(timeout_option(plain_http_option(json_option(command))))


def author_options(command: F) -> F:
    """`--under`, `--as`."""
    under = click.option(
        "--under", required=True, type=UnderType(), help="Mission and agreement, by their ids."
    )
    source = click.option("--as", "source", required=True, help="The source that you speak for.")
    return under(source(command))
