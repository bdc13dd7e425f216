"""What the gate does when a client of CKAN says something of a dataset: who may, whether the words may be read by everybody,
what the list says of them, and one transaction that writes them down.

A package is a draft that its own publisher sees, until a release stands behind it or its resources say where something is
elsewhere; nothing that is held is ever shown to others.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from catalog.dataset import THEMES
from catalog.errors import NotFound, Refused, Where
from catalog.interchange.ckan import (
    ACTIVE,
    DELETED,
    DRAFT,
    Described,
    Group,
    Organisation,
    Package,
    described,
    organisation_of,
    theme_group,
    uuid_of,
)
from catalog.registry import packages, queries
from catalog.release import Release, State
from catalog.text import Text
from gateway.access import Action, Person, may, require
from gateway.ckan.catalogue import package_of
from gateway.ckan.listing import Judge, has_links
from gateway.ckan.package_input import Said, dataset_id_of, labels_of, read_package, wrong
from gateway.gate import Gate
from gateway.governance import store
from gateway.publish.intake import LOCAL_PUBLISHER
from gateway.publish.review import withdraw
from negative_list import explain_reason
from privacy import held_in_label

__all__ = [
    "create_package",
    "delete_package",
    "known_package",
    "no_package",
    "own_drafts",
    "patch_package",
    "publisher_of",
    "purge_package",
    "require_words",
    "save",
    "show_package",
    "shown",
    "update_package",
]

Given = Mapping[str, Any]
REASON = "withdrawn by its publisher through the CKAN API"


def create_package(gate: Gate, person: Person, given: Given) -> dict[str, Any]:
    """A draft that holds the metadata. Raises BadInput by field, NotAllowed, Refused naming the entry."""
    require(person, Action.SUBMIT)
    said = read_package(given)
    dataset_id = dataset_id_of(said.name)
    with gate.registry.reading() as snapshot:
        organisation = _organisation(snapshot, person, said)
        document = _with_groups(snapshot, said)
        taken = packages.package_by_id(snapshot, said.name) or packages.package_of_dataset(
            snapshot, dataset_id
        )
        same_id = packages.package_by_id(snapshot, said.id) if said.id else None
        registered = queries.dataset(snapshot, dataset_id)
    require(person, Action.SUBMIT, organisation.publisher)
    for one in (taken, same_id):
        if one is not None and one.state != DELETED:
            name = "name" if one is taken else "id"
            raise wrong(
                name, "That URL is already in use." if name == "name" else "Dataset id already exists"
            )
    gone = taken or same_id
    if gone is not None:
        require(person, Action.SUBMIT, gone.publisher)
    if registered is not None and gone is None:
        raise wrong("name", "That URL is already in use.", "该名称已被使用")
    now = gate.now()
    package = Package(
        id=said.id or (gone.id if gone else str(uuid.uuid4())),
        name=said.name,
        dataset_id=dataset_id,
        publisher=organisation.publisher,
        state=said.state,
        document=_with_ids(document),
        created_at=said.created_at or now,
        modified_at=said.modified_at or now,
        private=said.private,
    )
    with gate.registry.transaction() as unit:
        for one in {one.id: one for one in (taken, same_id) if one is not None}.values():
            packages.forget_package(unit, one.id)
    return save(gate, package, organisation)


def update_package(gate: Gate, person: Person, given: Given) -> dict[str, Any]:
    """The package as it is said now: what is not said is gone, but for its resources. Raises as above, and NotFound."""
    package, release = known_package(gate, person, given.get("id") or given.get("name"))
    said = read_package({**given, "id": package.id}, package)
    with gate.registry.reading() as snapshot:
        unsaid = replace(said, owner_org=said.owner_org or organisation_id(snapshot, package.publisher))
        organisation = _organisation(snapshot, person, unsaid)
        document = _with_groups(snapshot, said)
        taken = packages.package_by_id(snapshot, said.name)
        of_dataset = None if said.name == package.name else queries.dataset(snapshot, said.name)
    require(person, Action.SUBMIT, organisation.publisher)
    if (taken is not None and taken.id != package.id) or of_dataset is not None:
        raise wrong("name", "That URL is already in use.", "该名称已被使用")
    if release is not None and said.private:
        raise wrong("private", "What is open here is open to all; package_delete takes it back")
    if said.state == DELETED:
        delete_package(gate, person, {"id": package.id})
        release = None
    changed = replace(
        package,
        name=said.name,
        publisher=organisation.publisher,
        state=said.state if release is None else ACTIVE,
        document=_with_ids(document),
        modified_at=gate.now(),
        private=said.private,
    )
    return save(gate, changed, organisation)


def patch_package(gate: Gate, person: Person, given: Given) -> dict[str, Any]:
    """The package with these members changed, and everything else as it is shown."""
    package, _ = known_package(gate, person, given.get("id") or given.get("name"))
    now = shown(gate, package)
    kept = {name: value for name, value in now.items() if name not in ("metadata_modified", "resources")}
    resources = {"resources": given["resources"]} if given.get("resources") is not None else {}
    return update_package(gate, person, {**kept, **given, **resources, "id": package.id})


def delete_package(gate: Gate, person: Person, given: Given) -> None:
    """Take it back: what is open of it is withdrawn at once, and what was said of it is shown to nobody."""
    package, release = known_package(gate, person, given.get("id"), Action.WITHDRAW)
    if release is not None:
        withdraw(gate, person, package.dataset_id, REASON)
    with gate.registry.transaction() as unit:
        packages.save_package(unit, replace(package, state=DELETED, modified_at=gate.now()))


def purge_package(gate: Gate, person: Person, given: Given) -> None:
    """The same, and forget what was said. (What was released, and its leaves, are never forgotten.)"""
    package, release = known_package(gate, person, given.get("id"), Action.WITHDRAW, deleted=True)
    if release is not None:
        withdraw(gate, person, package.dataset_id, REASON)
    with gate.registry.transaction() as unit:
        packages.forget_package(unit, package.id)


def show_package(gate: Gate, person: Person, given: Given) -> dict[str, Any]:
    """A package, a draft too where the person may see it. Raises NotFound: nobody learns of others' drafts."""
    package, _ = known_package(gate, person, given.get("id"), Action.SEE_SUBMISSIONS, deleted=True)
    return shown(gate, package)


