"""Forms that try an interface out, and the address that one leads to: without a script it is followed, with one the answer is
shown beside the form. Pure; the script (`static/try.js`) puts the same address together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from catalog.errors import BadInput, Where
from catalog.predicate import Operator
from catalog.release import Release
from catalog.service import Parameter, Service
from catalog.text import Text
from gateway.access.surface import OPEN_TO_ALL, ROUTES, is_shared
from gateway.portal.reference import COLUMN_OPERATORS, GROUPS, Operation
from gateway.serve.location import location_of
from gateway.serve.page_formats import AGGREGATE_FORMATS, RECORDS_FORMATS
from gateway.serve.parameters import COLUMN_PREFIX
from gateway.serve.parse import AGGREGATE_PARAMETERS, RECORDS_PARAMETERS
from gateway.serve.sql import columns_of_release

__all__ = [
    "CONDITIONS",
    "OPERATORS",
    "Field",
    "Form",
    "address_of",
    "dataset_forms",
    "reference_forms",
    "service_form",
]

CONDITIONS = 3
"""Conditions on columns that a form has room for; more are written in `filter`."""
OWN = "try."
"""Names of a form's own fields begin so: no parameter does."""
OPERATORS = tuple((suffix, text) for suffix, _, text in COLUMN_OPERATORS)
DATASET = "/api/v1/datasets/{dataset_id}"
_SUFFIX = re.compile(r"[a-z]{1,12}")


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter: `value` is filled in, `options` are the only ones there are, `example` is shown where it is empty."""

    name: str
    value: str = ""
    example: str = ""
    options: tuple[str, ...] = ()
    required: bool = False
    text: Text | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """`to` is the path, with ``{…}`` where fields of that name stand; `columns` what conditions may name, None = there are
    no conditions, none = any name; `suffixes` the forms of an answer that an ending chooses."""

    id: str
    to: str
    text: Text
    fields: tuple[Field, ...] = ()
    columns: tuple[str, ...] | None = None
    suffixes: tuple[str, ...] = ()


_RECORDS = ("select", "filter", "q", "sort", "limit", "offset", "count")
_GROUPS = ("group_by", "metrics", "having", "filter", "sort", "limit")
_PLACES = ("bbox", "near")
_FILLED: Mapping[str, Field] = {
    one.name: one
    for one in (
        Field("limit", "10"),
        Field("metrics", "count"),
        Field("count", options=("", "exact", "estimate", "none")),
        Field(
            "format",
            "csv",
            options=("csv", "json", "ndjson", "geojson", "xlsx", "parquet", "arrow"),
            required=True,
        ),
        Field("bbox", example="121.4,31.1,121.6,31.3"),
        Field("near", example="121.47,31.23,500"),
        Field("as_of", example="2026-11-30"),
    )
}


def dataset_forms(release: Release) -> tuple[Form, ...]:
    """Rows and groups of one dataset."""
    columns = columns_of_release(release)
    names = tuple(_written(one.name) for one in columns)
    placed = location_of(columns) is not None
    root = f"/api/v1/datasets/{release.dataset.id}"
    records, groups = _fields(_RECORDS + (_PLACES if placed else ())), _fields(_GROUPS)
    forms = tuple(suffix for suffix, _ in RECORDS_FORMATS if placed or suffix != "geojson")
    return (
        Form("rows", f"{root}/records", Text("查询数据行", "Query rows"), records, names, forms),
        Form(
            "groups",
            f"{root}/aggregate",
            Text("分组统计", "Group and aggregate"),
            groups,
            names,
            tuple(suffix for suffix, _ in AGGREGATE_FORMATS),
        ),
    )


def _written(column: str) -> str:
    """A column as a parameter names it: one that is named like another parameter takes the prefix."""
    taken = column in RECORDS_PARAMETERS | AGGREGATE_PARAMETERS or column.startswith(COLUMN_PREFIX)
    return f"{COLUMN_PREFIX}{column}" if taken else column


def service_form(service: Service) -> Form:
    """The call of a service, filled in with its example."""
    fields = [_parameter(one, service) for one in service.parameters]
    return Form(
        "call",
        f"/api/v1/services/{service.id}",
        service.title,
        (*fields, Field("limit", str(min(10, service.limit))), Field("version", service.version)),
        suffixes=tuple(suffix for suffix, _ in AGGREGATE_FORMATS),
    )


def reference_forms() -> tuple[Form, ...]:
    """Every operation of the reference that anybody may call by GET."""
    open_to_all = [
        one
        for group in GROUPS
        for one in group.operations
        if one.method == "GET" and _is_open(one.path) and not one.path.startswith("/api/v1/session")
    ]
    return tuple(_of_reference(number, one) for number, one in enumerate(open_to_all, 1))


def address_of(given: Sequence[tuple[str, str]]) -> str:
    """The path and query that a filled-in form names: what is empty is left out, a condition is one parameter.

    Raises BadInput: no open interface of ours, or nothing where the path needs something.
    """
    own = {name: value for name, value in given if name.startswith(OWN)}
    asked = {name: value for name, value in given if not name.startswith(OWN)}
    path = own.get(f"{OWN}to", "")
    for name in re.findall(r"{(\w+)}", path):
        value = asked.pop(name, "")
        if not value:
            raise BadInput(
                Text(f"请填写 {name}", f"{name} has to be filled in"),
                Text("返回表单填写后再发送", "Go back, fill it in and send again"),
                Where(parameter=name),
            )
        path = path.replace(f"{{{name}}}", quote(value, safe="/" if name == "place" else ""))
    if not is_shared(path):
        raise BadInput(
            Text("这不是公开的接口", "This is not an open interface"),
            Text(
                "请从 /docs 或数据集页面的表单发送", "Send it from the forms of /docs or of a dataset's page"
            ),
            Where(parameter=f"{OWN}to"),
        )
    suffix = own.get(f"{OWN}form", "")
    if _SUFFIX.fullmatch(suffix):
        path += f".{suffix}"
    parameters = [(name, value) for name, value in asked.items() if value] + list(_conditions(own))
    return f"{path}?{urlencode(parameters)}" if parameters else path


def _conditions(own: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for number in range(1, CONDITIONS + 1):
        column, operator, value = (
            own.get(f"{OWN}{part}.{number}", "") for part in ("column", "operator", "value")
        )
        if column and value:
            yield f"{column}{operator}", value


def _is_open(path: str) -> bool:
    actions = ROUTES.get(("GET", path)) or ROUTES.get(("GET", path.replace("{place}", "{place:path}")), ())
    return bool(OPEN_TO_ALL & set(actions))


def _of_reference(number: int, one: Operation) -> Form:
    names = [name.strip() for name in one.parameters.split(",") if name.strip()]
    any_column = any("=" in name for name in names)
    in_path = re.findall(r"{(\w+)}", one.path)
    fields = [_filled(name, required=True) for name in in_path]
    fields += [_filled(name) for name in names if "=" not in name]
    suffixes = {
        f"{DATASET}/records": RECORDS_FORMATS,
        f"{DATASET}/aggregate": AGGREGATE_FORMATS,
        "/api/v1/services/{service_id}": AGGREGATE_FORMATS,
    }.get(one.path, ())
    columns = () if any_column or one.path == f"{DATASET}/aggregate" else None
    return Form(
        f"op{number}", one.path, one.text, tuple(fields), columns, tuple(suffix for suffix, _ in suffixes)
    )


def _fields(names: Iterable[str]) -> tuple[Field, ...]:
    return tuple(_filled(name) for name in names)


def _filled(name: str, required: bool = False) -> Field:
    known = _FILLED.get(name, Field(name))
    return Field(name, known.value, known.example, known.options, required or known.required)


def _parameter(one: Parameter, service: Service) -> Field:
    options = tuple(one.values) if one.operator is not Operator.IN else ()
    if one.operator is Operator.ISNULL:
        options = ("true", "false")
    example = service.example.get(one.name, one.example) or ""
    optional = () if one.required or not options else ("",)
    return Field(one.name, example, "", (*optional, *options), one.required, one.description)
