"""Screening a city: 10,000 invented datasets against a list of 200 entries, from facts already measured; how the time
grows with the number of datasets, and whether the answers are those of plain evaluation (the peer of the same run).

``python -m benchmarks.screen [--datasets N] [--entries N] [--processes N]``
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from multiprocessing import Queue, get_context
from multiprocessing.synchronize import Barrier

from catalog.dataset import THEMES, Access, Column, ColumnType, Dataset
from catalog.decision import MaskOperator
from catalog.finding import Classification, Confidence, FieldRole, Finding, Grade
from catalog.subject import Facts, Subject, TimeGranularity
from negative_list import AnyOf, Clause, Entry, Index, Term, load_starter, screen
from negative_list.condition import (
    Condition,
    FieldPattern,
    GeoFinerThan,
    Keywords,
    PointsPerSubject,
    RowCount,
    Themes,
)
from tests.negative_list.oracle import screen_slowly

TODAY = date(2026, 11, 24)
LIMIT_S = 20.0
SAMPLE = 100  # subjects compared with plain evaluation, which takes about a tenth of a second for each

DISTRICTS = (
    "上城",
    "拱墅",
    "西湖",
    "滨江",
    "萧山",
    "余杭",
    "临平",
    "钱塘",
    "富阳",
    "临安",
    "桐庐",
    "淳安",
    "建德",
)
BUREAUS = (
    "公安局",
    "交通运输局",
    "卫生健康委",
    "教育局",
    "民政局",
    "规划资源局",
    "市场监管局",
    "水务局",
    "气象局",
    "统计局",
)
THINGS = (
    "公交站点", "公园名录", "停车场", "企业登记", "行政处罚", "信用记录", "学校名录", "学生名册", "门诊就诊", "传染病报告", "居民用电",
    "燃气管线", "供水管网", "气象观测", "空气质量", "等高线", "出租车轨迹", "共享单车订单", "地铁刷卡", "低保对象", "残疾人证",
    "社保缴费", "房屋交易", "旅馆住宿", "户籍登记", "视频监控点位", "文物保护单位", "桥梁结构", "国内生产总值", "财政预算",
    "图书馆", "体育场馆", "医疗机构", "食品经营许可", "药店", "充电桩", "河道水位", "排污许可", "林木资源", "农产品价格",
)  # fmt: skip
KINDS = ("名录", "明细", "统计", "信息", "登记表", "年报", "实时数据", "清单")
STEMS = (
    "名称", "地址", "经度", "纬度", "时间", "日期", "更新时间", "编号", "数量", "金额", "状态", "类型", "类别", "所属区", "街道", "联系电话",
    "负责人", "单位名称", "统一社会信用代码", "姓名", "身份证号", "性别", "年龄", "出生日期", "手机号", "车牌号", "站点", "线路", "户号", "用电量",
    "诊断", "就诊日期", "科室", "面积", "高程", "等高距", "水位", "流量", "温度", "风速", "备注", "年份", "月份", "价格", "等级", "评分", "容量",
    "开放时间", "建成年份", "主管部门", "处罚事由", "处罚决定日期", "银行账号", "学号", "班级", "成绩", "行业", "注册资本", "法定代表人",
    "longitude", "latitude", "updated_at", "name", "address", "vehicleId", "plate_no", "patient_id", "record count", "district",
)  # fmt: skip
QUALIFIERS = (
    "",
    "",
    "",
    "本期",
    "上期",
    "累计",
    "原",
    "现",
    "主要",
    "计划",
    "实际",
    "登记",
    "年末",
    "总",
    "平均",
)
ENTITIES = {
    "姓名": "PERSON_NAME",
    "身份证号": "RESIDENT_ID",
    "手机号": "MOBILE",
    "联系电话": "MOBILE",
    "车牌号": "PLATE",
    "地址": "ADDRESS",
}


def invented_subject(seed: int) -> Subject:
    """One dataset of a city's kind with its columns, classes and facts; the same for the same seed."""
    chance = random.Random(seed)
    thing = chance.choice(THINGS)
    dataset = Dataset(
        f"invented-{seed}",
        f"{chance.choice(DISTRICTS)}区{thing}{chance.choice(KINDS)}（{chance.randint(2015, 2026)}年）",
        f"{chance.choice(DISTRICTS)}区{chance.choice(BUREAUS)}",
        chance.choice(sorted(THEMES)),
        description=f"{thing}的{chance.choice(KINDS)}，由{chance.choice(BUREAUS)}按月汇总，不含个人信息。",
        access=chance.choice([Access.UNCONDITIONAL] * 9 + [Access.CONDITIONAL]),
        keywords=(thing, chance.choice(THINGS)),
    )
    names = dict.fromkeys(_name(chance) for _ in range(chance.randint(5, 40)))
    schema = tuple(Column(name, chance.choice(list(ColumnType))) for name in names)
    facts = Facts(
        rows=int(10 ** chance.uniform(1, 6)),
        distinct_subjects=chance.choice([None, None, 40, 9_000]),
        points_per_subject=chance.choice([None, None, 1, 60]),
        geo_precision_m=chance.choice([None, 0.1, 12.0, 120.0]),
        coverage_km2=chance.choice([None, 3.0, 600.0]),
        contour_m=chance.choice([None] * 9 + [10.0]),
        time_granularity=chance.choice([None, *TimeGranularity]),
        latest_on=chance.choice([None, TODAY - timedelta(days=chance.randint(0, 900))]),
        unknown=chance.choice([frozenset()] * 9 + [frozenset({"geo_precision_m", "coverage_km2"})]),
    )
    classes = {name: _class(name, chance) for name in names}
    return Subject(dataset, schema, classes, facts, chance.choice(["source", "planned"]))