def own_drafts(gate: Gate, person: Person) -> list[dict[str, Any]]:
    """Every package that is not for everybody and that the person may see."""
    if not may(person, Action.SEE_SUBMISSIONS):
        return []
    with gate.registry.reading() as snapshot:
        rows = packages.package_rows(snapshot)
        open_ids = queries.standing(snapshot)
    seen = [one for one in rows if may(person, Action.SEE_SUBMISSIONS, one.publisher)]
    hidden = [one for one in seen if one.dataset_id not in open_ids and one.state != DELETED]
    return [one for package in hidden if (one := shown(gate, package))["state"] == DRAFT or one["private"]]


def known_package(
    gate: Gate, person: Person, id_or_name: object, action: Action = Action.SUBMIT, *, deleted: bool = False
) -> tuple[Package, Release | None]:
    """What was said of a dataset, or what its release says where nothing was; and that release.

    Raises BadInput without an id, NotAllowed for who may in no case, NotFound where there is none, or the person may not
    know of it."""
    require(person, action)
    if not isinstance(id_or_name, str) or not id_or_name:
        raise wrong("id", "Missing value", "缺少值")
    with gate.registry.reading() as snapshot:
        package = packages.package_by_id(snapshot, id_or_name)
        dataset_id = package.dataset_id if package else id_or_name
        release = queries.current_release(snapshot, dataset_id)
        if package is None and release is None:
            dataset_id = next(
                (one for one in queries.standing(snapshot) if uuid_of("dataset", one) == id_or_name), ""
            )
            release = queries.current_release(snapshot, dataset_id) if dataset_id else None
        if package is None and release is not None:
            opened = queries.first_published(snapshot, release.dataset.id)
            package = package_of(release, opened or release.published_at)
    if package is None or (package.state == DELETED and release is None and not deleted):
        raise no_package()
    is_public = release is not None or (
        package.state == ACTIVE and not package.private and has_links(package)
    )
    knows = is_public or may(person, Action.SEE_SUBMISSIONS, package.publisher)
    if not knows and not may(person, action, package.publisher):
        raise no_package()
    require(person, action, package.publisher)
    return package, release


def no_package() -> NotFound:
    return NotFound(Text("没有这个数据集", "Dataset was not found"), Text("", ""))


def save(gate: Gate, package: Package, organisation: Organisation) -> dict[str, Any]:
    """Write down a package whose words may be read by everybody; how it is shown. Raises BadInput, Refused."""
    require_words(package)
    _require_lawful(gate, package)
    with gate.registry.transaction() as unit:
        known = {one.publisher for one in packages.described_organisations(unit)}
        if organisation.publisher not in known and organisation != organisation_of(organisation.publisher):
            packages.save_group(unit, organisation)
        packages.save_package(unit, package)
    return shown(gate, package)


def require_words(package: Package) -> None:
    """Nothing that everybody will read holds a number of a person. Raises BadInput; the number is not echoed."""
    for name, text in labels_of(package.name, package.document):
        if (row := held_in_label(text)) is not None:
            raise wrong(name, f"Holds a {row.title.en}: take it out", f"含有{row.title.zh}，请删去")


