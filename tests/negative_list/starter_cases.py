"""Tables for every starter entry: what it is for, the look-alike it must leave alone, and the edge between both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from subjects import TODAY, a_class, a_subject

from catalog.decision import Decision
from catalog.finding import FieldRole
from catalog.predicate import All, Any_, Comparison, Not, Operator, Predicate
from catalog.subject import Subject, TimeGranularity
from negative_list import DEFERRED, load_starter, screen

STARTER = load_starter()

TRACK: dict[str, Any] = {
    "distinct_subjects": 10,
    "points_per_subject": 50,
    "geo_precision_m": 0.1,
    "coverage_km2": 900.0,
    "time_granularity": TimeGranularity.SECOND,
}
ONCE = TRACK | {"points_per_subject": 1}
POINT: dict[str, Any] = {"geo_precision_m": 0.1, "coverage_km2": 900.0}


@dataclass(frozen=True)
class Case:
    """`entry` number; does it concern this table?"""

    entry: int
    concerned: bool
    title: str
    theme: str
    columns: str
    facts: dict[str, Any] = field(default_factory=dict)
    stage: Any = "source"
    classes: dict[str, FieldRole] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.entry:02}-{'yes' if self.concerned else 'no'}-{self.title}"


def yes(entry: int, title: str, theme: str, columns: str, **more: Any) -> Case:
    return Case(entry, True, title, theme, columns, **more)


def no(entry: int, title: str, theme: str, columns: str, **more: Any) -> Case:
    return Case(entry, False, title, theme, columns, **more)


NAMED = {"姓名": FieldRole.IDENTIFIER, "收入": FieldRole.SENSITIVE}

CASES = (
    yes(1, "个人信用记录", "credit", "编号 姓名 宗教信仰 违约次数:integer"),
    yes(1, "Credit records", "other", "record_id BloodType score:integer"),
    no(1, "宗教活动场所", "culture", "场所名称 宗教 地址"),
    yes(2, "个人信用评价", "credit", "姓名 身份证号 个人收入:double"),
    no(2, "纳税信用A级纳税人", "credit", "纳税人名称 纳税人识别号 评价年度:integer 纳税信用等级"),
    yes(3, "失信被执行人", "credit", "名称 失信行为 认定日期:date"),
    no(3, "守信激励措施", "credit", "部门 措施 日期:date"),
    yes(4, "行政处罚", "credit", "姓名 处罚事由 处罚决定日期:date"),
    no(4, "行政处罚", "credit", "企业名称 法定代表人姓名 处罚事由 处罚决定日期:date"),
    yes(5, "车辆轨迹", "transport", "车辆编号 采集时间:timestamp 经度:double 纬度:double", facts=TRACK),
    yes(5, "Taxi GPS", "other", "taxi_id timestamp:timestamp lon:double lat:double", facts=TRACK),
    yes(5, "网约车订单", "transport", "订单号 起点经度:double 终点经度:double 乘客手机"),
    no(5, "充电站", "transport", "站点编号 更新时间:timestamp 经度:double 纬度:double", facts=TRACK),
    no(5, "共享单车停放点", "transport", "车辆编号 记录时间:timestamp 经度:double 纬度:double", facts=ONCE),
    no(5, "公交线路", "transport", "线路 起点站 终点站 首班时间 末班时间"),
    yes(6, "违章记录", "other", "车牌号 违法时间:timestamp 违法地点"),
    yes(6, "公交车辆", "transport", "车牌号 线路 投运日期:date"),
    yes(6, "gc", "other", "hphm jgsj kkmc"),
    no(6, "机动车保有量", "transport", "号牌种类 区县 数量:integer"),
    yes(7, "公交刷卡明细", "transport", "卡号 线路 刷卡时间:timestamp", facts={"time_granularity": TimeGranularity.SECOND}),
    no(7, "地铁客流", "transport", "站点 时段 刷卡量:integer", facts={"time_granularity": TimeGranularity.MINUTE}),
    no(7, "公交刷卡汇总", "transport", "卡号 线路 刷卡时间:timestamp", facts={"time_granularity": TimeGranularity.QUARTER_HOUR}),
    yes(8, "桥梁检测", "transport", "桥梁名称 承载能力 裂缝宽度:double"),
    no(8, "桥梁名录", "transport", "桥梁名称 长度:double 跨径 结构形式"),
    yes(9, "门诊记录", "health", "患者姓名 就诊日期:date 诊断"),
    yes(9, "Hospital visits", "other", "patientId visitDate:date diagnosis"),
    yes(9, "导出", "other", "hzxm jzrq:date zdmc"),
    yes(9, "出院登记", "health", "出院日期:date 诊断 年龄:integer 性别"),
    no(9, "医院名录", "health", "医院名称 等级 地址 联系电话 诊疗科目 门诊时间 法定代表人"),
    no(9, "分区县门诊量", "health", "区县 月份 病种 年龄组 性别 门诊人次:integer"),
    no(9, "医师出诊", "health", "医生姓名 科室 擅长疾病 出诊时间"),
    yes(10, "新冠病例", "health", "病例编号 现住址 确诊日期:date"),
    yes(10, "确诊病例", "other", "年龄:integer 性别 发病日期:date 区县"),
    no(10, "疫情分地区统计", "health", "date:date country province city confirmed:integer suspected:integer cured:integer dead:integer"),
    no(10, "传染病月报", "health", "病种 月份 地区 发病数:integer 死亡数:integer"),
    yes(11, "人群基因检测", "health", "样本编号 基因型 rs_id"),
    no(11, "作物种质资源", "agriculture", "品种 基因型 来源地"),
    yes(12, "养老金发放", "social_security", "姓名 个人编号 发放金额:double"),
    no(12, "社保缴费标准", "social_security", "险种 缴费比例 缴费上限:double"),
    yes(13, "残疾人名册", "social", "姓名 残疾类别 残疾等级 区县"),
    yes(13, "低保对象", "social", "姓名 身份证号 街道 低保类别"),
    no(13, "助残服务机构", "social", "机构名称 地址 联系人 联系电话"),
    yes(14, "住户抽样调查", "statistics", "被调查人 姓名 年消费:double"),
    yes(14, "经济普查", "statistics", "单位名称 统一社会信用代码 营业收入:double 从业人员:integer"),
    no(14, "人口普查汇总", "statistics", "区县 年龄组 性别 人口数:integer"),
    yes(15, "企业登记", "enterprise", "企业名称 统一社会信用代码 法定代表人电话 注册资本:double"),
    no(15, "企业登记", "enterprise", "企业名称 统一社会信用代码 法定代表人 注册资本:double"),
    yes(16, "企业账户", "other", "企业名称 统一社会信用代码 银行账号"),
    yes(16, "企业纳税", "finance", "企业名称 应纳税额:double"),
    no(16, "政务公众号", "other", "企业名称 公众号账号 网址"),
    no(16, "上市公司年报", "enterprise", "企业名称 净利润:double 资产总额:double"),
    yes(17, "雷达气象资料", "meteorology", "站号 时间:timestamp 雷达基数据"),
    no(17, "城市列表", "meteorology", "Location_ID Latitude:double Longitude:double AD_code", facts=POINT),
    yes(18, "1:2000 数字地形图", "mapping", "图层 geometry:geometry", facts=POINT),
    no(18, "1:2000 数字地形图", "mapping", "图层 geometry:geometry", facts=POINT | {"coverage_km2": 25.0}),
    no(18, "1:20000 地形图", "mapping", "图层 geometry:geometry", facts=POINT),
    no(18, "市区县边界", "mapping", "name id geometry:geometry", facts=POINT),
    yes(19, "等高线", "mapping", "高程:double geometry:geometry", facts={"contour_m": 20.0}),
    no(19, "等高线", "mapping", "高程:double geometry:geometry", facts={"contour_m": 25.0}),
    no(19, "气象站", "meteorology", "站名 海拔:double", facts={"contour_m": 1.0}),
    yes(20, "古墓葬分布", "culture", "名称 经度:double 纬度:double", facts=POINT),
    no(20, "古墓葬分布", "culture", "名称 经度:double 纬度:double", facts=POINT | {"geo_precision_m": 1100.0}),
    yes(21, "测量控制点成果", "mapping", "点名 等级 经度:double 纬度:double"),
    yes(21, "成果", "mapping", "点名 控制点等级 X:double Y:double"),
    no(21, "军事博物馆", "culture", "军事藏品 地址"),
    no(21, "退役军人服务站", "social", "名称 地址 经度:double 纬度:double"),
    yes(22, "视频监控点位", "public_security", "点位名称 经度:double 纬度:double"),
    yes(22, "路口视频", "public_security", "路口 视频流地址"),
    no(22, "测速摄像头公示", "public_security", "摄像头 地点 限速:integer"),
    no(22, "文化视频", "culture", "标题 视频地址"),
    yes(23, "常住人口登记", "other", "姓名 身份证号 与户主关系 住址"),
    yes(23, "接处警记录", "public_security", "报警电话 报警时间:timestamp 案发地址"),
    yes(23, "旅馆住宿登记", "public_security", "姓名 身份证号 入住时间:timestamp 房号"),
    yes(23, "登记", "other", "房间号 入住时间:timestamp 离店时间:timestamp 身份证号"),
    no(23, "户籍人口统计", "public_security", "区县 户籍人口数:integer"),
    no(23, "派出所名录", "public_security", "派出所 地址 电话"),
    no(23, "旅馆名录", "culture", "旅馆名称 地址 房间数:integer 入住率:double"),
    yes(24, "学生成绩", "education", "学号 姓名 班级 成绩:integer"),
    no(24, "学校名录", "education", "学校名称 校长姓名 学生人数:integer 班级数:integer"),
    no(24, "学区小区坐标", "education", "name lng:double lat:double", facts=POINT),
    no(24, "录取分数线", "education", "学校 年度:integer 录取分数线:integer"),
    yes(25, "二手房成交", "housing", "权利人 房屋坐落 成交价:double"),
    no(25, "小区均价", "housing", "小区 房屋类型 均价:double 业主委员会"),
    yes(26, "租赁备案", "housing", "承租人 房屋地址 租金:double"),
    no(26, "公租房项目", "housing", "项目名称 地址 租金标准:double 租户数:integer"),
    yes(27, "居民用电", "energy", "户号 时间:timestamp 用电量:double", facts={"time_granularity": TimeGranularity.HOUR}),
    yes(27, "Smart meters", "other", "LCLid household kWh:double tstp:timestamp", facts={"time_granularity": TimeGranularity.HOUR}),
    no(27, "居民用电", "energy", "户号 月份 用电量:double", facts={"time_granularity": TimeGranularity.MONTH}),
    no(27, "分区县用电", "energy", "区县 日期:date 用电量:double 户数:integer", facts={"time_granularity": TimeGranularity.DAY}),
    yes(28, "变电站负荷", "energy", "变电站 时间:timestamp 负荷:double"),
    yes(28, "燃气阀门", "energy", "编号 经度:double 纬度:double"),
    no(28, "充电站", "energy", "名称 变压器容量:double 经度:double 纬度:double"),
    no(28, "加气站", "energy", "天然气站名 地址"),
    yes(29, "供水管网", "water", "管段编号 管径:integer 埋深:double"),
    yes(29, "取水口", "water", "取水口名称 经度:double 纬度:double"),
    yes(29, "水厂运行", "water", "水厂 加药量:double 设定值:double"),
    no(29, "管网水质", "water", "监测点 余氯:double 经度:double 纬度:double"),
    no(29, "水厂水质", "water", "水厂 浊度:double 日期:date"),
    yes(30, "访客", "other", "序号 人脸特征值"),
    yes(30, "Voice samples", "other", "id voiceprint"),
    no(30, "鸢尾花 Iris", "other", "sepal_length:double species"),
    no(30, "门禁设备", "other", "设备名称 人脸识别设备 安装楼层"),
    yes(31, "活动报名", "culture", "姓名 性别 年龄:integer"),
    yes(31, "儿童疫苗接种", "health", "儿童姓名 疫苗"),
    no(31, "人口年龄结构", "statistics", "区县 年龄:integer 性别 人口数:integer"),
    no(31, "执业律师", "judicial", "姓名 性别 执业证号 律所"),
    yes(32, "调解案件", "judicial", "案号 当事人 调解结果"),
    yes(32, "数据", "other", "案号 当事人 调解结果"),
    yes(32, "社区矫正", "judicial", "矫正对象 矫正类别 起止日期"),
    no(32, "人民调解委员会名录", "judicial", "委员会名称 地址 电话"),
    no(32, "调解案件统计", "judicial", "区县 年度:integer 调解案件数:integer"),
    yes(33, "评选", "other", "姓名 收入:double", stage="planned", classes=NAMED),
    no(33, "评选", "other", "姓名 收入:double", stage="source", classes=NAMED),
    no(33, "评选", "other", "收入:double", stage="planned", classes={"收入": FieldRole.SENSITIVE}),
)  # fmt: skip


def decide(case: Case) -> tuple[Subject, Decision]:
    classes = {name: a_class(name, role) for name, role in case.classes.items()}
    subject = a_subject(
        case.title, case.theme, case.columns.split(), stage=case.stage, classes=classes, **case.facts
    )
    return subject, screen(subject, STARTER.entries, TODAY)


def concerned(entry: int, decision: Decision) -> bool:
    """Whether the entry, by number, had a say in the decision."""
    return f"starter-{entry:02}" in {r.entry_id for r in decision.reasons if r.effect != DEFERRED}


# ---- edges: two tables as near to each other as can be, one on either side


@dataclass(frozen=True)
class Edge:
    """One step apart: `inside` is what the entry does, `outside` what it does not. `does` says what is looked at."""

    entry: int
    step: str
    inside: Case
    outside: Case
    does: Callable[[Decision], bool]
    does_outside: Callable[[Decision], bool]

    @property
    def id(self) -> str:
        return f"{self.entry:02}-{self.step}"


def edge(
    entry: int, step: str, inside: Case, outside: Case, does: Callable[[Decision], bool] | None = None
) -> Edge:
    asked = does or (lambda decision: concerned(entry, decision))
    return Edge(entry, step, inside, outside, asked, asked)


def field_edge(entry: int, title: str, theme: str, inside: str, outside: str, **more: Any) -> Edge:
    """The same table with one field another."""
    return edge(
        entry, outside, yes(entry, title, theme, inside, **more), no(entry, title, theme, outside, **more)
    )


def title_edge(entry: int, inside: str, outside: str, theme: str, columns: str) -> Edge:
    """The same table under another title."""
    more = {"facts": POINT}
    return edge(
        entry, outside, yes(entry, inside, theme, columns, **more), no(entry, outside, theme, columns, **more)
    )


def fact_edge(
    entry: int, title: str, theme: str, columns: str, fact: str, inside: Any, outside: Any, **facts: Any
) -> Edge:
    """The same table with one measured fact another."""
    return edge(
        entry,
        f"{fact}-{inside}-{outside}",
        yes(entry, title, theme, columns, facts=TRACK | facts | {fact: inside}),
        no(entry, title, theme, columns, facts=TRACK | facts | {fact: outside}),
    )


def day_edge(entry: int, title: str, theme: str, columns: str) -> Edge:
    """Opened on the day the delay of 7 days ends, not on the day before."""
    latest = {"inside": TODAY - timedelta(6), "outside": TODAY - timedelta(7)}
    cases = {
        side: yes(entry, title, theme, columns, facts={"latest_on": day}) for side, day in latest.items()
    }
    return edge(
        entry,
        "7 days",
        cases["inside"],
        cases["outside"],
        lambda decision: decision.dataset.not_before is not None,
    )


def row_edge(entry: int, case: Case, column: str, inside: Any, outside: Any) -> Edge:
    """Of one table, the row kept back and the row opened."""

    def kept_back(value: Any) -> Callable[[Decision], bool]:
        return lambda decision: any(
            holds(rows.predicate, value) for rows in decision.rows if rows.entry_id == f"starter-{entry:02}"
        )

    return Edge(entry, f"{column}-{inside}-{outside}", case, case, kept_back(inside), kept_back(outside))


def holds(predicate: Predicate, value: Any) -> bool:
    """A predicate over one column, for a row that has `value` there."""
    match predicate:
        case All(terms):
            return all(holds(term, value) for term in terms)
        case Any_(terms):
            return any(holds(term, value) for term in terms)
        case Not(term):
            return not holds(term, value)
        case Comparison(_, Operator.LT, than):
            return bool(value < than)
        case Comparison(_, Operator.GT, than):
            return bool(value > than)
    raise NotImplementedError(predicate)


RECORD = yes(3, "失信被执行人", "credit", "名称 失信行为 认定日期:date")
AGED = yes(31, "活动报名", "culture", "姓名 性别 年龄:integer")
BORN = yes(31, "活动报名", "culture", "姓名 性别 出生日期:date")
PROTECTED = "名称 经度:double 纬度:double"
T = TimeGranularity

EDGES = (
    title_edge(1, "个人信用记录", "个人阅读记录", "culture", "编号 宗教信仰"),
    field_edge(1, "个人信用记录", "credit", "编号 疾病", "编号 住所"),
    field_edge(2, "个人信用评价", "credit", "姓名 个人收入:double", "街道 个人收入:double"),
    row_edge(3, RECORD, "认定日期", date(2021, 11, 23), date(2021, 11, 24)),
    row_edge(3, RECORD, "认定日期", date(2021, 11, 23), date(2021, 11, 25)),
    field_edge(4, "行政处罚", "credit", "姓名 处罚事由", "企业名称 处罚事由"),
    day_edge(4, "行政处罚", "credit", "姓名 处罚事由 处罚决定日期:date"),
    *(
        fact_edge(5, "车辆轨迹", "transport", "车辆编号 采集时间:timestamp 经度:double 纬度:double",
                  "points_per_subject", points, 1)
        for points in (2, 3)
    ),
    field_edge(5, "订单", "transport", "订单号 起点 终点", "订单号 起点 路线"),
    field_edge(6, "公交车辆", "transport", "车牌号 线路", "号牌种类 线路"),
    *(
        fact_edge(7, "公交刷卡明细", "transport", "卡号 线路 刷卡时间:timestamp", "time_granularity", T.MINUTE, coarse)
        for coarse in (T.QUARTER_HOUR, T.HOUR)
    ),
    field_edge(8, "桥梁检测", "transport", "桥梁名称 承载能力", "桥梁名称 通行能力"),
    field_edge(9, "门诊记录", "health", "患者姓名 诊断", "科室名称 诊断"),
    field_edge(9, "门诊记录", "health", "就诊日期:date 诊断", "就诊日期:date 诊断 门诊人次:integer"),
    field_edge(10, "确诊病例", "health", "年龄:integer 发病日期:date", "年龄:integer 发病日期:date 例数:integer"),
    title_edge(11, "人群基因检测", "作物基因检测", "health", "样本编号 基因型"),
    field_edge(12, "养老金发放", "social_security", "姓名 发放金额:double", "街道 发放金额:double"),
    field_edge(13, "残疾人名册", "social", "姓名 街道", "机构名称 街道"),
    day_edge(13, "低保对象", "social", "姓名 低保类别"),
    field_edge(14, "住户抽样调查", "statistics", "被调查人 年消费:double", "被调查人类型 年消费:double"),
    field_edge(15, "企业登记", "enterprise", "企业名称 法定代表人电话", "企业名称 法定代表人"),
    field_edge(16, "企业账户", "other", "企业名称 银行账号", "企业名称 公众号账号"),
    title_edge(16, "企业经营情况", "上市公司经营情况", "enterprise", "企业名称 净利润:double"),
    field_edge(17, "观测资料", "meteorology", "站号 雷达基数据", "站号 雷达站名"),
    *(
        fact_edge(18, "1:2000 数字地形图", "mapping", "图层 geometry:geometry", "coverage_km2", 25.1, small)
        for small in (25.0, 24.9)
    ),
    title_edge(18, "1:2000 数字地形图", "1:5000 数字地形图", "mapping", "图层 geometry:geometry"),
    *(
        fact_edge(19, "等高线", "mapping", "高程:double geometry:geometry", "contour_m", fine, 20.1)
        for fine in (19.9, 20.0)
    ),
    *(
        fact_edge(20, "古墓葬分布", "culture", PROTECTED, "geo_precision_m", 49.9, coarse)
        for coarse in (50.0, 50.1)
    ),
    title_edge(21, "水准点成果", "水准点博物馆", "mapping", "点名 经度:double 纬度:double"),
    title_edge(22, "摄像头点位", "测速摄像头点位", "transport", "编号 经度:double 纬度:double"),
    field_edge(23, "登记", "other", "姓名 与户主关系", "街道 与户主关系"),
    field_edge(24, "期末考试", "education", "学号 成绩:integer", "科目 成绩:integer"),
    field_edge(25, "二手房成交", "housing", "权利人 房屋坐落 成交价:double", "权利人类型 房屋坐落 成交价:double"),
    field_edge(26, "租赁备案", "housing", "承租人 租金:double", "承租人数:integer 租金:double"),
    *(
        fact_edge(27, "居民用电", "energy", "户号 用电量:double", "time_granularity", T.DAY, coarse)
        for coarse in (T.MONTH, T.YEAR)
    ),
    title_edge(28, "变电站负荷", "充电变电站负荷", "energy", "变电站 负荷:double"),
    field_edge(29, "取水口", "water", "取水口名称 经度:double 纬度:double", "取水口名称 街道"),
    field_edge(30, "访客", "other", "序号 人脸特征值", "序号 人脸识别设备"),
    *(row_edge(31, AGED, "年龄", 13, old) for old in (14, 15)),
    row_edge(31, BORN, "出生日期", date(2012, 11, 25), date(2012, 11, 24)),
    row_edge(31, BORN, "出生日期", date(2012, 11, 25), date(2012, 11, 23)),
    field_edge(32, "调解案件", "judicial", "案号 调解结果", "年度 调解案件数"),
    edge(
        33, "quasi-identifier",
        yes(33, "评选", "other", "姓名 收入:double", stage="planned", classes=NAMED),
        no(33, "评选", "other", "姓名 收入:double", stage="planned", classes=NAMED | {"姓名": FieldRole.QUASI_IDENTIFIER}),
    ),
)  # fmt: skip
"""Thresholds on, just below and just above; where an entry has none, the nearest table that must not match."""
