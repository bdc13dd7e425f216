"""The one map from the error tree to HTTP: RFC 9457 problems that say what to do next.

Nothing else in the house chooses a status code for an error; an exception that is not of the tree becomes a 500
without a word of its message, which may hold a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
import structlog

from catalog.errors import (
    BadInput,
    Conflict,
    Flaw,
    Gone,
    Held,
    KaizhaError,
    NotAcceptable,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
    TooLarge,
    TooMany,
    Unavailable,
    Where,
)
from catalog.text import Text
from gateway.observe.lines_structlog import place_of

__all__ = [
    "MEDIA_TYPE",
    "STATUS",
    "Problem",
    "internal",
    "method_not_allowed",
    "problem",
    "range_not_satisfiable",
]

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2

STATUS: dict[type[KaizhaError], int] = {
    BadInput: 400,
    TooLarge: 413,
    NotFound: 404,
    Gone: 410,
    NotAcceptable: 406,
    Conflict: 409,
    NotSignedIn: 401,
    NotAllowed: 403,
    Held: 409,
    Refused: 403,
    TooMany: 429,
    Unavailable: 503,
}

_TITLES: dict[str, Text] = {
    "bad-input": Text("请求有误", "Bad input"),
    "too-large": Text("超过上限", "Too large"),
    "not-found": Text("没有找到", "Not found"),
    "gone": Text("已不再提供", "Gone"),
    "not-acceptable": Text("没有所要的格式", "Not acceptable"),
    "conflict": Text("状态冲突", "Conflict"),
    "not-signed-in": Text("尚未登录", "Not signed in"),
    "not-allowed": Text("没有权限", "Not allowed"),
    "held": Text("等待人工决定", "Held for a decision"),
    "refused": Text("不予开放", "Refused"),
    "too-many": Text("请求过多", "Too many requests"),
    "unavailable": Text("暂时无法服务", "Unavailable"),
    "method-not-allowed": Text("不支持的方法", "Method not allowed"),
    "range-not-satisfiable": Text("范围无效", "Range not satisfiable"),
    "internal": Text("内部错误", "Internal error"),
}

Headers = list[tuple[bytes, bytes]]
Problem = tuple[int, Headers, bytes]
"""Status, headers, body."""

_log = structlog.get_logger(__name__)


def problem(error: KaizhaError) -> Problem:
    """The problem of an error of the tree: the nearest class in `STATUS` decides."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    headers: Headers = []
    if status == 503:
        headers.append((b"retry-after", str(RETRY_AFTER_S).encode()))
    more: dict[str, object] = {}
    if isinstance(error, TooMany):
        headers.append((b"retry-after", str(error.retry_after_s).encode()))
        more["violated-policies"] = [error.policy]  # as in draft-ietf-httpapi-ratelimit-headers
    if status == 406:
        headers.append((b"vary", b"Accept"))
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    flaws = error.flaws if isinstance(error, BadInput) else ()
    return _render(status, error.code, error.message, error.remedy, error.where, headers, flaws, more)


def internal(error: BaseException) -> Problem:
    """The problem of an exception nobody expected. Logged by type and place; its message may hold a value."""
    _log.error("unexpected", kind=type(error).__name__, place=place_of(error.__traceback__))
    return _render(
        500,
        "internal",
        Text("服务内部出错", "Something went wrong inside"),
        Text(
            "请稍后再试；若反复出现，请把 X-Request-Id 告诉数据管理部门",
            "Try again later; if it happens again, tell the data office the X-Request-Id",
        ),
    )


def method_not_allowed(allowed: str) -> Problem:
    """405 with `Allow`."""
    text = Text(f"这里只支持 {allowed}", f"Only {allowed} here")
    remedy = Text("请换用支持的方法", "Use one of these methods")
    return _render(405, "method-not-allowed", text, remedy, headers=[(b"allow", allowed.encode())])


def range_not_satisfiable(size: int) -> Problem:
    """416 with the size of the file."""
    text = Text(f"文件只有 {size} 字节", f"The file has {size} bytes")
    remedy = Text("请按此大小请求范围", "Ask for a range within it")
    return _render(
        416, "range-not-satisfiable", text, remedy, headers=[(b"content-range", f"bytes */{size}".encode())]
    )


def _render(
    status: int,
    code: str,
    message: Text,
    remedy: Text,
    where: Where | None = None,
    headers: Headers | None = None,
    flaws: Sequence[Flaw] = (),
    more: Mapping[str, object] | None = None,
) -> Problem:
    title = _TITLES.get(code, _TITLES["internal"])
    body: dict[str, object] = {
        "type": f"urn:kaizha:problem:{code}",
        "title": str(title),
        "status": status,
        "detail": f"{message.en}. {remedy.en}. {message.zh}。{remedy.zh}。",
        "code": code,
        "message": message.to_json(),
        "remedy": remedy.to_json(),
        "where": (where or Where()).to_json(),
    }
    body |= more or {}
    if flaws:
        body["flaws"] = [flaw.to_json() for flaw in flaws]
    content = orjson.dumps(body)
    fixed = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(content)).encode())]
    return status, [*fixed, (b"cache-control", b"no-store"), *(headers or [])], content
