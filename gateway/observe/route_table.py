"""The template of a path, such as ``/api/v1/datasets/{dataset_id}/records``: one of the surface's, or `OTHER`. Pure.

What callers make up is neither a label of a figure nor a word of a log: there are as many templates as routes.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from gateway.access.surface import ROUTES

__all__ = ["OTHER", "TEMPLATES", "Templates"]

OTHER = "other"
REMEMBERED = 8_192
SUBJECTS = ("{dataset_id}", "{service_id}")


class _Node:
    __slots__ = ("children", "endings", "names_subject", "parameter", "rest", "template")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.endings: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.names_subject = False
        self.rest = ""
        self.template = ""


class Templates:
    """A tree of segments. A segment that is no name in it is tried without its ending (`records.csv` is `records`,
    `export.csv` is `export.{format}`), then as a parameter."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._root = _Node()
        for path in paths:
            self._add(path)
        self._known = lru_cache(REMEMBERED)(self._find)  # a few paths are asked for again and again

    def of(self, path: str) -> tuple[str, str]:
        """The template of a decoded path, and the id of the dataset or service in it ("" without one)."""
        return self._known(path)

    def _find(self, path: str) -> tuple[str, str]:
        node, subject = self._root, ""
        for segment in path.split("/")[1:]:
            found = node.children.get(segment)
            if found is None and "." in segment:
                found = node.children.get(segment.partition(".")[0])
            if found is None:
                ending = next((one for one in node.endings if segment.endswith(one)), "")
                found, segment = node.endings.get(ending, node.parameter), segment.removesuffix(ending)
                if found is None or not segment:
                    return node.rest or OTHER, subject
                if found.names_subject:
                    subject = segment
            node = found
        return node.template or OTHER, subject

    def _add(self, path: str) -> None:
        node = self._root
        for segment in path.split("/")[1:]:
            if segment.startswith("{"):
                if segment.endswith(":path}"):
                    node.rest = path
                    return
                name, brace, ending = segment.partition("}")
                if ending.startswith("."):
                    node = node.endings.setdefault(ending, _Node())
                else:
                    node.parameter = node.parameter or _Node()
                    node = node.parameter
                node.names_subject |= name + brace in SUBJECTS
            else:
                node = node.children.setdefault(segment.partition(".{")[0], _Node())
        # two parameters of other names may stand in one place: the first of the table names both
        node.template = node.template or path


TEMPLATES = Templates(path for _, path in ROUTES)
