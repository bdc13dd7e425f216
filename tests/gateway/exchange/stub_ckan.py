"""Another portal on loopback: CKAN's action API over invented packages, and the ways in which real portals misbehave."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PACKAGES = Path(__file__).with_name("packages.json")
TOKEN = "stub-token-7f2c"


def package(number: int, **more: Any) -> dict[str, Any]:
    """One more invented package."""
    return {
        "id": f"1c{number:06}-0000-4000-8000-000000000000",
        "name": f"set-{number}",
        "title": f"数据集 {number}",
        "notes": f"第 {number} 个数据集的说明。",
        "state": "active",
        "private": False,
        "type": "dataset",
        "license_id": "CC-BY-4.0",
        "metadata_modified": f"2026-02-{number % 28 + 1:02}T08:00:00",
        "organization": {"name": "bureau", "title": "某局"},
        "tags": [{"name": "标签"}],
        "groups": [],
        "extras": [],
        "resources": [
            {"id": f"r{number}", "name": "表", "format": "CSV", "url": f"https://x.invalid/{number}.csv"}
        ],
        **more,
    }


@dataclass(slots=True)
class Portal:
    """What the portal holds. `before` may answer a request itself (True = it has); `asked` counts requests by path."""

    packages: dict[str, dict[str, Any]] = field(default_factory=dict)
    organisations: set[str] = field(default_factory=lambda: {"city"})
    before: Callable[[Answering], bool] | None = None
    asked: Counter[str] = field(default_factory=Counter)
    at: list[float] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    etags: bool = True
    url: str = ""

    def fill(self, count: int = 0) -> None:
        text = PACKAGES.read_text("utf-8").replace("BASE", self.url)
        for one in json.loads(text):
            self.packages[one["id"]] = one
        for number in range(count):
            self.packages[package(number)["id"]] = package(number)


class Answering(BaseHTTPRequestHandler):
    portal: Portal
    protocol_version = "HTTP/1.1"
    body: bytes

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("content-length") or 0)))

    def _answer(self, body: bytes) -> None:
        self.body = body
        parts = urlsplit(self.path)
        self.portal.asked[parts.path] += 1
        self.portal.at.append(time.monotonic())
        if self.portal.before is not None and self.portal.before(self):
            return
        if parts.path.startswith("/api/action/"):
            self._action(parts.path.removeprefix("/api/action/"), self.given(body))
        elif parts.path in self.portal.files:
            self.send(200, self.portal.files[parts.path], "application/octet-stream")
        else:
            self.send(404, b"not here", "text/plain")

    def given(self, body: bytes) -> dict[str, Any]:
        kind = self.headers.get("content-type", "")
        if kind.startswith("multipart/form-data"):
            boundary = kind.partition("boundary=")[2].encode()
            found: dict[str, Any] = {}
            for part in body.split(b"--" + boundary)[1:-1]:
                head, _, content = part.partition(b"\r\n\r\n")
                name = re.search(rb'name="([^"]+)"', head)
                found[name[1].decode() if name else ""] = content.removesuffix(b"\r\n")
            return {n: v if n == "upload" else v.decode() for n, v in found.items()}
        if body:
            return dict(json.loads(body))
        query = parse_qs(urlsplit(self.path).query)
        return {name: several if len(several) > 1 else several[0] for name, several in query.items()}

    def send(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def result(self, value: Any) -> None:
        envelope = {"help": "", "success": True, "result": value}
        self.send(200, json.dumps(envelope, ensure_ascii=False).encode())

    def error(self, status: int, kind: str, **more: Any) -> None:
        error = {"__type": kind, **more}
        self.send(status, json.dumps({"help": "", "success": False, "error": error}).encode())

    def _action(self, action: str, given: dict[str, Any]) -> None:
        packages = self.portal.packages
        if action not in ("package_search", "package_show") and self.headers.get("Authorization") != TOKEN:
            self.error(403, "Authorization Error", message="Access denied")
            return
        by_name = {one["name"]: one for one in packages.values()}
        wanted = packages.get(str(given.get("id"))) or by_name.get(str(given.get("id")))
        match action:
            case "package_search":
                self.result(self._search(given))
            case "package_show" if wanted:
                self.result(wanted)
            case "package_create":
                if given.get("owner_org") not in self.portal.organisations:
                    self.error(409, "Validation Error", owner_org=["Organization does not exist"])
                elif given["name"] in by_name:
                    self.error(409, "Validation Error", name=["That URL is already in use."])
                else:
                    made = {**given, "id": f"made-{given['name']}", "state": "active"}
                    for place, one in enumerate(made.get("resources", ())):
                        one.setdefault("id", f"{given['name']}-{place}")
                    packages[made["id"]] = made
                    self.result(made)
            case "package_update" if wanted:
                packages[wanted["id"]] = {**given, "id": wanted["id"], "state": "active"}
                for place, one in enumerate(given.get("resources", ())):
                    one.setdefault("id", f"{given['name']}-{place}")
                self.result(packages[wanted["id"]])
            case "package_patch" if wanted:
                packages[wanted["id"]] = {**wanted, **given, "id": wanted["id"]}
                self.result(packages[wanted["id"]])
            case "package_delete" if wanted:
                wanted["state"] = "deleted"
                self.result(None)
            case "resource_create" | "resource_update":
                target = packages.get(str(given.get("package_id"))) or by_name.get(
                    str(given.get("package_id"))
                )
                if target is None:
                    self.error(404, "Not Found Error", message="Not found")
                    return
                upload = given.pop("upload", None)
                if upload is not None:
                    path = f"/uploads/{given['package_id']}/{given['name']}"
                    self.portal.files[path] = upload
                    given["url"] = self.portal.url + path
                given.setdefault("id", f"up-{len(target['resources'])}")
                target["resources"] = [*(r for r in target["resources"] if r["id"] != given["id"]), given]
                self.result(given)
            case _:
                self.error(404, "Not Found Error", message="Not found")

    def _search(self, given: dict[str, Any]) -> dict[str, Any]:
        shown = sorted(
            (one for one in self.portal.packages.values() if one.get("state") == "active"),
            key=lambda one: str(one["id"]),
        )
        since = re.search(r"metadata_modified:\[(\S+) TO \*\]", str(given.get("fq", "")))
        if since:
            after = since[1].rstrip("Z")
            shown = [one for one in shown if str(one.get("metadata_modified", "")) >= after]
        start, rows = int(given.get("start", 0)), min(int(given.get("rows", 10)), 1000)
        results = shown[start : start + rows]
        if given.get("fl"):
            results = [{name: one[name] for name in given["fl"]} for one in results]
        return {"count": len(shown), "results": results, "sort": given.get("sort"), "facets": {}}

    def log_message(self, *_: object) -> None:
        pass


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass  # clients of these tests hang up in the middle


@contextmanager
def stub_portal(fill: int = 0) -> Iterator[Portal]:
    portal = Portal()
    handler = type("Handler", (Answering,), {"portal": portal})
    server = _Quiet(("127.0.0.1", 0), handler)
    portal.url = f"http://127.0.0.1:{server.server_port}"
    portal.fill(fill)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield portal
    server.shutdown()
    server.server_close()
