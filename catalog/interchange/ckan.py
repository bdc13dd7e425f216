"""A dataset as a CKAN package: the dictionaries that CKAN 2.11 shows of packages, resources, organisations, groups, tags.

Pure. What a publisher has said in CKAN's words is kept as a `Package`; a dataset that was never described in them is
described from its release. Own addresses begin with ``/`` here: who answers puts the public address before them.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from catalog.dataset import THEMES, Dataset
from catalog.release import Release

__all__ = [
    "ACTIVE",
    "DELETED",
    "DRAFT",
    "LICENCES",
    "Described",
    "Group",
    "Organisation",
    "Package",
    "described",
    "document_of",
    "group_shown",
    "iso",
    "licence_shown",
    "organisation_of",
    "organisation_shown",
    "resource_id_of",
    "tag_shown",
    "theme_group",
    "uuid_of",
    "with_base",
]

NAMESPACE = uuid.UUID("6f2d8f0a-7a1c-5b8e-9d3f-4b616a7a6861")
ACTIVE, DRAFT, DELETED = "active", "draft", "deleted"

_NO_TAG = re.compile(r"[^\w \-.]", re.UNICODE)

LICENCES: Mapping[str, tuple[str, str, bool]] = {
    "CC-BY-4.0": ("Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/", True),
    "CC-BY-SA-4.0": (
        "Creative Commons Attribution-ShareAlike 4.0",
        "https://creativecommons.org/licenses/by-sa/4.0/",
        True,
    ),
    "CC0-1.0": ("Creative Commons Zero 1.0", "https://creativecommons.org/publicdomain/zero/1.0/", True),
    "ODbL-1.0": (
        "Open Data Commons Open Database License 1.0",
        "https://opendatacommons.org/licenses/odbl/1-0/",
        True,
    ),
    "ODC-BY-1.0": (
        "Open Data Commons Attribution License 1.0",
        "https://opendatacommons.org/licenses/by/1-0/",
        True,
    ),
    "PDDL-1.0": (
        "Open Data Commons Public Domain Dedication and License 1.0",
        "https://opendatacommons.org/licenses/pddl/1-0/",
        True,
    ),
    "cc-by": ("Creative Commons Attribution", "http://www.opendefinition.org/licenses/cc-by", True),
    "cc-by-sa": (
        "Creative Commons Attribution Share-Alike",
        "http://www.opendefinition.org/licenses/cc-by-sa",
        True,
    ),
    "cc-nc": (
        "Creative Commons Non-Commercial (Any)",
        "http://creativecommons.org/licenses/by-nc/2.0/",
        False,
    ),
    "cc-zero": ("Creative Commons CCZero", "http://www.opendefinition.org/licenses/cc-zero", True),
    "notspecified": ("License not specified", "", False),
    "odc-odbl": (
        "Open Data Commons Open Database License (ODbL)",
        "http://www.opendefinition.org/licenses/odc-odbl",
        True,
    ),
    "odc-pddl": (
        "Open Data Commons Public Domain Dedication and License (PDDL)",
        "http://www.opendefinition.org/licenses/odc-pddl",
        True,
    ),
    "other-closed": ("Other (Not Open)", "", False),
    "other-open": ("Other (Open)", "", True),
    "uk-ogl": (
        "UK Open Government Licence (OGL)",
        "http://reference.data.gov.uk/id/open-government-licence",
        True,
    ),
}
"""Licences by id: title, address, whether it conforms to the Open Definition. The ids of CKAN's own list are known too."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """A publisher in CKAN's words. `publisher` is its name in this house, which never changes."""

    id: str
    name: str
    publisher: str
    title: str
    description: str = ""
    image_url: str = ""
    created: str | None = None
    state: str = ACTIVE
    extras: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A group: one of our themes, or one that somebody has made."""

    id: str
    name: str
    title: str
    description: str = ""
    image_url: str = ""
    created: str | None = None
    state: str = ACTIVE
    extras: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Package:
    """What was said of a dataset in CKAN's words. `document` holds the members that a client sets (`Described` says how
    they are shown), its resources in order; `data_resource` is the id of the one that the dataset's rows stand behind,
    None while there is none. Times are UTC."""

    id: str
    name: str
    dataset_id: str
    publisher: str
    state: str
    document: Mapping[str, Any]
    created_at: datetime
    modified_at: datetime
    private: bool = False
    data_resource: str | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """What a package is shown from: its own words, the release behind it, who publishes it and where it is grouped.
    `opened_at` is when the dataset was opened for the first time."""

    package: Package
    organisation: Organisation
    groups: tuple[Group, ...] = ()
    release: Release | None = None
    opened_at: datetime | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=65_536)
