"""Templates to responses: one environment, one set of headers, an ETag over what was written.

Everything is escaped by the environment; nothing in a page runs but our own script beside its forms (`static/try.js`),
and nothing in it comes from another host.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from catalog.dataset import THEMES, UPDATE_CYCLES
from catalog.errors import NotFound
from catalog.release import Release
from catalog.text import Language, Text
from gateway.licences import licence_address, web_address
from gateway.portal.language import choose_language
from gateway.portal.progress import percent
from gateway.portal.words import ACCESS, OPERATORS, SCOPES, TYPES, counted, word
from gateway.serve.representation import release_headers

__all__ = ["Reader", "asset", "data_block", "error_page", "page", "reader_of"]

HERE = Path(__file__).parent
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
HTML_LANG: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "Vary": "Accept-Language",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the language, and whether the address asked for it (then every link carries it on)."""

    language: Language
    explicit: bool
    path: str
    parameters: tuple[tuple[str, str], ...]

    def link(self, path: str, **parameters: object) -> str:
        """A link of our own; empty parameters are left out, an explicit language is kept."""
        kept = [(name, str(value)) for name, value in parameters.items() if value not in ("", None)]
        if self.explicit:
            kept.append(("lang", self.language))
        return f"{path}?{urlencode(kept)}" if kept else path

    def same_page_in(self, language: Language) -> str:
        """This page with the same parameters in another language."""
        others = [(name, value) for name, value in self.parameters if name != "lang"]
        return f"{self.path}?{urlencode([*others, ('lang', language)])}"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load; `digest` is the beginning of its sha256."""

    content: bytes
    media_type: str
    digest: str


def reader_of(request: Request) -> Reader:
    asked = request.query_params.get("lang", "")
    language = choose_language(asked, request.headers.get("accept-language", ""))
    return Reader(
        language=language,
        explicit=asked == language,
        path=request.url.path,
        parameters=tuple(request.query_params.multi_items()),
    )


def page(
    request: Request,
    reader: Reader,
    template: str,
    values: Mapping[str, Any],
    status: int = 200,
    release: Release | None = None,
) -> Response:
    """A rendered page, or 304 when the browser holds the same one; of a `release` with what is linked to it."""
    said = _said(reader)
    body = _environment().get_template(template).render(reader=reader, **said, **values).encode()
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**HEADERS, "Content-Language": HTML_LANG[reader.language]}
    if release is not None:
        headers |= release_headers(release)
    if status == 200:
        headers["ETag"] = etag
        if _matches(request, etag):
            return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type="text/html; charset=utf-8")


def error_page(request: Request, status: int, message: Text, remedy: Text) -> Response:
    """An error in the look of the pages. Asks nothing of the registry, so it can say that the registry is away."""
    reader = reader_of(request)
    heading = f"error_{status}" if status in (404, 503) else "error_other"
    values = {"status": status, "heading": heading, "message": message, "remedy": remedy}
    return page(request, reader, "error.html", values, status)


def asset(request: Request, name: str) -> Response:
    """A file of ours, held in memory. Raises NotFound for any other name; no name reaches the file system."""
    found = _assets().get(name)
    if found is None:
        raise NotFound(
            Text("没有这个文件", "There is no such file"),
            Text("请从数据目录页重新进入", "Start again from the catalogue"),
        )
    etag = f'"{found.digest}"'
    headers = {"Cache-Control": "no-cache", "ETag": etag}
    if request.query_params.get("v") == found.digest:
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if _matches(request, etag):
        return Response(status_code=304, headers=headers)
    return Response(found.content, headers=headers, media_type=found.media_type)


def _said(reader: Reader) -> dict[str, Callable[..., Any] | str]:
    """What templates may call to say something in the reader's language."""
    language = reader.language
    return {
        "html_lang": HTML_LANG[language],
        "w": lambda key, **numbers: word(key, language, **numbers),
        "n_of": lambda key, n: counted(key, n, language),
        "say": lambda text: text.in_(language),
        "theme_word": lambda key: THEMES[key].in_(language) if key in THEMES else key,
        "cycle_word": lambda key: UPDATE_CYCLES[key].in_(language) if key in UPDATE_CYCLES else key,
        "operator_word": lambda operator: OPERATORS[operator].in_(language),
        "type_word": lambda kind: TYPES[kind].in_(language),
        "access_word": lambda access: ACCESS[access].in_(language),
        "scope_word": lambda scope: SCOPES[scope].in_(language),
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "grouped": _grouped,
        "plain": _plain,
        "day": _day,
        "moment": _moment,
        "size": _size,
    }
    environment.globals |= {
        "asset_address": _asset_address,
        "web_address": web_address,
        "licence_address": licence_address,
    }
    environment.globals["share"] = percent
    return environment


@cache
def _assets() -> Mapping[str, Asset]:
    found = {}
    for file in sorted((HERE / "static").iterdir()):
        if file.suffix in MEDIA_TYPES:
            content = file.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:16]
            found[file.name] = Asset(content, MEDIA_TYPES[file.suffix], digest)
    return found


def _asset_address(name: str) -> str:
    """The address changes with the file, so a browser never mixes an old style with a new page."""
    return f"/static/{name}?v={_assets()[name].digest}"


def data_block(value: object) -> Markup:
    """A JSON value as the text of a data block (``<script type="application/ld+json">``), which no browser runs: nothing in
    it can end the block or begin a comment. "" for None."""
    if value is None:
        return Markup()
    text = json.dumps(value, ensure_ascii=False)
    for one, escaped in (
        ("&", "\\u0026"),
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(one, escaped)
    return Markup(text)  # noqa: S704 - escaped just above


def _matches(request: Request, etag: str) -> bool:
    """Whether the browser holds this one already (RFC 9110, 13.1.2: compared weakly)."""
    held = (one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(","))
    return etag.removeprefix("W/") in held


def _grouped(number: int) -> str:
    return f"{number:,}"


def _plain(number: float) -> str:
    """Six significant digits, grouped, without an exponent where there is room: 2,011,660 and 0.0305."""
    rounded = float(f"{number:.6g}")
    return f"{rounded:,.0f}" if 1e5 <= abs(rounded) < 1e15 else f"{rounded:,.6g}"


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _size(count: int) -> str:
    """Bytes in the largest decimal unit that leaves at least 1."""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"
