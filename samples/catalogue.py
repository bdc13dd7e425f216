"""The demo's datasets: who publishes what, in which shape, on which contract, and what the gate should say to it.

`write` makes all files; the same seed gives the same bytes. The expected outcome is there for tests: what the demo
prints is what the gate decided.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from random import Random

from catalog.contract import Contract
from catalog.contract_json import parse_contract
from catalog.dataset import Dataset
from catalog.finding import Grade
from catalog.text import Text
from samples import facts, files, guarded_tables, open_tables
from samples.city import BUREAUS
from samples.contracts import CONTRACTS
from samples.table import Table

__all__ = ["SEED", "Outcome", "Sample", "personal_values", "write"]

SEED = 20_260_401

_INVENTED = (
    "示例数据，由程序生成，云汀市及其中的人员、企业、车辆均为虚构。"
    "Sample data made by a program: the city of Yunting and every person, firm and vehicle in it are invented."
)
_TRUE = "真实事实，人工录入，不含个人信息。True facts typed by hand, with no personal information."


class Outcome(StrEnum):
    """What should become of a sample. `MASKED` = released with at least one column masked, withheld or redacted."""

    RELEASED = "released"
    MASKED = "masked"
    HELD = "held"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Sample:
    """One file of the demo with all that its steward would enter.

    `rows` are data rows (header, titles, totals, notes not counted); `accept_proposals` whether its steward takes
    the gate's proposals as `--yes` does; `answers` what the demo's steward and officer answer besides, by the field
    of the question (as `kaizha review answer --set`); `grade` the grade proposed, None = as the gate finds;
    `personal` the invented values that may be found nowhere outside the domain zone.
    """

    path: Path
    contract_path: Path
    dataset: Dataset
    contract: Contract
    expected: Outcome
    why: Text
    rows: int
    accept_proposals: bool = True
    answers: Mapping[str, str] = field(default_factory=dict)
    grade: Grade | None = None
    personal: frozenset[str] = field(default=frozenset(), repr=False)


Make = Callable[[Random], Table]
Shape = Callable[[Table, Path], None]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the catalogue: how the table is made and shaped, and its metadata."""

    id: str
    file: str
    title: str
    english: str
    publisher: str
    theme: str
    update_cycle: str
    keywords: tuple[str, ...]
    make: Make
    shape: Shape
    expected: Outcome
    why: Text
    accept_proposals: bool = True
    answers: Mapping[str, str] = field(default_factory=dict)
    grade: Grade | None = None
    source: str = ""
    rows: int | None = None
    """Data rows of the part that is meant, where the file holds more."""


_OPEN = Text(
    "没有个人信息，也不在负面清单内", "No personal information, and on no entry of the negative list"
)

_OUT = Outcome.RELEASED
_OURSELVES = "开闸项目（示例数据）"
"""Publisher of the true facts: no real city's bureau, nor an invented one's, has put its name to them."""

