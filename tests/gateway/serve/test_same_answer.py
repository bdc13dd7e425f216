"""Row file, column file, bare Parquet and a naive evaluation in Python give the same answer to any question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Row = dict[str, Any]
Truth = bool | None
Test = Callable[[Row], Truth]

QUOTED = {'a"b': '"a""b"', "limit": '"limit"', "区县": "区县", "编号": "编号"}


@dataclass(frozen=True)
class Question:
    """A question as a request and as a function on rows."""

    params: tuple[tuple[str, str], ...]
    test: Test
    said: str

    def __repr__(self) -> str:
        return self.said


def compare(a: Any, op: str, b: Any) -> Truth:
    if a is None:
        return None
    if isinstance(a, str):
        a, b = a.encode(), b.encode()
    return {"": a == b, "ne": a != b, "gt": a > b, "gte": a >= b, "lt": a < b, "lte": a <= b}[op]


def written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def cql(value: Any) -> str:
    if isinstance(value, datetime):
        return f"TIMESTAMP('{value.isoformat()}')"
    if isinstance(value, date):
        return f"DATE('{value.isoformat()}')"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, float):
        return repr(value)
    return written(value)


def both(a: Truth, b: Truth) -> Truth:
    return False if a is False or b is False else None if a is None or b is None else True


def negated(a: Truth) -> Truth:
    return None if a is None else not a


COMPARED = (
    "编号",
    "id",
    "区县",
    "price",
    "lon",
    "lat",
    "opened",
    "updated",
    "active",
    "limit",
    'a"b',
    "json",
    "row",
)


def questions(rows: list[Row]) -> st.SearchStrategy[Question]:
    held = {name: sorted({row[name] for row in rows if row[name] is not None}, key=str) for name in COMPARED}

    @st.composite
    def parameter(draw: st.DrawFn) -> tuple[tuple[str, str], Test]:
        name = draw(st.sampled_from(COMPARED))
        value = draw(st.sampled_from(held[name]))
        op = draw(
            st.sampled_from(["", "", "ne", "gt", "gte", "lt", "lte", "isnull", "contains", "startswith"])
        )
        prefix = "column." if name == "limit" or draw(st.booleans()) else ""
        if op == "isnull":
            wanted = draw(st.booleans())
            return (f"{prefix}{name}__isnull", written(wanted)), lambda row: (row[name] is None) == wanted
        if op in ("contains", "startswith"):
            if not isinstance(value, str):
                op = "gte"
            else:
                part = value[: draw(st.integers(0, 3))]
                find = str.startswith if op == "startswith" else str.__contains__
                return (
                    f"{prefix}{name}__{op}",
                    part,
                ), lambda row: None if row[name] is None else find(row[name], part)
        key = f"{prefix}{name}{f'__{op}' if op else ''}"
        return (key, written(value)), lambda row: compare(row[name], op, value)

    signs = {"=": "", "<>": "ne", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}

    @st.composite
    def leaf(draw: st.DrawFn) -> tuple[str, Test]:
        name = draw(st.sampled_from(COMPARED))
        shown = QUOTED.get(name, name)
        value = draw(st.sampled_from(held[name]))
        form = draw(st.sampled_from(["compare", "compare", "null", "in", "between", "flipped"]))
        if form == "null":
            return f"{shown} IS NULL", lambda row: row[name] is None
        if form == "in":
            several = draw(st.lists(st.sampled_from(held[name]), min_size=1, max_size=4))
            text = ", ".join(cql(one) for one in several)
            return f"{shown} IN ({text})", lambda row: None if row[name] is None else row[name] in several
        if form == "between" and not isinstance(value, date | bool):
            other = draw(st.sampled_from(held[name]))
            return (
                f"{shown} BETWEEN {cql(value)} AND {cql(other)}",
                lambda row: both(compare(row[name], "gte", value), compare(row[name], "lte", other)),
            )
        sign = draw(st.sampled_from(sorted(signs)))
        if form == "flipped":
            mirrored = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)
            return f"{cql(value)} {mirrored} {shown}", lambda row: compare(row[name], signs[sign], value)
        return f"{shown} {sign} {cql(value)}", lambda row: compare(row[name], signs[sign], value)

    def join(pair: tuple[str, list[tuple[str, Test]]]) -> tuple[str, Test]:
        word, parts = pair
        text = f" {word} ".join(f"({part})" for part, _ in parts)

        def test(row: Row) -> Truth:
            result: Truth = word == "AND"
            for _, one in parts:
                here = one(row)
                result = (
                    both(result, here) if word == "AND" else negated(both(negated(result), negated(here)))
                )
            return result

        return text, test

    tree = st.recursive(
        leaf(),
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3)).map(join),
            inner.map(lambda pair: (f"NOT ({pair[0]})", lambda row: negated(pair[1](row)))),
        ),
        max_leaves=5,
    )

    @st.composite
    def question(draw: st.DrawFn) -> Question:
        chosen = draw(st.lists(parameter(), max_size=2))
        params, tests = [pair for pair, _ in chosen], [test for _, test in chosen]
        if draw(st.booleans()):
            text, test = draw(tree)
            params.append(("filter", text))
            tests.append(test)
        return Question(tuple(params), lambda row: all(test(row) is True for test in tests), repr(params))

    return question()


def encoded(value: Any, name: str) -> Any:
    import json

    if isinstance(value, bool) or value is None:
        return value
    if name == "形状":
        return json.loads(value)
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, Decimal):
        return float(value) if abs(value) < 10**6 else format(value, "f").rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        text = value.isoformat()
        return text.rstrip("0") if "." in text else text
    return value.isoformat() if isinstance(value, date) else value


def in_order(rows: list[Row], sorts: list[tuple[str, bool, bool]]) -> list[Row]:
    def order(a: tuple[int, Row], b: tuple[int, Row]) -> int:
        for name, down, nulls_first in sorts:
            x, y = a[1][name], b[1][name]
            if x is None or y is None:
                if (x is None) != (y is None):
                    return 1 if (x is None) != nulls_first else -1
                continue
            if isinstance(x, str):
                x, y = x.encode(), y.encode()
            if x != y:
                return (1 if x > y else -1) * (-1 if down else 1)
        return (a[0] - b[0]) * (-1 if sorts and sorts[0][1] else 1)

    return [row for _, row in sorted(enumerate(rows), key=cmp_to_key(order))]


SORTS = st.lists(
    st.tuples(st.sampled_from(COMPARED), st.booleans(), st.booleans()),
    max_size=3,
    unique_by=lambda one: one[0],
)


def sort_param(sorts: list[tuple[str, bool, bool]]) -> tuple[str, str]:
    return "sort", ",".join(
        ("-" if down else "") + csv_name(name + ("__nullsfirst" if first else ""))
        for name, down, first in sorts
    )


WORDS = st.lists(
    st.sampled_from(
        ["浦东", "区", "新区", "浦东新区", "it", "It's", 'hi"', "=1", "31000", "Ω", "无此", "a,b", "%_"]
    ),
    max_size=2,
)


def holds(row: Row, words: list[str]) -> bool:
    texts = [str(row[name]).lower() for name in ("编号", "区县", 'a"b', "json") if row[name] is not None]
    return all(any(part in text for text in texts) for word in words for part in word.lower().split())


@settings(max_examples=45, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_file_gives_the_answer_of_a_naive_evaluation(
    data: st.DataObject, rows: list[Row], gate: Any, bare_gate: Any
) -> None:
    question = data.draw(questions(rows))
    sorts = data.draw(SORTS)
    limit, offset = data.draw(st.integers(1, 40)), data.draw(st.sampled_from([0, 0, 1, 7, 290, 400]))
    select = data.draw(st.lists(st.sampled_from(COMPARED), max_size=3, unique=True))
    params = [*question.params, ("limit", str(limit)), ("offset", str(offset)), ("count", "exact")]
    if sorts:
        params.append(sort_param(sorts))
    if select:
        params.append(("select", ",".join(csv_name(name) for name in select)))
    if words := data.draw(WORDS):
        params.append(("q", " ".join(words)))
    matching = in_order([row for row in rows if question.test(row) and holds(row, words)], sorts)
    expected = [
        {name: encoded(row[name], name) for name in (select or row)}
        for row in matching[offset : offset + limit]
    ]

    answer, other = gate.get("records", params), bare_gate.get("records", params)

    assert answer.status_code == 200, answer.text
    assert answer.json()["records"] == expected
    assert answer.json()["total"] == len(matching)
    assert other.status_code == 200, other.text
    assert other.content == answer.content
    assert other.headers["etag"] == answer.headers["etag"]


def csv_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if '"' in name else name


@pytest.mark.parametrize(
    ("params", "by_row_file"),
    [
        ([], True),
        ([("sort", "-区县")], True),
        ([("sort", "-区县__nullsfirst")], True),
        ([("sort", "updated__nullsfirst")], True),
        ([("sort", "区县__nullsfirst,-price__nullsfirst,lat")], False),
        ([("near", "121,31,9000000")], False),
        ([("near", "121,31,9000000"), ("sort", "-lat")], False),
        ([("sort", "price"), ("price__gte", "0.1")], True),
        ([("区县", "浦东新区")], True),
        ([("updated__gt", "2020-01-01T00:00:10"), ("sort", "-updated")], True),
        ([("sort", "区县,-price")], False),
        ([("filter", "区县 IS NULL OR price > 100"), ("sort", "-lat")], False),
        ([("区县__isnull", "true")], False),
        ([("q", "浦东")], False),
        ([("q", "浦东新区")], False),
        ([("q", "浦东 区"), ("price__gt", "0"), ("sort", "lat")], False),
    ],
)
def test_following_next_visits_every_row_once(
    params: list[tuple[str, str]], by_row_file: bool, gate: Any, bare_gate: Any, built: Any
) -> None:
    from gateway.serve.parse import parse_records
    from gateway.serve.row_file import RowFile

    assert (
        RowFile(built.row_file, built.release).supports(parse_records(params, built.release)) is by_row_file
    )
    whole = gate.get("records", [*params, ("limit", "1000")]).json()["records"]
    for path in (gate, bare_gate):
        visited: list[Any] = []
        page = path.get("records", [*params, ("limit", "23")]).json()
        while True:
            visited += page["records"]
            if page["next"] is None:
                break
            page = path.get("records", [*params, ("limit", "23"), ("cursor", page["next"])]).json()
        assert visited == whole
    assert whole


@pytest.mark.parametrize("name", ["row", "json"])
def test_a_column_named_like_one_of_the_answer_is_sorted_by_its_own_values(
    name: str, gate: Any, bare_gate: Any
) -> None:
    for path in (gate, bare_gate):
        records = path.get("records", {"sort": f"-{name}", "limit": "1000"}).json()["records"]
        values = [record[name] for record in records if record[name] is not None]
        assert values == sorted(values, reverse=True)
        assert len(set(values)) > 2


def test_a_cursor_of_one_file_is_continued_by_the_other(gate: Any, bare_gate: Any) -> None:
    params = [("sort", "-区县"), ("limit", "50")]
    first = gate.get("records", params).json()
    params.append(("cursor", first["next"]))

    assert gate.get("records", params).content == bare_gate.get("records", params).content


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_groups_are_those_of_a_naive_evaluation(data: st.DataObject, rows: list[Row], gate: Any) -> None:
    question = data.draw(questions(rows))
    by = data.draw(
        st.lists(st.sampled_from(["区县", "active", "limit", "opened", "row"]), max_size=2, unique=True)
    )
    metrics = [
        "count",
        "count(price)",
        "count_distinct(区县)",
        "min(opened)",
        "max(updated)",
        "sum(limit)",
        "avg(limit)",
    ]
    params = [*question.params, ("group_by", ",".join(by)), ("metrics", ",".join(metrics)), ("limit", "1000")]
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        if question.test(row):
            groups.setdefault(tuple(row[name] for name in by), []).append(row)
    if not by:
        groups.setdefault((), [])

    def present(members: list[Row], name: str) -> list[Any]:
        return [row[name] for row in members if row[name] is not None]

    expected = []
    keys = in_order(
        [dict(zip(by, key, strict=True)) for key in groups], [(name, False, False) for name in by]
    )
    for key in keys:
        members = groups[tuple(key.values())]
        limits = present(members, "limit")
        found: dict[str, Any] = {name: encoded(value, name) for name, value in key.items()}
        found |= {
            "count": len(members),
            "count(price)": len(present(members, "price")),
            "count_distinct(区县)": len(set(present(members, "区县"))),
            "min(opened)": encoded(min(present(members, "opened"), default=None), "opened"),
            "max(updated)": encoded(max(present(members, "updated"), default=None), "updated"),
            "sum(limit)": sum(limits) if limits else None,
            "avg(limit)": pytest.approx(sum(limits) / len(limits)) if limits else None,
        }
        expected.append(found)

    answer = gate.get("aggregate", params)

    assert answer.status_code == 200, answer.text
    assert answer.json()["records"] == expected
    assert answer.json()["total"] == len(expected)
