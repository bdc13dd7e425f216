"""Every action there is: what it does, whether it changes something, and what its caller has to be allowed.

A name that is not in this table is no action, as upstream: `datastore_search_sql` is not, since nothing that a caller sends
becomes SQL here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.errors import KaizhaError
from catalog.interchange.ckan import resource_with_base, with_base
from gateway.access.permissions import Action as Takes
from gateway.ckan import group_reads, reads, table_reads
from gateway.ckan.call import Call
from gateway.ckan.desk import Desk
from gateway.ckan.errors import denied, missing, of_tree
from gateway.ckan.values import required

__all__ = ["ACTIONS", "TAKES", "Action"]

Run = Callable[[Desk, Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Action:
    """`changes` = by POST only; `takes` = what its caller has to be allowed, () = nothing in particular."""

    run: Run
    text: str
    changes: bool = False
    takes: tuple[Takes, ...] = (Takes.READ_OPEN,)


async def help_show(desk: Desk, call: Call) -> str:
    name = required(call.given, "name")
    if name not in ACTIONS:
        raise missing(f"Action function {name[:100]} not found")
    return ACTIONS[name].text


async def _by_gate(desk: Desk, call: Call) -> Any:
    """What the gate does; what it shows of packages and resources gets the public address."""
    try:
        found = await desk.gate(call)
    except KaizhaError as error:
        raise of_tree(error) from None
    if isinstance(found, dict):
        if "package" in found and isinstance(found["package"], dict):
            return {"package": with_base(found["package"], call.base)}
        if "resources" in found:
            return with_base(found, call.base)
        if "package_id" in found and "url" in found:
            return resource_with_base(found, call.base)
    return found


async def task_status_update(desk: Desk, call: Call) -> Any:
    """Upstream only an administrator's: here the gate alone says what became of a submission."""
    raise denied("the gate itself writes down what becomes of a submission: see task_status_show")


def _read(run: Run, text: str) -> Action:
    return Action(run, text)


def _write(text: str, *takes: Takes) -> Action:
    return Action(_by_gate, text, changes=True, takes=takes)


def _own(text: str, *takes: Takes) -> Action:
    return Action(_by_gate, text, takes=takes)


