"""Whether this server can answer: each thing it stands on is asked, by name, with how long it took.

All are asked at one time, each in a thread of its own that is waited for no longer than `PATIENCE_S`: a disk or database
that hangs is found to hang, and keeps nobody. Who is alive is another question, and depends on none of this.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from catalog.errors import KaizhaError, NotFound, Unavailable
from catalog.registry import Registry
from catalog.text import Text
from catalog.zones import Zone
from gateway.migrations import HEAD, version_of
from gateway.serve.shelf import PARQUET, RegistryShelf
from gateway.serve.workers import Workers

__all__ = ["CHECKS", "PATIENCE_S", "Readiness", "Report", "checks_of"]

PATIENCE_S = 0.75
MAGIC = b"PAR1"
MB = 1 << 20

Check = Callable[[], None]
"""Raises an error of the tree, OSError or SQLAlchemyError where it does not hold."""


@dataclass(frozen=True, slots=True)
class Report:
    ready: bool
    checks: Mapping[str, Mapping[str, Any]]
    """Name → state (`ok`, `failed`, `no-answer`), `ms`, and where it is not `ok` what to do."""


class Readiness:
    """Belongs to one event loop."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self._threads = ThreadPoolExecutor(len(checks), "ready")
        self._asked: dict[str, Future[None]] = {}

    async def report(self) -> Report:
        """What each says now."""
        found = await asyncio.gather(*(self._ask(name, check) for name, check in self._checks.items()))
        told = dict(zip(self._checks, found, strict=True))
        return Report(all(one["state"] == "ok" for one in found), told)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, name: str, check: Check) -> dict[str, Any]:
        begun = time.perf_counter()

        def told(state: str, remedy: Text | None = None) -> dict[str, Any]:
            taken = {"state": state, "ms": round((time.perf_counter() - begun) * 1000, 3)}
            return taken if remedy is None else taken | {"remedy": remedy.to_json()}

        before = self._asked.get(name)
        if (
            before is not None and not before.done()
        ):  # one that hangs takes one thread, not one more each time
            return told("no-answer", REMEDIES[name])
        asked = self._asked[name] = self._threads.submit(check)
        try:
            await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(asked)), PATIENCE_S)
        except TimeoutError:
            return told("no-answer", REMEDIES[name])
        except (KaizhaError, OSError, SQLAlchemyError):
            return told("failed", REMEDIES[name])
        return told("ok")


def checks_of(
    registry: Registry,
    shelf: RegistryShelf,
    zone: Zone,
    workers: Workers,
    folders: tuple[Path, ...],
    floor_mb: int,
) -> dict[str, Check]:
    """What a serving process stands on. `folders` are those it writes to, each with `floor_mb` free."""

    def answers() -> None:
        with registry.reading() as snapshot:
            if version_of(snapshot) is None:
                raise Unavailable(Text("登记库是空的", "The registry is empty"), REMEDIES["registry"])

    def migrated() -> None:
        with registry.reading() as snapshot:
            if version_of(snapshot) != HEAD:
                raise Unavailable(Text("登记库版本不符", "Another version"), REMEDIES["migrations"])

    def current() -> None:
        shelf.epoch()

    def readable() -> None:
        release = shelf.any_release()
        if release is None:  # nothing is open yet: the zone itself is asked
            next(zone.names(), None)
            return
        try:
            with zone.path(release, PARQUET).open("rb") as stream:
                whole = stream.read(len(MAGIC)) == MAGIC
        except NotFound:
            if shelf.any_release() == release:
                raise
            return  # replaced meanwhile
        if not whole:
            raise Unavailable(
                Text("开放区文件损坏", "A file of the open zone is broken"), REMEDIES["open-zone"]
            )

    def up() -> None:
        if not workers.pids():
            raise Unavailable(Text("没有查询进程", "No query worker lives"), REMEDIES["workers"])

    def room() -> None:
        for folder in folders:
            if disk_usage(folder).free < floor_mb * MB:
                raise Unavailable(Text("磁盘空间不足", "Too little disk"), REMEDIES["disk"])

    return {
        "registry": answers,
        "migrations": migrated,
        "policy-epoch": current,
        "open-zone": readable,
        "workers": up,
        "disk": room,
    }


REMEDIES = {
    "registry": Text("检查登记库及其连接", "Look at the registry and the connection to it"),
    "migrations": Text(
        "登记库与程序版本不一致：先更新网关（gate），再更新副本",
        "Registry and program are of different versions: update the gate first, then its replicas",
    ),
    "policy-epoch": Text(
        "政策纪元未能续期：检查登记库连接与本机负载",
        "The lease on the policy epoch is not renewed: look at the registry's connection and this machine's load",
    ),
    "open-zone": Text(
        "检查开放区的存储；用 kaizha verify 核对文件",
        "Look at the store of the open zone; check its files with kaizha verify",
    ),
    "workers": Text(
        "查询进程正在重启或无法启动：查看日志中的 worker",
        "Query workers restart, or do not start: see `worker` in the log",
    ),
    "disk": Text(
        "腾出磁盘，或调小 KAIZHA_CACHE_MB、KAIZHA_DISK_FLOOR_MB",
        "Free disk, or lower KAIZHA_CACHE_MB or KAIZHA_DISK_FLOOR_MB",
    ),
}
CHECKS = tuple(REMEDIES)
