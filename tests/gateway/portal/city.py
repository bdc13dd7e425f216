"""A small invented city behind a real registry and a real open zone, for the tests of the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from fastapi import FastAPI, Request, Response

from catalog.contract_draft import draft_contract
from catalog.contract_version import FIRST
from catalog.dataset import Column, ColumnType, Dataset
from catalog.decision import MaskOperator, Reason, Scope
from catalog.errors import KaizhaError
from catalog.finding import Grade
from catalog.registry import Registry, work
from catalog.registry.contracts import current_contract, record_contract
from catalog.release import Release, ReleasedColumn, ReleaseStatus, State, WithheldColumn
from catalog.text import Text
from catalog.zones import Zone
from gateway.api.context import Context
from gateway.api.problem import problem
from gateway.migrations import upgrade
from gateway.portal import error_page, router
from gateway.privacy_reports import keep_privacy
from gateway.risk_reports import keep_risk
from gateway.serve.shelf import RegistryShelf
from privacy import OPERATORS

MAY = datetime(2026, 5, 1, 8, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, 8, tzinfo=UTC)
NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
LIST_VERSION = "2026.1"
SECRET = "canary-of-a-withheld-field"
PARKINGS = 25

STOPS = (
    ReleasedColumn(
        Column(
            "站点编号",
            ColumnType.TEXT,
            Text("站点编号", "Stop code"),
            Text("全市唯一的站点编号", "Unique in the city"),
            None,
            "DE00021",
        ),
        MaskOperator.KEEP,
    ),
    ReleasedColumn(
        Column("站点名称", ColumnType.TEXT, None, Text("站牌上的名称", "Name on the sign")), MaskOperator.KEEP
    ),
    ReleasedColumn(
        Column("longitude", ColumnType.DOUBLE, Text("经度", "Longitude"), None, "deg"), MaskOperator.KEEP
    ),
    ReleasedColumn(
        Column("opened", ColumnType.DATE, Text("开通日期", "Opened"), Text("首次停靠", "First stop")),
        MaskOperator.KEEP,
        nulls=3,
    ),
    ReleasedColumn(
        Column("联系电话", ColumnType.TEXT, Text("电话", "Phone"), Text("站长的电话", "Phone of its keeper")),
        MaskOperator.PARTIAL,
    ),
)
STOPS_SQL = """
    SELECT 'S' || lpad(i::VARCHAR, 4, '0') AS "站点编号", '湖滨' || i || '站' AS "站点名称",
           (120 + i / 100)::DOUBLE AS longitude,
           CASE WHEN i > 3 THEN DATE '2019-01-01' + i::INTEGER END AS opened, '138****000' || i % 10 AS "联系电话"
    FROM range(1, 13) t(i)
