"""`kaizha verify --from`: the audit of a ledger from its public files alone, at an address or in a mirror's folder.

It opens no home and needs no secret. Of a server it asks only for paths below the address given, follows no redirect
to another host, and reads no more than each file may have.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from catalog.errors import BadInput, NotFound, TooLarge, Unavailable, Where
from catalog.ledger import MAX_NOTE_BYTES, Audit, Discrepancy, Excluded, MalformedNote, VerifierKey, audit
from catalog.text import Text
from gateway.verify_counts import recount

__all__ = ["Folder", "PublicFiles", "PublicVerification", "Site", "verify_public"]

LEDGER = "api/v1/ledger"
COUNTS = "api/v1/counts"
DATASETS, SERVICES = "datasets", "services"
MAX_PAGE_BYTES = 64 << 20
MAX_PAGES = 10_000
TIMEOUT_S = 30.0
REDIRECTS = 3
TRIES = 3


class PublicFiles(Protocol):
    """Where the public files lie."""

    def read(self, path: str, max_bytes: int) -> bytes:
        """A file below the root. Raises NotFound, TooLarge, Unavailable."""

    def pages(self, what: str) -> Sequence[bytes]:
        """The pages of ``/api/v1/<what>``. Raises as above."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class PublicVerification:
    """What was checked from outside. `key` is the verifier key that was trusted, `key_given` whether the caller named it
    (one that came from the server itself proves only that the files fit each other); `counted` whether the published
    counts were there to be counted again."""

    key: str
    key_given: bool
    leaves: int
    events: int
    releases: int
    witnessed: int | None
    discrepancies: tuple[Discrepancy, ...]
    excluded: tuple[Excluded, ...] = ()
    counted: bool = False

    @property
    def summary(self) -> Text:
        unseen = self.leaves - (self.witnessed or 0)
        zh = f"已核对 {self.leaves} 条账本、{self.events} 个公开事件、{self.releases} 个数据集"
        en = f"Checked {self.leaves} ledger entries, {self.events} public events, {self.releases} datasets."
        if self.witnessed is not None:
            zh += f"；见证人签到第 {self.witnessed} 条，其后 {unseen} 条尚无见证"
            en += f" Witnessed up to entry {self.witnessed}; {unseen} since then are not."
        if self.counted:
            zh += "；公布的计数已按公开目录重新计数"
            en += " The published counts were counted again from the catalogue."
        if not self.key_given:
            zh += f"。公钥取自对方：{self.key}；请另行核实并以 --key 指定"
            en += (
                f" The key came from the server itself: {self.key}. Learn it elsewhere and give it as --key."
            )
        return Text(zh, en)


def verify_public(
    source: str, key: str = "", witnesses: Sequence[str] = (), old: Path | None = None
) -> PublicVerification:
    """Audit the ledger at `source`: ``http(s)://…`` or a folder.

    Raises BadInput: no ledger there, a malformed key, an unreadable old checkpoint. Unavailable: the server fails.
    """
    kept = _old(old) if old else None
    cosigners = tuple(_key(text, "witness") for text in witnesses)
    with closing(_open(source)) as files:
        try:
            checkpoint = files.read(f"{LEDGER}/checkpoint", MAX_NOTE_BYTES)
            log = _key(key or files.read(f"{LEDGER}/key", MAX_NOTE_BYTES).decode("utf-8").strip(), "key")
        except (NotFound, TooLarge, UnicodeDecodeError):
            raise _no_ledger() from None
        for _ in range(TRIES):
            done, counted = _audit(files, log, cosigners, kept)
            now = files.read(f"{LEDGER}/checkpoint", MAX_NOTE_BYTES)
            if not done.discrepancies or now == checkpoint:
                break
            checkpoint = now  # it grew while we read: catalogue and ledger may be of two moments
    return PublicVerification(
        str(log),
        bool(key),
        done.size,
        done.events,
        done.datasets,
        done.witnessed,
        done.discrepancies,
        done.excluded,
        counted,
    )