def _require_lawful(gate: Gate, package: Package) -> None:
    """What only says where things are is listed as the list in force lets it be. Raises Refused naming the entries."""
    today = gate.now().date()
    with gate.registry.reading() as snapshot:
        exempt = store.exempted(snapshot, today)
    judge = Judge(gate.entries, today, exempt)
    if package.state != ACTIVE or package.private or judge.lets(package):
        return
    told = [explain_reason(one) for one in sorted(judge.decision(package).reasons, key=lambda r: r.entry_id)]
    raise Refused(
        Text("；".join(one.zh for one in told), "; ".join(one.en for one in told)),
        Text("", ""),
        Where(parameter="negative_list"),
    )


def shown(gate: Gate, package: Package) -> dict[str, Any]:
    """The package as its own publisher sees it: with what became of its last submission."""
    with gate.registry.reading() as snapshot:
        release = queries.current_release(snapshot, package.dataset_id)
        opened = queries.first_published(snapshot, package.dataset_id)
        last = queries.newest_submission(snapshot, package.dataset_id)
        publishers = {one.publisher: one for one in packages.described_organisations(snapshot)}
        known = {name: theme_group(name) for name in THEMES}
        known |= {one.name: one for one in packages.described_groups(snapshot)}
    organisation = publishers.get(package.publisher) or organisation_of(package.publisher)
    groups: tuple[Group, ...] = tuple(
        known[name] for name in package.document.get("groups", ()) if name in known
    )
    state = package.state
    if release is not None:
        state = ACTIVE
    elif state == ACTIVE and not has_links(package) and not package.private:
        state = DRAFT
    more: dict[str, Any] = {}
    if last is not None and (release is None or last.state in (State.HELD, State.REFUSED)):
        more = {"kaizha_submission": last.id, "kaizha_state": last.state.value}
    one = Described(replace(package, state=state), organisation, groups, release, opened, more)
    return described(one)


def _organisation(snapshot: Connection, person: Person, said: Said) -> Organisation:
    """The publisher that is said: by id or name of one that is known, or by the whole organisation that a package brings
    with it from elsewhere. Raises BadInput."""
    described_ = {one.publisher: one for one in packages.described_organisations(snapshot)}
    known = {one: described_.get(one) or organisation_of(one) for one in packages.known_publishers(snapshot)}
    known |= described_
    if said.owner_org is None:
        own = person.publisher or LOCAL_PUBLISHER  # who acts for any publisher has a home of their own
        return known.get(own) or organisation_of(own)
    if person.publisher is not None:
        known.setdefault(person.publisher, organisation_of(person.publisher))
    for one in known.values():
        if said.owner_org in (one.id, one.name, one.publisher):
            return one
    brought = said.organisation or {}
    if brought.get("id") != said.owner_org and brought.get("name") != said.owner_org:
        raise wrong("owner_org", "Organization does not exist", "没有这个提供单位")
    publisher = str(brought.get("title") or brought.get("name") or "")[:200]
    derived = organisation_of(publisher)
    return replace(
        derived,
        id=str(brought.get("id") or derived.id)[:100],
        name=str(brought.get("name") or derived.name)[:100],
        description=str(brought.get("description") or ""),
        image_url=str(brought.get("image_url") or ""),
        created=brought.get("created") if isinstance(brought.get("created"), str) else None,
    )


def publisher_of(gate: Gate, package: Package) -> Organisation:
    """The organisation of a package that is known."""
    with gate.registry.reading() as snapshot:
        known = {one.publisher: one for one in packages.described_organisations(snapshot)}
    return known.get(package.publisher) or organisation_of(package.publisher)


def organisation_id(snapshot: Connection, publisher: str) -> str:
    found = {one.publisher: one.id for one in packages.described_organisations(snapshot)}
    return found.get(publisher) or organisation_of(publisher).id


def _with_groups(snapshot: Connection, said: Said) -> dict[str, Any]:
    """The document with its groups by name. Raises BadInput for one that there is not."""
    known = {theme_group(name).id: name for name in THEMES} | {name: name for name in THEMES}
    for one in packages.described_groups(snapshot):
        known |= {one.id: one.name, one.name: one.name}
    for name in said.groups:
        if name not in known:
            raise wrong("groups", f'Group "{name[:100]}" does not exist', "没有这个分组")
    return {**said.document, "groups": list(dict.fromkeys(known[name] for name in said.groups))}


def _with_ids(document: Mapping[str, Any]) -> dict[str, Any]:
    resources = [{**one, "id": one.get("id") or str(uuid.uuid4())} for one in document["resources"]]
    return {**document, "resources": resources}