def _name(chance: random.Random) -> str:
    stem = f"{chance.choice(QUALIFIERS)}{chance.choice(STEMS)}"
    return f"{stem}{chance.randint(1, 30)}" if chance.random() < 0.3 else stem


def _class(name: str, chance: random.Random) -> Classification:
    entity = next((entity for stem, entity in ENTITIES.items() if stem in name), None)
    if entity is None:
        return Classification(name, FieldRole.NONE, None, Grade.L1, MaskOperator.KEEP, Confidence.HIGH)
    finding = Finding(name, entity, 90, chance.choice([0.2, 1.0]), None, Confidence.HIGH, True, True)
    return Classification(
        name, FieldRole.IDENTIFIER, entity, Grade.L3, MaskOperator.DROP, Confidence.HIGH, (finding,)
    )


def invented_list(size: int) -> tuple[Entry, ...]:
    """The starter list, and variants of its entries with thresholds, words and patterns of their own."""
    starter = load_starter().entries
    chance = random.Random(7)
    variants = (_variant(starter[number % len(starter)], number, chance) for number in range(size))
    return (*starter, *variants)[:size]


def _variant(entry: Entry, number: int, chance: random.Random) -> Entry:
    own = chance.choice(
        (
            Themes((chance.choice(sorted(THEMES)),)),
            Keywords((f"{chance.choice(THINGS)}{chance.choice(KINDS)}",)),
            FieldPattern(
                rf"{chance.choice(STEMS)} ?{chance.randint(1, 30)}$|\b{chance.choice(STEMS)}{number}\b"
            ),
            PointsPerSubject(chance.randint(2, 90)),
            GeoFinerThan(chance.randint(1, 200)),
            RowCount(chance.randint(1_000, 900_000)),
        )
    )
    return replace(
        entry,
        identity=replace(entry.identity, entry_id=f"variant-{number}"),
        clauses=tuple(_narrowed(clause, own, number) for clause in entry.clauses),
    )


def _narrowed(clause: Clause, own: Condition, number: int) -> Clause:
    when = tuple(
        AnyOf(tuple(_own_term(condition, number) for condition in group.conditions)) for group in clause.when
    )
    return replace(clause, when=(*when, AnyOf((own,))))


def _own_term(condition: Condition, number: int) -> Condition:
    """Terms of an office's own list are worded anew: no two entries share a pattern."""
    if not isinstance(condition, Term):
        return condition
    inner = tuple(
        FieldPattern(f"{one.pattern}|第{number}号") if isinstance(one, FieldPattern) else one
        for one in condition.conditions
    )
    return replace(condition, conditions=inner)


def screen_share(seeds: Sequence[int], size: int, start: Barrier, answers: Queue) -> None:
    """One process: makes its subjects, waits for the others, then reads the list and screens."""
    subjects = [invented_subject(seed) for seed in seeds]
    entries = invented_list(size)
    start.wait()
    begun = time.monotonic()
    index = Index(entries)
    reasons = sum(len(screen(subject, index, TODAY).reasons) for subject in subjects)
    answers.put((begun, time.monotonic(), reasons))


def wall_seconds(datasets: int, size: int, processes: int) -> tuple[float, int]:
    """(seconds from the first start to the last end, reasons given)."""
    context = get_context("spawn")
    start, answers = context.Barrier(processes), context.Queue()
    shares = [range(first, datasets, processes) for first in range(processes)]
    workers = [context.Process(target=screen_share, args=(share, size, start, answers)) for share in shares]
    for worker in workers:
        worker.start()
    found = [answers.get() for _ in workers]
    for worker in workers:
        worker.join()
    begun, ended, reasons = zip(*found, strict=True)
    return max(ended) - min(begun), sum(reasons)


def check_equal(entries: tuple[Entry, ...]) -> float:
    """Seconds a dataset takes under plain evaluation; ends the run where an answer differs."""
    index, seconds = Index(entries), 0.0
    for seed in range(SAMPLE):
        subject = invented_subject(seed)
        begun = time.perf_counter()
        plain = screen_slowly(subject, entries, TODAY)
        seconds += time.perf_counter() - begun
        if screen(subject, index, TODAY) != plain:
            raise SystemExit(f"the answer on dataset {seed} differs from plain evaluation")
    return seconds / SAMPLE


def main() -> None:
    """Print the table of sizes; exit code 1 when the largest takes `LIMIT_S` or longer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    entries = invented_list(asked.entries)
    plain = check_equal(entries)
    print(f"{asked.entries} entries; {SAMPLE} answers equal to those of plain evaluation")
    print(f"{'':>16} {'seconds':>9} {'µs/(dataset × entry)':>21} {'reasons':>10}")
    print(f"{'plain, one':>16} {plain:9.3f} {plain / len(entries) * 1e6:21.2f}")
    sizes = sorted({size for size in (100, 1_000) if size < asked.datasets} | {asked.datasets})
    for size in sizes:
        seconds, reasons = wall_seconds(size, asked.entries, asked.processes)
        print(f"{size:>16,} {seconds:9.2f} {seconds / size / len(entries) * 1e6:21.2f} {reasons:10,}")
    print(f"{asked.datasets:,} datasets × {asked.entries} entries: {seconds:.1f} s (under {LIMIT_S:.0f} s)")
    if seconds >= LIMIT_S:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
