"""The named stages of a publication, timed: what the progress bar shows and the benchmark prints."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from catalog.text import Text
from gateway.observe.spans import span

__all__ = ["STAGES", "Stages"]

STAGES: dict[str, Text] = {
    "read": Text("读取", "read"),
    "keep": Text("存入原始域", "keep in the domain zone"),
    "measure": Text("测量质量", "measure quality"),
    "classify": Text("查找个人信息", "find personal information"),
    "screen": Text("对照负面清单", "screen against the negative list"),
    "build": Text("生成拟开放内容", "build the planned output"),
    "rescan": Text("复查拟开放内容", "scan the planned output again"),
    "risk": Text("衡量重标识风险", "weigh the risk of re-identification"),
    "mosaic": Text("与已开放数据比对", "compare with what is open"),
    "release": Text("提交发布", "commit the release"),
    "files": Text("生成服务文件", "build the serving files"),
}


def _silent(_name: str) -> None:
    return None


@dataclass(slots=True)
class Stages:
    """Seconds per stage, in the order they ran; `on_enter` is told each stage's name as it begins."""

    on_enter: Callable[[str], None] = _silent
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def enter(self, name: str) -> Iterator[None]:
        self.on_enter(name)
        begun = time.perf_counter()
        try:
            with span(f"publish {name}"):
                yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun
