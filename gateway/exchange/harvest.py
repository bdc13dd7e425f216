"""A harvest: page after page of a source, each committed with where to go on, so that a kill loses nothing and does nothing
twice; then, only after a complete listing, what is gone.

A run is a job of the registry: who runs it holds it by renewing it with every page, in the same unit of work.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from catalog.errors import BadInput, Conflict, KaizhaError
from catalog.interchange.limits import Limits
from catalog.record import CatalogueRecord, Provenance
from catalog.registry import work
from catalog.text import Text
from gateway.access import Person
from gateway.exchange import store
from gateway.exchange.fetch import Fetcher, Validators
from gateway.exchange.gone import gone_datasets, still_open, tell_gone
from gateway.exchange.harvest_files import bring_files
from gateway.exchange.listing import Ask, pages
from gateway.exchange.source import (
    KEPT,
    REFUSED,
    Found,
    Item,
    Kind,
    Run,
    RunState,
    Source,
    Trouble,
    repeated,
    short,
    trouble_of,
)
from gateway.gate import Gate
from gateway.publish.intake import without_persons

__all__ = ["Held", "fetcher_of", "harvest", "kept_alive"]

MB = 1 << 20
DOCUMENT_PAGES = 8  # a document that is read as a stream may be so many pages long


@dataclass(frozen=True, slots=True)
class Held:
    """A job that this process runs: `job` its id, `attempt` what it is held by."""

    job: int
    attempt: int

    def renew(self, unit: Connection, gate: Gate) -> None:
        """Raises Conflict when another gate has gone on with it: nothing of this unit of work is committed then."""
        if not work.renew_job(unit, self.job, self.attempt, gate.now()):
            raise Conflict(
                Text("另一个进程已接手这项工作", "Another process has gone on with this work"),
                Text("用 kaizha schedule list 查看", "See kaizha schedule list"),
            )


@contextmanager
def kept_alive(gate: Gate, held: Held) -> Iterator[None]:
    """Renews the job while a block runs, however long one step of it takes; a process that is killed stops doing so."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(gate.settings.exchange_lease_s / 3):
            with suppress(KaizhaError), gate.registry.transaction() as unit:  # the next commit finds out
                held.renew(unit, gate)

    thread = threading.Thread(target=beat, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def fetcher_of(gate: Gate) -> Fetcher:
    """A polite reader within the settings' bounds."""
    settings = gate.settings
    return Fetcher(
        settings.private_sources,
        settings.harvest_rate,
        settings.harvest_deadline_s,
        settings.harvest_page_mb * MB,
    )


def harvest(
    gate: Gate,
    source: Source,
    held: Held,
    person: Person,
    fetcher: Fetcher,
    on_page: Callable[[Run], None] = lambda run: None,
) -> Run:
    """Run a harvest to its end, or go on with one that was killed. What goes wrong with the source stands in the run.

    Raises Conflict when another process has gone on with it.
    """
    with gate.registry.transaction() as unit:
        held.renew(unit, gate)
        run = store.open_run(unit, source.id) or store.begin_run(unit, source.id, person.name, gate.now())
    on_page(run)
    ending: list[Trouble] = []
    reader = fetcher
    if source.kind is Kind.DATA_JSON:
        most = fetcher.max_bytes * DOCUMENT_PAGES
        reader = replace(fetcher, max_bytes=most, deadline_s=gate.settings.source_deadline_s)
    ask = Ask(
        source, reader, lambda key: _known(gate, source, key), gate.spool, Limits(max_bytes=fetcher.max_bytes)
    )
    try:
        if not run.cursor.get("done"):
            for found in pages(ask, run.cursor):
                run = _commit(gate, source, run, held, found)
                on_page(run)
    except Conflict:
        raise
    except KaizhaError as error:
        ending.append(trouble_of(error, source.url))
    run, listed = _listed(gate, source, run, held, ending)
    if source.with_data:
        run = _files(gate, source, run, held, person, fetcher, on_page)
    with gate.registry.transaction() as unit:
        held.renew(unit, gate)
        return store.finish_run(unit, run, listed, [], gate.now())


def _files(
    gate: Gate,
    source: Source,
    run: Run,
    held: Held,
    person: Person,
    fetcher: Fetcher,
    on_page: Callable[[Run], None],
) -> Run:
    """Bring the files; after each dataset it is written down what came of them."""
    settings = gate.settings
    reader = replace(fetcher, max_bytes=settings.max_upload_bytes, deadline_s=settings.source_deadline_s)
    for brought in bring_files(gate, source, person, reader):
        with gate.registry.transaction() as unit:
            held.renew(unit, gate)
            run = store.add_to_run(unit, run, brought.counts, brought.troubles)
        on_page(run)
    return run


def _known(gate: Gate, source: Source, key: str) -> tuple[Validators, str] | None:
    with gate.registry.reading() as snapshot:
        return store.page_known(snapshot, source.id, key)


def _commit(gate: Gate, source: Source, run: Run, held: Held, found: Found) -> Run:
    """One page, whole or not at all. Raises BadInput for a page that brings nothing but what this run has seen, and past
    the most datasets that a source may have."""
    with gate.registry.transaction() as unit:
        held.renew(unit, gate)
        counted, troubles = _kept(gate, unit, source, run, found)
        run = store.save_run(unit, run, found, counted, [*found.troubles, *troubles])
        if found.validators.headers() and found.whole and not found.unchanged:
            store.save_page(unit, source.id, found)
        if counted["new"] or counted["changed"] or counted["refused"]:
            store.moved(unit)
    if (
        sum(run.counts[name] for name in ("new", "changed", "unchanged", "refused"))
        > gate.settings.harvest_records
    ):
        raise _too_many(gate.settings.harvest_records)
    return run


def _kept(
    gate: Gate, unit: Connection, source: Source, run: Run, found: Found
) -> tuple[dict[str, int], list[Trouble]]:
    """What the page changes, counted; and what is refused of it, by name."""
    counted = {"new": 0, "changed": 0, "unchanged": 0, "refused": 0}
    if found.unchanged:
        counted["unchanged"] = store.mark_page(unit, source.id, found.key, run.id)
        return counted, []
    if found.present:
        keys = [store.sha(one) for one in found.present]
        store.mark_seen(unit, source.id, keys, run.id)
        return counted, []
    troubles: list[Trouble] = []
    by_key: dict[str, Item] = {}
    for item in found.items:
        key = store.sha(item.identifier)
        if key in by_key:
            troubles.append(_twice(item))
        by_key.setdefault(key, item)
    known = store.known_records(unit, source.id, list(by_key))
    if found.items and all(key in known and known[key].seen_run == run.id for key in by_key):
        raise repeated()
    seen: list[str] = []
    for key, item in by_key.items():
        before = known.get(key)
        checked = _checked(item)
        if checked.record is None:
            digest, document, state = store.sha(f"refused {checked.trouble}"), None, REFUSED
            counted["refused"] += 1
            troubles.extend([checked.trouble] if checked.trouble else [])
        else:
            digest, document = store.content_hash(checked.record)
            state = KEPT
        if before is not None and (before.state, before.hash) == (state, digest):
            seen.append(key)
            counted["unchanged"] += state == KEPT
            continue
        if state == KEPT and checked.record is not None:
            counted["changed" if before is not None and before.state == KEPT else "new"] += 1
            document = store.document_of(_from(checked.record, source, item.identifier, gate))
        values = {"state": state, "hash": digest, "page": found.key, "document": document, "seen_run": run.id}
        store.save_record(unit, source.id, key, before is not None, values, gate.now())
    store.mark_seen(unit, source.id, seen, run.id)
    return counted, troubles


def _listed(
    gate: Gate, source: Source, run: Run, held: Held, ending: Iterable[Trouble]
) -> tuple[Run, RunState]:
    """What the listing comes to. What was not named is gone only where everything was listed, and as much as the source
    says there is."""
    troubles = list(ending)
    whole = not troubles and bool(run.cursor.get("whole", True))
    with gate.registry.transaction() as unit:
        held.renew(unit, gate)
        seen = store.seen_count(unit, source.id, run.id)
        if whole and seen == 0 and store.kept_count(unit, source.id):
            troubles.append(_empty())
            whole = False
        if whole and source.kind is Kind.CKAN and run.expected is not None and seen < run.expected:
            troubles.append(short(seen, run.expected))
            whole = False
            # A dataset that was gone and is back unchanged is among no changes: everything is asked for the next time.
            store.follow(unit, source.id, "")
        before = gone_datasets(unit, source.id)
        gone = store.mark_gone(unit, source.id, run.id) if whole else 0
        if whole:
            store.follow(unit, source.id, str(run.cursor.get("newest", source.since)))
        if gone:
            store.moved(unit)
            tell_gone(unit, source, gone_datasets(unit, source.id) - before, gate.now())
        troubles.extend(still_open(unit, source.id))
        run = store.add_to_run(unit, run, {"deleted": gone}, troubles)
    return run, RunState.COMPLETE if whole else RunState.PARTIAL


def _from(record: CatalogueRecord, source: Source, identifier: str, gate: Gate) -> CatalogueRecord:
    format_ = str(source.kind)
    return replace(record, provenance=Provenance(source.url, identifier, format_, gate.now()))


def _checked(item: Item) -> Item:
    """The item, or what is wrong with it: words that everybody would see and that hold a number of a person. It is never
    echoed."""
    record = item.record
    if record is None:
        return item
    remedy = Text("请源站点删去其中的号码", "Its portal has to take the number out of it")
    try:
        if len(item.identifier) > 2_000 or not (record.titles or record.identifier):
            raise BadInput(Text("标识过长", "Its identifier is too long"), remedy)
        without_persons(item.identifier, Text("标识", "Its identifier"), remedy)
        for what, words in _words(record):
            for word in words:
                without_persons(word, what, remedy)
    except BadInput as error:
        with suppress(BadInput):
            without_persons(item.identifier, Text("", ""), remedy)
            return Item(
                item.identifier,
                None,
                Trouble("personal-number", item.identifier[:300], error.message, remedy),
            )
        return Item(item.identifier, None, Trouble("personal-number", "", error.message, remedy))
    return item


def _words(record: CatalogueRecord) -> Iterable[tuple[Text, list[str]]]:
    yield Text("标题", "Its title"), [text for _, text in record.titles]
    yield Text("描述", "Its description"), [text for _, text in record.descriptions]
    yield Text("关键词", "A keyword"), [one.word for one in record.keywords]
    yield (
        Text("权利说明", "A statement of rights"),
        [one for one in (record.rights, record.access_rights) if one],
    )
    names = [text for one in (record.publisher, *record.creators) if one for _, text in one.names]
    yield Text("单位名称", "A publisher’s name"), names
    yield Text("联系人", "A contact"), [one.name for one in record.contacts if one.name]
    parts = [text for one in record.distributions for _, text in (*one.titles, *one.descriptions)]
    yield Text("分发的名称或描述", "A distribution’s title or description"), parts
    served = [text for one in record.services for _, text in (*one.titles, *one.descriptions)]
    yield Text("服务的名称或描述", "A service’s title or description"), served
    yield Text("列名", "A column’s name"), [one.name for one in record.columns]


def _twice(item: Item) -> Trouble:
    return Trouble(
        "duplicate-identifier",
        item.identifier[:300],
        Text("同一标识出现两次，采用第一个", "The identifier stands twice; the first is taken"),
        Text("请源站点修正", "Its portal has to mend it"),
    )


def _empty() -> Trouble:
    return Trouble(
        "empty-listing",
        "",
        Text("目录现在是空的，未标记删除", "The catalogue is empty now: nothing is marked as gone"),
        Text(
            "多半是对方正在重建索引；确已关闭的，请用 kaizha schedule remove",
            "It is most likely being indexed anew; of one that was closed, end it: kaizha schedule remove",
        ),
    )


class TooManyRecords(BadInput):
    code = "too-many-records"


def _too_many(most: int) -> TooManyRecords:
    return TooManyRecords(
        Text(f"来源超过 {most} 个数据集", f"The source has more than {most} datasets"),
        Text(
            "已采集的保留；可调高 KAIZHA_HARVEST_RECORDS",
            "What was read is kept; raise KAIZHA_HARVEST_RECORDS for more",
        ),
    )
