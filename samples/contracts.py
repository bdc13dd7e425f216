"""The contracts of the demo's datasets in the file form of docs/contract.md: every field with title, definition, unit.

They are plain values here and are written beside the data as JSON, so that `kaizha publish FILE --contract FILE`
can be tried by hand on any of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

__all__ = ["CONTRACTS"]

Described = tuple[str, str, str, str, str | None]
"""Name (and Chinese title), English title, definition in Chinese and English, unit."""


Held = tuple[tuple[str, ...], str, str, str, str, str]
"""Fields, lawful basis in Chinese and English, purpose in both, retention."""

_JOINT = re.compile(r"[_.](?=\D)")
"""Between the parts of a merged header (收入_其他收入) or a nested key (线路.名称), but not inside PM2.5."""


_ELEMENTS: Mapping[str, str] = {
    "行政区划代码": "KZ00001",
    "所在区": "KZ00002",
    "统一社会信用代码": "KZ00003",
    "企业名称": "KZ00004",
    "机构名称": "KZ00004",
    "经度": "KZ00006",
    "位置.经度": "KZ00006",
    "纬度": "KZ00007",
    "位置.纬度": "KZ00007",
    "首段开通日期": "KZ00008",
    "启用日期": "KZ00008",
    "首段开通年份": "KZ00010",
    "土地面积": "KZ00011",
    "长度": "KZ00012",
    "常住人口": "KZ00013",
    "PM2.5": "KZ00017",
    "线路": "KZ00020",
    "站点名称": "KZ00021",
    "geometry": "KZ00028",
}
"""Fields of these names are bound to elements of the starter set."""


def _contract(
    fields: Sequence[Described],
    keys: Sequence[str] = (),
    rules: Sequence[tuple[str, Mapping[str, object]]] = (),
    threshold: float = 0.6,
    personal: Sequence[Held] = (),
) -> dict[str, object]:
    """`rules` are Great Expectations types (without ``expect_``) with their arguments, none = proposed by the gate;
    `personal` says what is held raw, and on which basis."""
    contract: dict[str, object] = {
        "fields": [
            {
                "name": name,
                "title": {"zh": _JOINT.sub("", name), "en": english},
                "definition": {"zh": zh, "en": en},
                "unit": unit,
                "element": _ELEMENTS.get(name),
            }
            for name, english, zh, en, unit in fields
        ],
        "keys": list(keys),
        "quality_threshold": threshold,
    }
    if personal:
        contract["personal"] = [
            {
                "fields": list(names),
                "lawful_basis": {"zh": basis, "en": english_basis},
                "purpose": {"zh": purpose, "en": english_purpose},
                "retention": retention,
            }
            for names, basis, english_basis, purpose, english_purpose, retention in personal
        ]
    if rules:
        expectations = [{"type": f"expect_{kind}", "kwargs": dict(kwargs)} for kind, kwargs in rules]
        contract["suite"] = {"name": "contract", "expectations": expectations}
    return contract


def _not_null(column: str) -> tuple[str, Mapping[str, object]]:
    return "column_values_to_not_be_null", {"column": column}


def _unique(column: str) -> tuple[str, Mapping[str, object]]:
    return "column_values_to_be_unique", {"column": column}


def _between(column: str, least: float, most: float) -> tuple[str, Mapping[str, object]]:
    return "column_values_to_be_between", {"column": column, "min_value": least, "max_value": most}


def _in(column: str, *values: str) -> tuple[str, Mapping[str, object]]:
    return "column_values_to_be_in_set", {"column": column, "value_set": list(values)}


_DISTRICT: Described = ("所在区", "District", "所在的区或县", "District or county it lies in", None)
_LON: Described = ("经度", "Longitude", "WGS-84 经度", "Longitude, WGS-84", "degree")
_LAT: Described = ("纬度", "Latitude", "WGS-84 纬度", "Latitude, WGS-84", "degree")


CONTRACTS: Mapping[str, dict[str, object]] = {
    "hangzhou-districts": _contract(
        (
            (
                "行政区划代码",
                "Division code",
                "GB/T 2260 县级行政区划代码",
                "County-level division code, GB/T 2260",
                None,
            ),
            ("名称", "Name", "区、县、市的中文名称", "Chinese name of the division", None),
            ("英文名称", "English name", "区、县、市的英文名称", "English name of the division", None),
            (
                "常住人口",
                "Resident population",
                "2020年11月1日零时常住人口",
                "Residents at the census of 1 November 2020",
                "person",
            ),
            (
                "土地面积",
                "Land area",
                "地理国情普查的陆域面积，不能确认的留空",
                "Surveyed land area; null where not confirmed",
                "km2",
            ),
        ),
        keys=("行政区划代码",),
        rules=(_unique("行政区划代码"), _not_null("常住人口"), _between("常住人口", 1, 3_000_000)),
    ),
    "hangzhou-metro-lines": _contract(
        (
            ("线路", "Line", "线路名称", "Name of the line", None),
            ("首段开通年份", "Year opened", "首段开通运营的年份", "Year the first section opened", None),
            (
                "首段开通日期",
                "Date opened",
                "首段开通运营的日期，不能确认的留空",
                "Day the first section opened; null where not confirmed",
                None,
            ),
            ("起点站", "First terminal", "一端的终点站", "Terminal at one end", None),
            ("终点站", "Second terminal", "另一端的终点站", "Terminal at the other end", None),
            (
                "长度",
                "Length",
                "线路长度，不能确认的留空",
                "Length of the line; null where not confirmed",
                "km",
            ),
        ),
        keys=("线路",),
        rules=(_unique("线路"), _between("首段开通年份", 2012, 2100)),
    ),
    "public-holidays": _contract(
        (
            ("日期", "Date", "全体公民放假的日期", "Day off for all citizens", None),
            ("节日", "Holiday", "节日的中文名称", "Chinese name of the holiday", None),
            ("英文名称", "English name", "节日的英文名称", "English name of the holiday", None),
        ),
        keys=("日期",),
        rules=(_unique("日期"), _not_null("节日")),
    ),
    "bus-stops": _contract(
        (
            (
                "站点编号",
                "Stop code",
                "公交站点的六位编号，含前导零",
                "Six-digit code of the stop, with leading zeros",
                None,
            ),
            ("站点名称", "Stop name", "站牌上的名称", "Name on the sign", None),
            _DISTRICT,
            ("所在道路", "Road", "站点所在的道路", "Road the stop stands on", None),
            ("途经线路数", "Routes", "停靠的公交线路数", "Number of routes that call", "1"),
            _LON,
            _LAT,
            ("启用日期", "In use since", "站点启用的日期", "Day the stop came into use", None),
        ),
        keys=("站点编号",),
        rules=(
            _unique("站点编号"),
            _between("途经线路数", 1, 40),
            _between("经度", 73, 136),
            _between("纬度", 3, 54),
        ),
    ),
    "school-budgets": _contract(
        (
            (
                "学校代码",
                "School code",
                "学校的六位代码，含前导零",
                "Six-digit code of the school, with leading zeros",
                None,
            ),
            ("学校名称", "School", "学校全称", "Full name of the school", None),
            _DISTRICT,
            ("学段", "Stage", "办学层次", "Stage of schooling", None),
            (
                "收入_财政拨款",
                "Public funding",
                "年度财政拨款收入",
                "Public funding of the year",
                "10000 CNY",
            ),
            ("收入_其他收入", "Other income", "年度其他收入", "Other income of the year", "10000 CNY"),
            ("支出_人员经费", "Staff", "年度人员经费支出", "Spent on staff in the year", "10000 CNY"),
            ("支出_公用经费", "Running costs", "年度公用经费支出", "Running costs of the year", "10000 CNY"),
            ("支出_项目支出", "Projects", "年度项目支出", "Spent on projects in the year", "10000 CNY"),
        ),
        keys=("学校代码",),
    ),
    "metro-network": _contract(
        (
            ("线路.编号", "Line code", "线路编号", "Code of the line", None),
            ("线路.名称", "Line", "线路名称", "Name of the line", None),
            ("站序", "Order", "站点在线路中的次序", "Position of the station on its line", None),
            ("站名", "Station", "站点名称", "Name of the station", None),
            ("换乘站", "Interchange", "是否换乘站", "Whether it is an interchange", None),
            (
                "到下一站距离",
                "Distance to next",
                "到下一站的线路距离，末站为空",
                "Track distance to the next station; null at the last",
                "m",
            ),
            ("位置.经度", *_LON[1:]),
            ("位置.纬度", *_LAT[1:]),
        ),
        keys=("站名",),
    ),
    "air-quality-hourly": _contract(
        (
            ("站点编码", "Station code", "监测站点编码", "Code of the monitoring station", None),
            ("站点名称", "Station", "监测站点名称", "Name of the monitoring station", None),
            ("监测时间", "Hour", "小时均值的起始时间", "Beginning of the hour averaged", None),
            ("PM2.5", "PM2.5", "细颗粒物小时均值", "Hourly mean of fine particles", "ug/m3"),
            ("PM10", "PM10", "可吸入颗粒物小时均值", "Hourly mean of inhalable particles", "ug/m3"),
            ("臭氧", "Ozone", "臭氧小时均值", "Hourly mean of ozone", "ug/m3"),
            (
                "空气质量指数",
                "Air quality index",
                "空气质量指数（示意算法）",
                "Air quality index (illustrative formula)",
                "1",
            ),
        ),
        keys=("站点编码", "监测时间"),
        rules=(
            _not_null("站点编码"),
            _not_null("监测时间"),
            _between("PM2.5", 0, 1000),
            _between("空气质量指数", 0, 500),
        ),
    ),
    "parks": _contract(
        (
            ("公园编号", "Park code", "公园编号", "Code of the park", None),
            ("公园名称", "Park", "公园名称", "Name of the park", None),
            _DISTRICT,
            (
                "公园类别",
                "Kind",
                "综合、社区、专类公园或游园",
                "General, community or special park, or garden",
                None,
            ),
            ("面积", "Area", "公园占地面积", "Area of the park", "ha"),
            ("建成年份", "Built in", "建成开放的年份", "Year it opened", None),
            (
                "geometry",
                "Geometry",
                "公园范围或中心点，WGS-84",
                "Outline or middle of the park, WGS-84",
                None,
            ),
        ),
        keys=("公园编号",),
    ),
    "market-prices": _contract(
        (
            ("采价日期", "Date", "采集价格的日期", "Day the price was taken", None),
            (
                "市场编号",
                "Market code",
                "农贸市场编号，含前导零",
                "Code of the market, with leading zeros",
                None,
            ),
            ("市场名称", "Market", "农贸市场名称", "Name of the market", None),
            ("品种", "Product", "商品品种", "Product", None),
            ("计量单位", "Unit of price", "价格的计量单位", "Unit the price is in", None),
            ("零售价", "Retail price", "当日零售价", "Retail price of the day", "CNY/kg"),
        ),
        keys=("市场编号", "采价日期"),
    ),
    "road-works": _contract(
        (
            ("工程编号", "Work code", "占道工程编号", "Code of the work", None),
            ("道路名称", "Road", "施工道路", "Road under work", None),
            _DISTRICT,
            ("工程类别", "Kind", "工程类别", "Kind of work", None),
            ("占道长度", "Length", "占用道路的长度", "Length of road taken up", "m"),
            ("开工日期", "Begins", "开工日期", "First day of work", None),
            ("计划完工日期", "Planned end", "计划完工日期", "Last day planned", None),
            ("是否夜间施工", "At night", "是否夜间施工", "Whether work goes on at night", None),
        ),
        keys=("工程编号",),
        rules=(
            _unique("工程编号"),
            _in("工程类别", "路面大修", "雨污分流", "燃气管改迁", "人行道整治"),
            _between("占道长度", 1, 10_000),
        ),
    ),
    "charging-stations": _contract(
        (
            ("充电站编号", "Station code", "充电站编号", "Code of the charging station", None),
            ("充电站名称", "Station", "充电站名称", "Name of the charging station", None),
            ("运营商", "Operator", "运营企业", "Operating firm", None),
            _DISTRICT,
            ("快充桩数", "Fast chargers", "直流快充桩数量", "Number of DC chargers", "1"),
            ("慢充桩数", "Slow chargers", "交流慢充桩数量", "Number of AC chargers", "1"),
            ("单桩最大功率", "Highest power", "单桩最大输出功率", "Highest power of one charger", "kW"),
            ("服务费", "Service fee", "每千瓦时服务费", "Service fee a kilowatt-hour", "CNY/kWh"),
            _LON,
            _LAT,
            ("投运日期", "In service since", "投入运营的日期", "Day it went into service", None),
        ),
        keys=("充电站编号",),
    ),
    "bike-docks-hourly": _contract(
        (
            ("租赁点编号", "Dock code", "公共自行车租赁点编号", "Code of the docking point", None),
            ("租赁点名称", "Dock", "租赁点名称", "Name of the docking point", None),
            _DISTRICT,
            ("统计时段", "Hour", "统计小时的起始时间", "Beginning of the hour counted", None),
            ("借车次数", "Taken", "该小时借车次数", "Bicycles taken in the hour", "1"),
            ("还车次数", "Returned", "该小时还车次数", "Bicycles returned in the hour", "1"),
            (
                "时段末可借车辆",
                "Available",
                "该小时末可借车辆数",
                "Bicycles there at the end of the hour",
                "1",
            ),
        ),
        keys=("租赁点编号", "统计时段"),
        rules=(_not_null("租赁点编号"), _between("借车次数", 0, 500), _between("还车次数", 0, 500)),
    ),
    "medical-institutions": _contract(
        (
            ("机构编号", "Institution code", "医疗机构编号", "Code of the institution", None),
            ("机构名称", "Institution", "医疗机构名称", "Name of the institution", None),
            _DISTRICT,
            ("机构类别", "Kind", "医疗机构类别", "Kind of institution", None),
            ("编制床位数", "Beds", "核定床位数", "Beds approved", "1"),
            ("是否设发热门诊", "Fever clinic", "是否设有发热门诊", "Whether it has a fever clinic", None),
            _LON,
            _LAT,
        ),
        keys=("机构编号",),
    ),
    "sports-venues": _contract(
        (
            ("场馆编号", "Venue code", "体育场馆编号", "Code of the venue", None),
            ("场馆名称", "Venue", "体育场馆名称", "Name of the venue", None),
            _DISTRICT,
            ("场馆类型", "Kind", "场馆类型", "Kind of venue", None),
            ("建筑面积", "Floor area", "建筑面积", "Floor area", "m2"),
            ("年接待人次", "Visits", "全年接待人次", "Visits in the year", "1"),
        ),
        keys=("场馆编号",),
    ),
    "attractions": _contract(
        (
            (
                "景区编号",
                "Attraction code",
                "景区编号，应唯一",
                "Code of the attraction, meant to be unique",
                None,
            ),
            ("景区名称", "Attraction", "景区名称", "Name of the attraction", None),
            _DISTRICT,
            ("景区等级", "Rating", "旅游景区质量等级", "Quality rating", None),
            ("年接待人次", "Visits", "全年接待人次", "Visits in the year", "1"),
            ("最近检查日期", "Last inspected", "最近一次检查日期", "Day of the last inspection", None),
        ),
        keys=("景区编号",),
        rules=(
            _unique("景区编号"),
            _not_null("所在区"),
            _not_null("年接待人次"),
            _not_null("最近检查日期"),
            _between("年接待人次", 0, 20_000_000),
            _in("景区等级", "AAAAA", "AAAA", "AAA", "AA", "A"),
        ),
        threshold=0.9,
    ),
    "enterprise-register": _contract(
        (
            (
                "统一社会信用代码",
                "Unified social credit code",
                "GB 32100 统一社会信用代码",
                "Code of the firm, GB 32100",
                None,
            ),
            ("企业名称", "Firm", "企业登记名称", "Registered name", None),
            ("企业类型", "Kind", "企业类型", "Legal form", None),
            ("行业门类", "Industry", "国民经济行业门类", "Section of the industrial classification", None),
            ("注册资本", "Registered capital", "注册资本", "Registered capital", "10000 CNY"),
            ("成立日期", "Founded", "成立日期", "Day of foundation", None),
            _DISTRICT,
            ("登记状态", "Status", "存续、注销或吊销", "Active, deregistered or revoked", None),
            (
                "法定代表人姓名",
                "Legal representative",
                "法定代表人姓名",
                "Name of the legal representative",
                None,
            ),
            (
                "法定代表人身份证号",
                "Representative's id",
                "法定代表人身份证号",
                "Resident id of the legal representative",
                None,
            ),
            (
                "法定代表人联系电话",
                "Representative's telephone",
                "法定代表人联系电话",
                "Telephone of the legal representative",
                None,
            ),
        ),
        keys=("统一社会信用代码",),
        personal=(
            (
                ("法定代表人姓名", "法定代表人身份证号", "法定代表人联系电话"),
                "《市场主体登记管理条例》第八条",
                "Regulation on the registration of market entities, article 8",
                "登记和公示市场主体",
                "Registering firms",
                "P30Y",
            ),
        ),
    ),
    "hotline-complaints": _contract(
        (
            ("工单编号", "Ticket", "工单编号", "Number of the ticket", None),
            ("受理时间", "Received", "受理时间", "Time it was received", None),
            _DISTRICT,
            ("诉求类别", "Subject", "诉求类别", "What it is about", None),
            ("承办部门", "Handled by", "承办部门", "Department that handles it", None),
            ("办理状态", "Status", "办理状态", "How far it is", None),
            ("备注", "Remark", "话务员记录的诉求内容", "What the operator noted", None),
        ),
        keys=("工单编号",),
        personal=(
            (
                ("备注",),
                "《个人信息保护法》第十三条第一款第三项（履行法定职责）",
                "PIPL, article 13(1)(3): statutory duties",
                "办理并回复诉求",
                "Handling and answering the call",
                "P3Y",
            ),
        ),
    ),
    "elderly-allowance": _contract(
        (
            ("序号", "No.", "序号", "Running number", None),
            ("姓名", "Name", "申领人姓名", "Name of the applicant", None),
            ("公民身份号码", "Resident id", "GB 11643 公民身份号码", "Resident id, GB 11643", None),
            ("性别", "Sex", "性别", "Sex", None),
            ("联系电话", "Telephone", "联系电话", "Telephone", None),
            ("家庭住址", "Home address", "家庭住址", "Home address", None),
            _DISTRICT,
            ("开户银行卡号", "Bank card", "发放补贴的银行卡号", "Card the allowance is paid to", None),
            ("补贴档次", "Step", "高龄津贴档次", "Step of the allowance", None),
            ("月发放金额", "Monthly amount", "每月发放金额", "Paid a month", "CNY"),
        ),
    ),
    "vehicle-tracks": _contract(
        (
            ("号牌号码", "Number plate", "机动车号牌号码", "Number plate of the vehicle", None),
            ("定位时间", "Time", "定位时间", "Time of the position", None),
            _LON,
            _LAT,
            ("车速", "Speed", "瞬时车速", "Speed at that moment", "km/h"),
        ),
    ),
    "hospital-visits": _contract(
        (
            ("就诊流水号", "Visit number", "就诊流水号", "Number of the visit", None),
            ("患者姓名", "Patient", "患者姓名", "Name of the patient", None),
            ("身份证号", "Resident id", "患者身份证号", "Resident id of the patient", None),
            ("就诊日期", "Date", "就诊日期", "Day of the visit", None),
            ("就诊科室", "Department", "就诊科室", "Department visited", None),
            ("诊断名称", "Diagnosis", "诊断名称", "Diagnosis", None),
            ("诊疗费用", "Cost", "诊疗费用", "Cost of treatment", "CNY"),
        ),
    ),
    "household-electricity": _contract(
        (
            ("户号", "Account", "居民用电户号", "Account of the household", None),
            ("用电地址", "Address", "用电地址", "Address of the household", None),
            ("采集时间", "Time", "15分钟电量的起始时间", "Beginning of the quarter of an hour", None),
            ("电量", "Energy", "15分钟用电量", "Energy used in the quarter of an hour", "kWh"),
        ),
    ),
}
