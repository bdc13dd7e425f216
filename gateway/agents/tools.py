"""The tools that an agent may call, each a request to one of our own HTTP interfaces: what it takes, and which request that
is. Pure: whatever a tool answers, the interface has answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from catalog.text import Text

__all__ = ["MOST_BYTES", "MOST_ROWS", "TOOLS", "Asked", "Tool", "shown"]

MOST_ROWS = 100
"""Rows of one answer: an agent reads them, it does not download. Whole tables are the exports'."""
MOST_BYTES = 200_000

Asked = tuple[str, str]
"""Path and query string of the request that a call is."""
Id = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,100}$")]
Cell = str | int | float | bool
Where = Annotated[
    dict[str, Cell],
    Field(
        max_length=50,
        description='Conditions, all of which hold: {"COLUMN": value}, or with an operator {"COLUMN__gte": 10}. '
        "Operators: ne gt gte lt lte in contains startswith isnull (of `in`, values with commas between). 列条件",
    ),
]
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS)]
Cursor = Annotated[str, Field(max_length=1_000, description="`next` of the page before. 上一页的 next")]


class Tool(BaseModel):
    """One call of a tool, with its arguments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ClassVar[str]
    title: ClassVar[Text]
    words: ClassVar[Text]

    def asked(self) -> Asked:
        """The request that this call is."""
        raise NotImplementedError


class SearchDatasets(Tool):
    name = "search_datasets"
    title = Text("查找数据集", "Search datasets")
    words = Text(
        "按词、主题、提供单位查找已开放的数据集",
        "Find open datasets by words, theme or publisher; begin here",
    )

    q: str = Field(default="", max_length=200, description="Words of title or description. 词")
    theme: str = Field(default="", max_length=100)
    publisher: str = Field(default="", max_length=200)
    limit: int = Field(default=10, ge=1, le=20)
    cursor: Cursor = ""

    def asked(self) -> Asked:
        return "/api/v1/datasets", _query(self.model_dump())


class DescribeDataset(Tool):
    name = "describe_dataset"
    title = Text("描述数据集", "Describe a dataset")
    words = Text(
        "一个数据集的字段、类型、含义、许可与质量",
        "Columns, types, meanings, licence and quality of a dataset",
    )

    dataset: Id

    def asked(self) -> Asked:
        return f"/api/v1/datasets/{self.dataset}", ""


class QueryRecords(Tool):
    name = "query_records"
    title = Text("查询数据行", "Query records")
    words = Text(
        "按条件查询数据行；列名见 describe_dataset",
        "Rows that meet conditions; describe_dataset has the columns",
    )

    dataset: Id
    where: Where = {}
    filter: str = Field(
        default="", max_length=4_000, description="CQL2-text, e.g. 区县 IN ('a','b') AND NOT x > 3"
    )
    q: str = Field(default="", max_length=200, description="Words to search in the rows. 全文检索")
    select: str = Field(default="", max_length=4_000, description="Columns to return, commas between. 列")
    sort: str = Field(default="", max_length=1_000, description="e.g. -price,name")
    count: str = Field(default="none", pattern="^(exact|estimate|none)$")
    limit: Limit = 20
    cursor: Cursor = ""

    def asked(self) -> Asked:
        return f"/api/v1/datasets/{self.dataset}/records", _query(self.model_dump(exclude={"dataset"}))


class Aggregate(Tool):
    name = "aggregate"
    title = Text("分组统计", "Aggregate")
    words = Text(
        "分组计数、求和、平均等",
        "Counts, sums, averages and more, by group; rather than reading rows and adding them up",
    )

    dataset: Id
    metrics: str = Field(default="count", max_length=1_000, description="e.g. count,avg(price),max(opened)")
    group_by: str = Field(default="", max_length=1_000, description="Columns, commas between. 分组列")
    where: Where = {}
    filter: str = Field(default="", max_length=4_000, description="CQL2-text")
    having: str = Field(default="", max_length=1_000, description="CQL2-text over the metrics")
    sort: str = Field(default="", max_length=1_000, description="e.g. -count")
    limit: Limit = 20

    def asked(self) -> Asked:
        return f"/api/v1/datasets/{self.dataset}/aggregate", _query(self.model_dump(exclude={"dataset"}))


class ListServices(Tool):
    name = "list_services"
    title = Text("列出专用接口", "List services")
    words = Text(
        "为特定用途声明的接口及其参数", "Interfaces that were made for one purpose, with their parameters"
    )

    q: str = Field(default="", max_length=200)
    dataset: str = Field(default="", max_length=100)
    limit: int = Field(default=10, ge=1, le=20)
    cursor: Annotated[str, Field(max_length=100)] = ""

    def asked(self) -> Asked:
        return "/api/v1/services", _query(self.model_dump())


class CallService(Tool):
    name = "call_service"
    title = Text("调用专用接口", "Call a service")
    words = Text("以参数调用一个专用接口", "Call one of list_services with its parameters")

    service: Id
    parameters: dict[str, Cell] = Field(default={}, max_length=50)
    limit: Limit = 20
    cursor: Cursor = ""

    def asked(self) -> Asked:
        given = {"limit": self.limit, "cursor": self.cursor}
        return f"/api/v1/services/{self.service}", _query({"where": self.parameters} | given)


TOOLS: tuple[type[Tool], ...] = (
    SearchDatasets,
    DescribeDataset,
    QueryRecords,
    Aggregate,
    ListServices,
    CallService,
)


def shown(tool: type[Tool], answer: Any) -> Any:
    """The answer as an agent is told it: of a list, what one chooses by."""
    if tool is SearchDatasets:
        return answer | {"datasets": [_dataset(one) for one in answer["datasets"]]}
    return answer


def _dataset(one: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("id", "title", "publisher", "theme", "description", "rows", "licence", "published_at")
    return {name: one[name] for name in kept} | {"columns": [column["name"] for column in one["columns"]]}


def _query(given: Mapping[str, Any]) -> str:
    """As a query string, without what was not said; conditions are parameters of their own."""
    pairs = [(name, word) for name, word in given.items() if name != "where" and word != ""]
    pairs += given.get("where", {}).items()
    return urlencode([(name, _text(word)) for name, word in pairs])


def _text(cell: Cell) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
