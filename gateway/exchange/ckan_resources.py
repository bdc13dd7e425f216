"""Resources of CKAN's clients at the gate: a link is kept as it is, a file that is uploaded is a submission like any other,
and its refusal or what it is held for is told in the answer.

A dataset here holds one table, so one of its resources has the rows; what is uploaded to it again is its next version.
"""

from __future__ import annotations

import gzip
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, cast

from catalog.contract import Contract
from catalog.errors import NotFound, Refused, Where
from catalog.ingest import Source, spool, spool_file
from catalog.interchange.ckan import Package, resource_id_of
from catalog.registry import load, packages, queries
from catalog.release import Release, State
from catalog.text import Text
from gateway.access import Action, Person, require
from gateway.ckan.call import UPLOADS, Upload
from gateway.ckan.package_input import access_of, cycle_of, read_resource, theme_of, wrong
from gateway.exchange.ckan_packages import (
    REASON,
    known_package,
    publisher_of,
    require_words,
    save,
    shown,
)
from gateway.gate import Gate
from gateway.publish.report import Report
from gateway.publish.request import Metadata, Request
from gateway.publish.review import withdraw
from gateway.publish.stages import Stages
from gateway.publish.submit import kept_source, submit
from negative_list import explain_reason

__all__ = [
    "create_resource",
    "delete_resource",
    "known_resource",
    "refuse_by_report",
    "resource_shown",
    "show_resource",
    "submit_file",
    "submit_words",
    "update_resource",
]

Given = Mapping[str, Any]
GZIP = b"\x1f\x8b"


def create_resource(gate: Gate, person: Person, given: Given, upload: Upload | None) -> dict[str, Any]:
    """One more resource of a package; with a file its submission. Raises BadInput, Refused, NotAllowed, NotFound."""
    if not given.get("package_id"):
        require(person, Action.SUBMIT)
        raise wrong("package_id", "Missing value", "缺少值")
    package, release = known_package(gate, person, given["package_id"])
    said = read_resource({name: value for name, value in given.items() if name != "package_id"})
    resources = list(package.document.get("resources", ()))
    said["id"] = said.get("id") or str(uuid.uuid4())
    if any(one["id"] == said["id"] for one in resources):
        raise wrong("id", "Resource id already exists.")
    now = gate.now()
    stamp = now.replace(tzinfo=None).isoformat(timespec="microseconds")
    said.setdefault("created", stamp)
    said.setdefault("metadata_modified", stamp)
    changed = replace(
        package, document={**package.document, "resources": [*resources, said]}, modified_at=now
    )
    if upload is None:
        return _kept(gate, changed, said["id"])
    _require_table_free(gate, package, release)
    said |= {"url_type": "upload", "name": said.get("name") or upload.name}
    changed = replace(changed, data_resource=said["id"])
    return _submitted(gate, person, changed, said["id"], upload)


def update_resource(
    gate: Gate, person: Person, given: Given, upload: Upload | None, *, patch: bool
) -> dict[str, Any]:
    """A resource as it is said now; with `patch` only what is said changes. A file is the next version of the rows."""
    resource_id = given.get("id")
    package, release = known_resource(gate, person, resource_id)
    before = _of(package, str(resource_id))
    said = read_resource({name: value for name, value in given.items() if name != "package_id"})
    said = {**(before or {}), **said} if patch else {**_kept_always(before), **said}
    stamp = gate.now().replace(tzinfo=None).isoformat(timespec="microseconds")
    said |= {"id": str(resource_id), "metadata_modified": stamp}
    rest = list(package.document.get("resources", ()))
    several = [said if one["id"] == resource_id else one for one in rest] if before else [*rest, said]
    changed = replace(package, document={**package.document, "resources": several}, modified_at=gate.now())
    if upload is None:
        return _kept(gate, changed, str(resource_id))
    if package.data_resource not in (None, resource_id):
        _require_table_free(gate, package, release)
    said |= {"url_type": "upload", "name": said.get("name") or upload.name}
    return _submitted(
        gate, person, replace(changed, data_resource=str(resource_id)), str(resource_id), upload
    )


def delete_resource(gate: Gate, person: Person, given: Given) -> None:
    """Take a resource out; where the rows stand behind it, their release is withdrawn at once."""
    resource_id = given.get("id")
    package, release = known_resource(gate, person, resource_id, Action.WITHDRAW)
    if resource_id == package.data_resource and release is not None:
        withdraw(gate, person, package.dataset_id, REASON)
    several = [one for one in package.document.get("resources", ()) if one["id"] != resource_id]
    behind = None if resource_id == package.data_resource else package.data_resource
    document = {name: value for name, value in package.document.items() if name != "datastore" or behind}
    changed = replace(
        package, document={**document, "resources": several}, data_resource=behind, modified_at=gate.now()
    )
    with gate.registry.transaction() as unit:
        packages.save_package(unit, changed)


def show_resource(gate: Gate, person: Person, given: Given) -> dict[str, Any]:
    package, _ = known_resource(gate, person, given.get("id"), Action.SEE_SUBMISSIONS)
    return resource_shown(shown(gate, package), str(given["id"]))


def known_resource(
    gate: Gate, person: Person, resource_id: object, action: Action = Action.SUBMIT
) -> tuple[Package, Release | None]:
    """The package of a resource. Raises BadInput without an id, NotAllowed, NotFound."""
    require(person, action)
    if not isinstance(resource_id, str) or not resource_id:
        raise wrong("id", "Missing value", "缺少值")
    with gate.registry.reading() as snapshot:
        package = packages.package_of_resource(snapshot, resource_id)
        derived = None
        if package is None:
            open_ids = queries.standing(snapshot)
            derived = next((one for one in open_ids if resource_id in (one, resource_id_of(one))), None)
    if package is None and derived is None:
        raise NotFound(Text("没有这个资源", "Resource was not found."), Text("", ""))
    return known_package(gate, person, package.id if package else derived, action)