def _audit(
    files: PublicFiles, log: VerifierKey, witnesses: tuple[VerifierKey, ...], old: bytes | None
) -> tuple[Audit, bool]:
    """The audit of the ledger with what the published counts say otherwise; whether there were any."""
    try:
        shown = _listed(files.pages(DATASETS), DATASETS)
    except (NotFound, TooLarge, ValueError):
        text = Text(
            "公开目录缺失、不全或无法读取", "the public catalogue is missing, incomplete or unreadable"
        )
        return Audit(discrepancies=(Discrepancy("ledger", "catalogue", text),)), False
    done = audit(lambda path, most: files.read(f"{LEDGER}/{path}", most), shown, log, witnesses, old)
    try:
        claimed = json.loads(files.read(COUNTS, MAX_PAGE_BYTES))
    except NotFound:
        return done, False  # a mirror of the ledger alone: the summary does not claim that they were counted
    except (TooLarge, ValueError):
        claimed = None
    try:
        services = _listed(files.pages(SERVICES), SERVICES)
    except NotFound:
        services = ()  # a site from before there were any, or a mirror that leaves them out: then none may be counted
    except (TooLarge, ValueError):
        text = Text("公开的服务列表不全或无法读取", "the public list of services is incomplete or unreadable")
        return replace(done, discrepancies=(*done.discrepancies, Discrepancy("counts", SERVICES, text))), True
    unlike = recount(shown, claimed, services)
    return replace(done, discrepancies=(*done.discrepancies, *unlike)), True


def _listed(pages: Sequence[bytes], what: str) -> tuple[Mapping[str, Any], ...]:
    """The datasets (or services) of all pages. Raises ValueError when they are not all there."""
    shown: dict[str, Mapping[str, Any]] = {}
    totals: set[int] = set()
    for content in pages:
        page = json.loads(content)
        if not isinstance(page, dict) or not isinstance(page.get(what), list):
            raise ValueError("no page of a catalogue")
        totals.add(int(page.get("total", -1)))
        for one in page[what]:
            if not isinstance(one, dict):
                raise ValueError("no dataset")
            shown[str(one.get("id"))] = one
    if totals != {len(shown)}:
        raise ValueError("pages are missing")
    return tuple(shown.values())


class Folder:
    """A mirror as `wget -x` or a web server's folder keeps it: the files under the paths they are served at.

    Raises BadInput when there is no ``api/v1/ledger/checkpoint`` in it or in a folder of it.
    """

    def __init__(self, folder: Path) -> None:
        tried = [folder, *(one for one in sorted(folder.iterdir()) if one.is_dir())]
        found = [one for one in tried if (one / LEDGER / "checkpoint").is_file()]
        if not found:
            raise _no_ledger()
        self.root = found[0].resolve()

    def read(self, path: str, max_bytes: int) -> bytes:
        return self._read(self.root / path, max_bytes)

    def _read(self, file: Path, max_bytes: int) -> bytes:
        try:
            # a link in a mirror could lead anywhere
            if not file.resolve(strict=True).is_relative_to(self.root) or not file.is_file():
                raise _missing()
            with file.open("rb") as stream:
                content = stream.read(max_bytes + 1)
        except OSError:
            raise _missing() from None
        if len(content) > max_bytes:
            raise _too_large()
        return content

    def pages(self, what: str) -> Sequence[bytes]:
        """``datasets``, ``datasets?…`` and ``datasets.json``, whatever the mirror called its pages."""
        names = sorted(
            one for one in (self.root / "api/v1").iterdir() if one.is_file() and _is_page(one.name, what)
        )
        if not names:
            raise _missing()
        return [self._read(one, MAX_PAGE_BYTES) for one in names]

    def close(self) -> None:
        return


def _is_page(name: str, what: str) -> bool:
    return name in (what, f"{what}.json") or name.startswith((f"{what}?", f"{what}@", f"{what}-"))


