"""Ask and write in the joint channel: messages with who owes an answer; and one that is sent.

Place on the data's way: /v1/channel. Which messages there are for a token PostgreSQL decides.
"""

from __future__ import annotations

import re
from datetime import datetime
from itertools import islice
from typing import Final

from services.channel import ChannelAsked, FoundMessage, MessageTold, list_messages, send_message
from services.filing import Filing, MisfitError, NotTheirsError, filer_of
from services.gateway.ask_cases import refused
from services.gateway.page import Page, page_of
from services.gateway.problems import Code, ProblemError
from services.gateway.represent import Shape
from services.store.channel_messages import raw_message
from services.store.engine import Connection
from services.tokens.token import Token
from streams.channel.messages import NoMessageError

CHANNEL: Final = Shape(MessageTold.__struct_fields__, lambda _: None)
NOTE: Final = "a message changes no finding; overdue is none"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def ask_channel(
    conn: Connection, token: Token, asked: ChannelAsked, limit: int
) -> Page[MessageTold]:
    """A page of the messages that the token's holder sees, the newest first."""
    found = list_messages(conn, asked._replace(mission=token.mission))
    page: Page[FoundMessage] = page_of(list(islice(found, limit + 1)), limit)
    return Page([it.told for it in page.told], page.next)


def ask_message(conn: Connection, token: Token, sha256: str) -> bytes:
    """A message's bytes, exactly as they came.

    Raises:
        ProblemError: the token's holder sees none.
    """
    raw = raw_message(conn, token.mission, sha256) if _SHA256.fullmatch(sha256) else None
    if raw is None:
        raise ProblemError(Code.MESSAGE_UNKNOWN)
    return raw


def write_in_channel(conn: Connection, token: Token, raw: bytes, now: datetime) -> Filing:
    """Take a message in.

    Raises:
        ProblemError: it cannot be read, is not the token's to write, or would have no effect.
    """
    try:
        return send_message(conn, filer_of(token), raw, now)
    except NoMessageError as error:
        raise ProblemError(Code.BODY_UNREADABLE, f"{error}.") from None
    except NotTheirsError:
        raise ProblemError(Code.NOT_ITS_SOURCE) from None
    except MisfitError as error:
        raise refused(error) from None