def resource_shown(package: Mapping[str, Any], resource_id: str) -> dict[str, Any]:
    """One resource of a package as it is shown, with what became of its submission. Raises NotFound."""
    for one in package["resources"]:
        if one["id"] == resource_id:
            told = {name: value for name, value in package.items() if name.startswith("kaizha_")}
            return {**one, **told}
    raise NotFound(Text("没有这个资源", "Resource was not found."), Text("", ""))


def _of(package: Package, resource_id: str) -> dict[str, Any] | None:
    return next(
        (dict(one) for one in package.document.get("resources", ()) if one["id"] == resource_id), None
    )


def _kept_always(before: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: before[name] for name in ("created", "url_type") if before and name in before}


def _kept(gate: Gate, package: Package, resource_id: str) -> dict[str, Any]:
    return resource_shown(save(gate, package, publisher_of(gate, package)), resource_id)


def _require_table_free(gate: Gate, package: Package, release: Release | None) -> None:
    """Another resource has the rows already. Raises BadInput."""
    if release is None and package.data_resource is None:
        return
    taken = package.data_resource or resource_id_of(package.dataset_id)
    raise wrong(
        "upload",
        f"A dataset here holds one table: upload its next version to resource {taken}, or create another dataset",
        f"一个数据集只有一张表：请把新版本上传到资源 {taken}，或另建数据集",
    )


def _submitted(
    gate: Gate, person: Person, package: Package, resource_id: str, upload: Upload
) -> dict[str, Any]:
    require_words(package)
    path = gate.settings.run_folder / UPLOADS / upload.kept
    try:
        source = _taken(gate, path, upload.name)
    finally:
        path.unlink(missing_ok=True)
    try:
        report = submit_file(gate, person, package, source)
    finally:
        source.path.unlink(missing_ok=True)
    refuse_by_report(report)
    with gate.registry.transaction() as unit:
        packages.save_package(unit, package)
    return resource_shown(shown(gate, package), resource_id)


def _taken(gate: Gate, path: Path, name: str) -> Source:
    """A private copy of an upload. ckanapi passes a download on as it came over the wire: what is packed without its name
    saying so is unpacked, within the same cap. Raises BadInput, TooLarge."""
    most = gate.settings.max_upload_bytes
    with path.open("rb") as file:
        packed = file.read(2) == GZIP and not name.lower().endswith((".gz", ".tgz"))
    if not packed:
        return replace(spool_file(path, gate.spool, most), name=name)
    try:
        with gzip.open(path, "rb") as stream:
            return spool(cast(BinaryIO, stream), name, gate.spool, most)
    except (OSError, EOFError, zlib.error):
        raise wrong(
            "upload", "The file is packed and cannot be unpacked", "文件是压缩的，但无法解开"
        ) from None


def submit_file(
    gate: Gate, person: Person, package: Package, source: Source, contract: Contract | None = None
) -> Report:
    """The submission of a file for a package: what may be accepted unseen is accepted, as there is nobody to ask."""
    if package.private:
        raise wrong(
            "private",
            "What passes the gate is open to all: set private to false first",
            "通过审查的数据向所有人开放：请先把 private 设为 false",
        )
    request = Request(source.name, source.sha256, metadata_of(package), contract or Contract(), yes=True)
    return submit(gate, person, source, request, Stages())


def refuse_by_report(report: Report) -> None:
    """Raises Refused naming the entries that decided."""
    if report.state is not State.REFUSED:
        return
    told = [explain_reason(one) for one in report.reasons]
    raise Refused(
        Text("；".join(one.zh for one in told), "; ".join(one.en for one in told)),
        Text("", ""),
        Where(parameter="negative_list"),
    )


def metadata_of(package: Package) -> Metadata:
    """What a package says, as a submission takes it."""
    document = package.document
    return Metadata(
        dataset_id=package.dataset_id,
        title=str(document.get("title") or package.name),
        publisher=package.publisher,
        theme=theme_of(document),
        description=str(document.get("notes") or ""),
        access=access_of(document),
        update_cycle=cycle_of(document),
        licence=document.get("license_id"),
        keywords=tuple(document.get("tags", ())),
        source=str(document.get("url") or ""),
    )


def submit_words(gate: Gate, person: Person, package: Package) -> None:
    """The release behind a package under its new words: the same bytes go the same way again. Raises Refused."""
    with gate.registry.reading() as snapshot:
        release = queries.current_release(snapshot, package.dataset_id)
        submission_id = queries.current_submission(snapshot, package.dataset_id)
        record = queries.submission(snapshot, submission_id) if submission_id else None
    if release is None or record is None:
        return
    said, known = metadata_of(package), release.dataset
    theme = said.theme or known.theme
    same = (said.title, said.publisher, theme, said.description, said.keywords, said.source) == (
        known.title,
        known.publisher,
        known.theme,
        known.description,
        known.keywords,
        known.source,
    ) and said.licence in (None, known.licence)
    if same:
        return
    before = load(Request, record.request)
    words = replace(
        before.metadata,
        title=said.title,
        publisher=said.publisher,
        theme=theme,
        description=said.description,
        keywords=said.keywords,
        source=said.source,
        licence=said.licence or before.metadata.licence,
        dataset_id=package.dataset_id,
    )
    refuse_by_report(
        submit(gate, person, kept_source(gate, record), replace(before, metadata=words), Stages())
    )
