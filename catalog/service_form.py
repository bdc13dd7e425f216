"""The file form of a purpose-built API (docs/services.md): YAML read into a value strictly, written back to the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn

from catalog.dataset import DATASET_ID
from catalog.errors import BadInput, TooLarge, Where
from catalog.interchange.yaml_text import parse_yaml_lines, render_yaml
from catalog.service import OPERATORS, RESERVED, Join, Output, Parameter, Service
from catalog.text import Text

__all__ = ["MAX_SERVICE_BYTES", "parse_service", "render_service"]

MAX_SERVICE_BYTES = 64 << 10
MAX_LIMIT = 1_000
MAX_CACHE_S = 86_400
MAX_TEXT = 2_000
MAX_ITEMS = 200

SEMVER = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})")
NAME = re.compile(r"[^\W\d]\w{0,59}")
MEMBERS = (
    "id",
    "version",
    "title",
    "description",
    "dataset",
    "join",
    "parameters",
    "filter",
    "select",
    "group_by",
    "metrics",
    "having",
    "sort",
    "limit",
    "cache_s",
    "example",
    "may_be_empty",
)
OF_PARAMETER = (
    "name",
    "column",
    "operator",
    "description",
    "required",
    "default",
    "example",
    "values",
    "minimum",
    "maximum",
)
OF_JOIN = ("dataset", "on", "kind")


def parse_service(content: bytes, file: str) -> Service:
    """The service in a YAML file. Raises BadInput naming file, line, path and remedy; TooLarge."""
    if len(content) > MAX_SERVICE_BYTES:
        raise TooLarge(
            Text(
                f"服务声明超过 {MAX_SERVICE_BYTES} 字节",
                f"A declaration is at most {MAX_SERVICE_BYTES} bytes",
            ),
            Text("每个文件只声明一个服务", "Declare one service a file"),
            Where(file=file),
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(
            Text("文件不是 UTF-8", "The file is not UTF-8"),
            Text("请另存为 UTF-8", "Save it as UTF-8"),
            Where(file=file),
        ) from None
    value, lines = parse_yaml_lines(text, file)
    return _Reader(file, lines).service(value)


def render_service(service: Service) -> str:
    """The service as YAML; `parse_service` reads it back to the same."""
    said: dict[str, Any] = {
        "id": service.id,
        "version": service.version,
        "title": service.title.to_json(),
        "description": service.description.to_json(),
        "dataset": service.dataset,
        "join": [
            {"dataset": one.dataset, "on": dict(one.on), "kind": "left" if one.left else "inner"}
            for one in service.joins
        ],
        "parameters": [_parameter(one) for one in service.parameters],
        "filter": service.filter,
        "select": _outputs(service.select),
        "group_by": _outputs(service.group_by),
        "metrics": _outputs(service.metrics),
        "having": service.having,
        "sort": list(service.sort),
        "limit": service.limit,
        "cache_s": service.cache_s,
        "example": dict(service.example),
        "may_be_empty": service.may_be_empty,
    }
    return render_yaml(
        {name: member for name, member in said.items() if member not in ("", [], {}, 0, False)}
    )


def _parameter(one: Parameter) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": one.name,
        "column": one.column,
        "operator": one.operator.value,
        "description": one.description.to_json(),
        "required": one.required or None,
        "default": one.default,
        "example": one.example,
        "values": list(one.values) or None,
        "minimum": one.minimum,
        "maximum": one.maximum,
    }
    return {name: member for name, member in said.items() if member is not None}


def _outputs(outputs: tuple[Output, ...]) -> list[str] | dict[str, str]:
    if all(one.name == one.source for one in outputs):
        return [one.source for one in outputs]
    return {one.name: one.source for one in outputs}


class _Reader:
    """Reads one file; every refusal names it, the line, the path of the member, and what to write there."""

    def __init__(self, file: str, lines: Mapping[str, int]) -> None:
        self.file, self.lines = file, lines

    def bad(self, path: str, zh: str, en: str, remedy: Text | None = None) -> NoReturn:
        known = path
        while known and known not in self.lines:  # a member that is missing stands where its owner does
            known = known.rpartition(".")[0]
        raise BadInput(
            Text(zh, en),
            remedy or Text("请对照 docs/services.md 修改", "See docs/services.md and correct it"),
            Where(file=self.file, line=self.lines.get(known), parameter=path or None),
        )

    def service(self, value: object) -> Service:
        members = self.mapping(value, "", MEMBERS)
        select, group_by = self.outputs(members, "select"), self.outputs(members, "group_by")
        metrics = self.outputs(members, "metrics")
        self.one_shape(members, select, group_by, metrics)
        parameters = tuple(
            self.parameter(one, f"parameters[{place}]")
            for place, one in enumerate(self.items(members, "parameters"))
        )
        self.distinct([one.name for one in parameters], "parameters")
        joins = tuple(
            self.join(one, f"join[{place}]") for place, one in enumerate(self.items(members, "join"))
        )
        dataset = self.dataset(members, "dataset", "dataset")
        self.distinct([dataset, *(one.dataset for one in joins)], "join")
        return Service(
            id=self.dataset(members, "id", "id"),
            version=self.matching(members, "version", SEMVER, "版本形如 1.0.0", "A version reads 1.0.0"),
            dataset=dataset,
            title=self.both(members, "title", "title"),
            description=self.both(members, "description", "description"),
            joins=joins,
            parameters=parameters,
            filter=self.text(members, "filter", "filter"),
            select=select,
            group_by=group_by,
            metrics=metrics,
            having=self.text(members, "having", "having"),
            sort=tuple(self.word(one, f"sort[{n}]") for n, one in enumerate(self.items(members, "sort"))),
            limit=self.number(members, "limit", 100, 1, MAX_LIMIT),
            cache_s=self.number(members, "cache_s", 0, 0, MAX_CACHE_S),
            example=self.example(members, parameters),
            may_be_empty=self.switch(members, "may_be_empty", "may_be_empty"),
        )

    def one_shape(
        self,
        members: Mapping[str, object],
        select: tuple[Output, ...],
        group_by: tuple[Output, ...],
        metrics: tuple[Output, ...],
    ) -> None:
        if bool(select) == bool(group_by or metrics):
            self.bad(
                "select" if select else "",
                "请写 select（返回行）或 group_by、metrics（返回分组），二者取一",
                "Give either select (rows) or group_by and metrics (groups)",
            )
        if group_by and not metrics:
            self.bad("group_by", "group_by 需要 metrics", "group_by takes metrics")
        if members.get("having") and not metrics:
            self.bad("having", "having 只用于分组", "having is for groups only")
        self.distinct([one.name for one in (*select, *group_by, *metrics)], "select" if select else "metrics")

    def parameter(self, value: object, path: str) -> Parameter:
        members = self.mapping(value, path, OF_PARAMETER)
        name = self.matching(
            members,
            "name",
            NAME,
            "参数名以字母开头，由字母、数字、下划线组成",
            "A name is a letter and then letters, digits or _",
            path,
        )
        if name in RESERVED:
            self.bad(
                f"{path}.name",
                f"“{name}”是保留的参数名",
                f'"{name}" is taken',
                Text("请换一个名称", "Choose another name"),
            )
        operator = self.word(members.get("operator", "eq"), f"{path}.operator")
        if operator not in OPERATORS:
            self.bad(
                f"{path}.operator",
                f"未知的运算符 {operator}",
                f"Unknown operator {operator}",
                Text(f"可用：{'、'.join(OPERATORS)}", f"Use one of: {', '.join(OPERATORS)}"),
            )
        column = self.word(members.get("column"), f"{path}.column")
        required = self.switch(members, "required", f"{path}.required")
        default = self.scalar(members, "default", f"{path}.default")
        if required and default is not None:
            self.bad(f"{path}.default", "必填参数没有默认值", "A required parameter has no default")
        values = tuple(
            self.value(one, f"{path}.values[{n}]")
            for n, one in enumerate(self.items(members, "values", path))
        )
        return Parameter(
            name=name,
            column=column,
            operator=OPERATORS[operator],
            description=self.both(members, "description", f"{path}.description"),
            required=required,
            default=default,
            example=self.scalar(members, "example", f"{path}.example"),
            values=values,
            minimum=self.scalar(members, "minimum", f"{path}.minimum"),
            maximum=self.scalar(members, "maximum", f"{path}.maximum"),
        )

    def join(self, value: object, path: str) -> Join:
        members = self.mapping(value, path, OF_JOIN)
        pairs = self.mapping(members.get("on"), f"{path}.on")
        if not pairs:
            self.bad(
                f"{path}.on",
                "on 为空",
                "on names no columns",
                Text("例如 on: {区县: 名称}", "For example on: {district: name}"),
            )
        kind = self.word(members.get("kind", "inner"), f"{path}.kind")
        if kind not in ("inner", "left"):
            self.bad(f"{path}.kind", "kind 应为 inner 或 left", "kind is inner or left")
        on = tuple((left, self.word(right, f"{path}.on.{left}")) for left, right in pairs.items())
        return Join(self.dataset(members, "dataset", f"{path}.dataset"), on, kind == "left")

    def example(self, members: Mapping[str, object], parameters: tuple[Parameter, ...]) -> Mapping[str, str]:
        """As given; else the examples of those parameters that are required. Raises BadInput where one has none."""
        known = {one.name for one in parameters}
        given = self.mapping(members.get("example", {}), "example")
        for name in given:
            if name not in known:
                self.bad(f"example.{name}", f"没有参数“{name}”", f'There is no parameter "{name}"')
        found = {name: self.value(one, f"example.{name}") for name, one in given.items()}
        for one in parameters:
            if one.required and one.name not in found:
                if one.example is None:
                    self.bad(
                        "example",
                        f"示例缺少必填参数“{one.name}”",
                        f'The example lacks required parameter "{one.name}"',
                        Text("写明一个能查到数据的值", "Give a value that finds data"),
                    )
                found[one.name] = one.example
        return found

    # the members' shapes ------------------------------------------------------------------------------------------

    def mapping(self, value: object, path: str, known: tuple[str, ...] = ()) -> Mapping[str, object]:
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            self.bad(path, "此处应为一组“名称: 值”", "Names with values are expected here")
        for name in value:
            if known and name not in known:
                self.bad(
                    f"{path}.{name}" if path else name,
                    f"未知的项“{name}”",
                    f'Unknown member "{name}"',
                    Text(f"可用：{'、'.join(known)}", f"Use one of: {', '.join(known)}"),
                )
        return value

    def items(self, members: Mapping[str, object], name: str, within: str = "") -> list[object]:
        value = members.get(name, [])
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            self.bad(
                f"{within}.{name}" if within else name,
                f"{name} 应为列表，最多 {MAX_ITEMS} 项",
                f"{name} is a list of at most {MAX_ITEMS}",
            )
        return value

    def outputs(self, members: Mapping[str, object], name: str) -> tuple[Output, ...]:
        value = members.get(name, [])
        if isinstance(value, dict):
            named = self.mapping(value, name)
            return tuple(Output(out, self.word(source, f"{name}.{out}")) for out, source in named.items())
        words = [self.word(one, f"{name}[{n}]") for n, one in enumerate(self.items(members, name))]
        return tuple(Output(one, one) for one in words)

    def word(self, value: object, path: str) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT or "\0" in value:
            self.bad(
                path, "此处应为文字", "A text is expected here", Text("数字请加引号", "Put numbers in quotes")
            )
        return value

    def text(self, members: Mapping[str, object], name: str, path: str) -> str:
        return self.word(members[name], path) if name in members else ""

    def value(self, value: object, path: str) -> str:
        """A scalar as the text that the query surface reads."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return repr(value)
        return self.word(value, path)

    def scalar(self, members: Mapping[str, object], name: str, path: str) -> str | None:
        return self.value(members[name], path) if name in members else None

    def both(self, members: Mapping[str, object], name: str, path: str) -> Text:
        said = self.mapping(members.get(name), path, ("zh", "en"))
        return Text(self.word(said.get("zh"), f"{path}.zh"), self.word(said.get("en"), f"{path}.en"))

    def matching(
        self,
        members: Mapping[str, object],
        name: str,
        pattern: re.Pattern[str],
        zh: str,
        en: str,
        within: str = "",
    ) -> str:
        path = f"{within}.{name}" if within else name
        word = members.get(name)
        if not isinstance(word, str) or not pattern.fullmatch(word):
            self.bad(path, zh, en)
        return word

    def dataset(self, members: Mapping[str, object], name: str, path: str) -> str:
        word = members.get(name)
        if not isinstance(word, str) or not DATASET_ID.fullmatch(word):
            self.bad(
                path,
                "标识由小写字母、数字和中间的连字符组成（1–100 个字符）",
                "An id is 1-100 of a-z, 0-9 and inner hyphens",
            )
        return word

    def number(self, members: Mapping[str, object], name: str, default: int, least: int, most: int) -> int:
        value = members.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.bad(
                name, f"{name} 应为 {least} 到 {most} 的整数", f"{name} is an integer from {least} to {most}"
            )
        return value

    def switch(self, members: Mapping[str, object], name: str, path: str) -> bool:
        value = members.get(name, False)
        if not isinstance(value, bool):
            self.bad(path, f"{name} 应为 true 或 false", f"{name} is true or false")
        return value

    def distinct(self, names: list[str], path: str) -> None:
        twice = next((name for n, name in enumerate(names) if name in names[:n]), None)
        if twice is not None:
            self.bad(path, f"“{twice}”出现了两次", f'"{twice}" is given twice')
