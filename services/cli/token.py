"""`truceline token`: who may use the gateway."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import rich_click as click

from services.cli.output import instant, json_option, print_json, print_table
from services.private_file import write_private
from services.settings import load_settings
from services.store.engine import connect
from services.tokens.stored import (
    DEFAULT_DAYS,
    MAX_DAYS,
    Wanted,
    create_token,
    list_tokens,
    revoke_token,
)
from services.tokens.token import Role, Token, validity
from streams.events import Slug

LABEL_LIMIT = 200


class SlugType(click.ParamType):
    """A short name, as events have them."""

    name = "name"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Read the argument, or say how it must look."""
        try:
            return msgspec.convert(value, Slug)
        except msgspec.ValidationError:
            self.fail(f"{value!r} is no id: letters, digits, dot, underscore, hyphen", param, ctx)


SLUG = SlugType()


class PrincipalType(SlugType):
    """A person's name, written in one way alone: who is one person must not look like two."""

    name = "person"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Read the argument, or say how it must look."""
        name = super().convert(value, param, ctx)
        if name != name.lower():
            self.fail(f"{value!r}: in small letters, e.g. {name.lower()}", param, ctx)
        return name


PRINCIPAL = PrincipalType()


@click.group(epilog="Example: truceline token list")
def token() -> None:
    """Make, list and revoke the tokens of the gateway's callers."""


@token.command(
    epilog="Example: truceline token create --label north --mission osce-smm --role reporter"
)
@click.option("--label", required=True, help="Who gets it; for people.")
@click.option("--mission", type=SLUG, required=True, help="Mission id.")
@click.option("--agreement", type=SLUG, help="Agreement id. Default: all of the mission.")
@click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    required=True,
    help="What it is for; may be repeated.",
)
@click.option(
    "--source",
    "sources",
    type=SLUG,
    multiple=True,
    help="Source it may speak for; may be repeated. Default: every source of the mission.",
)
@click.option(
    "--principal",
    type=PRINCIPAL,
    help="Person who holds it, for what takes a named one (`truceline desk`): one name a person, "
    "the same in all of a person's tokens.",
)
@click.option(
    "--days",
    type=click.IntRange(1, MAX_DAYS),
    default=DEFAULT_DAYS,
    show_default=True,
    help="Days until it expires.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="New file for the secret, mode 0600, instead of standard output.",
)
@json_option
def create(  # noqa: PLR0913 (each is one thing a token says)
    *,
    label: str,
    mission: str,
    agreement: str | None,
    roles: tuple[str, ...],
    sources: tuple[str, ...],
    principal: str | None,
    days: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Make a token. Its secret is shown once, and is nowhere else.

    With --json one line: the token's fields and "secret" (null where --out is given).
    """
    if not label.isprintable() or not 0 < len(label) <= LABEL_LIMIT:
        raise click.UsageError(f"--label must be 1 to {LABEL_LIMIT} printable characters")
    wanted = Wanted(
        label,
        mission,
        frozenset(map(Role, roles)),
        agreement,
        frozenset(sources),
        days,
        principal,
    )
    # The file before the commit: one that cannot be written leaves no token that nobody has. After
    # a commit that fails the file holds a secret that opens nothing.
    with connect(load_settings().database()) as conn:
        made, secret = create_token(conn, wanted, datetime.now(UTC))
        if out is not None:
            write_private(out, f"{secret.text}\n")
    if as_json:
        print_json({**_plain(made), "secret": None if out else secret.text})
        return
    click.echo(f"token {made.id} for {mission}, until {instant(made.expires_at)}", err=True)
    if out is None:
        click.echo("this is its secret; it is not shown again:", err=True)
        click.echo(secret.text)


@token.command(name="list", epilog="Example: truceline token list --mission osce-smm")
@click.option("--mission", type=SLUG, help="Mission id. Default: all.")
@json_option
def list_(*, mission: str | None, as_json: bool) -> None:
    """List tokens, newest first, expired and revoked ones too.

    With --json, a line each: "id", "label", "mission", "agreement" (null: all), "roles", "sources"
    (empty: every one), "principal" (null: nobody by name), "created_at", "expires_at",
    "revoked_at", "validity".
    """
    with connect(load_settings().database()) as conn:
        found = list_tokens(conn, mission)
    if as_json:
        for one in found:
            print_json(_plain(one))
        return
    print_table(
        "Tokens",
        ("Token!", "For", "Mission", "Roles", "Sources", "Until, UTC", "Validity"),
        [
            (
                one.id,
                (one.label, *([f"  {one.principal}"] if one.principal else [])),
                (one.mission, *([f"  {one.agreement}"] if one.agreement else [])),
                tuple(sorted(one.roles)),
                tuple(sorted(one.sources)) or "every one",
                one.revoked_at or one.expires_at,
                validity(one, datetime.now(UTC)),
            )
            for one in found
        ],
        note="To take one back: truceline token revoke TOKEN",
    )


@token.command(epilog="Example: truceline token revoke tok-0123456789ab")
@click.argument("token_id", metavar="TOKEN")
@json_option
def revoke(token_id: str, *, as_json: bool) -> None:
    """Revoke TOKEN: from now on it lets nobody in. It cannot be undone.

    What came under it stays vouched for: it was checked when it arrived. With --json one line as
    of `truceline token list`.
    """
    with connect(load_settings().database()) as conn:
        revoked = revoke_token(conn, token_id, datetime.now(UTC))
    if as_json:
        print_json(_plain(revoked))
    else:
        assert revoked.revoked_at is not None, "revoke_token has set it"
        click.echo(
            f"token {revoked.id} ({revoked.label}): revoked at {instant(revoked.revoked_at)}"
        )


def _plain(one: Token) -> dict[str, object]:
    return {
        "id": one.id,
        "label": one.label,
        "mission": one.mission,
        "agreement": one.agreement,
        "roles": sorted(one.roles),
        "sources": sorted(one.sources),
        "principal": one.principal,
        "created_at": one.created_at,
        "expires_at": one.expires_at,
        "revoked_at": one.revoked_at,
        "validity": validity(one, datetime.now(UTC)).value,
    }