ENTRIES = (
    _Entry(
        "hangzhou-districts", "hangzhou_districts.csv", "杭州市区县常住人口与面积",
        "The 13 districts, counties and cities of Hangzhou with census population.",
        _OURSELVES, "statistics", "irregular", ("杭州", "区县", "人口普查"),
        lambda rng: open_tables.districts(), partial(files.write_delimited, encoding="utf-8-sig"),
        _OUT, _OPEN, source=facts.DISTRICTS_SOURCE,
    ),
    _Entry(
        "hangzhou-metro-lines", "hangzhou_metro_lines.tsv", "杭州地铁线路开通情况",
        "Lines of the Hangzhou metro with the opening of their first section.",
        _OURSELVES, "transport", "irregular", ("杭州", "地铁", "轨道交通"),
        lambda rng: open_tables.metro_lines(), partial(files.write_delimited, delimiter="\t", newline="\n"),
        _OUT, _OPEN, source=facts.METRO_SOURCE,
    ),
    _Entry(
        "public-holidays", "public_holidays.csv", "全国法定节假日（2024—2026年）",
        "Statutory public holidays of China, 2024 to 2026, without days moved by the yearly notices.",
        _OURSELVES, "other", "yearly", ("节假日", "放假"),
        lambda rng: open_tables.holidays(), partial(files.write_delimited, newline="\n"),
        _OUT, _OPEN, source=facts.HOLIDAYS_SOURCE,
    ),
    _Entry(
        "bus-stops", "公交站点.csv", "公交站点",
        "Bus stops: a GB18030 file with a title row and a footnote.",
        BUREAUS["transport"], "transport", "monthly", ("公交", "站点"),
        open_tables.bus_stops,
        partial(
            files.write_delimited, encoding="gb18030", title="云汀市公交站点信息表",
            footnote="注：本表为虚构示例数据，截至2026年3月31日。",
        ),
        _OUT, _OPEN,
    ),
    _Entry(
        "school-budgets", "公办学校经费表.xlsx", "公办学校经费收支",
        "Income and spending of public schools: a workbook with merged headers and a total row.",
        BUREAUS["education"], "education", "yearly", ("学校", "经费", "预算"),
        open_tables.school_budgets,
        partial(files.write_budget_workbook, title="云汀市2025年公办学校经费收支表", unit="单位：万元"),
        _OUT, _OPEN,
    ),
    _Entry(
        "metro-network", "metro_network.json", "轨道交通站点",
        "Metro stations with line and position nested in each, in the envelope of an interface.",
        BUREAUS["transport"], "transport", "irregular", ("地铁", "线网", "站点"),
        open_tables.metro_stations, files.write_nested_json, _OUT, _OPEN,
    ),
    _Entry(
        "air-quality-hourly", "air_quality_hourly.ndjson", "空气质量小时监测",
        "Hourly readings of twelve air monitoring stations.",
        BUREAUS["environment"], "environment", "daily", ("空气质量", "PM2.5", "监测"),
        open_tables.air_quality, files.write_ndjson, _OUT, _OPEN,
    ),
    _Entry(
        "parks", "parks.geojson", "公园绿地",
        "Parks as points and outlines in WGS-84.",
        BUREAUS["parks"], "culture", "yearly", ("公园", "绿地"),
        open_tables.parks, files.write_geojson, _OUT, _OPEN,
    ),
    _Entry(
        "market-prices", "农贸市场价格.tsv", "农贸市场零售价格",
        "Retail prices at farmers' markets: tab-separated, UTF-16.",
        BUREAUS["commerce"], "agriculture", "weekly", ("物价", "农贸市场"),
        open_tables.market_prices, partial(files.write_delimited, encoding="utf-16", delimiter="\t"), _OUT, _OPEN,
    ),
    _Entry(
        "road-works", "road_works.csv", "占道施工工程",
        "Works that take up road space: separated by semicolons.",
        BUREAUS["transport"], "transport", "weekly", ("占道", "施工"),
        open_tables.road_works, partial(files.write_delimited, delimiter=";", newline="\n"), _OUT, _OPEN,
    ),
    _Entry(
        "charging-stations", "charging_stations.parquet", "电动汽车充电站",
        "Charging stations for electric vehicles: Parquet.",
        BUREAUS["energy"], "energy", "monthly", ("充电站", "新能源汽车"),
        open_tables.charging_stations, files.write_parquet, _OUT, _OPEN,
    ),
    _Entry(
        "bike-docks-hourly", "bike_docks_hourly.csv", "公共自行车租赁点小时统计",
        "Public bicycles taken and returned per docking point and hour; the largest file of the demo.",
        BUREAUS["transport"], "transport", "daily", ("公共自行车", "借还"),
        open_tables.bike_docks, partial(files.write_delimited, newline="\n"), _OUT, _OPEN,
    ),
    _Entry(
        "medical-institutions", "medical_institutions.json", "医疗机构名录",
        "Hospitals and clinics: a JSON array of objects.",
        BUREAUS["health"], "health", "quarterly", ("医院", "医疗机构"),
        open_tables.clinics, files.write_records, _OUT,
        Text("是机构而非就诊信息，不因领域为卫生健康而拒绝", "Institutions, not visits: a theme alone refuses nothing"),
    ),
    _Entry(
        "enterprise-register", "企业登记信息.csv", "企业登记基本信息",
        "The register of enterprises, in GB18030, with the legal representative's name, id and telephone.",
        BUREAUS["market"], "enterprise", "weekly", ("企业", "登记", "信用代码"),
        guarded_tables.enterprises, partial(files.write_delimited, encoding="gb18030"), Outcome.MASKED,
        Text(
            "身份证号和电话属于负面清单，姓名由发布人删除，其余可以开放",
            "Id and telephone are on the negative list, the steward drops the name, the rest may go",
        ),
        answers={"column:法定代表人姓名": "drop"},
    ),
    _Entry(
        "hotline-complaints", "hotline_complaints.csv", "政务热线诉求工单",
        "Calls to the city's hotline; some remarks contain a caller's number.",
        BUREAUS["hotline"], "other", "weekly", ("12345", "热线", "诉求"),
        guarded_tables.hotline, partial(files.write_delimited, newline="\n"), Outcome.MASKED,
        Text(
            "备注中的手机号和身份证号逐处遮盖；自由文本由合规员看过才开放",
            "Numbers and ids inside the remarks are redacted where they stand; free text opens after an officer's look",
        ),
        answers={"grade": "L1"},
    ),
    _Entry(
        "attractions", "attractions.csv", "旅游景区",
        "Tourist attractions, not fit to publish: codes twice, empty cells, visits below zero.",
        BUREAUS["culture"], "culture", "yearly", ("景区", "旅游"),
        open_tables.attractions, files.write_delimited, Outcome.HELD,
        Text("质量低于合同的阈值", "Quality below the contract's threshold"),
    ),
    _Entry(
        "sports-venues", "体育场馆.xlsx", "体育场馆",
        "Sports venues: a workbook with two years in two sheets.",
        BUREAUS["sport"], "culture", "yearly", ("体育", "场馆"),
        open_tables.sports_venues, files.write_sheets, Outcome.HELD,
        Text("两个工作表都像是数据，须由人选定", "Either sheet could be meant: a person must say which"), accept_proposals=False, rows=60,
    ),
    _Entry(
        "elderly-allowance", "高龄津贴申领.csv", "高龄津贴申领名册",
        "Applicants for the allowance of the very old: names, ids, telephones, homes, bank cards.",
        BUREAUS["social_security"], "social_security", "monthly", ("津贴", "申领"),
        guarded_tables.elderly_allowance, files.write_delimited, Outcome.REFUSED,
        Text("个人待遇和账户属于负面清单", "Personal benefits and accounts are on the negative list"), grade=Grade.L4,
    ),
    _Entry(
        "vehicle-tracks", "vehicle_tracks.csv", "车辆行驶轨迹",
        "Positions of vehicles, minute by minute.",
        BUREAUS["police"], "transport", "realtime", ("车辆", "轨迹"),
        guarded_tables.vehicle_tracks, partial(files.write_delimited, newline="\n"), Outcome.REFUSED,
        Text("车辆轨迹属于负面清单", "Tracks of vehicles are on the negative list"),
    ),
    _Entry(
        "hospital-visits", "hospital_visits.ndjson", "就诊记录",
        "Visits to hospital with diagnoses.",
        BUREAUS["health"], "health", "daily", ("就诊", "诊断"),
        guarded_tables.hospital_visits, files.write_ndjson, Outcome.REFUSED,
        Text("就诊和诊断属于负面清单", "Visits and diagnoses are on the negative list"), grade=Grade.L4,
    ),
    _Entry(
        "household-electricity", "household_electricity.csv", "居民用电15分钟电量",
        "Energy used by households, every quarter of an hour.",
        BUREAUS["power"], "energy", "daily", ("居民用电", "电量"),
        guarded_tables.household_electricity, files.write_delimited, Outcome.REFUSED,
        Text("细于月的居民用电属于负面清单", "Household meters finer than a month are on the negative list"),
    ),
)  # fmt: skip


