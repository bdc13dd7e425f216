"""What answers a query: row file and search file here in the event loop (microseconds), everything else in the workers.

The answer does not depend on which of the files is ready; only its time does.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from catalog.errors import Unavailable
from catalog.release import Release
from gateway.serve.answers import check_names
from gateway.serve.cache_folder import mark_used
from gateway.serve.declared import count_of, found_alone
from gateway.serve.page import Facet, Page
from gateway.serve.query import EVERYTHING, FACET_VALUES, AggregateQuery, Count, RecordsQuery
from gateway.serve.row_file import RowFile
from gateway.serve.search_file import Found, SearchFile
from gateway.serve.served import Served
from gateway.serve.sql import ESTIMATE_STEP, aggregate_sql, count_sql, facet_query, records_sql
from gateway.serve.statement import Statement, Statements
from gateway.serve.workers import Answer, Workers

__all__ = ["Engines"]

OPEN_FILES = 512
MARK_S = 60.0
"""How often the use of an open file is written down, so that it is not taken for unused."""

NARROW = 4
"""Rows that a search has found are handed to the engine where they are at most one in so many of all: with more, reading
the column costs less than looking each row up."""

T = TypeVar("T")
Q = TypeVar("Q", RecordsQuery, AggregateQuery)
_log = structlog.get_logger(__name__)


class _Opened(Generic[T]):
    """Mapped files by release, the least recently used let go first. A file that cannot be used is not tried again; one
    that was evicted meanwhile only is not there, and a map of it stays good until it is let go."""

    def __init__(self, opening: Callable[[Path, Release], T]) -> None:
        self._opening = opening
        self._by_release: OrderedDict[str, T] = OrderedDict()
        self._marked: dict[str, float] = {}
        self.refused: set[Path] = set()

    def get(self, path: Path | None, release: Release) -> T | None:
        if path is None or path in self.refused:
            self._by_release.pop(release.id, None)
            self._marked.pop(release.id, None)
            return None
        if (known := self._by_release.get(release.id)) is not None:
            self._by_release.move_to_end(release.id)
            if (now := time.monotonic()) > self._marked.get(release.id, 0.0) + MARK_S:
                self._marked[release.id] = now
                mark_used(path.parent)
            return known
        try:
            opened = self._opening(path, release)
        except FileNotFoundError:
            return None
        except (Unavailable, OSError, ValueError) as error:
            _log.error("a file of a release cannot be used", release=release.id, kind=type(error).__name__)
            self.refused.add(path)
            return None
        self._by_release[release.id] = opened
        if len(self._by_release) > OPEN_FILES:
            self._marked.pop(self._by_release.popitem(last=False)[0], None)
        return opened


class Engines:
    """Belongs to one event loop."""

    def __init__(self, workers: Workers) -> None:
        self.workers = workers
        self.row_files: _Opened[RowFile] = _Opened(RowFile)
        self.search_files: _Opened[SearchFile] = _Opened(SearchFile)
        self._statements = Statements()

    def row_file(self, served: Served) -> RowFile | None:
        return self.row_files.get(served.row_file, served.release)

    async def page(self, served: Served, query: RecordsQuery, caller: str) -> Page:
        """The rows that a query asks for, when it is the turn of `caller`. Raises Unavailable, BadInput as `Workers.ask`; Unavailable: the answer has
        other columns than the release."""
        until = self._until()
        page = self.page_at_hand(served, query)
        if page is None:
            page = _checked(await self._page(served, query, caller, until), served, query)
        if query.facets:
            page = replace(
                page, facets=[await self._facet(served, query, name, caller, until) for name in query.facets]
            )
        return page

    def page_at_hand(self, served: Served, query: RecordsQuery) -> Page | None:
        """The same, but for facets, from the row file or the search file; None where it is the workers' to answer. Raises
        Unavailable as above."""
        row_file = self.row_file(served)
        if row_file is None:
            return None
        if run := row_file.run(query):
            return _checked(row_file.page(run, query), served, query)
        if query.q and found_alone(query) and (found := self._found(served, query.q)) and found.exact:
            return _checked(_found_page(row_file, found, query), served, query)
        return None

    async def groups(self, served: Served, query: AggregateQuery, caller: str) -> tuple[list[bytes], int]:
        """Records of the groups, and how many groups there are."""
        return await self._groups(served, query, caller, self._until())

    def _until(self) -> float:
        """When (the loop's time) a request that begins now is to be answered, however often it asks."""
        return asyncio.get_running_loop().time() + self.workers.limits.deadline_s

    async def _groups(
        self, served: Served, query: AggregateQuery, caller: str, until: float
    ) -> tuple[list[bytes], int]:
        query, numbers = self._narrowed(served, query)
        release, narrowed = served.release, numbers is not None
        sql = self._statements.of(
            query, release.id, ("groups", narrowed), lambda shape: aggregate_sql(shape, release, narrowed)
        )
        answer = await self._ask(served, sql, ("json", "total"), None, numbers, caller, until)
        check_names(answer.texts[:1], [one.name for one in query.outputs])
        total = answer.numbers[0] if answer.numbers else 0
        if not answer.numbers and query.offset:  # beyond the last group nobody counts them
            _, total = await self._groups(served, replace(query, offset=0, limit=1), caller, until)
        return answer.texts, total

    async def _facet(
        self, served: Served, query: RecordsQuery, name: str, caller: str, until: float
    ) -> Facet:
        asked = facet_query(query, served.release, name)
        texts, distinct = await self._groups(served, asked, caller, until)
        return Facet(name, texts[:FACET_VALUES], distinct)

    async def _page(self, served: Served, query: RecordsQuery, caller: str, until: float) -> Page:
        row_file = self.row_file(served)
        release = served.release
        kind = count_of(query, release)
        everything = query.where == EVERYTHING and not query.q
        narrowed, numbers = self._narrowed(served, query)
        by_number = numbers is not None
        count = None
        if not everything and kind is not Count.NONE:
            count = self._statements.of(
                narrowed, release.id, (kind, by_number), lambda one: count_sql(one, release, kind, by_number)
            )
        with_json = row_file is None
        sql = self._statements.of(
            narrowed,
            release.id,
            ("page", with_json, by_number),
            lambda one: records_sql(one, release, with_json, by_number),
        )
        answer = await self._ask(served, sql, ("json", "row"), count, numbers, caller, until)
        rows = answer.numbers[: query.limit]
        records = row_file.records(rows) if row_file else answer.texts[: query.limit]
        total = answer.count
        if everything and kind is not Count.NONE:
            total, kind = release.rows, Count.EXACT
        elif total is not None and kind is Count.ESTIMATE:
            total *= ESTIMATE_STEP
        more = len(answer.numbers) > query.limit
        return Page(records, rows[-1] if rows else 0, total, kind, more, numbers=rows)

    def _found(self, served: Served, words: tuple[str, ...]) -> Found | None:
        if not words:
            return None
        search_file = self.search_files.get(served.search_file, served.release)
        return search_file.find(words) if search_file else None

    def _narrowed(self, served: Served, query: Q) -> tuple[Q, bytes | None]:
        """The query to be asked among rows that the search file has found, and their numbers; as it is where there is no
        such file or it found too many. Words that it answers exactly are not read again."""
        found = self._found(served, query.q)
        if found is None or found.count * NARROW > served.release.rows:
            return query, None
        return (replace(query, q=()) if found.exact else query), found.row_numbers()

    async def _ask(
        self,
        served: Served,
        sql: Statement,
        columns: tuple[str, str],
        count: Statement | None,
        numbers: bytes | None,
        caller: str,
        until: float,
    ) -> Answer:
        if served.column_file is not None and not served.column_file.exists():
            served = replace(served, column_file=None)  # evicted since it was looked up
        return await self.workers.ask(served, sql, columns, count, numbers, caller, until)


def _checked(page: Page, served: Served, query: RecordsQuery) -> Page:
    """With the columns of the release, and no total where none was asked for. Raises Unavailable."""
    check_names(page.records[:1], [one.column.name for one in served.release.columns])
    return replace(page, total=None, total_kind=Count.NONE) if query.count is Count.NONE else page


def _found_page(row_file: RowFile, found: Found, query: RecordsQuery) -> Page:
    start = query.cursor.served if query.cursor else query.offset
    numbers = found.page(start, query.limit)
    last = numbers[-1] + 1 if numbers else 0
    shown = [number + 1 for number in numbers]
    records = row_file.records(shown)
    return Page(records, last, found.count, Count.EXACT, start + len(numbers) < found.count, numbers=shown)