"""
LISTED = Reason(
    entry_id="CN-PERSONAL-ID",
    list_version=LIST_VERSION,
    scope=Scope.COLUMN,
    effect="deny",
    column="负责人身份证",
    text=Text("居民身份证号码不得开放", "Resident identity numbers may not be opened"),
    remedy=Text("删除该列或改为统计数", "Leave the column out, or publish counts"),
    legal_basis=("《个人信息保护法》第二十八条", "PIPL, article 28"),
    clause="identity number",
    evidence_count=12,
)
ROWS_RULE = Reason(
    entry_id="CN-SITES",
    list_version=LIST_VERSION,
    scope=Scope.ROWS,
    effect="deny",
    text=Text("重点单位周边的站点不开放", "Stops beside protected sites are kept back"),
    remedy=Text("请联系合规人员", "Ask the compliance officer"),
    legal_basis=("《测绘法》第四十七条",),
)
HOSTILE = Dataset(
    id="hostile",
    title="<script>alert('title')</script>",
    publisher='"><img src=x onerror=alert(1)>',
    theme="other",
    description="{{ 7 * 7 }}<svg onload=alert(2)>" + "很长的没有空格的说明" * 40 + "W" * 300,
    licence="javascript:alert(3)",
    source="javascript:alert(4)//https://example.org",
    keywords=("<i>", "'\"&"),
)
HOSTILE_COLUMN = "<b onmouseover=alert(5)>列&"
RISK = {
    "about_persons": True,
    "asked": 5,
    "level": {
        "level": 2,
        "title": {"zh": "消除直接标识符的数据", "en": "data without direct identifiers"},
        "evidence": [{"zh": "最小群体 1 行", "en": "the smallest group has 1 row"}],
        "basis": "GB/T 42460-2023",
    },
    "quasi_identifiers": [
        {
            "column": HOSTILE_COLUMN,
            "counted": False,
            "distinct": 2,
            "evidence": {"zh": "取值很少", "en": "few values"},
            "operator": "keep",
        },
        {
            "column": "站点名称",
            "counted": True,
            "distinct": 12,
            "evidence": {"zh": "识别为准标识符", "en": "recognised"},
            "operator": "generalise_district",
        },
    ],
    "risk": {
        "k": 1,
        "rows": 1200,
        "groups": 60,
        "unique_rows": 12,
        "at_risk_share": 0.02,
        "spread": [
            {"least": 1, "most": 1, "rows": 12},
            {"least": 2, "most": 4, "rows": 12},
            {"least": 5, "most": 9, "rows": 176},
            {"least": 10, "most": 49, "rows": 0},
            {"least": 50, "most": None, "rows": 1000},
        ],
    },
    "sensitive": [{"column": "收入", "distinct_l": 3, "entropy_l": 2.5, "t": 0.25, "distance": "ordered"}],
    "compared_with": 4,
    "measures": {},
}


def _field(name: str, outcome: str, operator: MaskOperator, **more: object) -> dict[str, object]:
    return {
        "name": name,
        "found": [],
        "outcome": outcome,
        "operator": operator.value,
        "keeps": OPERATORS[operator].keeps.to_json(),
        "guarantees": OPERATORS[operator].guarantees.to_json(),
        "example": None,
        "entries": [],
        "cleared_by_officer": False,
        **more,
    }


_NAME = {
    "entity": "PERSON_NAME",
    "title": {"zh": "姓名", "en": "personal name"},
    "cells": 40,
    "whole_cell": True,
}
PRIVACY: dict[str, object] = {
    "detector": "5b2ea708",
    "rows": {"released": 1200, "excluded": 30},
    "columns": [
        _field("站点名称", "open", MaskOperator.KEEP),
        _field(HOSTILE_COLUMN, "masked", MaskOperator.PARTIAL, found=[_NAME], example="<i>王*</i>"),
        _field("负责人身份证", "withheld", MaskOperator.DROP, entries=["starter-09"]),
        _field("经办", "open", MaskOperator.KEEP, cleared_by_officer=True),
    ],
    "rescan": {
        "rows": 1200,
        "columns": 3,
        "unchanged": 2,
        "left": [{"column": "站点名称", **_NAME}],
        "to_mask": 0,
    },
    "mosaic": {"compared": 4, "asked": 5, "clear": True},
}
NOTHING_PERSONAL: dict[str, object] = {
    **PRIVACY,
    "rows": {"released": 2, "excluded": 0},
    "columns": [_field(HOSTILE_COLUMN, "open", MaskOperator.KEEP)],
    "rescan": {"rows": 2, "columns": 1, "unchanged": 0, "left": [], "to_mask": 0},
    "mosaic": None,
}


class City:
    """`home` is a folder of the test's own. Every release goes through the registry's unit of work."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.url = f"sqlite:///{home / 'registry' / 'kaizha.sqlite'}"
        self.registry = Registry(self.url)
        upgrade(self.registry)
        self.zone = Zone((home / "open").as_uri(), home / "cache")
        self.submissions = 0

    def register(self, dataset: Dataset, state: State, at: datetime = MAY) -> str:
        """A submission that went as far as `state`; its id."""
        self.submissions += 1
        submission = f"{self.submissions:026d}"
        with self.registry.transaction() as unit:
            work.register_dataset(unit, dataset, at)
            if state is State.RELEASED:
                work.describe_dataset(unit, dataset)
            work.record_submission(unit, submission, dataset.id, {}, "tester", at)
            work.update_submission(unit, submission, state)
        return submission

    def open(
        self,
        dataset: Dataset,
        columns: Sequence[ReleasedColumn],
        sql: str,
        at: datetime = MAY,
        answers: bool = True,
        withheld: tuple[WithheldColumn, ...] = (),
        reasons: tuple[Reason, ...] = (),
        excluded_rows: int = 0,
    ) -> Release:
        """Write the Parquet, open the release, record a probe: what the gate does, without its judgement."""
        file = self.home / "new.parquet"
        with duckdb.connect() as engine:
            engine.execute(f"COPY ({sql}) TO '{file}' (FORMAT parquet)")
            (rows,) = engine.execute(f"SELECT count(*) FROM '{file}'").fetchone() or (0,)
        size = file.stat().st_size
        submission = self.register(dataset, State.RELEASED, at)
        with self.registry.transaction() as unit:
            release = Release(
                id=self.zone.put(file, ".parquet"),
                dataset=dataset,
                version_id="0" * 64,
                columns=tuple(columns),
                withheld=withheld,
                rows=rows,
                bytes=size,
                excluded_rows=excluded_rows,
                grade=Grade.L1,
                quality_score=0.973,
                list_version=LIST_VERSION,
                policy_epoch=0,
                published_at=at,
                published_by="tester",
                ledger_index=-1,
                keys=(columns[0].column.name,),
                reasons=reasons,
                contract=FIRST,
            )
            if current_contract(unit, dataset.id) is None:
                record_contract(unit, dataset.id, FIRST, draft_contract(dataset, ()), "tester", at)
            index = work.append_leaf(unit, {"kind": "release", "release": release.id}, bytes(32), at, _sign)
            release = replace(release, ledger_index=index)
            work.open_release(unit, release, submission, at)
            work.record_probe(unit, release.id, answers, at)
        return release

    def withdraw(self, dataset_id: str) -> None:
        with self.registry.transaction() as unit:
            work.end_release(unit, dataset_id, ReleaseStatus.WITHDRAWN, NOW)
            work.tighten(unit)

    def app(self, clock: Callable[[], float] = lambda: 0.0) -> FastAPI:
        """The router alone, as the application mounts it, with a registry that cannot be written. Its shelf's lease
        runs out by `clock`, in seconds; by default never: a test that changes what is open has it renewed (`app.state.context.shelf.renew()`)."""
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        registry, own = Registry(self.url, read_only=True), Registry(self.url, read_only=True)
        shelf = RegistryShelf(own, self.zone, self.home / "cache", 0.5, clock)
        shelf.renew()
        app.state.context = Context(registry, shelf, self.home / "gate.sock", "", lambda: NOW)
        app.include_router(router)
        app.add_exception_handler(KaizhaError, _answer)
        return app