def write(folder: Path, seed: int = SEED) -> tuple[Sample, ...]:
    """Every sample as a file in `folder`, its contract in ``folder/contracts``; files of the same name are replaced."""
    (folder / "contracts").mkdir(parents=True, exist_ok=True)
    return tuple(_write_one(entry, folder, seed) for entry in ENTRIES)


def personal_values(seed: int = SEED) -> Mapping[str, frozenset[str]]:
    """The invented personal values of each dataset, by id: a leak test looks for every one of them."""
    return {entry.id: entry.make(_random(entry.id, seed)).personal for entry in ENTRIES}


def _write_one(entry: _Entry, folder: Path, seed: int) -> Sample:
    table = entry.make(_random(entry.id, seed))
    path, contract_path = folder / entry.file, folder / "contracts" / f"{entry.id}.json"
    entry.shape(table, path)
    contract = CONTRACTS[entry.id]
    contract_path.write_text(json.dumps(contract, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Sample(
        path=path,
        contract_path=contract_path,
        dataset=Dataset(
            id=entry.id,
            title=entry.title,
            publisher=entry.publisher,
            theme=entry.theme,
            description=f"{entry.english} {_TRUE if entry.source else _INVENTED}",
            update_cycle=entry.update_cycle,
            keywords=entry.keywords,
            source=entry.source or f"kaizha samples, seed {seed}: 虚构 invented",
        ),
        contract=parse_contract(contract, contract_path.name),
        expected=entry.expected,
        why=entry.why,
        rows=entry.rows or len(table.rows),
        accept_proposals=entry.accept_proposals,
        answers=entry.answers,
        grade=entry.grade,
        personal=table.personal,
    )


def _random(dataset_id: str, seed: int) -> Random:
    """A generator of its own for each dataset, so that adding one changes no other. Not for secrets."""
    return Random(f"{seed}/{dataset_id}")  # noqa: S311
