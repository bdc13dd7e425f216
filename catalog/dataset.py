"""The dataset and its parts: identity, columns, version. Terms follow DCAT 3 and the national catalogue guide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = [
    "THEMES",
    "UPDATE_CYCLES",
    "Access",
    "Column",
    "ColumnType",
    "Dataset",
    "ReadingChoice",
    "RejectedRow",
    "Schema",
    "Version",
    "check_dataset_id",
]

DATASET_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?")

THEMES: dict[str, Text] = {
    "agriculture": Text("农业农村", "Agriculture"),
    "credit": Text("信用服务", "Credit"),
    "culture": Text("文化旅游", "Culture and tourism"),
    "education": Text("教育科技", "Education"),
    "energy": Text("能源", "Energy"),
    "enterprise": Text("企业与市场监管", "Enterprises and market"),
    "environment": Text("生态环境", "Environment"),
    "finance": Text("财税金融", "Finance"),
    "health": Text("卫生健康", "Health"),
    "housing": Text("住房与不动产", "Housing"),
    "judicial": Text("司法", "Justice"),
    "mapping": Text("地理空间", "Mapping"),
    "meteorology": Text("气象", "Meteorology"),
    "other": Text("其他", "Other"),
    "public_security": Text("公共安全", "Public security"),
    "social": Text("社会救助", "Social affairs"),
    "social_security": Text("社会保障", "Social security"),
    "statistics": Text("统计", "Statistics"),
    "transport": Text("交通运输", "Transport"),
    "water": Text("水务", "Water"),
}

UPDATE_CYCLES: dict[str, Text] = {
    "realtime": Text("实时", "Continuous"),
    "daily": Text("每日", "Daily"),
    "weekly": Text("每周", "Weekly"),
    "monthly": Text("每月", "Monthly"),
    "quarterly": Text("每季度", "Quarterly"),
    "half-yearly": Text("每半年", "Half-yearly"),
    "yearly": Text("每年", "Yearly"),
    "irregular": Text("不定期", "Irregular"),
}


class Access(StrEnum):
    """Access rights asked for (开放属性). Labels per jurisdiction belong to the catalogue page."""

    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"
    PROHIBITED = "prohibited"


class ColumnType(StrEnum):
    """Logical types of a column; the value is the DuckDB type that holds it."""

    TEXT = "VARCHAR"
    INTEGER = "BIGINT"
    DECIMAL = "DECIMAL(38, 9)"
    DOUBLE = "DOUBLE"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    GEOMETRY = "GEOJSON"  # GeoJSON geometry text, WGS-84; stored as VARCHAR

    @property
    def sql(self) -> str:
        """The storage type."""
        return "VARCHAR" if self is ColumnType.GEOMETRY else self.value


@dataclass(frozen=True, slots=True)
class Column:
    """One data item (数据项). `name` is as in the source; the rest comes from the contract, where there is one.

    `unit` is a unit name such as ``km2`` or ``CNY``; `element` the code of a bound data element.
    """

    name: str
    type: ColumnType
    title: Text | None = None
    definition: Text | None = None
    unit: str | None = None
    element: str | None = None


Schema = tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a publisher registers. `theme` is a key of `THEMES`, `update_cycle` of `UPDATE_CYCLES`."""

    id: str
    title: str
    publisher: str
    theme: str
    description: str = ""
    access: Access = Access.UNCONDITIONAL
    update_cycle: str = "irregular"
    licence: str = "CC-BY-4.0"
    keywords: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class ReadingChoice:
    """One choice made while reading a source, with its evidence.

    `what` is a slug (``encoding``, ``header_row``, ``skipped_rows``, ``table``, ``rejected_rows``…), `value` what
    was chosen. `certain` = there was no other plausible reading; otherwise it is a question to the steward, which
    `--yes` accepts as proposed.
    """

    what: str
    value: str
    evidence: Text
    certain: bool = True


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that could not be read: 1-based line in the source, column where known, and why. Never its text."""

    line: int
    column: str | None
    why: Text


@dataclass(frozen=True, slots=True)
class Version:
    """One immutable reading of a source, stored typed in the domain zone.

    `id` is the sha256 of the stored Parquet (hex), `source_sha256` of the bytes received, `rows` the number of
    rows stored; `rejected` at most 100 examples of `rejected_rows`.
    """

    id: str
    dataset_id: str
    source_name: str
    source_sha256: str
    source_bytes: int
    rows: int
    schema: Schema
    received_at: datetime
    choices: tuple[ReadingChoice, ...] = ()
    rejected_rows: int = 0
    rejected: tuple[RejectedRow, ...] = ()

    def column_names(self) -> Sequence[str]:
        return [column.name for column in self.schema]


def check_dataset_id(dataset_id: str) -> str:
    """The id itself, when it can stand in a URL and a file name.

    Raises BadInput: anything but 1-100 of a-z, 0-9 and inner hyphens.
    """
    if DATASET_ID.fullmatch(dataset_id):
        return dataset_id
    raise BadInput(
        Text(
            "数据集标识只能由小写字母、数字和中间的连字符组成（1–100 个字符）",
            "A dataset id is 1-100 of a-z, 0-9 and inner hyphens",
        ),
        Text("例如 --dataset bus-stops", "For example --dataset bus-stops"),
        Where(parameter="dataset"),
    )