class Site:
    """A server. `url` is its address; a path in it (a prefix behind a proxy) is kept."""

    def __init__(self, url: str, client: httpx.Client | None = None) -> None:
        self._base = httpx.URL(url.rstrip("/") + "/")
        self._client = client or httpx.Client(timeout=TIMEOUT_S, follow_redirects=False)

    def read(self, path: str, max_bytes: int) -> bytes:
        return self._get(self._base.join(path), max_bytes)

    def _get(self, url: httpx.URL, max_bytes: int) -> bytes:
        for _ in range(REDIRECTS + 1):
            try:
                with self._client.stream("GET", url, headers={"accept": "*/*"}) as answer:
                    if answer.next_request is None:
                        return _content(answer, max_bytes)
                    url = answer.next_request.url
            except (httpx.HTTPError, httpx.InvalidURL):
                raise _silent() from None
            if (url.scheme, url.host, url.port) != (self._base.scheme, self._base.host, self._base.port):
                break
        raise BadInput(
            Text(
                "服务器转向了另一个主机，未跟随", "The server redirects to another host; that is not followed"
            ),
            Text("若可信，请直接以该地址作 --from", "If you trust it, give that address to --from"),
            Where(parameter="from"),
        )

    def pages(self, what: str) -> Sequence[bytes]:
        pages: list[bytes] = []
        cursor: str | None = ""
        while cursor is not None:
            if len(pages) == MAX_PAGES:
                raise _too_large()
            query = {"limit": "500"} | ({"cursor": cursor} if cursor else {})
            pages.append(self._get(self._base.join(f"api/v1/{what}").copy_with(params=query), MAX_PAGE_BYTES))
            page = json.loads(pages[-1])
            following = page.get("next") if isinstance(page, dict) else None
            cursor = following if isinstance(following, str) else None
        return pages

    def close(self) -> None:
        self._client.close()


def _content(answer: httpx.Response, max_bytes: int) -> bytes:
    if answer.status_code >= 500 or answer.status_code == 429:
        raise _silent()
    if answer.status_code != 200:
        raise _missing()
    content = b""
    for chunk in answer.iter_bytes(64 << 10):
        content += chunk
        if len(content) > max_bytes:
            raise _too_large()
    return content


def _open(source: str) -> PublicFiles:
    if "://" not in source:
        folder = Path(source)
        if folder.is_dir():
            return Folder(folder)
    elif urlsplit(source).scheme in ("http", "https"):
        return Site(source)
    raise _no_ledger()


def _key(text: str, parameter: str) -> VerifierKey:
    try:
        return VerifierKey.parse(text)
    except MalformedNote:
        raise BadInput(
            Text("公钥格式不正确", "The verifier key is malformed"),
            Text(
                "形如 name+hash+base64；账本的公钥见 /api/v1/ledger/key",
                "It has the form name+hash+base64; the ledger's stands at /api/v1/ledger/key",
            ),
            Where(parameter=parameter),
        ) from None


def _old(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_NOTE_BYTES + 1)
    except OSError:
        raise BadInput(
            Text("无法读取旧检查点文件", "The old checkpoint cannot be read"),
            Text(
                "请给出先前保存的 /api/v1/ledger/checkpoint",
                "Give a file kept from /api/v1/ledger/checkpoint earlier",
            ),
            Where(file=path.name, parameter="old"),
        ) from None


def _no_ledger() -> BadInput:
    return BadInput(
        Text("这里没有账本的公开文件", "There are no public files of a ledger here"),
        Text(
            "请给出站点地址（https://…），或含 api/v1/ledger/checkpoint 的镜像文件夹",
            "Give a site's address (https://…), or a mirror's folder with api/v1/ledger/checkpoint in it",
        ),
        Where(parameter="from"),
    )


def _missing() -> NotFound:
    return NotFound(Text("没有这个文件", "There is no such file"), Text("请补全镜像", "Complete the mirror"))


def _too_large() -> TooLarge:
    return TooLarge(
        Text("文件超过其应有大小", "A file is larger than it may be"),
        Text("请确认这是账本的地址", "See that this is the ledger's address"),
    )


def _silent() -> Unavailable:
    return Unavailable(
        Text("服务器没有应答", "The server does not answer"),
        Text("请稍后重试，或核对镜像文件夹", "Try again later, or verify a mirror's folder"),
    )