ACTIONS: Mapping[str, Action] = {
    # the catalogue
    "package_list": _read(reads.package_list, "Names of the datasets. limit, offset."),
    "package_show": _read(reads.package_show, "One dataset with its resources. id: id or name."),
    "package_search": _read(
        reads.package_search,
        "Datasets that match. q, fq, fq_list, rows, start, sort, fl, facet, facet.field…",
    ),
    "package_autocomplete": _read(reads.package_autocomplete, "Datasets whose name or title holds q. limit."),
    "current_package_list_with_resources": _read(
        reads.current_package_list_with_resources, "Datasets with resources, newest first. limit, offset."
    ),
    "resource_show": _read(reads.resource_show, "One resource. id."),
    "resource_search": _read(
        reads.resource_search, "Resources whose field holds a value. query: field:value."
    ),
    "resource_view_list": _read(reads.resource_view_list, "Views of a resource: none. id."),
    "recently_changed_packages_activity_list": _read(
        reads.recently_changed_packages_activity_list, "What was opened last. limit, offset."
    ),
    "package_activity_list": _read(reads.package_activity_list, "What happened to a dataset. id."),
    "tag_list": _read(reads.tag_list, "Tags in use. query, all_fields."),
    "tag_show": _read(reads.tag_show, "One tag. id, include_datasets."),
    "tag_search": _read(reads.tag_search, "Tags that hold every word. query, limit, offset."),
    "tag_autocomplete": _read(reads.tag_autocomplete, "Names of tags that hold a word. query, limit."),
    "vocabulary_list": _read(reads.vocabulary_list, "Vocabularies of tags: none."),
    "vocabulary_show": _read(reads.vocabulary_show, "One vocabulary of tags. id."),
    "license_list": _read(reads.license_list, "Licences that are known by id."),
    "status_show": _read(reads.status_show, "The version of CKAN that is spoken here."),
    "site_read": _read(reads.site_read, "Whether this site may be read."),
    "help_show": _read(help_show, "What an action does. name."),
    # organisations and groups
    "organization_list": _read(group_reads.organization_list, "Publishers. sort, limit, offset, all_fields."),
    "organization_show": _read(group_reads.organization_show, "One publisher. id, include_datasets."),
    "organization_autocomplete": _read(group_reads.organization_autocomplete, "Publishers that hold q."),
    "group_list": _read(group_reads.group_list, "Themes and groups. sort, limit, offset, all_fields."),
    "group_show": _read(group_reads.group_show, "One theme or group. id, include_datasets."),
    "group_autocomplete": _read(group_reads.group_autocomplete, "Themes and groups that hold q."),
    "group_package_show": _read(group_reads.group_package_show, "Datasets of a theme or group. id, limit."),
    "member_list": _read(group_reads.member_list, "Datasets of a publisher or group. id, object_type."),
    # rows
    "datastore_search": _read(
        table_reads.datastore_search,
        "Rows of a resource. resource_id, filters, q, fields, sort, limit, offset, distinct, records_format…",
    ),
    "datastore_info": _read(table_reads.datastore_info, "The fields of a resource's table. id."),
    # one's own
    "user_list": _own("People, to who manages them; to others themselves.", Takes.READ_OPEN),
    "user_show": _own("Oneself. id.", Takes.READ_OPEN),
    "organization_list_for_user": _own("Publishers in whose name one may submit.", Takes.READ_OPEN),
    "api_token_list": _own("One's own tokens. user_id.", Takes.OWN_KEYS),
    "job_list": _own("What the gate has still to do.", Takes.SEE_SUBMISSIONS),
    "task_status_show": _own("What became of a submission. id or entity_id.", Takes.SEE_SUBMISSIONS),
    # writes
    "package_create": _write("A dataset's metadata, as a draft.", Takes.SUBMIT),
    "package_update": _write("The metadata anew; resources that are not said stay. id.", Takes.SUBMIT),
    "package_patch": _write("Some of the metadata. id.", Takes.SUBMIT),
    "package_revise": _write("Single members of the metadata. match, filter, update.", Takes.SUBMIT),
    "package_delete": _write("Withdraw a dataset. id.", Takes.WITHDRAW),
    "dataset_purge": _write("Withdraw a dataset, and forget what was said of it. id.", Takes.WITHDRAW),
    "resource_create": _write("A link, or a file to be submitted. package_id, url or upload.", Takes.SUBMIT),
    "resource_update": _write("A resource anew, or the next version of its file. id.", Takes.SUBMIT),
    "resource_patch": _write("Some of a resource, or the next version of its file. id.", Takes.SUBMIT),
    "resource_delete": _write("Take a resource out; withdraw its rows. id.", Takes.WITHDRAW),
    "datastore_create": _write("A table given as records, to be submitted.", Takes.SUBMIT),
    "datastore_upsert": _write("Rows for a table, to be submitted. method, records.", Takes.SUBMIT),
    "datastore_delete": _write("Rows out of a table, or all of it. filters.", Takes.WITHDRAW),
    "datastore_records_delete": _write("Rows out of a table. filters.", Takes.WITHDRAW),
    "organization_create": _write("Describe a publisher. name, title.", Takes.DESCRIBE_PUBLISHERS),
    "organization_update": _write("Describe a publisher anew. id.", Takes.DESCRIBE_PUBLISHERS),
    "organization_patch": _write("Some of a publisher's description. id.", Takes.DESCRIBE_PUBLISHERS),
    "organization_delete": _write("Forget a publisher's description. id.", Takes.DESCRIBE_PUBLISHERS),
    "organization_purge": _write("Forget a publisher's description. id.", Takes.DESCRIBE_PUBLISHERS),
    "group_create": _write("A group beside the themes. name, title.", Takes.DESCRIBE_GROUPS),
    "group_update": _write("Describe a group anew. id.", Takes.DESCRIBE_GROUPS),
    "group_patch": _write("Some of a group's description. id.", Takes.DESCRIBE_GROUPS),
    "group_delete": _write("Forget a group. id.", Takes.DESCRIBE_GROUPS),
    "group_purge": _write("Forget a group. id.", Takes.DESCRIBE_GROUPS),
    "api_token_create": _write("A token of one's own. user, name.", Takes.OWN_KEYS),
    "api_token_revoke": _write("End a token. token or jti.", Takes.OWN_KEYS),
    "task_status_update": Action(
        task_status_update, "Not from outside.", changes=True, takes=(Takes.SUBMIT,)
    ),
}

TAKES: tuple[Takes, ...] = tuple(
    dict.fromkeys(one for action in ACTIONS.values() if action.changes for one in action.takes)
)
"""What the actions that change something take, each once."""
