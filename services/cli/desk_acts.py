"""`truceline desk confirm`, `return`, `merge`, `split`, `release`: one person decides.

Under the person's own token, at the gateway: who may, and who it is, is not the command's to say.
"""

from __future__ import annotations

from contextlib import closing
from typing import Final

import msgspec
import rich_click as click

from services.cli.output import json_option
from services.cli.sending import plain_http_option, timeout_option
from services.client.address import check_gateway_url
from services.client.decide import decide
from services.client.post import HttpGateway
from services.client.token import read_token
from services.settings import load_settings
from streams.desk.act import Action

EXAMPLE: Final = "violation~0190b0a2-6f00-7a6c-8f3e-2f9f1f0b7c11~no-fire"
OTHER: Final = "violation~0190b0a2-6f00-75d4-9a51-c1d20c6e0f42~no-fire"


class OtherType(click.ParamType):
    """Another item with the revision that was looked at: ``ITEM@REVISION``."""

    name = "item@revision"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Keep the argument, or say how it must look."""
        item, mark, revision = str(value).rpartition("@")
        if not (item and mark and revision):
            self.fail(f"{value!r}: write ITEM@REVISION, as `truceline desk show` says", param, ctx)
        return str(value)


_WHAT: Final = {
    Action.CONFIRM: "Confirm ITEM: you stand behind it as it is read.",
    Action.RETURN: "Return ITEM with a question, the note; of what was released, take it back.",
    Action.MERGE: "Merge others into ITEM: they tell of the same, and are released with it.",
    Action.SPLIT: "Split others off from ITEM, or ITEM from the one that it was merged into.",
    Action.RELEASE: "Release ITEM: parties and the public are told.",
}


def _command(action: Action) -> click.Command:
    touches_others = action in {Action.MERGE, Action.SPLIT}

    def run(  # noqa: PLR0913 (what a decision says)
        *,
        item: str,
        revision: str,
        note: str,
        others: tuple[str, ...] = (),
        timeout_s: float,
        plain_http: bool,
        as_json: bool,
    ) -> None:
        pairs = [name.rpartition("@") for name in others]
        named = [{"item": of, "revision": at} for of, _, at in pairs]
        body = {"action": action.value, "revision": revision, "note": note, "others": named}
        settings = load_settings()
        address = check_gateway_url(settings.gateway_url, allow_plain=plain_http)
        token = read_token(settings.token_file)
        with closing(HttpGateway(address, token)) as gateway:
            shown = decide(gateway, item, msgspec.json.encode(body), timeout_s)
        if as_json:
            click.echo(shown)
        else:
            now = msgspec.json.decode(shown)
            click.echo(f"{now['item']}: {now['review']}, revision {now['revision']}")

    run.__doc__ = f"""{_WHAT[action]}

    Where somebody acted since --revision was shown, or it was judged again, nothing is done, the
    exit code is 1, and the line says what happened. With --json one object, as of `truceline desk
    show`.
    """
    options = [
        click.argument("item"),
        click.option("--revision", required=True, help="Of ITEM, as you looked at it."),
        click.option("--note", required=True, help="Why; of a return, the question."),
    ]
    if touches_others:
        options.append(
            click.option(
                "--other",
                "others",
                type=OtherType(),
                multiple=True,
                required=True,
                help="Another one, with its revision; may be repeated.",
            )
        )
    options += [timeout_option, plain_http_option, json_option]
    decorated = run
    for option in reversed(options):
        decorated = option(decorated)
    more = f" --other {OTHER}@0.1" if touches_others else ""
    epilog = f"Example: truceline desk {action} {EXAMPLE} --revision 0.1 --note 'seen'{more}"
    return click.command(name=action.value, epilog=epilog)(decorated)


ACTS: Final = tuple(_command(action) for action in Action)
