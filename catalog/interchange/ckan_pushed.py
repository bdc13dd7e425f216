"""A dataset of ours as the package that another CKAN is told of: metadata, and links to where it can be had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.interchange.ckan import document_of
from catalog.release import Release
from catalog.released_record import EXPORTS

__all__ = ["MARK", "is_ours", "pushed_package"]

MARK = "kaizha_source"
"""The extra that says whose package it is: the address of the dataset's page here."""


def pushed_package(
    release: Release, base: str, organisation: str, formats: Sequence[str], uploads: Sequence[str] = ()
) -> dict[str, Any]:
    """What `package_create` takes. `base` is our public address, `organisation` the name or id of theirs, `formats` the
    extensions it can be had in; those of `uploads` are left out, because their files come by themselves."""
    dataset = release.dataset
    document = document_of(dataset)
    page = f"{base}/datasets/{dataset.id}"
    extras = [
        *document["extras"],
        {"key": MARK, "value": page},
        {"key": "publisher_name", "value": dataset.publisher},
        {"key": "rows", "value": str(release.rows)},
    ]
    return {
        "name": dataset.id,
        "title": dataset.title,
        "notes": dataset.description,
        "license_id": dataset.licence,
        "url": page,
        "owner_org": organisation,
        "author": dataset.publisher,
        "tags": [{"name": name} for name in document["tags"]],
        "extras": extras,
        "resources": [
            pushed_resource(release, base, one) for one in formats if one not in uploads and one in EXPORTS
        ],
    }


def pushed_resource(release: Release, base: str, extension: str) -> dict[str, Any]:
    """One form in which it can be had here."""
    form = EXPORTS[extension]
    return {
        "name": f"{release.dataset.title} ({form.name})",
        "format": form.name,
        "mimetype": form.media_type,
        "url": f"{base}/api/v1/datasets/{release.dataset.id}/export.{extension}",
        "last_modified": release.published_at.replace(tzinfo=None).isoformat(timespec="seconds"),
    }


def is_ours(package: Mapping[str, Any], base: str, dataset_id: str) -> bool:
    """Whether a package there was made by us from this dataset."""
    page = f"{base}/datasets/{dataset_id}"
    return any(
        isinstance(one, Mapping) and one.get("key") == MARK and one.get("value") == page
        for one in package.get("extras") or ()
    )