def uuid_of(kind: str, name: str) -> str:
    """The id of a thing that has none of its own: always the same for the same thing, in every house."""
    return str(uuid.uuid5(NAMESPACE, f"{kind}:{name}"))


def resource_id_of(dataset_id: str) -> str:
    """The id of the resource behind which the rows of a dataset stand, where nobody chose one."""
    return uuid_of("resource", dataset_id)


def iso(moment: datetime) -> str:
    """UTC without a zone, to the microsecond, as CKAN writes it."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


@lru_cache(maxsize=8_192)
def organisation_of(publisher: str) -> Organisation:
    """The organisation of a publisher that nobody has described."""
    slug = re.sub(r"[^a-z0-9_-]+", "-", publisher.lower()).strip("-")[:80]
    if slug != publisher or len(slug) < 2:
        mark = hashlib.sha256(publisher.encode()).hexdigest()[:8]
        slug = f"{slug}-{mark}" if slug else f"org-{mark}"
    return Organisation(uuid_of("publisher", publisher), slug, publisher, publisher)


def theme_group(theme: str) -> Group:
    """The group of a theme."""
    title = THEMES[theme]
    return Group(uuid_of("theme", theme), theme, f"{title.zh} {title.en}")


def document_of(dataset: Dataset) -> dict[str, Any]:
    """What a dataset's own metadata say, in CKAN's members."""
    extras = [
        {"key": "access", "value": dataset.access.value},
        {"key": "update_cycle", "value": dataset.update_cycle},
    ]
    return {
        "title": dataset.title,
        "notes": dataset.description,
        "license_id": dataset.licence,
        "url": dataset.source,
        "tags": [tag for keyword in dataset.keywords if (tag := _tag_name(keyword))],
        "groups": [dataset.theme] if dataset.theme in THEMES else [],
        "extras": extras,
        "resources": [],
    }


def _tag_name(keyword: str) -> str:
    """A keyword as CKAN takes tags: two characters at least, letters, digits, blanks and -_. only."""
    name = _NO_TAG.sub(" ", keyword).strip()[:100]
    return name if len(name) >= 2 else ""


def described(one: Described) -> dict[str, Any]:
    """The package as `package_show` gives it."""
    package, document, release = one.package, one.package.document, one.release
    modified = package.modified_at
    if release is not None:
        modified = max(modified, release.published_at)
    licence = document.get("license_id") or None
    resources = _resources(one)
    tags = sorted(dict.fromkeys(document.get("tags", ())))
    return {
        **{name: document.get(name) or None for name in _PLAIN},
        "id": package.id,
        "name": package.name,
        "title": document.get("title") or package.name,
        "type": document.get("type") or "dataset",
        "state": package.state,
        "private": package.private,
        "owner_org": one.organisation.id,
        "organization": organisation_shown(one.organisation),
        "creator_user_id": None,
        "metadata_created": iso(package.created_at),
        "metadata_modified": iso(modified),
        "license_id": licence,
        **licence_shown(licence),
        "tags": [tag_shown(name) for name in tags],
        "num_tags": len(tags),
        "groups": [_group_in_package(group) for group in one.groups],
        "extras": sorted((dict(extra) for extra in document.get("extras", ())), key=lambda e: str(e["key"])),
        "resources": resources,
        "num_resources": len(resources),
        "relationships_as_subject": [],
        "relationships_as_object": [],
        **one.more,
    }


_PLAIN = ("author", "author_email", "maintainer", "maintainer_email", "notes", "url", "version")


def _resources(one: Described) -> list[dict[str, Any]]:
    package = one.package
    shown: list[dict[str, Any]] = []
    behind = package.data_resource
    for resource in package.document.get("resources", ()):
        of_rows = one.release is not None and resource["id"] == behind
        shown.append({**resource, **(_of_release(one, resource) if of_rows else {})})
    if one.release is not None and not any(resource["id"] == behind for resource in shown):
        own = {"id": behind or resource_id_of(package.dataset_id)}
        shown.insert(0, {**own, **_of_release(one, {})})
    return [
        {**_EMPTY_RESOURCE, **resource, "package_id": package.id, "position": position}
        for position, resource in enumerate(shown)
    ]


_EMPTY_RESOURCE: Mapping[str, Any] = {
    "cache_last_updated": None,
    "cache_url": None,
    "created": None,
    "datastore_active": False,
    "description": "",
    "format": "",
    "hash": "",
    "last_modified": None,
    "metadata_modified": None,
    "mimetype": None,
    "mimetype_inner": None,
    "name": None,
    "resource_type": None,
    "size": None,
    "state": ACTIVE,
    "url": "",
    "url_type": None,
}


def _of_release(one: Described, said: Mapping[str, Any]) -> dict[str, Any]:
    """What the release says of the resource that its rows stand behind."""
    release = one.release
    assert release is not None
    published = iso(release.published_at)
    return {
        "name": said.get("name") or one.package.document.get("title") or release.dataset.title,
        "format": "CSV",
        "mimetype": "text/csv",
        "url": f"/api/v1/datasets/{release.dataset.id}/export.csv",
        "url_type": "upload",
        "size": None,
        "hash": "",
        "created": said.get("created") or iso(one.opened_at or release.published_at),
        "last_modified": published,
        "metadata_modified": published,
        "datastore_active": True,
    }


def with_base(package: Mapping[str, Any], base: str) -> dict[str, Any]:
    """The package with the public address before its own addresses."""
    return {**package, "resources": [resource_with_base(one, base) for one in package["resources"]]}


def resource_with_base(resource: Mapping[str, Any], base: str) -> dict[str, Any]:
    url = str(resource.get("url") or "")
    return {**resource, "url": base + url if url.startswith("/") else url}


def organisation_shown(one: Organisation) -> dict[str, Any]:
    """As it stands inside a package."""
    return {
        "id": one.id,
        "name": one.name,
        "title": one.title,
        "type": "organization",
        "description": one.description,
        "image_url": one.image_url,
        "created": one.created,
        "is_organization": True,
        "approval_status": "approved",
        "state": one.state,
    }


def _group_in_package(one: Group) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "title": one.title,
        "display_name": one.title,
        "description": one.description,
        "image_display_url": one.image_url,
    }


def group_shown(one: Group | Organisation, packages: int, tags: Sequence[str] = ()) -> dict[str, Any]:
    """As `organization_show` and `group_show` give it."""
    is_organisation = isinstance(one, Organisation)
    return {
        "id": one.id,
        "name": one.name,
        "title": one.title,
        "display_name": one.title or one.name,
        "type": "organization" if is_organisation else "group",
        "description": one.description,
        "image_url": one.image_url,
        "image_display_url": one.image_url,
        "created": one.created,
        "is_organization": is_organisation,
        "approval_status": "approved",
        "state": one.state,
        "num_followers": 0,
        "package_count": packages,
        "extras": [dict(extra) for extra in one.extras],
        "groups": [],
        "tags": [tag_shown(name) for name in tags],
        "users": [],
    }


def tag_shown(name: str) -> dict[str, Any]:
    return {
        "id": uuid_of("tag", name),
        "name": name,
        "display_name": name,
        "state": ACTIVE,
        "vocabulary_id": None,
    }


def licence_shown(licence: str | None) -> dict[str, Any]:
    """What a package says of its licence; one that is not in the list is shown by its id."""
    known = LICENCES.get(licence or "")
    shown: dict[str, Any] = {"license_title": known[0] if known else licence}
    shown["isopen"] = known[2] if known else False
    if known and known[1]:
        shown["license_url"] = known[1]
    return shown
