"""One request, one reply, one JSON line each, over a Unix socket that only this user can open."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import structlog
from pydantic import ValidationError

from catalog.errors import BadInput, KaizhaError, Unavailable
from catalog.text import Text
from gateway.observe.spans import traceparent
from gateway.processes.asked import Message
from gateway.processes.messages import Reply

__all__ = ["MAX_LINE_BYTES", "Lane", "answer", "ask", "serve_socket"]

MAX_LINE_BYTES = 4 << 20
MAX_REPLY_BYTES = 64 << 20

Lane = Callable[[bytes], Executor]
"""Where a request line is answered. An executor of one thread answers one after the other."""
log = structlog.get_logger()


def ask(path: Path, request: Message, timeout_s: float = 60.0) -> Any:
    """Send a request and wait for its result. Raises the error the other side raised; Unavailable when nobody answers."""
    if parent := traceparent():
        request = request.model_copy(update={"traceparent": parent})
    try:
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(timeout_s)
            peer.connect(str(path))
            peer.sendall(request.model_dump_json().encode() + b"\n")
            with peer.makefile("rb") as stream:
                line = stream.readline(MAX_REPLY_BYTES)
            return Reply.model_validate_json(line).result()
    except (OSError, ValidationError) as error:
        raise Unavailable(
            Text("内部服务暂时没有应答", "Another part of the gate does not answer now"),
            Text(
                "请稍后重试；确认 kaizha serve 正在运行",
                "Try again shortly; see that kaizha serve is running",
            ),
        ) from error


def answer(line: bytes, handle: Callable[[bytes], Any], log_as: str) -> bytes:
    """The reply line to a request line. Whatever goes wrong becomes an error of the tree, without internals."""
    try:
        reply = Reply(value=handle(line))
    except KaizhaError as error:
        reply = Reply.of_error(error)
    except ValidationError:
        reply = Reply.of_error(
            BadInput(
                Text("请求格式不正确", "The request is malformed"),
                Text("请核对请求各项", "Check the request's fields"),
            )
        )
    except Exception as error:  # the wall between processes: log the kind, tell the peer nothing
        log.error("request failed", role=log_as, kind=type(error).__name__)
        reply = Reply.of_error(
            KaizhaError(
                Text("内部错误", "An internal error"), Text("请查看服务日志", "See the log of the service")
            )
        )
    return reply.model_dump_json().encode() + b"\n"


async def serve_socket(
    path: Path, handle: Callable[[bytes], Any], log_as: str, lane: Lane | None = None
) -> asyncio.Server:
    """Answer requests at `path`, each in its `lane`; without, one after the other (they touch one registry and one
    engine). A request that waits for its lane keeps no thread."""
    if lane is None:
        turn = ThreadPoolExecutor(1, log_as)

        def lane(_line: bytes) -> Executor:
            return turn

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await asyncio.wait_for(reader.readline(), timeout=30)
            loop = asyncio.get_running_loop()
            writer.write(await loop.run_in_executor(lane(line), answer, line, handle, log_as))
            await writer.drain()
        except (TimeoutError, ValueError, ConnectionError) as error:
            log.warning("request dropped", role=log_as, kind=type(error).__name__)
        finally:
            writer.close()

    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(converse, path=str(path), limit=MAX_LINE_BYTES)
    path.chmod(0o600)
    return server
