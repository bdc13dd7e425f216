"""What a CKAN lists: packages in pages by id, only the changed ones where a run before has seen all, then the ids of all,
to learn what is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog.errors import BadInput, KaizhaError, TooLarge, Unavailable
from catalog.interchange.ckan_record import read_ckan_packages
from catalog.interchange.limits import Limits
from catalog.text import Text
from gateway.exchange.ckanapi_client import CkanClient, open_ckan
from gateway.exchange.fetch import Fetcher
from gateway.exchange.source import Found, Item, Source, repeated, trouble_of
from gateway.exchange.store import sha

__all__ = ["ROWS", "ckan_pages"]

ROWS = 100
ROWS_OF_IDS = 1_000
MOST_BAD_PAGES = 3  # one after the other: then it is the portal, not a page
PACKAGES, IDS = "packages", "ids"


def ckan_pages(source: Source, fetcher: Fetcher, cursor: Mapping[str, Any]) -> Iterator[Found]:
    """Pages of `package_search` (sort ``id asc``), then, where only changes were asked for, of the ids of all.

    The harvester stops a listing that repeats (`gateway.exchange.harvest`). Raises Unavailable and TooMany at once, other
    errors after the third page in a row that cannot be read.
    """
    since = str(cursor.get("since", source.since))
    newest = str(cursor.get("newest", since))
    phase, start = str(cursor.get("phase", PACKAGES)), int(cursor.get("start", 0))
    total, bad = cursor.get("total"), 0
    with open_ckan(fetcher, source.url) as ckan:
        while phase == PACKAGES:
            try:
                count, packages = _search(ckan, start, ROWS, since)
            except Unavailable:
                raise
            except KaizhaError as error:
                if error.code == "too-many" or (bad := bad + 1) >= MOST_BAD_PAGES or start == 0:
                    raise
                start += ROWS
                state = _state(PACKAGES, start, since, newest, total)
                yield Found(
                    sha(f"{start}"),
                    state,
                    troubles=(trouble_of(error, f"start={start - ROWS}"),),
                    whole=False,
                )
                if isinstance(total, int) and start >= total:
                    break
                continue
            bad = 0
            if not packages:
                break
            items = tuple(item for one in packages if (item := _item(one)) is not None)
            newest = max([newest, *(_modified(one) for one in packages)])
            # a count that moves while it is paged means that a place may have been passed over
            steady = total is None or count == total
            total, start = count, start + ROWS
            yield Found(
                sha(f"{start}"),
                _state(PACKAGES, start, since, newest, total),
                items,
                total=count,
                whole=steady,
            )
        if since:
            yield from _ids(ckan, int(start) if phase == IDS else 0, since, newest)


def _ids(ckan: CkanClient, start: int, since: str, newest: str) -> Iterator[Found]:
    """The ids of all packages, so that those which are not among them are known to be gone."""
    last = ""
    while True:
        count, packages = _search(ckan, start, ROWS_OF_IDS, "", ["id", "name"])
        if not packages:
            return
        start += len(packages)
        ids = sha(str(packages))
        if ids == last or start > count + ROWS_OF_IDS:
            raise repeated()
        last = ids
        present = tuple(str(one["id"]) for one in packages if one.get("id"))
        yield Found(
            sha(f"ids {start}"), _state(IDS, start, since, newest, None), present=present, total=count
        )


def _search(
    ckan: CkanClient, start: int, rows: int, since: str, fields: list[str] | None = None
) -> tuple[int, list[dict[str, Any]]]:
    given: dict[str, Any] = {"q": "*:*", "rows": rows, "start": start, "sort": "id asc"}
    if since:
        given["fq"] = f"metadata_modified:[{since} TO *]"
    if fields:
        given["fl"] = fields
    answer = ckan.call("package_search", given)
    results = answer.get("results") if isinstance(answer, dict) else None
    count = answer.get("count") if isinstance(answer, dict) else None
    if not isinstance(results, list) or not isinstance(count, int):
        raise BadInput(
            Text(
                "package_search 的应答缺少 results 或 count",
                "The answer of package_search lacks results or count",
            ),
            Text("请核对网址是 CKAN 门户的首页", "Check that the address is the front page of a CKAN portal"),
        )
    if len(results) > rows:
        raise TooLarge(
            Text(
                f"一页给出 {len(results)} 项，多于所要的 {rows}",
                f"A page gives {len(results)} items, {rows} were asked",
            ),
            Text("请源站点修正分页", "Its portal has to mend its paging"),
        )
    return count, [one for one in results if isinstance(one, dict)]


def _item(one: Mapping[str, Any]) -> Item | None:
    """A package under its id; None for one that its portal does not show as a dataset."""
    identifier = str(one.get("id") or one.get("name") or "")
    if one.get("state", "active") != "active" or one.get("private") is True:
        return None
    try:
        parsed = read_ckan_packages([dict(one)], Limits(max_problems=20))
    except (KaizhaError, ValueError, TypeError, AttributeError, RecursionError) as error:
        known = error if isinstance(error, KaizhaError) else _unreadable()
        return Item(identifier, None, trouble_of(known, identifier))
    if not identifier or not parsed.records:
        return Item(identifier, None, trouble_of(_unreadable(), identifier))
    return Item(identifier, parsed.records[0])


def _modified(one: Mapping[str, Any]) -> str:
    """The time of its last change as Solr takes it back, "" where it is none."""
    said = str(one.get("metadata_modified") or "").rstrip("Z")
    return (
        f"{said}Z" if len(said) <= 26 and said[:4].isdigit() and said[4:5] == "-" and '"' not in said else ""
    )


def _state(phase: str, start: int, since: str, newest: str, total: Any) -> dict[str, Any]:
    return {"phase": phase, "start": start, "since": since, "newest": newest, "total": total}


def _unreadable() -> BadInput:
    return BadInput(
        Text("这个数据集的元数据无法读取", "The metadata of this dataset cannot be read"),
        Text("请源站点修正", "Its portal has to mend it"),
    )
