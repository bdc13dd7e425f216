"""Verification: files, ledger and registry against each other; every finding names what does not fit and the remedy.

Recomputes everything: the hash of each released file, the whole ledger (`verify_ledger`), and the leaf of each release.
This looks at a home from inside; `verify_public` does it from outside.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from catalog.errors import KaizhaError
from catalog.ledger import BEFORE_LISTS, Discrepancy, Excluded, History, history_of
from catalog.registry import queries
from catalog.registry.contracts import registered_contracts
from catalog.registry.queries import Leaf
from catalog.release import Release
from catalog.text import Text
from catalog.zones import Zone, sha256_of
from gateway.gate import Gate
from gateway.serve.shelf import PARQUET
from gateway.verify_ledger import check_ledger, stored_ledger
from gateway.witness import witness_keys

__all__ = ["Discrepancy", "Verification", "verify"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what was found; `excluded` are releases of which one thing could not be checked."""

    files: int
    leaves: int
    releases: int
    discrepancies: tuple[Discrepancy, ...]
    excluded: tuple[Excluded, ...] = ()

    @property
    def summary(self) -> Text:
        return Text(
            f"已核对 {self.files} 个文件、{self.leaves} 条账本、{self.releases} 次发布",
            f"Checked {self.files} files, {self.leaves} ledger entries, {self.releases} releases.",
        )


def verify(gate: Gate) -> Verification:
    """Check everything that is open now, and the whole ledger."""
    with gate.registry.reading() as snapshot:
        releases = queries.all_current(snapshot)
        filed = registered_contracts(snapshot)
        try:
            stored = stored_ledger(snapshot)
        except (ValueError, DBAPIError):  # an event that is no JSON, a note that is no text any more
            text = Text("账本中有无法读取的记录", "the ledger holds an entry that cannot be read")
            return Verification(0, 0, 0, (Discrepancy("ledger", "leaves", text),))
    leaves = stored.leaves
    found = [*check_ledger(stored, gate.ledger_key, witness_keys(gate.settings.witness_keys))]
    by_index = {leaf.index: leaf for leaf in leaves}
    history = history_of({leaf.index: leaf.event for leaf in leaves})
    early = [one for one in releases if history.before_lists(one.ledger_index)]
    for release in releases:
        found += _opening(release, by_index.get(release.ledger_index), history)
        if history.is_withdrawn(release.dataset.id, since=release.ledger_index):
            found.append(
                Discrepancy(
                    "release",
                    release.dataset.id,
                    Text("账本记载其已撤回", "the ledger says that it has been withdrawn"),
                )
            )
        if release.contract is not None and (release.dataset.id, release.contract) not in filed:
            text = Text("所依据的合同没有登记", "the contract it was made under is not registered")
            found.append(Discrepancy("release", release.dataset.id, text))
        found += _file(gate.open, release.dataset.id, release.id)
    excluded = tuple(Excluded(one.dataset.id, BEFORE_LISTS) for one in early)
    return Verification(len(releases), len(leaves), len(releases), tuple(found), excluded)


def _opening(release: Release, leaf: Leaf | None, history: History) -> list[Discrepancy]:
    """Whether the leaf tells of this release, the same of it as the registry does, and under the list of its time."""
    if leaf is None or leaf.event.get("release") != release.id:
        text = Text("账本中没有这次发布", "the ledger has no such opening")
        return [Discrepancy("release", release.dataset.id, text)]
    recorded = {
        "kind": "release",
        "dataset": release.dataset.id,
        "rows": release.rows,
        "columns": [column.column.name for column in release.columns],
        "list_version": release.list_version,
        "contract": release.contract,
        "by": release.published_by,
        "at": release.published_at.isoformat(),
    }
    if not all(leaf.event.get(name) == value for name, value in recorded.items()):
        text = Text("登记与账本所载的这次发布不符", "the registry and the ledger tell of it differently")
    elif history.before_lists(leaf.index):
        return []  # named as excluded: nothing tells which list was in force
    elif not history.was_under(leaf.index, release.list_version):
        text = Text(
            "账本记载其发布时生效的是另一版清单", "by the ledger another list was in force at its opening"
        )
    else:
        return []
    return [Discrepancy("release", release.dataset.id, text)]


def _file(zone: Zone, dataset_id: str, release_id: str) -> list[Discrepancy]:
    try:
        matches = sha256_of(zone.path(release_id, PARQUET)) == release_id
    except (KaizhaError, OSError):
        return [
            Discrepancy(
                "file",
                dataset_id,
                Text("发布的文件缺失或无法读取", "the released file is missing or cannot be read"),
            )
        ]
    if matches:
        return []
    return [
        Discrepancy(
            "file", dataset_id, Text("发布的文件与其校验值不符", "the released file does not match its hash")
        )
    ]
