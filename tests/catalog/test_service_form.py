"""A declaration is read strictly: what it says comes back the same, and what is wrong is named with line, path and remedy."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.errors import BadInput, TooLarge
from catalog.predicate import Operator
from catalog.service import Join, Output, Parameter, Service, breaks, meaning_of
from catalog.service_form import MAX_SERVICE_BYTES, parse_service, render_service
from catalog.text import Text

PLAIN = """\
id: stops-of-district
version: 1.0.0
title: {zh: 区县的站点, en: Stops of a district}
description: {zh: 一个区县的站点, en: All stops of one district}
dataset: bus-stops
join:
  - dataset: districts
    on: {区县: 名称}
    kind: left
parameters:
  - name: district
    column: 区县
    required: true
    description: {zh: 区县全称, en: its full name}
    example: 浦东新区
    values: [浦东新区, 徐汇区]
  - name: since
    column: opened
    operator: gte
    description: {zh: 起始日, en: first day}
    default: 2024-01-01
    minimum: 1990-01-01
filter: "lines > 0"
select: {name: 站名, area: districts.面积}
sort: [-lines]
limit: 20
cache_s: 60
"""


def parsed(text: str) -> Service:
    return parse_service(text.encode(), "stops.yaml")


def refused(text: str) -> BadInput:
    with pytest.raises(BadInput) as caught:
        parsed(text)
    assert caught.value.where.file == "stops.yaml"
    assert caught.value.remedy.zh
    assert caught.value.remedy.en
    return caught.value


def test_everything_a_declaration_says_is_read_and_written_back() -> None:
    service = parsed(PLAIN)
    assert service.joins == (Join("districts", (("区县", "名称"),), left=True),)
    assert service.parameters[0] == Parameter(
        "district",
        "区县",
        Operator.EQ,
        Text("区县全称", "its full name"),
        True,
        None,
        "浦东新区",
        ("浦东新区", "徐汇区"),
    )
    assert (service.parameters[1].default, service.parameters[1].minimum) == ("2024-01-01", "1990-01-01")
    assert service.select == (Output("name", "站名"), Output("area", "districts.面积"))
    assert service.example == {"district": "浦东新区"}
    assert parse_service(render_service(service).encode(), "again.yaml") == service


def test_codes_and_yaml_1_1_words_stay_what_they_look_like() -> None:
    service = parsed(PLAIN.replace("values: [浦东新区, 徐汇区]", "values: [0571, 8:30, on, 1e3, true]"))
    assert service.parameters[0].values == ("0571", "8:30", "on", "1000.0", "true")


@pytest.mark.parametrize(
    ("old", "new", "line", "path"),
    [
        ("version: 1.0.0", "version: 1.0", 2, "version"),
        ("version: 1.0.0", "version: 01.0.0", 2, "version"),
        ("id: stops-of-district", "id: ../etc", 1, "id"),
        ("title: {zh: 区县的站点, en: Stops of a district}", "title: 区县的站点", 3, "title"),
        ("title: {zh: 区县的站点, en: Stops of a district}", "title: {zh: 区县的站点}", 3, "title.en"),
        ("    column: 区县", "    colum: 区县", 12, "parameters[0].colum"),
        ("    operator: gte", "    operator: matches", 19, "parameters[1].operator"),
        ("  - name: since", "  - name: limit", 17, "parameters[1].name"),
        ("  - name: since", "  - name: district", 10, "parameters"),
        ("    required: true", "    required: perhaps", 13, "parameters[0].required"),
        ("    kind: left", "    kind: cross", 9, "join[0].kind"),
        ("    on: {区县: 名称}", "    on: {}", 8, "join[0].on"),
        ("  - dataset: districts", "  - dataset: bus-stops", 6, "join"),
        ("limit: 20", "limit: 0", 26, "limit"),
        ("limit: 20", "limit: 100000", 26, "limit"),
        ("cache_s: 60", "cache_s: true", 27, "cache_s"),
        ("sort: [-lines]", "sort: [3]", 25, "sort[0]"),
        ("sort: [-lines]", "sorted: [-lines]", 25, "sorted"),
        ("    example: 浦东新区\n", "", 1, "example"),
        ("select: {name: 站名, area: districts.面积}", "metrics: [count]\nselect: [站名]", 25, "select"),
        ("select: {name: 站名, area: districts.面积}", "group_by: [区县]", 24, "group_by"),
        ("select: {name: 站名, area: districts.面积}\n", "", 1, None),
        ("filter: ", "having: ", 23, "having"),
        ("dataset: bus-stops\n", "dataset: bus-stops\ndataset: others\n", 6, None),
    ],
)
def test_a_flaw_is_named_with_its_line_and_path(old: str, new: str, line: int, path: str | None) -> None:
    assert old in PLAIN
    where = refused(PLAIN.replace(old, new, 1)).where
    assert (where.line, where.parameter) == (line, path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a list",
        "just a text",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",  # unfolds without end
        "id: !!python/object/apply:os.system ['true']",
        "id: !!binary aGk=",
        "id: !!set {a, b}",
        "? [a, b]\n: c",
        "id: \x00",
        "[" * 20_000,
        "a: " * 5_000,
        "{" * 5_000 + "}" * 5_000,
        "id: 1" + "0" * 30_000,
        "id: |\n " + "x" * 60_000,
        "1: x",
        "id: .inf",
        "--- a\n--- b",
        "%YAML 9.9\n---\nid: x",
    ],
    ids=range(18),
)
def test_hostile_yaml_is_refused_and_nothing_else_happens(text: str) -> None:
    refused(text)


def test_an_alias_is_refused_even_where_what_it_stands_for_would_do() -> None:
    aliased = PLAIN.replace("title: {", "title: &both {").replace(
        "description: {zh: 一个区县的站点, en: All stops of one district}", "description: *both"
    )
    assert refused(aliased).where.line == 4


def test_a_file_that_is_too_large_or_not_utf_8_is_refused() -> None:
    with pytest.raises(TooLarge):
        parse_service(b"#" * (MAX_SERVICE_BYTES + 1), "x.yaml")
    with pytest.raises(BadInput):
        parse_service("id: 站".encode("gb18030"), "x.yaml")


def service(**changed: object) -> Service:
    return replace(parsed(PLAIN), **changed)  # type: ignore[arg-type]


def test_order_pages_names_titles_and_columns_shown_are_no_meaning() -> None:
    one = meaning_of(service(), "w", "")
    same = (
        service(sort=(), limit=7, cache_s=0, title=Text("另", "other"), version="9.0.0", id="other"),
        service(select=(Output("x", "站名"),)),
        service(parameters=tuple(reversed(service().parameters))),
    )
    assert {meaning_of(other, "w", "") for other in same} == {one}


def test_another_condition_column_group_or_join_is_another_meaning() -> None:
    first, second = service().parameters
    others = [
        meaning_of(service(), "another", ""),
        meaning_of(service(), "w", "having"),
        meaning_of(service(parameters=(first,)), "w", ""),
        meaning_of(service(joins=()), "w", ""),
        meaning_of(service(dataset="x"), "w", ""),
        meaning_of(service(select=(), metrics=(Output("n", "count"),)), "w", ""),
    ]
    assert len({*others, meaning_of(service(), "w", "")}) == len(others) + 1
    as_range = service(parameters=(first, Parameter("to", second.column, Operator.LT, Text("止", "to"))))
    assert meaning_of(as_range, "w", "") == meaning_of(service(), "w", ""), "a range is a range"


def test_what_a_caller_relied_on_and_lost_is_a_break() -> None:
    first, second = service().parameters
    assert breaks(service(), service(title=Text("另", "other"), limit=5)) == []
    assert breaks(service(), service(select=(Output("name", "站名"),)))
    assert breaks(service(), service(parameters=(first,)))
    assert breaks(service(parameters=(first,)), service()) == []
    needed = Parameter("since", second.column, second.operator, second.description, required=True)
    assert breaks(service(), service(parameters=(first, needed)))
