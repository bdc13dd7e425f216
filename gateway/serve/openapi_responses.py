"""What every OpenAPI document of ours says alike: problems by status, the headers of answers, the schema of a problem. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from catalog.text import Text

__all__ = [
    "DATA_HEADERS",
    "PROBLEMS",
    "VALIDATED",
    "answer_response",
    "both",
    "not_modified_response",
    "problem_responses",
    "shared_components",
]

PROBLEMS: Mapping[int, Text] = {
    400: Text("参数或正文有误", "A parameter or the body cannot be used"),
    401: Text("没有凭证，或密钥无效", "No credential, or a key that is not in force"),
    403: Text("该角色或密钥不可", "Not for this role, or not with this key"),
    404: Text("没有这一项，或未开放", "There is no such thing, or it is not open"),
    405: Text("不支持的方法，见 Allow", "Not by this method; see Allow"),
    406: Text("没有 Accept 所要的格式", "No form that Accept names"),
    409: Text("状态已变，或此状态下不可", "The state has changed, or does not allow this"),
    410: Text("已停用，或所依据的数据不再开放", "Retired, or what it rests on is not open any more"),
    413: Text("超过上限", "Over a stated cap"),
    416: Text("范围无效", "Range not satisfiable"),
    429: Text("超过套餐限额，见 Retry-After", "More than the plan allows; see Retry-After"),
    503: Text("暂时无法服务，见 Retry-After", "Cannot answer now; see Retry-After"),
}
_TEXT = {"type": "string"}
_HEADERS: Mapping[str, tuple[Text, Mapping[str, Any]]] = {
    "ETag": (
        Text("此表示的校验值，用于 If-None-Match", "Validator of this representation, for If-None-Match"),
        _TEXT,
    ),
    "Last-Modified": (Text("所依据的发布的时间", "When the release behind it was published"), _TEXT),
    "Cache-Control": (
        Text("no-cache：可存，但每次须再问", "no-cache: keep it, but ask again each time"),
        _TEXT,
    ),
    "Vary": (Text("答复随哪些请求头而不同", "Request headers that the answer depends on"), _TEXT),
    "Link": (
        Text(
            "相关资源（RFC 8288）：service-desc、describedby、license，分页时还有 next、first、prev",
            "Related resources (RFC 8288): service-desc, describedby, license; of pages next, first, prev too",
        ),
        _TEXT,
    ),
    "X-Request-Id": (
        Text(
            "请求编号：沿用调用方合规的编号，否则新编",
            "The request's id: the caller's where it is safe, else made",
        ),
        {"type": "string", "pattern": "^[A-Za-z0-9._-]{8,64}$"},
    ),
    "Server-Timing": (Text("服务端用时（毫秒）", "Time taken here, in milliseconds"), _TEXT),
    "RateLimit-Policy": (
        Text("所用套餐的限额（draft-ietf-httpapi-ratelimit-headers）", "The limits of the plan in use"),
        _TEXT,
    ),
    "RateLimit": (
        Text("尚余的请求数与重置前的秒数", "What is left of them, and seconds until it is renewed"),
        _TEXT,
    ),
    "Retry-After": (
        Text("此秒数后再试", "Try again after so many seconds"),
        {"type": "integer", "minimum": 0},
    ),
    "WWW-Authenticate": (Text("如何给出凭证", "How to send a credential"), _TEXT),
    "Allow": (Text("这里支持的方法", "The methods there are"), _TEXT),
    "Content-Encoding": (
        Text("gzip、br 或 zstd，按 Accept-Encoding", "gzip, br or zstd, by Accept-Encoding"),
        _TEXT,
    ),
    "Content-Disposition": (Text("建议的文件名", "A name for the file"), _TEXT),
    "Content-Range": (Text("所给的字节范围", "The range of bytes given"), _TEXT),
    "Deprecation": (Text("自何时起不建议使用（RFC 9745）", "Since when it is deprecated (RFC 9745)"), _TEXT),
    "Sunset": (Text("何时停用（RFC 8594）", "When it is retired (RFC 8594)"), _TEXT),
}
ALWAYS = ("X-Request-Id", "Server-Timing")
VALIDATED = ("ETag", "Cache-Control", *ALWAYS)
"""Always on an answer that a client may keep."""
DATA_HEADERS = (*VALIDATED, "Last-Modified", "Link", "Vary")
"""Always on an answer of the data path; beside them the limits, where the caller is held to a plan."""
_OF_STATUS: Mapping[int, tuple[str, ...]] = {
    401: ("WWW-Authenticate",),
    405: ("Allow",),
    416: ("Content-Range",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}


def both(text: Text) -> str:
    return f"{text.zh} / {text.en}"


def answer_response(
    text: Text, content: Mapping[str, Any], always: Iterable[str] = ALWAYS, maybe: Iterable[str] = ()
) -> dict[str, Any]:
    """An answer with its headers: those it `always` has, and those it `maybe` has."""
    return {"description": both(text), "headers": _headers(always, maybe), "content": dict(content)}


def not_modified_response(*more: str) -> dict[str, Any]:
    """304 with the headers that a cache renews what it holds by (RFC 9110, section 15.4.5)."""
    return {"description": both(Text("未变化", "Not modified")), "headers": _headers((*VALIDATED, *more))}


def problem_responses(statuses: Iterable[int]) -> dict[str, Any]:
    """References to the problems of these statuses."""
    return {str(one): {"$ref": f"#/components/responses/Problem{one}"} for one in sorted(set(statuses))}


def shared_components(html: bool = False) -> dict[str, Any]:
    """Components that the references above need. `html`: who asks for text/html may get the problem as a page."""
    return {
        "schemas": {"Problem": _problem_schema()},
        "responses": {f"Problem{status}": _problem(status, html) for status in PROBLEMS},
        "headers": {
            f"{name}{'' if required else '-maybe'}": _header(name, required)
            for name in _HEADERS
            for required in (True, False)
        },
    }


def _header(name: str, required: bool) -> dict[str, Any]:
    text, schema = _HEADERS[name]
    return {"description": both(text), "required": required, "schema": dict(schema)}


def _headers(always: Iterable[str], maybe: Iterable[str] = ()) -> dict[str, Any]:
    known = {name: {"$ref": f"#/components/headers/{name}"} for name in always}
    return known | {
        name: {"$ref": f"#/components/headers/{name}-maybe"} for name in maybe if name not in known
    }


def _problem(status: int, html: bool) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    content: dict[str, Any] = {"application/problem+json": {"schema": schema}}
    if html:
        content["text/html"] = {}
    return {
        "description": both(PROBLEMS[status]),
        "headers": _headers((*ALWAYS, *_OF_STATUS.get(status, ()))),
        "content": content,
    }


def _problem_schema() -> dict[str, Any]:
    text = {
        "type": "object",
        "required": ["zh", "en"],
        "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
    }
    where = {
        "type": "object",
        "properties": {
            **{name: {"type": "string"} for name in ("file", "sheet", "column", "parameter", "cell")},
            "line": {"type": "integer"},
        },
    }
    flaw = {"where": where, "message": text, "remedy": text}
    return {
        "type": "object",
        "description": "RFC 9457; message, remedy and where say in both languages what is wrong, what to do, and in which parameter",
        "required": ["type", "title", "status", "detail", "code", "message", "remedy", "where"],
        "properties": {
            "type": {"type": "string", "pattern": "^urn:kaizha:problem:[a-z-]+$"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string"},
            "code": {"type": "string"},
            **flaw,
            "flaws": {"type": "array", "items": {"type": "object", "properties": flaw}},
            "violated-policies": {"type": "array", "items": {"type": "string"}},
        },
    }
