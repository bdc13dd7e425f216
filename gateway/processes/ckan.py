"""The gate takes actions of the CKAN API: each is one function of `gateway.exchange`, which asks who may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from catalog.errors import NotFound
from catalog.text import Text
from gateway.access import Action, Person, require
from gateway.access.sessions import PREFIX
from gateway.ckan.call import Upload
from gateway.exchange import (
    ckan_datastore,
    ckan_groups,
    ckan_packages,
    ckan_people,
    ckan_resources,
    ckan_revise,
)
from gateway.gate import Gate
from gateway.processes.ckan_steps import CkanAction

__all__ = ["TAKEN", "take_ckan"]

Plain = Callable[[Gate, Person, Mapping[str, Any]], Any]
WithFile = Callable[[Gate, Person, Mapping[str, Any], Upload | None], Any]

_PLAIN: Mapping[str, Plain] = {
    "api_token_list": ckan_people.list_tokens,
    "api_token_revoke": ckan_people.revoke_token,
    "datastore_delete": ckan_datastore.delete_rows,
    "datastore_records_delete": ckan_datastore.delete_rows,
    "dataset_purge": ckan_packages.purge_package,
    "group_create": ckan_groups.create_group,
    "group_delete": ckan_groups.delete_group,
    "group_patch": partial(ckan_groups.update_group, patch=True),
    "group_purge": ckan_groups.delete_group,
    "group_update": partial(ckan_groups.update_group, patch=False),
    "job_list": ckan_people.jobs,
    "organization_create": ckan_groups.create_organisation,
    "organization_delete": ckan_groups.delete_organisation,
    "organization_list_for_user": ckan_people.own_organisations,
    "organization_patch": partial(ckan_groups.update_organisation, patch=True),
    "organization_purge": ckan_groups.delete_organisation,
    "organization_update": partial(ckan_groups.update_organisation, patch=False),
    "may_upload": lambda _gate, person, _given: require(person, Action.SUBMIT),
    "own_drafts": lambda gate, person, _given: ckan_packages.own_drafts(gate, person),
    "package_create": ckan_packages.create_package,
    "package_delete": ckan_packages.delete_package,
    "package_patch": ckan_revise.patch_package,
    "package_revise": ckan_revise.revise_package,
    "package_show": ckan_packages.show_package,
    "package_update": ckan_revise.update_package,
    "resource_delete": ckan_resources.delete_resource,
    "resource_show": ckan_resources.show_resource,
    "task_status_show": ckan_people.show_task,
    "user_list": ckan_people.users,
    "user_show": ckan_people.show_user,
}
_WITH_FILE: Mapping[str, WithFile] = {
    "datastore_create": ckan_datastore.create_table,
    "datastore_upsert": ckan_datastore.upsert_rows,
    "resource_create": ckan_resources.create_resource,
    "resource_patch": partial(ckan_resources.update_resource, patch=True),
    "resource_update": partial(ckan_resources.update_resource, patch=False),
}
TAKEN = frozenset({*_PLAIN, *_WITH_FILE, "api_token_create"})
"""Every action that is asked of the gate."""


def take_ckan(gate: Gate, person: Person, step: CkanAction) -> Any:
    """The result of an action, as JSON values. Raises what the function raises."""
    if step.action == "api_token_create":
        by_session = step.key.startswith(PREFIX)
        return ckan_people.create_token(gate, person, step.given, by_session=by_session)
    if (plain := _PLAIN.get(step.action)) is not None:
        return plain(gate, person, step.given)
    if (with_file := _WITH_FILE.get(step.action)) is not None:
        upload = Upload(step.upload, step.upload_name or "upload") if step.upload else None
        return with_file(gate, person, step.given, upload)
    raise NotFound(Text("没有这个操作", "There is no such action"), Text("", ""))