async def _answer(request: Request, error: Exception) -> Response:
    assert isinstance(error, KaizhaError)
    status, _, _ = problem(error)
    return error_page(request, status, error.message, error.remedy)


def _sign(size: int, root: bytes) -> str:
    return f"{size} {root.hex()}"


def kept(name: str, kind: ColumnType = ColumnType.TEXT, defined: bool = True) -> ReleasedColumn:
    """A raw column, bound to a definition or not."""
    definition = Text("定义", "Definition") if defined else None
    return ReleasedColumn(Column(name, kind, None, definition), MaskOperator.KEEP)


def invented_city(home: Path) -> City:
    """Stops with a masked, a withheld field and excluded rows; a hostile title; a wide table; pages of parkings;
    one that answers no probe; one refused and one pending."""
    city = City(home)
    transport = Dataset(
        id="bus-stops",
        title="公交站点",
        publisher="某市交通运输局",
        theme="transport",
        description="全市公交站点的位置与开通日期，每月更新。",
        update_cycle="monthly",
        source="https://data.example.org/stops?a=1&b=2",
        keywords=("公交", "站点"),
    )
    stops = city.open(
        transport,
        STOPS,
        STOPS_SQL,
        withheld=(WithheldColumn("负责人身份证", (LISTED,)),),
        reasons=(LISTED, ROWS_RULE),
        excluded_rows=30,
    )
    hostile_sql = f"SELECT '<script>alert(6)</script>' AS \"{HOSTILE_COLUMN}\" FROM range(2)"
    hostile = city.open(HOSTILE, (kept(HOSTILE_COLUMN),), hostile_sql)
    with city.registry.transaction() as unit:
        keep_risk(unit, stops, RISK)
        keep_privacy(unit, stops, PRIVACY)
        keep_privacy(unit, hostile, NOTHING_PERSONAL)
        keep_risk(unit, hostile, {"about_persons": False})
    wide = [kept(f"measured_value_{n:02d}", ColumnType.INTEGER, defined=n % 2 == 0) for n in range(45)]
    wide_sql = "SELECT " + ", ".join(f'i * {n + 1} AS "{one.column.name}"' for n, one in enumerate(wide))
    air = Dataset(
        "air-quality",
        "Air quality by station and hour",
        "Environment Bureau",
        "environment",
        source="Sensors",
    )
    city.open(air, wide, f"{wide_sql} FROM range(1, 1235) t(i)", at=JUNE)
    for n in range(PARKINGS):
        parking = Dataset(
            f"parking-{2001 + n}", f"停车场 {2001 + n}年", f"第{n % 13 + 1}停车管理所", "transport"
        )
        city.open(parking, (kept("车位"),), f"SELECT '{n}-' || i AS 车位 FROM range(3) t(i)")
    silent = Dataset("silent", "不应答的数据集", "某市统计局", "statistics")
    city.open(silent, (kept("值"),), "SELECT 'x' || i AS 值 FROM range(2) t(i)", answers=False)
    city.register(Dataset("refused-one", "被拒绝的数据集", "某市公安局", "public_security"), State.REFUSED)
    city.register(Dataset("held-one", "等待确认的数据集", "某市统计局", "statistics"), State.HELD)
    return city
