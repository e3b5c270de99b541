"""Requests whose head lies: lengths, codings, tokens, addresses, methods; bodies that dawdle."""

from __future__ import annotations

from typing import Final

from tests.fuzz.bodies import KIND_UNKNOWN
from tests.fuzz.case import JSON, NDJSON, STORED, Case, Make, Sender, refused

NOT_HTTP: Final = refused("body_unreadable")
NO_TOKEN: Final = refused("no_token", status=401)
NOT_VALID: Final = refused("token_not_valid", status=401)


def _broken_off(sender: Sender) -> Case:
    raw = sender.raw()
    more = sender.draw.randrange(1, 10_000)
    request = (sender.head(len(raw) + more) + raw,)
    return Case(
        "body shorter than its length", request, frozenset(), may_hang_up=True, abandoned=True
    )


def _too_short(sender: Sender) -> Case:
    """What is over reads as the next request, and is none."""
    raw = sender.raw()
    cut = sender.draw.randrange(1, len(raw) - 1)
    answers = refused("malformed_json")
    return Case(
        "length shorter than its body", (sender.head(cut) + raw,), answers, may_hang_up=True
    )


def _no_length(sender: Sender) -> Case:
    said = sender.draw.choice(("-1", "0x10", "1e3", "99999999999999999999999", "a", "1,2", ""))
    request = sender.head(None, more=[f"Content-Length: {said}"]) + sender.raw()
    return Case("length that is none", (request,), NOT_HTTP, may_hang_up=True)


def _two_lengths(sender: Sender) -> Case:
    raw = sender.raw()
    request = sender.head(len(raw), more=[f"Content-Length: {len(raw) + 1}"]) + raw
    return Case("two lengths", (request,), NOT_HTTP, may_hang_up=True)


def _huge_length(sender: Sender) -> Case:
    said = sender.draw.choice((16 * 1024 * 1024 + 1, 10**12, 2**63 - 1))
    request = sender.head(said)
    answers = refused("body_too_large", status=413)
    return Case("length above the limit", (request,), answers, may_hang_up=True)


def _bad_chunks(sender: Sender) -> Case:
    raw = sender.raw()
    bad = sender.draw.choice((b"xyz\r\n" + raw, b"-5\r\n" + raw, b"FFFFFFFFFFFFFFFFF\r\n" + raw))
    request = sender.head(None, more=["Transfer-Encoding: chunked"]) + bad + b"\r\n0\r\n\r\n"
    answers = NOT_HTTP
    return Case("broken chunks", (request,), answers, may_hang_up=True)


def _unknown_transfer(sender: Sender) -> Case:
    raw = sender.raw()
    coding = sender.draw.choice(("gzip", "chunked, gzip", "zstd"))
    request = sender.head(len(raw), more=[f"Transfer-Encoding: {coding}"]) + raw
    return Case("unknown transfer coding", (request,), NOT_HTTP, may_hang_up=True)


def _no_token(sender: Sender) -> Case:
    shown = sender.draw.choice(
        ("", "Basic YTpi", "bearer", "Bearer", "Token abc", "Digest a=b", "\xff\xfe", " " * 3_000)
    )
    more = [f"Authorization: {shown}"] if shown else []
    return Case("no bearer token", sender.post(sender.raw(), token=None, more=more), NO_TOKEN)


def _bad_token(sender: Sender) -> Case:
    shown = sender.draw.choice(
        (
            "x",
            "trc_",
            "trc_tok-000000000000_" + "A" * 43,
            sender.reporter[:-1],
            sender.reporter + "A",
            sender.reporter.upper(),
            "\xe9" * 40,
            "trc_tok-%00_a",
            "' OR 1=1 --",
            "A" * 5_000,
        )
    )
    return Case("token that is none", sender.post(sender.raw(), token=shown), NOT_VALID)


def _two_tokens(sender: Sender) -> Case:
    """Two lines are read as one of them: whichever, the other is none."""
    more = [f"Authorization: Bearer {sender.reporter}x"]
    request = sender.post(sender.raw(), token=f"{sender.reporter}y", more=more)
    return Case("two tokens", request, NOT_VALID)


