"""The client of CKAN portals: ckanapi over a session whose every request goes through the guarded, polite fetcher.

What ckanapi raises becomes an error of our tree; nothing that the other side said is repeated in it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ckanapi
import requests
from requests.adapters import BaseAdapter

from catalog.errors import BadInput, KaizhaError, NotAllowed, NotFound, Unavailable, Where
from catalog.text import Text
from gateway.exchange.fetch import Fetcher

__all__ = ["CkanClient", "open_ckan"]


class CkanClient:
    """Actions of one portal."""

    def __init__(self, remote: ckanapi.RemoteCKAN) -> None:
        self._remote = remote

    def call(self, action: str, given: Mapping[str, Any], upload: tuple[str, bytes] | None = None) -> Any:
        """What an action answers; `upload` is the name and content of a file. Raises BadInput: refused as invalid, or no
        answer of a CKAN; NotFound, NotAllowed, TooLarge, TooMany, Unavailable."""
        files = {"upload": (upload[0], io.BytesIO(upload[1]))} if upload else None
        try:
            return self._remote.call_action(action, dict(given), files=files)
        except KaizhaError:
            raise
        except ckanapi.NotFound:
            raise NotFound(
                Text(f"对方没有 {action} 所要的对象", f"What {action} asks for is not there"),
                Text("请核对网址与标识", "Check the address and the id"),
            ) from None
        except ckanapi.NotAuthorized:
            raise NotAllowed(
                Text(f"对方不允许 {action}", f"The portal does not allow {action}"),
                Text("请核对令牌及其在该机构的角色", "Check the token, and its role in the organisation"),
            ) from None
        except ckanapi.ValidationError as error:
            named = error.error_dict if isinstance(error.error_dict, dict) else {}
            fields = ", ".join(sorted(str(name)[:40] for name in named if not str(name).startswith("__"))[:8])
            raise BadInput(
                Text(
                    f"对方的 {action} 不接受这些字段：{fields}",
                    f"{action} does not accept these fields: {fields}",
                ),
                Text("请按对方的要求补全元数据", "Complete the metadata as that portal asks"),
            ) from None
        except ckanapi.CKANAPIError:
            raise BadInput(
                Text(f"对 {action} 的应答不是 CKAN 的应答", f"What {action} answers is no answer of a CKAN"),
                Text(
                    "请核对网址是 CKAN 门户的首页",
                    "Check that the address is the front page of a CKAN portal",
                ),
            ) from None
        except requests.RequestException:
            raise Unavailable(
                Text("对方没有应答", "Nobody answers at this address"), Text("请稍后再试", "Try again later")
            ) from None


@contextmanager
def open_ckan(fetcher: Fetcher, url: str, token: str = "") -> Iterator[CkanClient]:
    """A client of the portal at `url`; without a token it reads only, by GET."""
    with requests.Session() as session:
        session.trust_env = False
        for scheme in list(session.adapters):
            del session.adapters[scheme]
        guarded = _Guarded(fetcher)
        session.mount("http://", guarded)
        session.mount("https://", guarded)
        yield CkanClient(
            ckanapi.RemoteCKAN(
                url, apikey=token or None, user_agent="Kaizha", get_only=not token, session=session
            )
        )


class _Guarded(BaseAdapter):
    """Sends what requests has prepared through the fetcher."""

    def __init__(self, fetcher: Fetcher) -> None:
        super().__init__()
        self._fetcher = fetcher

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        content = request.body or b""
        body = content.encode() if isinstance(content, str) else content
        if not isinstance(body, bytes):
            raise TypeError("ckanapi sends whole bodies")
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        kept = {name: value for name, value in headers.items() if name not in ("content-length", "host")}
        kept |= {"accept-encoding": "gzip, identity;q=0.5", "accept": "application/json"}
        response = requests.Response()
        with self._fetcher.request(request.method or "GET", request.url or "", kept, body) as answer:
            found = answer.body.read()
            response.status_code = answer.status
            response.url = answer.url
        try:
            found.decode("utf-8")
        except UnicodeDecodeError:
            raise BadInput(
                Text("应答不是 UTF-8 编码", "The answer is not in UTF-8"),
                Text("请对方以 UTF-8 输出 JSON", "The portal has to write its JSON in UTF-8"),
                Where(parameter="encoding"),
            ) from None
        response.raw = io.BytesIO(found)
        response.encoding = "utf-8"
        response.request = request
        return response

    def close(self) -> None:
        """Nothing stays open between requests."""
