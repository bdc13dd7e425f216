"""An operation answers what the dataset's own interface answers to the same question; what it is not asked it does not do."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from openapi_spec_validator import validate

from catalog.errors import BadInput
from catalog.predicate import Operator
from catalog.service import Output, Parameter, Service, ServiceState
from catalog.text import Text
from gateway.serve.operation import columns_used, compile_operation, digest_of
from gateway.serve.service_openapi import service_openapi

WORDS = Text("说明", "words")


def parameter(name: str, column: str, operator: Operator = Operator.EQ, **more: Any) -> Parameter:
    return Parameter(name, column, operator, WORDS, **more)


def service(*parameters: Parameter, select: tuple[str, ...] = ("编号", "id"), **more: Any) -> Service:
    shown = {} if "metrics" in more else {"select": tuple(Output(one, one) for one in select)}
    return Service("stops", "1.0.0", "bus-stops", WORDS, WORDS, parameters=parameters, **(shown | more))


@pytest.fixture
def asked(gate: Any) -> Callable[..., Any]:
    """Declare one and ask it."""

    def ask(one: Service, params: Any = None, **more: Any) -> Any:
        gate.shelf.declare(replace(one, id=f"s{len(gate.shelf.declared)}"))
        return gate.call(f"s{len(gate.shelf.declared) - 1}", params, **more)

    return ask


VALUES = {
    "编号": ["310000000000000007", "310000000000000070"],
    "id": ["74", "110000000000000037"],
    "区县": ["浦东新区", "a,b", "It's", "", "%_\\"],
    "price": ["0.1", "-12.5", "5000"],
    "lon": ["121.5", "1e16"],
    "opened": ["2000-01-20", "2000-02-05"],
    "updated": ["2020-01-01T00:00:24.5"],
    "active": ["true", "false"],
    "limit": ["2"],
    'a"b': ["=1+1"],
    "json": ["null", "{}"],
    "row": ["1", "5"],
}
TEXTS = ("编号", "区县", 'a"b', "json")
FILTERS = ("", "price > 0", "\"区县\" IN ('浦东新区', '徐汇区') OR \"limit\" = 2", 'NOT ("opened" IS NULL)')
SORTS: tuple[tuple[str, ...], ...] = ((), ("-price",), ("区县__nullsfirst", "-id"), ("opened",))


@pytest.mark.parametrize("seed", range(60))
def test_rows_are_those_of_the_records_query_that_asks_the_same(gate: Any, asked: Any, seed: int) -> None:
    chance = random.Random(seed)
    taken, own = [], []
    for place, column in enumerate(chance.sample(list(VALUES), chance.randrange(1, 4))):
        operators = [Operator.EQ, Operator.NE, Operator.GTE, Operator.LT, Operator.ISNULL]
        operators += [Operator.CONTAINS, Operator.STARTSWITH] if column in TEXTS else []
        operator = chance.choice(operators)
        value = "true" if operator is Operator.ISNULL else chance.choice(VALUES[column])
        taken.append((parameter(f"p{place}", column, operator), value))
        suffix = "" if operator is Operator.EQ else f"__{operator}"
        own.append((f"column.{column}{suffix}", value))
    sort, filter_ = chance.choice(SORTS), chance.choice(FILTERS)
    select = tuple(chance.sample(list(VALUES), 4))
    names = {f"n{place}": column for place, column in enumerate(select)}
    one = service(*(one for one, _ in taken), filter=filter_, sort=sort, limit=chance.choice([3, 50]))
    one = replace(one, select=tuple(Output(name, column) for name, column in names.items()))
    given = [(one.name, value) for one, value in taken]
    if seed % 3 == 0 and len(given) > 1:  # one that is not given sets no condition
        given.pop()
        own.pop()
    quoted = ",".join('"' + column.replace('"', '""') + '"' for column in select)
    more = [("filter", filter_)] if filter_ else []
    more += [("sort", ",".join(sort))] if sort else []
    expected = gate.get("records", [*own, *more, ("select", quoted), ("limit", str(one.limit))]).json()
    found = asked(one, given).json()
    assert found["records"] == [
        {name: row[column] for name, column in names.items()} for row in expected["records"]
    ]
    assert (found["total"], found["total_kind"]) == (expected["total"], expected["total_kind"])


def test_pages_go_on_as_the_datasets_own_do(gate: Any) -> None:
    gate.shelf.declare(service(parameter("near", "区县"), sort=("-price",), limit=4))
    rows: list[Any] = []
    cursor = {}
    while True:
        page = gate.call("stops", {"near": "浦东新区", **cursor})
        rows += page.json()["records"]
        if page.json()["next"] is None:
            break
        assert f"cursor={page.json()['next']}" in page.headers["link"]
        cursor = {"cursor": page.json()["next"]}
    own = gate.get(
        "records", {"区县": "浦东新区", "sort": "-price", "select": "编号,id", "limit": 500}
    ).json()
    assert rows == own["records"]
    assert gate.call("stops", {"near": "徐汇区", **cursor}).status_code == 400, "a cursor of another question"


def test_groups_are_those_of_the_aggregate_that_asks_the_same_under_the_names_declared(
    gate: Any, asked: Any
) -> None:
    one = service(
        parameter("least", "price", Operator.GTE),
        group_by=(Output("district", "区县"), Output("month", "month(opened)")),
        metrics=(Output("rows", "count"), Output("mean", "avg(price)")),
        having="rows > 1 AND mean > 0",
        sort=("-rows", "district"),
        limit=7,
    )
    found = asked(one, {"least": "-5"}).json()
    own = gate.get(
        "aggregate",
        {
            "price__gte": "-5",
            "group_by": "区县,month(opened)",
            "metrics": "count,avg(price)",
            "having": "count > 1 AND avg(price) > 0",
            "sort": "-count,区县",
            "limit": "7",
        },
    ).json()
    assert [list(row.values()) for row in found["records"]] == [list(row.values()) for row in own["records"]]
    assert list(found["records"][0]) == ["district", "month", "rows", "mean"]
    assert found["total"] == own["total"]


def test_a_point_by_key_comes_from_the_row_file_without_a_worker(built: Any) -> None:
    whole = tuple(one.column.name for one in built.release.columns)
    made = compile_operation(service(parameter("code", "编号"), select=whole), built.release)
    assert made.sources is None, "records leave as they lie in the row file"
    from gateway.serve.declared import declared

    assert declared(made.asked([("code", "310000000000000007")]), built.release) is not None


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_body_of_json_asks_what_a_query_string_asks(asked: Any, method: str) -> None:
    several = parameter("districts", "区县", Operator.IN)
    one = service(several, parameter("active", "active"), parameter("price", "price", Operator.GTE))
    given = {"districts": ["浦东新区", "a,b"], "active": True, "price": -12.5, "limit": 5}
    if method == "GET":
        answer = asked(one, {"districts": '浦东新区,"a,b"', "active": "true", "price": "-12.5", "limit": "5"})
    else:
        answer = asked(one, method="POST", json=given)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] > 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),  # its required parameter is missing
        (b"{", 400),
        (b"[]", 400),
        (b'{"code": {"a": 1}}', 400),
        (b'{"code": []}', 400),
        (b'{"code": "x", "other": 1}', 400),
        (b'{"code": "x", "code2": ' + b"[" * 20_000, 400),
        (b'{"code": "' + b"x" * 70_000 + b'"}', 413),
        (b"{" + b",".join(b'"p%d":1' % n for n in range(200)) + b"}", 400),
    ],
    ids=range(9),
)
def test_a_body_that_cannot_be_used_is_refused(asked: Any, body: bytes, status: int) -> None:
    one = service(parameter("code", "编号", required=True))
    assert asked(one, method="POST", content=body).status_code == status


@pytest.mark.parametrize(
    ("params", "parameter_"),
    [
        ({}, "code"),
        ({"code": "x", "colour": "red"}, "colour"),
        ([("code", "x"), ("code", "y")], "code"),
        ({"code": "x\0"}, "code"),
        ({"code": "x", "price": "much"}, "price"),
        ({"code": "x", "price": "101"}, "price"),
        ({"code": "x", "price": "-1"}, "price"),
        ({"code": "x", "district": "火星"}, "district"),
        ({"code": "x", "limit": "51"}, "limit"),
        ({"code": "x", "limit": "0"}, "limit"),
        ({"code": "x", "cursor": "junk"}, "cursor"),
        ({"code": "x", "select": "编号"}, "select"),
        ({"code": "x", "filter": "1=1"}, "filter"),
        ({"code": "x", "编号": "1"}, "编号"),
        ({"code": "x", "as_of": "2020-01-01"}, "as_of"),
    ],
)
def test_what_it_does_not_take_is_refused_by_name(asked: Any, params: Any, parameter_: str) -> None:
    one = service(
        parameter("code", "编号", required=True, example="310000000000000007"),
        parameter("price", "price", Operator.LTE, minimum="0", maximum="100"),
        parameter("district", "区县", values=("浦东新区", "徐汇区")),
        limit=50,
    )
    answer = asked(one, params)
    assert answer.status_code == 400, answer.text
    assert answer.json()["where"]["parameter"] == parameter_
    assert answer.json()["remedy"]["zh"]


def test_a_default_holds_until_something_else_is_given(asked: Any) -> None:
    one = service(parameter("active", "active", default="true"), select=("active",))
    assert {row["active"] for row in asked(one).json()["records"]} == {True}
    assert {row["active"] for row in asked(one, {"active": "false"}).json()["records"]} == {False}


@pytest.mark.parametrize(
    "misfit",
    [
        service(parameter("p", "身份证号")),
        service(select=("身份证号",), filter="id > 1"),
        service(filter='"身份证号" = 1'),
        service(sort=("身份证号",), filter="id > 1"),
        service(parameter("p", "id", Operator.CONTAINS)),
        service(parameter("p", "形状")),
        service(parameter("p", "id", default="many")),
        service(parameter("p", "id", values=("1", "x"))),
        service(parameter("p", "opened", minimum="never")),
        service(parameter("p", "id", minimum="1", default="0")),
        service(metrics=(Output("n", "avg(区县)"),)),
        service(group_by=(Output("g", "month(区县)"),), metrics=(Output("n", "count"),)),
        service(metrics=(Output("n", "count"),), having="other > 1"),
        service(metrics=(Output("n", "count"),), sort=("other",)),
        service(filter="1; DROP TABLE rows"),
    ],
    ids=range(15),
)
def test_what_does_not_fit_the_release_is_refused_when_it_is_compiled(built: Any, misfit: Service) -> None:
    with pytest.raises(BadInput) as caught:
        compile_operation(misfit, built.release)
    assert caught.value.where.parameter


def test_the_datasets_own_rows_are_no_operation(built: Any) -> None:
    with pytest.raises(BadInput):
        digest_of(compile_operation(service(sort=("-price",), limit=3), built.release))
    spelt = {
        digest_of(compile_operation(service(filter=text), built.release))
        for text in ("price > 0 AND id = 1", "id = 1 AND price > 0", "(id = 1) AND (price > 0.0)")
    }
    assert len(spelt) == 1


def test_the_columns_that_it_uses_are_all_that_it_reads(built: Any) -> None:
    one = service(parameter("p", "区县"), filter="price > 0", sort=("-opened",), select=("编号",))
    assert columns_used(compile_operation(one, built.release)) == {"区县", "price", "opened", "编号"}
    groups = service(
        group_by=(Output("m", "month(updated)"),), metrics=(Output("a", "avg(lon)"), Output("n", "count"))
    )
    assert columns_used(compile_operation(groups, built.release)) == {"updated", "lon"}


def test_versions_deprecation_and_retirement_are_told_by_status_and_headers(gate: Any) -> None:
    old, new = service(parameter("a", "区县")), replace(service(parameter("b", "区县")), version="2.0.0")
    gate.shelf.declare(old, ServiceState.DEPRECATED, sunset=date(2027, 3, 1), successor="2.0.0")
    gate.shelf.declare(new)
    assert gate.call("stops", {"b": "a,b"}).json()["version"] == "2.0.0"
    answer = gate.call("stops", {"a": "a,b", "version": "1.0.0"})
    assert answer.json()["version"] == "1.0.0"
    assert answer.headers["deprecation"] == f"@{int(datetime(2026, 2, 1, tzinfo=UTC).timestamp())}"
    assert answer.headers["sunset"] == "Mon, 01 Mar 2027 23:59:59 GMT"
    assert '</api/v1/services/stops?version=2.0.0>; rel="successor-version"' in answer.headers["link"]
    assert "deprecation" not in gate.call("stops", {"b": "a,b"}).headers
    assert gate.call("stops", {"version": "3.0.0"}).status_code == 404
    gate.shelf.stands["stops"] = [
        replace(one, state=ServiceState.RETIRED) for one in gate.shelf.stands["stops"]
    ]
    assert gate.call("stops").status_code == 410
    gate.shelf.stands["stops"] = [replace(one, state=ServiceState.HELD) for one in gate.shelf.stands["stops"]]
    assert gate.call("stops").status_code == 404
    assert gate.call("other").status_code == 404


@pytest.mark.parametrize("cache_s", [0, 60])
def test_only_a_callers_own_cache_may_keep_an_answer(gate: Any, cache_s: int) -> None:
    gate.shelf.declare(service(parameter("a", "区县"), cache_s=cache_s))
    answer = gate.call("stops", {"a": "a,b"})
    assert answer.headers["cache-control"] == (f"private, max-age={cache_s}" if cache_s else "no-cache")
    again = gate.call("stops", {"a": "a,b"}, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    other = gate.call("stops", {"a": "浦东"}, headers={"if-none-match": answer.headers["etag"]})
    assert other.status_code == 200


def test_methods_and_forms(gate: Any) -> None:
    gate.shelf.declare(service(parameter("a", "区县")))
    assert gate.call("stops", method="DELETE").status_code == 405
    before = gate.call("stops", method="OPTIONS")
    assert "POST" in before.headers["access-control-allow-methods"]
    assert "Content-Type" in before.headers["access-control-allow-headers"]
    assert gate.call("stops", method="HEAD").content == b""
    assert gate.call("stops.csv", {"a": "a,b"}).text.startswith("编号,id\r\n")
    assert gate.call("stops", {"a": "a,b"}, headers={"accept": "application/x-ndjson"}).text.startswith(
        '{"编号"'
    )
    assert gate.call("stops.parquet").status_code == 400


def test_with_its_dataset_closed_or_its_column_gone_it_says_so(gate: Any, built: Any) -> None:
    gate.shelf.declare(service(parameter("a", "区县")))
    fewer = tuple(one for one in built.release.columns if one.column.name != "区县")
    gate.shelf.held["bus-stops"] = replace(
        built, release=replace(built.release, id="0" * 64, columns=fewer), row_file=None, column_file=None
    )
    answer = gate.call("stops", {"a": "a,b"})
    assert (answer.status_code, answer.json()["code"]) == (410, "gone")
    assert "区县" in answer.json()["detail"]
    gate.shelf.held.clear()
    answer = gate.call("stops", {"a": "a,b"})
    assert answer.status_code == 410
    assert "bus-stops" in answer.json()["detail"]


def test_what_is_withdrawn_while_it_is_being_answered_does_not_leave(
    gate: Any, built: Any, monkeypatch: Any
) -> None:
    gate.shelf.declare(service(parameter("a", "区县"), select=("编号",), sort=("-lon",)))
    engines = gate.path._engines
    page = engines.page

    async def slow(*given: Any) -> Any:
        found = await page(*given)
        change()
        return found

    monkeypatch.setattr(engines, "page", slow)

    def change() -> None:
        gate.shelf.held.clear()

    assert gate.call("stops", {"a": "a,b"}).status_code == 410

    def change() -> None:  # noqa: F811 - the second moment
        gate.shelf.stands["stops"] = [replace(gate.shelf.stands["stops"][0], state=ServiceState.RETIRED)]

    gate.shelf.held["bus-stops"] = built
    assert gate.call("stops", {"a": "浦东"}).status_code == 503


def test_its_openapi_is_valid_and_typed(built: Any) -> None:
    one = service(
        parameter("code", "编号", required=True, example="310000000000000007"),
        parameter("price", "price", Operator.LTE, minimum="0", maximum="100.5"),
        parameter("count", "id", Operator.GT, default="3"),
        parameter("district", "区县", values=("浦东新区", "徐汇区")),
        parameter("several", "区县", Operator.IN),
        parameter("day", "opened", Operator.GTE),
        parameter("open", "opened", Operator.ISNULL),
        example={"code": "310000000000000007"},
        select=('a"b', "编号", "形状"),
    )
    document = service_openapi(compile_operation(one, built.release), "https://x", True, date(2027, 1, 1))
    validate(document)
    operations = document["paths"]["/api/v1/services/stops"]
    assert {operations["get"]["operationId"], operations["post"]["operationId"]} == {"stops", "stops.post"}
    assert operations["get"]["deprecated"] is True
    typed = {one["name"]: one for one in operations["get"]["parameters"]}
    assert typed["code"]["required"] is True
    assert typed["code"]["example"] == "310000000000000007"
    assert typed["price"]["schema"] == {"type": "number", "minimum": 0, "maximum": 100.5}
    assert typed["district"]["schema"]["enum"] == ["浦东新区", "徐汇区"]
    assert typed["open"]["schema"]["enum"] == ["true", "false"]
    assert "说明 / words" in typed["code"]["description"]
    assert set(operations["get"]["responses"]) >= {"200", "400", "404", "406", "409", "410", "413", "503"}
    groups = service(group_by=(Output("g", "区县"),), metrics=(Output("n", "count"),))
    validate(service_openapi(compile_operation(groups, built.release)))
