"""Wire: one connection; posts are answered without the framework, all else goes to it.

    bytes → httptools → a post's head → `PostRoute` → answer → bytes
                      ↘ any other request → uvicorn's ASGI → Litestar

Place on the data's way: TCP → **HTTP** → `post_route`. uvicorn's protocol, with a way of its own
for the two routes that missions post to: at thousands of posts a second what ASGI hands back and
forth costs more than the post (docs/benchmarks/gateway.md). Times are watched here for all requests
alike: for a head, a body, the next request, and for an answer to be taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from functools import partial
from math import inf
from typing import Any, Final

import httptools
import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from services.gateway.intake import Answer
from services.gateway.post_route import Head, Posting, PostRoute, posting_of
from services.gateway.problems import MEDIA_TYPE, RETRY_AFTER_S, Code, ProblemError
from services.gateway.request_id import HEADER, request_id_of
from services.gateway.send import Header, headers_of
from services.limits import HIGHEST_BODY_BYTES

log = structlog.get_logger(__name__)

HEAD_BYTES: Final = 64 * 1024
HEAD_S: Final = 10.0
IDLE_S: Final = 60.0
"""Between two requests."""
ANSWER_S: Final = 30.0
"""For an answer to be taken."""
REST_S: Final = 5.0
"""For the rest of a body whose refusal is told already: who hangs up at once is not heard."""
CONNECTIONS_LIMIT: Final = 10_000


class _Post:
    """A post under way on a connection."""

    __slots__ = (
        "answered",
        "complete",
        "failed",
        "head",
        "keep_alive",
        "parts",
        "request_id",
        "size",
        "task",
        "whole",
    )

    def __init__(self, request_id: str, *, keep_alive: bool) -> None:
        self.request_id = request_id
        self.keep_alive = keep_alive
        self.head: Head | None = None
        self.parts: list[bytes] = []
        self.size = 0
        """Bytes of its body that take room."""
        self.complete = False
        """All of its body was seen, taken or not."""
        self.answered = False
        self.failed: ProblemError | None = None
        self.whole: asyncio.Future[None] | None = None
        """Somebody waits for its body."""
        self.task: asyncio.Task[None] | None = None

    @property
    def body(self) -> bytes:
        """All that was taken of its body."""
        return self.parts[0] if len(self.parts) == 1 else b"".join(self.parts)


class Wire(HttpToolsProtocol):
    """A connection."""

    def __init__(self, posts: PostRoute, body_seconds: int, **uvicorns: Any) -> None:  # noqa: ANN401
        super().__init__(**uvicorns)
        self._posts = posts
        self._body_seconds = body_seconds
        self._post: _Post | None = None
        self._in_head = False
        self._head_bytes = 0
        self._between = True
        """Whether the parser waits for the first byte of a request."""
        self._first = b""
        """What began with a request's first byte, while its head is read."""
        self._dropped = 0
        self._last = False
        """Whether it is closed after the answer that is due."""
        self._deadline = inf

    # --- the connection -------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there."""
        super().connection_made(transport)
        self._within(HEAD_S)
        if len(self.connections) > CONNECTIONS_LIMIT:
            self._refuse_connection()

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        if self._between:
            if not self._is_busy() and self._take_known(data):
                return
            self._first = data
        self._head_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._last = True  # nothing is spoken here but HTTP/1.1: this request is answered as it
        except httptools.HttpParserError as error:
            self._not_http(error)
        self._first = b""
        if self._in_head and self._head_bytes > HEAD_BYTES:
            self._not_http(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more to be told.

        Half a body is none: nothing of it is stored. What is being stored is stored.
        """
        super().connection_lost(exc)
        post = self._post
        if post is not None and post.task is not None:
            post.task.cancel()
        elif post is not None:
            self._release(post)

    def pause_writing(self) -> None:
        """Answers are not taken as fast as they are made: no more is read until they are."""
        super().pause_writing()
        self.flow.pause_reading()
        self._within(ANSWER_S)

    def resume_writing(self) -> None:
        """They are taken again."""
        super().resume_writing()
        self.flow.resume_reading()
        if self._is_busy():
            self._wait_for_answer()
        else:
            self._within(IDLE_S)

    def shutdown(self) -> None:
        """The server ends: what is under way is answered first."""
        if self._is_busy():
            self._end_after_answer()
        else:
            self.transport.close()

    def expire(self, now: float) -> None:
        """End what takes too long; asked from time to time (`serve`)."""
        if now < self._deadline:
            return
        self._deadline = inf
        post = self._post
        if self.flow.write_paused or self._last:
            self.transport.abort()
        elif post is not None and not post.complete and not post.answered:
            self._last = True
            self._fail(post, ProblemError(Code.BODY_TOO_SLOW, f"It has {self._body_seconds} s."))
            self._within(REST_S)
        else:
            self.transport.close()

    def _within(self, seconds: float) -> None:
        self._deadline = self.loop.time() + seconds

    # --- one request after another --------------------------------------------------------------

    def on_message_begin(self) -> None:
        """A request begins; what is under way keeps what it has."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._in_head = True
        self._between = False
        self._within(HEAD_S)

    def on_headers_complete(self) -> None:
        """Its head is there."""
        self._in_head = False
        if self._is_busy():
            # Answers go back in the order of their requests. Whoever does not wait for one has the
            # connection closed after it, and sends the others again (RFC 9112, 9.3.2).
            self._end_after_answer()
            return
        self._within(self._body_seconds)
        try:
            path = httptools.parse_url(self.url).path
            path.decode("ascii")
        except (httptools.HttpParserInvalidURLError, AttributeError, UnicodeDecodeError):
            self._not_http(None)
            return
        posting = posting_of(path) if self.parser.get_method() == b"POST" else None
        if posting is None:
            self._leave()
        else:
            self._begin(posting)

    def on_body(self, body: bytes) -> None:
        """A piece of its body."""
        if self._post is not None:
            self._add(self._post, body)
        elif self.cycle is not None and not self._last:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """All of it is there."""
        self._head_bytes = 0
        self._between = True
        self._first = b""  # what follows in it is another request's
        post = self._post
        if post is None:
            if self.cycle is not None:
                super().on_message_complete()
                if self.cycle.response_complete:
                    self._within(IDLE_S)
                else:
                    self._wait_for_answer()
            return
        if post.complete:
            return  # of a request that is not taken up
        post.complete = True
        if post.answered:
            self._next(post)
            return
        self._wait_for_answer()
        if post.whole is not None and not post.whole.done():
            post.whole.set_result(None)
        elif post.failed is None and post.head is not None and post.head.waits_for_its_body_alone:
            self._take_at_once(post, post.head)

    def on_response_complete(self) -> None:
        """The framework has answered."""
        super().on_response_complete()
        self._unset_keepalive_if_required()  # times are watched here
        self._within(REST_S if self._last else IDLE_S)

    def _leave(self) -> None:
        """Let the framework answer."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)
        super().on_headers_complete()

    def _is_busy(self) -> bool:
        asked = self.cycle is not None and not self.cycle.response_complete
        return asked or self._post is not None or self._last

    def _end_after_answer(self) -> None:
        self._last = True
        if self.cycle is not None:
            self.cycle.keep_alive = False

    def _wait_for_answer(self) -> None:
        self._deadline = inf

    # --- a post ---------------------------------------------------------------------------------

    def _begin(self, posting: Posting) -> None:
        headers = dict(self.headers)
        request_id = request_id_of(headers.get(HEADER, b""))
        post = _Post(request_id, keep_alive=self.parser.should_keep_alive())
        self._post = post
        address = self.client[0] if self.client else ""
        try:
            head = self._posts.admit(posting, address, headers, request_id)
        except ProblemError as problem:
            self._fail(post, problem)
            return
        post.head = head
        if post.keep_alive and self._first:
            self._posts.remember(head, self._first, headers)
        if head.waits_for_its_body_alone:
            self._ask_for_body()
        else:
            self.flow.pause_reading()
            self._wait_for_answer()  # it is we who keep it waiting: its time runs from its turn on
            self._run(post, self._take(post, head))

    def _take_known(self, request: bytes) -> bool:
        """Take a post that is there whole and whose head was read before; False: have it read."""
        known = self._posts.heads.recall(request)
        if known is None:
            return False
        post = _Post(request_id_of(b""), keep_alive=True)
        try:
            head = self._posts.admit_again(known, request, post.request_id)
        except ProblemError as problem:
            self._post, post.complete = post, True
            self._wait_for_answer()
            self._fail(post, problem)
            return True
        if head is None:
            return False
        self._post, post.head = post, head
        self._wait_for_answer()
        self._add(post, request[known.body_at :])
        post.complete = True
        if post.failed is None:
            self._take_at_once(post, head)
        return True

    def _ask_for_body(self) -> None:
        if self.expect_100_continue:
            self.expect_100_continue = False
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _add(self, post: _Post, body: bytes) -> None:
        if post.failed is not None or post.answered or post.complete:
            self._dropped += len(body)
            if post.answered and self._dropped > HIGHEST_BODY_BYTES:
                self.transport.close()
            return
        assert post.head is not None, "who is not let by has failed"
        try:
            self._posts.bodies.hold(post.head.name, post.size, len(body))
        except ProblemError as problem:
            self._fail(post, problem)
            return
        post.size += len(body)
        post.parts.append(body)

    async def _body(self, post: _Post) -> bytes:
        """All of a post's body."""
        if post.failed is None and not post.complete:
            post.whole = self.loop.create_future()
            self._within(self._body_seconds)
            self._ask_for_body()
            self.flow.resume_reading()
            await post.whole
        if post.failed is not None:
            raise post.failed
        return post.body

    def _take_at_once(self, post: _Post, head: Head) -> None:
        try:
            self._posts.take_at_once(head, post.body, partial(self._answered, post))
        except ProblemError as problem:
            self._answered(post, problem)
        except Exception:  # one fault is no other request's: it is told, and written down
            log.exception("a request failed", path=head.posting.path, request_id=head.request_id)
            self._answered(post, ProblemError(Code.FAULT))

    def _answered(self, post: _Post, answer: Answer | ProblemError) -> None:
        """A post that was taken at once has its answer; perhaps nobody is there any more."""
        self._release(post)
        if isinstance(answer, Answer):
            self._answer(post, answer, ())
        else:
            self._run(post, self._refuse(post, answer.with_traceback(None)))

    async def _take(self, post: _Post, head: Head) -> None:
        try:
            answer = await self._posts.take(head, lambda: self._body(post))
        except ProblemError as error:
            # A refusal may be held: not with it the frames it came from, and the body in them.
            problem = error.with_traceback(None)
        except Exception:  # one fault is no other request's: it is told, and written down
            log.exception("a request failed", path=head.posting.path, request_id=head.request_id)
            problem = ProblemError(Code.FAULT)
        else:
            self._answer(post, answer, ())
            return
        finally:
            self._release(post)
        await self._refuse(post, problem)

    def _fail(self, post: _Post, problem: ProblemError) -> None:
        """Refuse it before its body is whole; who waits for that is told."""
        if post.failed is not None or post.answered:
            return
        post.failed = problem.with_traceback(None)  # else its frames hold the post that holds it
        self._release(post)
        if post.whole is not None:
            if not post.whole.done():
                post.whole.set_result(None)
        elif post.head is None or post.head.waits_for_its_body_alone:
            self._run(post, self._refuse(post, problem))

    def _release(self, post: _Post) -> None:
        if post.size:
            assert post.head is not None, "only what is let by takes room"
            self._posts.bodies.release(post.head.name, post.size)
            post.size = 0
        post.parts.clear()

    async def _refuse(self, post: _Post, problem: ProblemError) -> None:
        if not post.complete:
            self.flow.pause_reading()  # who is made to wait sends nothing meanwhile
        await self._posts.door.hold(problem)
        body = problem.body(post.request_id)
        self._answer(post, Answer(problem.status, MEDIA_TYPE, body), headers_of(problem))

    def _answer(self, post: _Post, answer: Answer, more: tuple[Header, ...]) -> None:
        post.answered = True
        if self.transport.is_closing():
            return  # nobody is there to be told; what is stored stays stored
        if not post.keep_alive:
            self._last = True
        self.transport.write(_written(answer, post.request_id, more, last=self._last))
        if post.complete:
            self._next(post)
            return
        self._within(REST_S)
        self._dropped = 0
        self.flow.resume_reading()

    def _next(self, post: _Post) -> None:
        """A post is over and answered: wait for the next request."""
        assert self._post is post, "one at a time"
        self._post = None
        if self._last:
            self.transport.close()
        elif not self.flow.write_paused:
            self._within(IDLE_S)
            self.flow.resume_reading()

    def _run(self, post: _Post, work: Coroutine[Any, Any, None]) -> None:
        post.task = self.loop.create_task(work)
        self.tasks.add(post.task)
        post.task.add_done_callback(self.tasks.discard)

    # --- what is no request ---------------------------------------------------------------------

    def _not_http(self, error: Exception | None) -> None:
        """Bytes that are no request, or a head that is too long: told, and the connection ends."""
        if isinstance(error, httptools.HttpParserCallbackError):
            log.error("a request failed", exc_info=error)
        self._in_head = False
        post = self._post
        if post is not None and not post.complete:
            self._last = True
            self._fail(post, ProblemError(Code.BODY_UNREADABLE, "It breaks off."))
            post.complete = True
        elif self._is_busy():
            self._end_after_answer()
        else:
            self._say_last(ProblemError(Code.BODY_UNREADABLE, "This is no HTTP/1.1 request."))

    def _refuse_connection(self) -> None:
        self._say_last(ProblemError(Code.TOO_MUCH_WAITING, retry_after_s=RETRY_AFTER_S))

    def _say_last(self, problem: ProblemError) -> None:
        request_id = request_id_of(b"")
        answer = Answer(problem.status, MEDIA_TYPE, problem.body(request_id))
        self._last = True
        self.transport.write(_written(answer, request_id, (), last=True))
        self.transport.close()


def _written(answer: Answer, request_id: str, more: tuple[Header, ...], *, last: bool) -> bytes:
    """An answer's bytes."""
    lines = b"".join([b"%b: %b\r\n" % pair for pair in more])
    if last:
        lines += b"connection: close\r\n"
    return b"%bcontent-type: %b\r\ncontent-length: %d\r\nx-request-id: %b\r\n%b\r\n%b" % (
        STATUS_LINE[answer.status],
        answer.media_type.encode(),
        len(answer.body),
        request_id.encode(),
        lines,
        answer.body,
    )
