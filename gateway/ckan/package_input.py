"""What a client says of a package, checked as CKAN checks it, in CKAN's words; and what of it our submissions take. Pure.

Every flaw is gathered before anything is refused: a client learns all of them at once, field by field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from catalog.dataset import DATASET_ID, THEMES, UPDATE_CYCLES, Access
from catalog.errors import BadInput, Flaw, Where
from catalog.interchange.ckan import ACTIVE, DELETED, DRAFT, Package
from catalog.text import Text

__all__ = [
    "Said",
    "dataset_id_of",
    "labels_of",
    "moment_of",
    "read_package",
    "read_resource",
    "wrong",
]

MAX_NAME = 100
MAX_TEXT = 100_000
MAX_EXTRAS, MAX_TAGS, MAX_RESOURCES, MAX_GROUPS = 500, 500, 1_000, 100
_NAME = re.compile(r"[a-z0-9_-]*")
_ID = re.compile(r"[A-Za-z0-9_-]{3,100}")
_TAG = re.compile(r"[\w \-.]*", re.UNICODE)
_EMAIL = re.compile(r"[^@\s<>\"(),:;\[\]]{1,64}@[^@\s<>\"(),:;\[\]]{1,190}\.[^@\s.]{2,24}")
_PLAIN = ("title", "notes", "url", "author", "maintainer", "version", "license_id", "type")
_EMAILS = ("author_email", "maintainer_email")
_COMPUTED = ("package_id", "position", "state", "upload", "clear_upload", "resource_views")
_RESERVED = ("new", "edit", "search")


@dataclass(slots=True)
class Flaws:
    """What is wrong, field by field."""

    found: list[Flaw] = field(default_factory=list)

    def add(self, name: str, en: str, zh: str = "") -> None:
        self.found.append(Flaw(Where(parameter=name), Text(zh or en, en), Text("", "")))

    def stop(self) -> None:
        """Raises BadInput where anything is wrong."""
        if self.found:
            first = self.found[0]
            raise BadInput(first.message, first.remedy, first.where, tuple(self.found))


def wrong(name: str, en: str, zh: str = "") -> BadInput:
    """One field that cannot be used."""
    flaws = Flaws()
    flaws.add(name, en, zh)
    first = flaws.found[0]
    return BadInput(first.message, first.remedy, first.where, tuple(flaws.found))


@dataclass(frozen=True, slots=True)
class Said:
    """What a client has said: `document` as a `Package` keeps it; `groups` by name or id as they came; `owner_org` None =
    nothing said; `created_at` and `modified_at` where the client says them of a package that was elsewhere before."""

    name: str
    document: dict[str, Any]
    owner_org: str | None
    organisation: Mapping[str, Any] | None
    groups: tuple[str, ...]
    private: bool = False
    state: str = ACTIVE
    id: str | None = None
    created_at: datetime | None = None
    modified_at: datetime | None = None


def read_package(given: Mapping[str, Any], before: Package | None = None) -> Said:
    """The package that is said. `before` keeps its resources where none are said. Raises BadInput, every flaw by field."""
    flaws = Flaws()
    name = _name(given.get("name", before.name if before else None), flaws)
    document: dict[str, Any] = {one: _text(given, one, flaws) for one in _PLAIN}
    document |= {one: _email(given, one, flaws) for one in _EMAILS}
    document = {one: value for one, value in document.items() if value not in (None, "")}
    document.setdefault("title", name)
    document["tags"] = _tags(given, flaws)
    document["extras"] = _extras(given, flaws)
    if given.get("resources") is None and before is not None:
        document["resources"] = list(before.document.get("resources", ()))
    else:
        document["resources"] = _resources(given, flaws)
    if before is not None and "datastore" in before.document:
        document["datastore"] = before.document["datastore"]
    package_id = given.get("id")
    if package_id is not None and (not isinstance(package_id, str) or not _ID.fullmatch(package_id)):
        flaws.add("id", "Invalid id provided")
    state = given.get("state", ACTIVE)
    if state not in (ACTIVE, DRAFT, DELETED):
        flaws.add("state", "Value must be one of ['active', 'draft', 'deleted']")
    groups = _names(given, "groups", MAX_GROUPS, flaws)
    owner = given.get("owner_org")
    if owner is not None and not isinstance(owner, str):
        flaws.add("owner_org", "Must be a Unicode string value")
    organisation = given.get("organization")
    moments = {one: moment_of(given, one, flaws) for one in ("metadata_created", "metadata_modified")}
    flaws.stop()
    return Said(
        name=name,
        document=document,
        owner_org=owner or None,
        organisation=organisation if isinstance(organisation, dict) else None,
        groups=tuple(groups),
        private=_boolean(given.get("private")),
        state=str(state),
        id=package_id,
        created_at=moments["metadata_created"],
        modified_at=moments["metadata_modified"],
    )


def dataset_id_of(name: str) -> str:
    """The dataset behind a package of this name: ours have no underscores. Raises BadInput where none can be made."""
    dataset_id = name.replace("_", "-").strip("-")
    if DATASET_ID.fullmatch(dataset_id):
        return dataset_id
    raise wrong("name", "Must hold a letter or digit", "至少要有一个字母或数字")


def _name(name: Any, flaws: Flaws) -> str:
    if name is None or name == "":
        flaws.add("name", "Missing value", "缺少值")
        return ""
    if not isinstance(name, str):
        flaws.add("name", "Names must be strings")
        return ""
    if name in _RESERVED:
        flaws.add("name", "That name cannot be used")
    if len(name) < 2:
        flaws.add("name", "Must be at least 2 characters long")
    if len(name) > MAX_NAME:
        flaws.add("name", f"Name must be a maximum of {MAX_NAME} characters long")
    if not _NAME.fullmatch(name):
        flaws.add("name", "Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_")
    return name


def _text(given: Mapping[str, Any], name: str, flaws: Flaws) -> str | None:
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool | int | float):
        value = str(value)
    if not isinstance(value, str) or "\0" in value or len(value) > MAX_TEXT:
        flaws.add(name, "Must be a Unicode string value")
        return None
    if name == "version" and len(value) > MAX_NAME:
        flaws.add(name, f"Version must be a maximum of {MAX_NAME} characters long")
    if name == "title" and len(value) > 500:
        flaws.add(name, "Must be a maximum of 500 characters long")
    return value


def _email(given: Mapping[str, Any], name: str, flaws: Flaws) -> str | None:
    value = _text(given, name, flaws)
    if value and not _EMAIL.fullmatch(value):
        flaws.add(name, "Email is not a valid format")
    return value


def _tags(given: Mapping[str, Any], flaws: Flaws) -> list[str]:
    if given.get("tags") is None and isinstance(given.get("tag_string"), str):
        names = [part.strip() for part in given["tag_string"].split(",") if part.strip()]
    else:
        names = _names(given, "tags", MAX_TAGS, flaws)
    for name in names:
        if len(name) < 2:
            flaws.add("tags", f'Tag "{name}" length is less than minimum 2')
        elif len(name) > MAX_NAME:
            flaws.add("tags", f'Tag "{name[:20]}…" length is more than maximum {MAX_NAME}')
        elif not _TAG.fullmatch(name):
            flaws.add(
                "tags",
                f'Tag "{name}" can only contain alphanumeric characters, spaces (" "), hyphens ("-"), underscores ("_") or dots (".")',
            )
    return sorted(dict.fromkeys(names))


def _names(given: Mapping[str, Any], member: str, most: int, flaws: Flaws) -> list[str]:
    """Names, or dictionaries that hold a name or an id."""
    several = given.get(member)
    if several is None or several == "":
        return []
    if not isinstance(several, list) or len(several) > most:
        flaws.add(member, "Not a list" if not isinstance(several, list) else f"At most {most}")
        return []
    found = []
    for one in several:
        name = (one.get("name") or one.get("id")) if isinstance(one, dict) else one
        if not isinstance(name, str) or not name:
            flaws.add(member, "Missing value")
        else:
            found.append(name)
    return found


def _extras(given: Mapping[str, Any], flaws: Flaws) -> list[dict[str, str]]:
    several = given.get("extras")
    if several is None or several == "":
        return []
    if isinstance(several, dict):
        several = [{"key": key, "value": value} for key, value in several.items()]
    if not isinstance(several, list) or len(several) > MAX_EXTRAS:
        flaws.add("extras", "Only lists of dicts can be placed against subschema")
        return []
    found: dict[str, str] = {}
    for one in several:
        if not isinstance(one, dict) or not isinstance(one.get("key"), str) or not one["key"]:
            flaws.add("extras", "Missing value")
            continue
        value = one.get("value")
        if value is None or value == "" or one.get("deleted"):
            continue
        if one["key"] in found:
            flaws.add("extras", f'Duplicate key "{one["key"]}"')
        found[one["key"]] = value if isinstance(value, str) else str(value)
    return [{"key": key, "value": value} for key, value in sorted(found.items())]


def _resources(given: Mapping[str, Any], flaws: Flaws) -> list[dict[str, Any]]:
    several = given.get("resources")
    if several is None or several == "":
        return []
    if not isinstance(several, list) or len(several) > MAX_RESOURCES:
        flaws.add("resources", "Only lists of dicts can be placed against subschema")
        return []
    found = []
    for one in several:
        if not isinstance(one, dict):
            flaws.add("resources", "Only lists of dicts can be placed against subschema")
        else:
            found.append(read_resource(one, flaws))
    ids = [one["id"] for one in found if one.get("id")]
    if len(set(ids)) < len(ids):
        flaws.add("resources", "Two resources have one id")
    return found


def read_resource(given: Mapping[str, Any], flaws: Flaws | None = None) -> dict[str, Any]:
    """A resource as a `Package` keeps it, without what is computed; one that has no id yet gets one from who writes it down.
    Raises BadInput where no flaws are gathered."""
    mine = flaws or Flaws()
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name in _COMPUTED or not isinstance(name, str) or name.startswith(("__", "kaizha_")):
            continue
        if isinstance(value, str) and (len(value) > MAX_TEXT or "\0" in value):
            mine.add(name, "Must be a Unicode string value")
        elif isinstance(value, str | int | float | bool | None | list | dict):
            found[name] = value
    if not isinstance(found.get("id"), str | None) or (found.get("id") and not _ID.fullmatch(found["id"])):
        mine.add("id", "Invalid id provided")
    for name in ("url", "name", "format", "description"):
        if not isinstance(found.get(name), str | None):
            mine.add(name, "Must be a Unicode string value")
    if flaws is None:
        mine.stop()
    return found


def moment_of(given: Mapping[str, Any], name: str, flaws: Flaws) -> datetime | None:
    value = given.get(name)
    if value in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        flaws.add(name, "Date format incorrect")
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _boolean(value: Any) -> bool:
    return value is True or str(value).strip().lower() in ("true", "yes", "t", "y", "1")


def labels_of(name: str, document: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """(field, text) of everything that everybody will read; addresses of contacts stand apart and are none of it."""
    found = [
        (one, str(document[one])) for one in ("title", "notes", "author", "maintainer") if document.get(one)
    ]
    found += [("tags", tag) for tag in document.get("tags", ())]
    found += [("extras", f"{one['key']} {one['value']}") for one in document.get("extras", ())]
    for resource in document.get("resources", ()):
        found += [("resources", str(resource[one])) for one in ("name", "description") if resource.get(one)]
    return [("name", name), *found]


def extra(document: Mapping[str, Any], key: str) -> str:
    return next((str(one["value"]) for one in document.get("extras", ()) if one["key"] == key), "")


def theme_of(document: Mapping[str, Any]) -> str | None:
    """The first of its groups that is a theme of ours."""
    return next((name for name in document.get("groups", ()) if name in THEMES), None)


def access_of(document: Mapping[str, Any]) -> Access:
    said = extra(document, "access")
    return Access(said) if said in set(Access) else Access.UNCONDITIONAL


def cycle_of(document: Mapping[str, Any]) -> str:
    said = extra(document, "update_cycle")
    return said if said in UPDATE_CYCLES else "irregular"