def _forwarded(sender: Sender) -> Case:
    said = sender.draw.choice(
        (
            "",
            ",",
            "::",
            "999.1.1.1",
            "a" * 3_000,
            "1.2.3.4, \xff",
            "fe80::1%eth0",
            "unknown",
            "[::1]:80",
        )
    )
    request = sender.post(sender.raw(), token=None, more=[f"X-Forwarded-For: {said}"])
    return Case("X-Forwarded-For of nobody", request, NO_TOKEN)


def _huge_head(sender: Sender) -> Case:
    size = sender.draw.choice((60_000, 200_000, 1_000_000))
    more = [f"X-Long: {'a' * size}"]
    request = sender.post(sender.raw(), token=None, more=more)
    return Case("huge header", request, NO_TOKEN | NOT_HTTP, may_hang_up=True)


def _many_heads(sender: Sender) -> Case:
    more = [f"X-{number}: a" for number in range(sender.draw.choice((101, 1_000)))]
    request = sender.post(sender.raw(), token=None, more=more)
    return Case("many headers", request, NO_TOKEN | NOT_HTTP, may_hang_up=True)


def _no_http(sender: Sender) -> Case:
    request = sender.draw.choice(
        (b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"POST /v1/reports HTTP/9.9\r\n\r\n",
         b"POST /v1/reports HTTP/1.1\r\nHost fuzz\r\n\r\n", b"\x00" * 40 + b"\r\n\r\n",
         b"POST /v1/reports HTTP/1.1\r\nA\x00: b\r\n\r\n")
    )  # fmt: skip
    return Case("no HTTP", (request,), NOT_HTTP, may_hang_up=True, abandoned=True)


def _method(sender: Sender) -> Case:
    method = sender.draw.choice(("GET", "PUT", "DELETE", "PATCH", "BREW"))
    answers = NOT_HTTP if method == "BREW" else refused("method_not_allowed", status=405)
    return Case("other method", sender.post(b"", method=method), answers, may_hang_up=True)


def _path(sender: Sender) -> Case:
    path = sender.draw.choice(
        ("/v2/reports", "/v1/reports%00", "/v1/../etc/passwd", "/%ff", "//", "/v1/reports/a/../b",
         "/v1/report", "/" + "a" * 5_000, "*")
    )  # fmt: skip
    answers = refused("not_found", status=404) | refused("method_not_allowed", status=405)
    return Case(
        "other path", sender.post(sender.raw(), path=path), answers | NOT_HTTP, may_hang_up=True
    )


def _kind_with_words(sender: Sender) -> Case:
    media = sender.draw.choice(
        ("application/jsonl", "application/json-seq", "application/geo+json")
    )
    return Case("kind that is close", sender.post(sender.raw(), media=media), KIND_UNKNOWN)


def _slow(sender: Sender) -> Case:
    raw = sender.raw()
    media = sender.draw.choice((JSON, NDJSON))
    head = sender.head(len(raw) + 10, media=media)
    parts = (head + raw[:20], raw[20:40], raw[40:60])
    answers = refused("body_too_slow", status=408)
    return Case("slow body", parts, answers, may_hang_up=True, pause_s=1.0)


def _slow_head(sender: Sender) -> Case:
    """It never ends; the client gives up. The server may do so first."""
    head = sender.head(10)
    parts = (head[:20], head[20:40])
    return Case("slow head", parts, frozenset(), may_hang_up=True, abandoned=True, pause_s=0.2)


def _chunked(sender: Sender) -> Case:
    raw = sender.raw()
    cut = sender.draw.randrange(1, len(raw))
    body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (raw[:cut], raw[cut:]))
    request = sender.head(None, more=["Transfer-Encoding: chunked"]) + body + b"0\r\n\r\n"
    return Case("valid, chunked", (request,), STORED, stores=(raw,))


LIES: Final[tuple[Make, ...]] = (
    _broken_off,
    _too_short,
    _no_length,
    _two_lengths,
    _huge_length,
    _bad_chunks,
    _unknown_transfer,
    _no_token,
    _bad_token,
    _two_tokens,
    _forwarded,
    _huge_head,
    _many_heads,
    _no_http,
    _method,
    _path,
    _kind_with_words,
    _chunked,
)
SLOW: Final[tuple[Make, ...]] = (_slow, _slow_head)
